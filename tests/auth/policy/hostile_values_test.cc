// Names and attributes that look like patterns: they are data, in whatever place they come.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/auth/policy/policy_fixture.h"

namespace signet::auth {
namespace {

using std::string_literals::operator""s;

const std::vector<std::string>& HostileValues() {
  static const std::vector<std::string> values = {"#",
                                                  "+",
                                                  "/",
                                                  "$",
                                                  "%",
                                                  "*",
                                                  ".",
                                                  "^",
                                                  "(",
                                                  "[",
                                                  "\0"s,
                                                  "",
                                                  "a/b",
                                                  "a/#",
                                                  "+/+",
                                                  "$SYS",
                                                  "a\0b"s,
                                                  "{principal.username}",
                                                  "${clientid}",
                                                  "%c",
                                                  "%u",
                                                  ".*",
                                                  "[a-z]+",
                                                  "\\",
                                                  "\xFF\xFE",
                                                  "\xC3",
                                                  "\xED\xA0\x80",
                                                  std::string(64 << 10, 'a'),
                                                  std::string(64 << 10, '#'),
                                                  std::string(64 << 10, '*'),
                                                  "..",
                                                  "a b",
                                                  "\n",
                                                  "'\""};
  return values;
}

bool MayFill(std::string_view value) {
  return !value.empty() && value[0] != '$' &&
         value.find_first_of(std::string_view("+#/\0", 4)) == std::string_view::npos;
}

constexpr std::string_view kRules = R"(
  {principals: {usernames: [known]}, brokerResources: [{method: Publish, topics: [of/known]}]},
  {principals: {attributes: [{role: any}]}, brokerResources: [
    {method: Connect, clientIds: ["{principal.attributes.line}-*", "is-{principal.username}"]},
    {method: Publish, topics: ["u/{principal.username}/x", "c/{principal.clientId}/x",
                               "l/{principal.attributes.line}/x", "{principal.username}/y"]},
    {method: Subscribe, topics: ["u/{principal.username}/x", "c/{principal.clientId}/x",
                                 "l/{principal.attributes.line}/x", "{principal.username}/y"]}]})";

Somebody With(const std::string& value) {
  return {.client_id = value, .username = value, .attributes = {{"line", value}, {"role", "any"}}};
}

TEST(HostileValues, NeverWidenAPattern) {
  const auto policy = PolicyOf(kRules);
  for (const std::string& value : HostileValues()) {
    const Somebody who = With(value);
    SCOPED_TRACE(value.substr(0, 40));
    for (const char* topic : {"u/other/x", "c/other/x", "l/other/x", "other/y", "of/known", "u//x",
                              "c//x", "/y", "$SYS/y", "u", "u/a/b/x", "u/x", "l/a/x/x"}) {
      EXPECT_FALSE(Publishes(*policy, who, topic)) << topic;
      EXPECT_FALSE(Subscribes(*policy, who, topic)) << topic;
    }
    for (const char* filter : {"#", "+", "u/#", "u/+/x", "c/+/x", "l/+/x", "+/y", "l/#", "+/#"}) {
      EXPECT_FALSE(Subscribes(*policy, who, filter)) << filter;
    }
  }
}

TEST(HostileValues, MatchTheirOwnLevelIfTheyCanFillOne) {
  const auto policy = PolicyOf(kRules);
  for (const std::string& value : HostileValues()) {
    const Somebody who = With(value);
    SCOPED_TRACE(value.substr(0, 40));
    for (const char* beginning : {"u/", "c/", "l/"}) {
      const std::string topic = beginning + value + "/x";
      EXPECT_EQ(Publishes(*policy, who, topic), MayFill(value));
      EXPECT_EQ(Subscribes(*policy, who, topic), MayFill(value));
    }
    EXPECT_EQ(Publishes(*policy, who, value + "/y"), MayFill(value));
  }
}

TEST(HostileValues, AreNoPatternsOfClientIdentifiers) {
  const auto policy = PolicyOf(kRules);
  for (const std::string& value : HostileValues()) {
    SCOPED_TRACE(value.substr(0, 40));
    Somebody who = With(value);
    for (const char* client_id : {"other", "-", "is-", "is-other", "a-b"}) {
      who.client_id = client_id;
      const bool is_own = !value.empty() && (who.client_id.starts_with(value + "-") ||
                                             who.client_id == "is-" + value);
      EXPECT_EQ(Connects(*policy, who), is_own) << client_id;
    }
    who.client_id = value + "-1";
    EXPECT_EQ(Connects(*policy, who), !value.empty());
  }
}

TEST(HostileValues, AreComparedInRulesAsTheyAre) {
  const auto policy = PolicyOf(R"({principals: {usernames: ["#", "*", "+"], clientIds: ["*"],
      attributes: [{"*": "*"}]}, brokerResources: [{method: Publish, topics: [a]}]})");
  EXPECT_TRUE(Publishes(*policy, {.client_id = "x", .username = "#"}, "a"));
  EXPECT_TRUE(Publishes(*policy, {.client_id = "*"}, "a"));
  EXPECT_TRUE(Publishes(*policy, {.client_id = "x", .attributes = {{"*", "*"}}}, "a"));
  EXPECT_FALSE(
      Publishes(*policy, {.client_id = "x", .username = "y", .attributes = {{"a", "b"}}}, "a"));
}

}  // namespace
}  // namespace signet::auth
