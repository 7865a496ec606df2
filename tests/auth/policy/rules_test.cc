// The numbered rules of authorization, one test each; and that the compiled policy says the same as
// its rules, one by one, is checked by each question (policy_fixture.h).
#include <gtest/gtest.h>

#include "tests/auth/policy/policy_fixture.h"

namespace signet::auth {
namespace {

const Somebody kPump{
    .client_id = "L1-pump", .username = "pump", .attributes = {{"line", "L1"}, {"role", "sensor"}}};

constexpr std::string_view kExample = R"(
  {principals: {attributes: [{line: L1, role: sensor}, {line: L2, role: sensor}]},
   brokerResources: [
     {method: Connect, clientIds: ["{principal.attributes.line}*"]},
     {method: Publish, topics: ["lines/{principal.attributes.line}/{principal.clientId}/data"]},
     {method: Subscribe, topics: ["lines/{principal.attributes.line}/cmd/#"]}]},
  {principals: {usernames: [historian]},
   brokerResources: [{method: Connect}, {method: Subscribe, topics: ["#"]}]})";

TEST(Rules, TheExampleOfTheSpecification) {
  const auto policy = PolicyOf(kExample);
  EXPECT_TRUE(Connects(*policy, kPump));
  EXPECT_FALSE(Connects(*policy, {.client_id = "L2-pump", .attributes = kPump.attributes}));
  EXPECT_TRUE(Publishes(*policy, kPump, "lines/L1/L1-pump/data"));
  EXPECT_FALSE(Publishes(*policy, kPump, "lines/L1/L1-other/data"));
  EXPECT_FALSE(Publishes(*policy, kPump, "lines/L2/L1-pump/data"));
  EXPECT_TRUE(Subscribes(*policy, kPump, "lines/L1/cmd/#"));
  EXPECT_TRUE(Subscribes(*policy, kPump, "lines/L1/cmd/+/now"));
  EXPECT_FALSE(Subscribes(*policy, kPump, "lines/+/cmd/#"));
  EXPECT_FALSE(Subscribes(*policy, kPump, "lines/L2/cmd"));

  const Somebody historian{.client_id = "h", .username = "historian"};
  EXPECT_TRUE(Connects(*policy, historian));
  EXPECT_TRUE(Subscribes(*policy, historian, "#"));
  EXPECT_FALSE(Publishes(*policy, historian, "a"));
  const Somebody half{.client_id = "L1-x", .attributes = {{"line", "L1"}}};
  EXPECT_FALSE(Connects(*policy, half));
}

TEST(Rules, NoRulesDenyEverything) {
  const auto policy = PolicyOf("");
  EXPECT_FALSE(Connects(*policy, kPump));
  EXPECT_FALSE(Publishes(*policy, kPump, "a"));
  EXPECT_FALSE(Subscribes(*policy, kPump, "a"));
}

TEST(Rules, Rule11TheClientIdentifierIsTheOneOfTheConnection) {
  const auto policy = PolicyOf(R"({principals: {clientIds: [one]}, brokerResources: [
      {method: Connect}, {method: Publish, topics: ["d/{principal.clientId}"]}]})");
  EXPECT_TRUE(Connects(*policy, {.client_id = "one"}));
  EXPECT_TRUE(Publishes(*policy, {.client_id = "one"}, "d/one"));
  EXPECT_FALSE(Publishes(*policy, {.client_id = "one"}, "d/two"));
  EXPECT_FALSE(Connects(*policy, {.client_id = "two", .username = "one"}));
  EXPECT_FALSE(Connects(*policy, {.client_id = ""}));
}

TEST(Rules, Rule13WhatNoRuleAllowsIsDeniedAndAllRulesAreUnited) {
  const auto policy = PolicyOf(R"(
      {principals: {usernames: [pump]}, brokerResources: [{method: Publish, topics: [a]}]},
      {principals: {clientIds: [L1-pump]}, brokerResources: [{method: Publish, topics: [b]}]},
      {principals: {usernames: [other]}, brokerResources: [{method: Publish, topics: [c]}]})");
  EXPECT_TRUE(Publishes(*policy, kPump, "a"));
  EXPECT_TRUE(Publishes(*policy, kPump, "b"));
  EXPECT_FALSE(Publishes(*policy, kPump, "c"));
  EXPECT_FALSE(Subscribes(*policy, kPump, "a"));
}

TEST(Rules, Rule14AnyOfTheListsNamesAClientAndAMapNeedsAllItsPairs) {
  const auto policy = PolicyOf(R"({principals: {usernames: [u], clientIds: [c],
      attributes: [{a: 1x, b: 2x}, {d: 4x}]}, brokerResources: [{method: Publish, topics: [t]}]})");
  EXPECT_TRUE(Publishes(*policy, {.client_id = "x", .username = "u"}, "t"));
  EXPECT_TRUE(Publishes(*policy, {.client_id = "c"}, "t"));
  EXPECT_TRUE(
      Publishes(*policy, {.client_id = "x", .attributes = {{"a", "1x"}, {"b", "2x"}}}, "t"));
  EXPECT_TRUE(Publishes(*policy, {.client_id = "x", .attributes = {{"d", "4x"}}}, "t"));
  EXPECT_FALSE(Publishes(*policy, {.client_id = "x", .attributes = {{"a", "1x"}}}, "t"));
  EXPECT_FALSE(Publishes(*policy, {.client_id = "x", .attributes = {{"b", "2x"}}}, "t"));
  EXPECT_FALSE(
      Publishes(*policy, {.client_id = "x", .attributes = {{"a", "1x"}, {"b", "4x"}}}, "t"));
  EXPECT_FALSE(
      Publishes(*policy, {.client_id = "X", .username = "U", .attributes = {{"D", "4x"}}}, "t"));
}

TEST(Rules, Rule15NoPrincipalsAreNobody) {
  const auto policy = PolicyOf(R"({brokerResources: [{method: Connect}]},
      {principals: {}, brokerResources: [{method: Connect}]})");
  EXPECT_FALSE(Connects(*policy, kPump));
  EXPECT_FALSE(Connects(*policy, {}));
}

TEST(Rules, Rule16WhoIsLetInByAttributeHasTheTopicsOfItsOwnName) {
  const auto policy = PolicyOf(R"({principals: {usernames: [boss], attributes: [{role: sensor}]},
      brokerResources: [{method: Publish, topics: ["by/{principal.username}"]}]})");
  EXPECT_TRUE(Publishes(*policy, kPump, "by/pump"));
  EXPECT_FALSE(Publishes(*policy, kPump, "by/boss"));
}

TEST(Rules, Rule17ConnectMustBeAllowedAndMayBePinned) {
  const auto policy = PolicyOf(R"(
      {principals: {usernames: [any]}, brokerResources: [{method: Connect}]},
      {principals: {usernames: [none]}, brokerResources: [{method: Publish, topics: ["#"]}]},
      {principals: {usernames: [pinned]}, brokerResources: [{method: Connect,
        clientIds: [exact, "pre-*", "*-end", "{principal.username}-*-{principal.username}", "a*b*c"]}]})");
  EXPECT_TRUE(Connects(*policy, {.client_id = "whatever", .username = "any"}));
  EXPECT_FALSE(Connects(*policy, {.client_id = "whatever", .username = "none"}));
  const auto pinned = [&](std::string client_id) {
    return Connects(*policy, {.client_id = std::move(client_id), .username = "pinned"});
  };
  EXPECT_TRUE(pinned("exact") && pinned("pre-") && pinned("pre-1") && pinned("the-end"));
  EXPECT_TRUE(pinned("pinned-7-pinned") && pinned("abc") && pinned("a-bb-c") && pinned("abcbc"));
  EXPECT_FALSE(pinned("exact1") || pinned("exac") || pinned("pre") || pinned("pinned-pinned"));
  EXPECT_FALSE(pinned("acb") || pinned("ab") || pinned("-endx") || pinned(""));
}

// A '*' in the name of an attribute is none of the pattern: it cannot be cut in two there.
TEST(Rules, Rule17ATokenIsNotCutByAStarInItsName) {
  const auto policy = PolicyOf(R"({principals: {usernames: [u]}, brokerResources: [
      {method: Connect, clientIds: ["{principal.attributes.a*b}"]}]})");
  EXPECT_TRUE(Connects(*policy, {.client_id = "v", .username = "u", .attributes = {{"a*b", "v"}}}));
  EXPECT_FALSE(Connects(*policy, {.client_id = "{principal.attributes.a-b}", .username = "u"}));
}

TEST(Rules, Rule18TokensFillALevelAnywhere) {
  const auto policy = PolicyOf(R"({principals: {usernames: [pump]}, brokerResources: [
      {method: Publish, topics: ["a/{principal.clientId}/#", "{principal.username}/+/{principal.attributes.line}"]}]})");
  EXPECT_TRUE(Publishes(*policy, kPump, "a/L1-pump"));
  EXPECT_TRUE(Publishes(*policy, kPump, "a/L1-pump/x/y"));
  EXPECT_TRUE(Publishes(*policy, kPump, "pump/anything/L1"));
  EXPECT_FALSE(Publishes(*policy, kPump, "a/L1-pump-2/x"));
  EXPECT_FALSE(Publishes(*policy, kPump, "a/{principal.clientId}/x"));
}

TEST(Rules, Rule19AnAttributeThatIsMissingMatchesNothing) {
  const auto policy = PolicyOf(R"({principals: {usernames: [pump]}, brokerResources: [
      {method: Connect, clientIds: ["{principal.attributes.none}*"]},
      {method: Publish, topics: ["a/{principal.attributes.none}/b"]}]})");
  EXPECT_FALSE(Publishes(*policy, kPump, "a//b"));
  EXPECT_FALSE(Publishes(*policy, kPump, "a/none/b"));
  EXPECT_FALSE(Connects(*policy, kPump));
  const Somebody empty{.client_id = "c", .username = "pump", .attributes = {{"none", ""}}};
  EXPECT_FALSE(Publishes(*policy, empty, "a//b"));
  EXPECT_FALSE(Connects(*policy, empty));
}

TEST(Rules, Rule21TopicsHaveWildcardsAndNoStar) {
  const auto policy = PolicyOf(R"({principals: {usernames: [pump]}, brokerResources: [
      {method: Publish, topics: ["a/+/c", "d/#", "e*"]}]})");
  EXPECT_TRUE(Publishes(*policy, kPump, "a/b/c"));
  EXPECT_TRUE(Publishes(*policy, kPump, "a//c"));
  EXPECT_TRUE(Publishes(*policy, kPump, "d"));
  EXPECT_TRUE(Publishes(*policy, kPump, "d/x/y"));
  EXPECT_TRUE(Publishes(*policy, kPump, "e*"));
  EXPECT_FALSE(Publishes(*policy, kPump, "ex"));
  EXPECT_FALSE(Publishes(*policy, kPump, "a/b/b/c"));
}

TEST(Rules, Rule22ARequestedFilterIsContainedInAPermittedOne) {
  const auto policy = PolicyOf(R"({principals: {usernames: [pump]}, brokerResources: [
      {method: Subscribe, topics: ["a/#", "b/c", "d/+/e"]}]})");
  EXPECT_TRUE(Subscribes(*policy, kPump, "a/#"));
  EXPECT_TRUE(Subscribes(*policy, kPump, "a/+/b"));
  EXPECT_TRUE(Subscribes(*policy, kPump, "a"));
  EXPECT_TRUE(Subscribes(*policy, kPump, "b/c"));
  EXPECT_TRUE(Subscribes(*policy, kPump, "d/+/e"));
  EXPECT_TRUE(Subscribes(*policy, kPump, "d/x/e"));
  for (const char* filter : {"#", "+", "+/#", "b/#", "b/+", "d/#", "d/+/#", "d/+/+", "+/c"}) {
    EXPECT_FALSE(Subscribes(*policy, kPump, filter)) << filter;
  }
}

TEST(Rules, Rule22EverythingNeedsEverything) {
  const auto policy = PolicyOf(R"({principals: {usernames: [pump]}, brokerResources: [
      {method: Subscribe, topics: ["#"]}]})");
  for (const char* filter : {"#", "+/#", "+", "a/#", "a/b/c"}) {
    EXPECT_TRUE(Subscribes(*policy, kPump, filter)) << filter;
  }
}

TEST(Rules, Rule23TopicsOfTheServerNeedToBeNamed) {
  const auto open = PolicyOf(R"({principals: {usernames: [pump]}, brokerResources: [
      {method: Publish, topics: ["#", "+/a"]}, {method: Subscribe, topics: ["#", "+/a"]}]})");
  for (const char* topic : {"$SYS/a", "$SYS", "$"}) {
    EXPECT_FALSE(Publishes(*open, kPump, topic)) << topic;
    EXPECT_FALSE(Subscribes(*open, kPump, topic)) << topic;
  }
  EXPECT_FALSE(Subscribes(*open, kPump, "$SYS/#"));
  const auto named = PolicyOf(R"({principals: {usernames: [pump]}, brokerResources: [
      {method: Subscribe, topics: ["$SYS/#", "a/$x"]}]})");
  EXPECT_TRUE(Subscribes(*named, kPump, "$SYS/#"));
  EXPECT_TRUE(Subscribes(*named, kPump, "$SYS/broker/+"));
  EXPECT_TRUE(Subscribes(*named, kPump, "a/$x"));
  EXPECT_FALSE(Subscribes(*named, kPump, "#"));
}

TEST(Rules, Rule24ASharedSubscriptionIsAllowedByItsFilter) {
  const auto policy = PolicyOf(R"({principals: {usernames: [pump]}, brokerResources: [
      {method: Subscribe, topics: ["a/#"]}]})");
  EXPECT_TRUE(Subscribes(*policy, kPump, "$share/any/a/b"));
  EXPECT_FALSE(Subscribes(*policy, kPump, "$share/any/b"));
  EXPECT_FALSE(Subscribes(*policy, kPump, "$share/a/#"));
  EXPECT_FALSE(Subscribes(*policy, kPump, "$share/a"));
}

TEST(Rules, WhatIsNoTopicIsDenied) {
  const auto policy = PolicyOf(R"({principals: {usernames: [pump]}, brokerResources: [
      {method: Publish, topics: ["#"]}, {method: Subscribe, topics: ["#"]}]})");
  for (const char* topic : {"", "a/#", "+", "a/+/b"}) {
    EXPECT_FALSE(Publishes(*policy, kPump, topic)) << topic;
  }
  for (const char* filter : {"", "a#", "#/a", "a/b+"}) {
    EXPECT_FALSE(Subscribes(*policy, kPump, filter)) << filter;
  }
}

TEST(Rules, Section10ATopicThatIsNotAllowed) {
  const auto policy = PolicyOf(R"(
      {principals: {attributes: [{group: thermostat_group}]},
       brokerResources: [{method: Connect}, {method: Publish, topics: [sensor/temperature]}]},
      {principals: {usernames: [heater]}, brokerResources: [{method: Connect},
       {method: Subscribe, topics: [sensor/temperature, sensor/humidity]}]})");
  const Somebody thermostat{.client_id = "t", .attributes = {{"group", "thermostat_group"}}};
  EXPECT_TRUE(Publishes(*policy, thermostat, "sensor/temperature"));
  EXPECT_FALSE(Publishes(*policy, thermostat, "sensor/humidity"));
  const Somebody heater{.client_id = "h", .username = "heater"};
  EXPECT_TRUE(Connects(*policy, heater));
  EXPECT_TRUE(Subscribes(*policy, heater, "sensor/humidity"));
  EXPECT_FALSE(Subscribes(*policy, heater, "health/heartbeat"));
}

}  // namespace
}  // namespace signet::auth
