#include "auth/policy/warnings.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/auth/policy/policy_fixture.h"

namespace signet::auth {
namespace {

std::string WarningsOfRules(std::string_view rules) {
  std::string lines;
  for (const config::Problem& problem : WarningsOf(ReadRules(rules))) {
    EXPECT_EQ(problem.severity, config::Severity::kWarning);
    lines += config::ToLine(problem) + "\n";
  }
  return lines;
}

std::string NoSuchName(std::string_view pattern) {
  return fmt::format(
      "a.yaml:3: warning: clientIds: \"{}\" can never match: nobody whom the rule is for "
      "can have such a name\n",
      pattern);
}

TEST(Warnings, NothingIsSaidOfTheExampleOfTheSpecification) {
  EXPECT_EQ(WarningsOfRules(R"(
    {principals: {attributes: [{line: L1, role: sensor}, {line: L2, role: sensor}]}, brokerResources: [
       {method: Connect, clientIds: ["{principal.attributes.line}*"]},
       {method: Publish, topics: ["lines/{principal.attributes.line}/{principal.clientId}/data"]},
       {method: Subscribe, topics: ["lines/{principal.attributes.line}/cmd/#"]}]},
    {principals: {usernames: [historian]}, brokerResources: [
       {method: Connect}, {method: Subscribe, topics: ["#"]}]})"),
            "");
}

TEST(Warnings, OfRulesThatCanNeverMatch) {
  EXPECT_EQ(WarningsOfRules("{principals: {usernames: [u]}}"),
            "a.yaml:2: warning: the rule has no brokerResources, so it allows nothing\n");
  EXPECT_EQ(WarningsOfRules(R"({principals: {clientIds: [a, b]}, brokerResources: [
{method: Connect, clientIds: ["c*", "x{principal.clientId}"]}]})"),
            NoSuchName("c*") + NoSuchName("x{principal.clientId}"));
  EXPECT_EQ(WarningsOfRules(R"({principals: {usernames: [u], clientIds: [a, b]}, brokerResources: [
{method: Connect, clientIds: ["{principal.clientId}{principal.clientId}", "*-{principal.clientId}"]}]})"),
            NoSuchName("{principal.clientId}{principal.clientId}") +
                NoSuchName("*-{principal.clientId}"));
  EXPECT_EQ(WarningsOfRules(R"({principals: {clientIds: [a, b]}, brokerResources: [
{method: Connect, clientIds: ["b*", "*{principal.clientId}*"]},
{method: Connect, clientIds: ["{principal.username}"]}]})"),
            "");
  EXPECT_EQ(WarningsOfRules(R"({principals: {usernames: [u], clientIds: [a]}, brokerResources: [
{method: Connect, clientIds: ["c*"]}]})"),
            "");
  EXPECT_EQ(WarningsOfRules(R"({principals: {clientIds: [a]}, brokerResources: [
{method: Connect, clientIds: ["{principal.username}-x", "{principal.username}"]}]})"),
            NoSuchName("{principal.username}-x"));
  EXPECT_EQ(
      WarningsOfRules(R"({principals: {attributes: [{line: "", site: "*"}]}, brokerResources: [
{method: Connect, clientIds: ["{principal.attributes.line}*", "{principal.attributes.site}"]}]})"),
      NoSuchName("{principal.attributes.line}*"));
  EXPECT_EQ(WarningsOfRules(R"({principals: {usernames: [u]}, brokerResources: [
{method: Subscribe, topics: ["$share/g/a"]}]})"),
            "a.yaml:3: warning: topics: \"$share/g/a\" allows no Shared Subscription: that is "
            "allowed by its "
            "filter, without $share and the name behind it\n");
  EXPECT_EQ(WarningsOfRules(R"({principals: {usernames: [u]}, brokerResources: [
{method: Publish, topics: ["$share/g/a"]}]})"),
            "");
}

// 10,000 names and as many patterns, each for another.
TEST(Warnings, OfARuleWithManyNamesTheRestIsNotSaid) {
  config::BrokerAuthorization settings;
  config::AuthorizationRule& rule = settings.policies.rules.emplace_back();
  config::BrokerResource& connect = rule.broker_resources.emplace_back();
  connect.method = config::BrokerMethod::kConnect;
  for (int i = 0; i < 10'000; ++i) {
    rule.principals.client_ids.push_back(fmt::format("a{}", i));
    connect.client_ids.push_back(fmt::format("b{}", i));
  }
  EXPECT_EQ(WarningsOf(settings).size(), 10u);
}

TEST(Warnings, OfATokenThatCanNeverFillItsLevel) {
  const auto sentence = [](std::string_view topic, std::string_view token) {
    return fmt::format(
        "a.yaml:3: warning: topics: \"{}\" can never match: for everybody whom the rule is for, {} "
        "or "
        "another of its tokens is what cannot fill a level\n",
        topic, token);
  };
  EXPECT_EQ(
      WarningsOfRules(R"({principals: {attributes: [{line: "a/b"}, {line: ""}]}, brokerResources: [
{method: Publish, topics: ["x/{principal.attributes.line}"]}]})"),
      sentence("x/{principal.attributes.line}", "{principal.attributes.line}"));
  EXPECT_EQ(
      WarningsOfRules(R"({principals: {usernames: ["a/b"], clientIds: ["$c"]}, brokerResources: [
{method: Publish, topics: ["{principal.username}/{principal.clientId}"]}]})"),
      sentence("{principal.username}/{principal.clientId}", "{principal.username}"));
  // One of them can.
  EXPECT_EQ(WarningsOfRules(R"({principals: {usernames: ["a/b", c]}, brokerResources: [
{method: Publish, topics: ["{principal.username}"]}]})"),
            "");
  EXPECT_EQ(WarningsOfRules(
                R"({principals: {usernames: ["a/b"], attributes: [{line: L1}]}, brokerResources: [
{method: Publish, topics: ["{principal.username}"]}]})"),
            "");
}

TEST(Warnings, OfAStarInATopic) {
  EXPECT_EQ(WarningsOfRules(R"({principals: {usernames: [u]}, brokerResources: [
{method: Publish, topics: ["a/*"]}]})"),
            "a.yaml:3: warning: topics: in \"a/*\" the * is an ordinary character; wildcards of "
            "topics are + and #\n");
}

TEST(Warnings, OfEverythingToEverybody) {
  constexpr std::string_view kSentence =
      "a.yaml:3: warning: topics: \"#\" allows every topic to everybody whom the rule is for\n";
  EXPECT_EQ(WarningsOfRules(R"({principals: {attributes: [{role: any}]}, brokerResources: [
{method: Subscribe, topics: ["#"]}]})"),
            kSentence);
  EXPECT_EQ(WarningsOfRules(R"({principals: {usernames: [u]}, brokerResources: [
{method: Publish, topics: ["#"]}]})"),
            kSentence);
}

}  // namespace
}  // namespace signet::auth
