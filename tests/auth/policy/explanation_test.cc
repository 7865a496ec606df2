#include "auth/policy/explanation.h"

#include <gtest/gtest.h>

#include "tests/auth/policy/policy_fixture.h"

namespace signet::auth {
namespace {

constexpr std::string_view kRulesToExplain = R"(
{principals: {attributes: [{line: L1, role: sensor}]}, brokerResources: [
{method: Connect, clientIds: ["pump-*"]},
{method: Publish, topics: [other, "lines/{principal.attributes.line}/data"]}]},
{principals: {usernames: [boss]}, brokerResources: [
{method: Publish, topics: [orders]}]})";

Explanation Explain(std::string_view rules, const Somebody& who, Action action,
                    std::string_view topic) {
  const auto policy = PolicyOf(rules);
  const Principal principal = who.principal();
  return policy->Explain({.principal = principal, .client_id = who.client_id}, action, topic);
}

const Somebody kPumpOfAnn{.client_id = "pump-7",
                          .attributes = {{"line", "L1"}, {"role", "sensor"}}};

TEST(Explanation, NamesTheRuleThatAllows) {
  const Explanation publish =
      Explain(kRulesToExplain, kPumpOfAnn, Action::kPublish, "lines/L1/data");
  EXPECT_TRUE(publish.allowed);
  EXPECT_EQ(publish.origin.line, 5u);
  EXPECT_EQ(publish.sentence,
            R"(the rule at a.yaml:5 allows Publish of "lines/{principal.attributes.line}/data")");
  EXPECT_EQ(Explain(kRulesToExplain, kPumpOfAnn, Action::kConnect, "").sentence,
            R"(the rule at a.yaml:4 allows Connect of "pump-*")");
}

TEST(Explanation, NamesTheTopicThatComesNearest) {
  const Explanation denied =
      Explain(kRulesToExplain, kPumpOfAnn, Action::kPublish, "lines/L1/other");
  EXPECT_FALSE(denied.allowed);
  EXPECT_EQ(denied.origin.line, 5u);
  EXPECT_EQ(denied.sentence,
            R"(the rule at a.yaml:5 allows Publish of "lines/{principal.attributes.line}/data", )"
            R"(which does not contain "lines/L1/other")");
}

TEST(Explanation, NamesWhatTheClientLacks) {
  EXPECT_EQ(Explain(kRulesToExplain, {.client_id = "pump-7", .attributes = {{"line", "L1"}}},
                    Action::kConnect, "")
                .sentence,
            "the rule at a.yaml:4 would allow it, but not to this client: it lacks the attribute "
            "role=\"sensor\"");
  EXPECT_EQ(Explain(kRulesToExplain, {.client_id = "x"}, Action::kPublish, "orders").sentence,
            "the rule at a.yaml:7 would allow it, but not to this client: it is none of those whom "
            "it names");
  EXPECT_EQ(Explain(kRulesToExplain, {.client_id = "x", .attributes = kPumpOfAnn.attributes},
                    Action::kConnect, "")
                .sentence,
            "the rule at a.yaml:4 allows Connect, but not as \"x\"");
}

TEST(Explanation, SaysThatThereIsNothing) {
  EXPECT_EQ(Explain("", kPumpOfAnn, Action::kPublish, "a").sentence, "the policy has no rules");
  EXPECT_EQ(Explain(kRulesToExplain, {.client_id = "x"}, Action::kPublish, "a").sentence,
            "no rule is for this client");
  EXPECT_EQ(Explain(kRulesToExplain, kPumpOfAnn, Action::kSubscribe, "a").sentence,
            "the rule at a.yaml:3 is for this client, but allows no Subscribe");
  EXPECT_EQ(Explain(kRulesToExplain, kPumpOfAnn, Action::kPublish, "a/#").sentence,
            "\"a/#\" is no valid topic");
}

TEST(Explanation, SaysWhichTokenStandsForNothing) {
  constexpr std::string_view kToken = R"(
{principals: {usernames: [u]}, brokerResources: [
{method: Publish, topics: ["a/{principal.attributes.line}"]}]})";
  EXPECT_EQ(Explain(kToken, {.client_id = "x", .username = "u"}, Action::kPublish, "a/b").sentence,
            R"(the rule at a.yaml:4 allows Publish of "a/{principal.attributes.line}", )"
            "{principal.attributes.line} stands for nothing that the client has");
  EXPECT_EQ(Explain(kToken, {.client_id = "x", .username = "u", .attributes = {{"line", "+"}}},
                    Action::kPublish, "a/b")
                .sentence,
            R"(the rule at a.yaml:4 allows Publish of "a/{principal.attributes.line}", )"
            "{principal.attributes.line} stands for what cannot fill a level");
}

TEST(Explanation, IsPrintableWhateverTheClientSays) {
  const Explanation denied =
      Explain(kRulesToExplain, {.client_id = "\n\x1B[2J\xFF", .attributes = kPumpOfAnn.attributes},
              Action::kConnect, "");
  EXPECT_EQ(denied.sentence.find_first_of("\n\x1B\xFF"), std::string::npos);
}

TEST(Explanation, HasTheEndOfALongPlace) {
  config::BrokerAuthorization settings = ReadRules(kRulesToExplain);
  for (config::AuthorizationRule& rule : settings.policies.rules) {
    rule.origin.file = std::string(300, 'x') + "/é/plant.yaml";
  }
  const AccessPolicy policy(std::move(settings));
  const Principal principal = kPumpOfAnn.principal();
  const std::string sentence =
      policy.Explain({.principal = principal, .client_id = "pump-7"}, Action::kSubscribe, "a")
          .sentence;
  EXPECT_TRUE(sentence.starts_with("the rule at …xxx")) << sentence;
  EXPECT_NE(sentence.find("x/é/plant.yaml:3 is for this client"), sentence.npos) << sentence;
  EXPECT_LT(sentence.size(), 200u);
}

}  // namespace
}  // namespace signet::auth
