#include "auth/policy/warnings.h"

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
            "a.yaml:3: warning: clientIds can never match: they allow none of the Client "
            "Identifiers that the rule "
            "is for\n");
  EXPECT_EQ(WarningsOfRules(R"({principals: {clientIds: [a, b]}, brokerResources: [
{method: Connect, clientIds: ["b*"]}, {method: Connect, clientIds: ["{principal.username}"]}]})"),
            "");
  EXPECT_EQ(WarningsOfRules(R"({principals: {usernames: [u]}, brokerResources: [
{method: Subscribe, topics: ["$share/g/a"]}]})"),
            "a.yaml:3: warning: topics: \"$share/g/a\" can never match: a Shared Subscription is "
            "allowed by its "
            "filter, without $share and the name behind it\n");
  EXPECT_EQ(WarningsOfRules(R"({principals: {attributes: [{line: "a/b"}]}, brokerResources: [
{method: Publish, topics: ["x/{principal.attributes.line}"]}]})"),
            "a.yaml:3: warning: topics: \"x/{principal.attributes.line}\" can never match: whoever "
            "the rule is for "
            "has a value of \"line\" that cannot fill a level\n");
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
