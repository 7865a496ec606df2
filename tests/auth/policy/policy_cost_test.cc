// What decisions cost, in instructions, and policies in memory. With checks compiled in, only how
// the cost grows says something.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "auth/policy/policy_authorizer.h"
#include "tests/auth/policy/policy_fixture.h"
#include "tests/support/instruction_count.h"

namespace signet::auth {
namespace {

// The test itself is never optimized; what it measures is, where this is set.
#ifdef NDEBUG
constexpr bool kIsAsShipped = true;
#else
constexpr bool kIsAsShipped = false;
#endif

const Somebody kSensor{
    .client_id = "c-7",
    .username = "user-7",
    .attributes = {{"line", "L7"}, {"name-7", "yes"}, {"role", "sensor"}, {"site", "S0"}}};

using MakeRule = std::function<config::AuthorizationRule(size_t)>;

config::BrokerResource Allow(config::BrokerMethod method, std::vector<std::string> topics) {
  config::BrokerResource resource;
  resource.method = method;
  resource.topics = std::move(topics);
  return resource;
}

config::BrokerAuthorization MakeMany(size_t rules, const MakeRule& make) {
  config::BrokerAuthorization settings;
  for (size_t i = 0; i < rules; ++i) settings.policies.rules.push_back(make(i));
  return settings;
}

// Each rule is for one client, with topics of its own.
config::AuthorizationRule OfOneClient(size_t i) {
  config::AuthorizationRule rule;
  rule.principals.usernames = {fmt::format("user-{}", i)};
  rule.broker_resources = {Allow(config::BrokerMethod::kPublish,
                                 {fmt::format("lines/{}/+/data", i), "up/{principal.clientId}"})};
  return rule;
}

// All rules are for all clients, with different topics.
config::AuthorizationRule OfAllClients(size_t i) {
  config::AuthorizationRule rule;
  rule.principals.attributes.emplace_back()["role"] = "sensor";
  rule.broker_resources = {Allow(config::BrokerMethod::kPublish, {fmt::format("lines/{}/#", i)})};
  return rule;
}

// All rules have the same topics, for different clients.
config::AuthorizationRule OfOneTopic(size_t i) {
  config::AuthorizationRule rule;
  config::TextByName& map = rule.principals.attributes.emplace_back();
  map["role"] = "sensor";
  map["line"] = fmt::format("L{}", i);
  rule.broker_resources = {
      Allow(config::BrokerMethod::kPublish, {"lines/{principal.attributes.line}/+/data"})};
  return rule;
}

// Any two rules differ in one of three attributes, each of which has few values.
config::AuthorizationRule OfThreeAttributes(size_t i) {
  config::AuthorizationRule rule;
  config::TextByName& map = rule.principals.attributes.emplace_back();
  map["line"] = fmt::format("L{}", i % 22);
  map["role"] = i / 22 % 22 == 7 ? "sensor" : fmt::format("r{}", i / 22 % 22);
  map["site"] = fmt::format("S{}", i / 22 / 22);
  rule.broker_resources = {Allow(config::BrokerMethod::kPublish, {"lines/7/+/data"})};
  return rule;
}

// No two rules have the same names of attributes; the client has some of each rule's, and all of
// one's.
config::AuthorizationRule OfOtherNames(size_t i) {
  config::AuthorizationRule rule;
  config::TextByName& map = rule.principals.attributes.emplace_back();
  map["line"] = "L7";
  map["role"] = "sensor";
  map[fmt::format("name-{}", i)] = "yes";
  rule.broker_resources = {Allow(config::BrokerMethod::kPublish, {"lines/7/+/data"})};
  return rule;
}

// Four of 16 flags, half of which the client has, and a role that it has in few rules; one rule has
// none.
const Somebody kFlagged = [] {
  Somebody somebody{.client_id = "c-7", .username = "user-7", .attributes = {{"role", "gauge"}}};
  for (const int i : {0, 3, 4, 5, 8, 9, 12, 13}) {
    somebody.attributes.emplace_back(fmt::format("flag-{:02}", i), "on");
  }
  return somebody;
}();
config::AuthorizationRule OfFlags(size_t i) {
  config::AuthorizationRule rule;
  config::TextByName& map = rule.principals.attributes.emplace_back();
  if (i != 1) map["role"] = i % 100 == 7 && i < 500 ? "gauge" : fmt::format("r{}", i % 3);
  for (size_t flag = 0; flag < 4; ++flag) {
    map[fmt::format("flag-{:02}", (i >> 2 * flag) % 4 + 4 * flag)] = "on";
  }
  rule.broker_resources = {Allow(config::BrokerMethod::kPublish, {"lines/7/+/data"})};
  return rule;
}

// Many rules are for the client, and many more for others have the topics asked for.
config::AuthorizationRule OfManyTopics(size_t i) {
  config::AuthorizationRule rule;
  rule.principals.usernames = {fmt::format("user-{}", i % 40)};
  rule.broker_resources = {
      Allow(config::BrokerMethod::kPublish, {i % 40 == 7  ? fmt::format("other/{}", i)
                                             : i % 4 == 0 ? "lines/none/+/y"
                                             : i % 4 == 1 ? "lines/none/#"
                                             : i % 4 == 2 ? "lines/+/+/y"
                                                          : "lines/+/#"})};
  return rule;
}

// Half of the rules are for the client, by each of its attributes, and the other half has four
// topics that are the one asked for.
config::AuthorizationRule OfManySets(size_t i) {
  config::AuthorizationRule rule;
  if (i % 2 == 0) {
    rule.principals.usernames = {fmt::format("nobody-{}", i)};
    rule.broker_resources = {Allow(config::BrokerMethod::kPublish,
                                   {"lines/none/+/y", "lines/none/#", "lines/+/+/y", "lines/+/#"})};
  } else {
    for (const auto& [name, value] : kSensor.attributes) {
      rule.principals.attributes.emplace_back()[name] = value;
    }
    rule.broker_resources = {Allow(config::BrokerMethod::kPublish, {fmt::format("other/{}", i)})};
  }
  return rule;
}

// Each rule lets clients connect by a name that ends otherwise, or begins so, or both.
config::AuthorizationRule OfOnePattern(std::string pattern) {
  config::AuthorizationRule rule;
  rule.principals.attributes.emplace_back()["role"] = "sensor";
  config::BrokerResource& connect = rule.broker_resources.emplace_back();
  connect.method = config::BrokerMethod::kConnect;
  connect.client_ids = {std::move(pattern)};
  return rule;
}

config::AuthorizationRule OfOneSuffix(size_t i) { return OfOnePattern(fmt::format("*-{}", i)); }
config::AuthorizationRule OfBothEnds(size_t i) { return OfOnePattern(fmt::format("c*-{}", i)); }
// Three letters each.
config::AuthorizationRule OfShortPrefix(size_t i) {
  const auto letter = [](size_t number) { return static_cast<char>('a' + number % 26); };
  return OfOnePattern(i == 7 ? "c-7*"
                             : fmt::format("{}{}{}*", letter(i), letter(i / 26), letter(i / 676)));
}
config::AuthorizationRule OfOneMiddle(size_t i) { return OfOnePattern(fmt::format("*-{}-*", i)); }
// The same, with texts of one letter, of two and more.
config::AuthorizationRule OfMiddlesOfAllSizes(size_t i) {
  return OfOnePattern(i % 100 == 0   ? fmt::format("*{}*", static_cast<char>('A' + i / 100 % 26))
                      : i % 100 == 1 ? fmt::format("*{}Z*", static_cast<char>('a' + i / 100 % 26))
                                     : fmt::format("*-{}-*", i));
}
// No four bytes of which fewer than a hundred patterns have.
config::AuthorizationRule OfTwoNumbers(size_t i) {
  return OfOnePattern(fmt::format("*-{:04}{:04}-*", i / 100, i % 100));
}
// The same with a word between the numbers, so that no eight bytes tell patterns apart.
config::AuthorizationRule OfNumbersApart(size_t i) {
  return OfOnePattern(fmt::format("*-line-{:02}-press-{:02}-*", i / 100, i % 100));
}
// Texts of more than eight bytes.
config::AuthorizationRule OfLongMiddle(size_t i) {
  return OfOnePattern(fmt::format("*-plant-{:04}-*", i));
}
config::AuthorizationRule OfOneToken(size_t i) {
  return OfOnePattern(fmt::format("{{principal.attributes.name-{}}}*", i));
}
config::AuthorizationRule OfTokenAndText(size_t i) {
  return OfOnePattern(fmt::format("{{principal.attributes.name-{}}}-*", i));
}
config::AuthorizationRule OfSharedEnds(size_t i) {
  return OfOnePattern(fmt::format("c*-{}-*device", i));
}
config::AuthorizationRule OfOnePrefix(size_t i) {
  return OfOnePattern(i == 7 ? "c-*" : fmt::format("{}-*", i));
}

// With what follows, as long as the name of a pod may be.
std::string LongestNameOf(std::string_view part) {
  std::string name;
  while (name.size() < 250) name += part;
  return name;
}

std::optional<uint64_t> CostOf(const AccessPolicy& policy, const Somebody& somebody,
                               std::string_view topic, bool expected) {
  const Principal principal = somebody.principal();
  const Client client{.principal = principal, .client_id = somebody.client_id};
  EXPECT_EQ(policy.Allows(client, Action::kPublish, topic), expected);
  return CountInstructions([&] { policy.Allows(client, Action::kPublish, topic); });
}

// Of a few rules and of 10,000; `name` and `allowed` say of what.
void ExpectHardlyMore(uint64_t of_few, uint64_t of_many, std::string_view name, bool allowed) {
  const std::string key = fmt::format("{}_{}", name, allowed ? "allowed" : "denied");
  testing::Test::RecordProperty(key, fmt::format("{}", of_many));
  EXPECT_LT(of_many, of_few * 3) << key;
  if (kIsAsShipped) {
    EXPECT_LE(of_many, 10'000u) << key;
  }
}

TEST(PolicyCost, AFreshDecisionHardlyDependsOnTheNumberOfRules) {
  struct Case {
    const char* name;
    MakeRule make;
    const char* allowed;
    const Somebody& somebody = kSensor;
  };
  for (const Case& each :
       std::vector<Case>{{"one_client", OfOneClient, "lines/7/x/data"},
                         {"all_clients", OfAllClients, "lines/7/x/data"},
                         {"one_topic", OfOneTopic, "lines/L7/x/data"},
                         {"three_attributes", OfThreeAttributes, "lines/7/x/data"},
                         {"other_names", OfOtherNames, "lines/7/x/data"},
                         {"flags", OfFlags, "lines/7/x/data", kFlagged},
                         {"many_topics", OfManyTopics, "other/7"},
                         {"many_sets", OfManySets, "other/1"}}) {
    const AccessPolicy few(MakeMany(200, each.make));
    const AccessPolicy many(MakeMany(10'000, each.make));
    for (const auto& [topic, expected] :
         {std::pair(each.allowed, true), std::pair("lines/none/x/y", false)}) {
      const std::optional<uint64_t> of_few = CostOf(few, each.somebody, topic, expected);
      const std::optional<uint64_t> of_many = CostOf(many, each.somebody, topic, expected);
      if (!of_few || !of_many) GTEST_SKIP() << "Nobody can count instructions here.";
      ExpectHardlyMore(*of_few, *of_many, each.name, expected);
    }
  }
}

TEST(PolicyCost, ALoginHardlyDependsOnTheNumberOfRules) {
  const auto cost_among = [](MakeRule make, size_t rules, std::string_view client_id,
                             bool expected) {
    const AccessPolicy policy(MakeMany(rules, make));
    const Principal principal = kSensor.principal();
    const Client client{.principal = principal, .client_id = client_id};
    EXPECT_EQ(policy.Allows(client, Action::kConnect, {}), expected);
    return CountInstructions([&] { policy.Allows(client, Action::kConnect, {}); });
  };
  struct Case {
    const char* name;
    MakeRule make;
    std::string allowed;
    std::string denied;
  };
  for (const Case& each : std::vector<Case>{
           {"suffix", OfOneSuffix, "c-7", "c-x"},
           {"both_ends", OfBothEnds, "c-7", "c-x"},
           {"prefix", OfOnePrefix, "c-7", "x-7"},
           {"short_prefix", OfShortPrefix, "c-7", "-the-quick-brown-fox-jumps"},
           {"long_name", OfOneMiddle,
            "press-of-line-of-hall-of-plant-of-region-of-company-7-of-many-a",
            "press-of-line-of-hall-of-plant-of-region-of-company-x-of-many-a"},
           {"longest_name", OfOneMiddle, LongestNameOf("-pres") + "-7-",
            LongestNameOf("-pres") + "-x-"},
           {"name_of_parts", OfOneMiddle, LongestNameOf("-471x") + "-7-",
            LongestNameOf("-471x") + "-x-"},
           {"name_of_others", OfOneMiddle, LongestNameOf("4711x4712x4713x4714x4715x") + "-7-",
            LongestNameOf("4711x4712x4713x4714x4715x") + "-x-"},
           {"all_sizes", OfMiddlesOfAllSizes, "press-of-line-of-hall-of-plant-of-region-7-of-many",
            "press-of-line-of-hall-of-plant-of-region-x-of-many"},
           {"two_numbers", OfTwoNumbers, "plant-00000007-press-7-device", "plant-01000007-device"},
           {"middle", OfOneMiddle, "plant-4711-press-7-device", "plant-x-press-device"},
           {"numbers_apart", OfNumbersApart, "c-line-04-press-07-x", "c-line-04-press-0x-x"},
           {"long_middle", OfLongMiddle, LongestNameOf("ant-0003ant-0004ant-0005") + "-plant-0006-",
            LongestNameOf("ant-0003ant-0004ant-0005ant-0006ant-0007")},
           {"token", OfOneToken, "yes-7", "no-7"},
           {"token_and_text", OfTokenAndText, "yes-7", "no-7"},
           {"shared_ends", OfSharedEnds, "c-4711-press-7-device", "c-x-device"}}) {
    for (const auto& [client_id, expected] :
         {std::pair(each.allowed, true), std::pair(each.denied, false)}) {
      const std::optional<uint64_t> of_few = cost_among(each.make, 1'000, client_id, expected);
      const std::optional<uint64_t> of_many = cost_among(each.make, 10'000, client_id, expected);
      if (!of_few || !of_many) GTEST_SKIP() << "Nobody can count instructions here.";
      ExpectHardlyMore(*of_few, *of_many, each.name, expected);
    }
  }
}

TEST(PolicyCost, ARememberedDecisionIsCheap) {
  PolicyAuthorizer authorizer(std::make_shared<const AccessPolicy>(MakeMany(10'000, OfOneClient)));
  Principal principal = kSensor.principal();
  principal.stamp = 1;
  const std::string_view client_id = kSensor.client_id;
  const std::string_view topic = "lines/7/x/data";
  const Manner manner{.qos = QoS::kAtLeastOnce};
  const auto ask = [&] {
    authorizer.Allows(principal, client_id, Action::kPublish, topic, manner);
  };
  ask();
  const std::optional<uint64_t> cost = CountInstructions(ask);
  if (!cost) GTEST_SKIP() << "Nobody can count instructions here.";
  EXPECT_EQ(authorizer.remembered(), 1u);
  RecordProperty("remembered", fmt::format("{}", *cost));
  if (kIsAsShipped) {
    EXPECT_LE(*cost, 300u);
  }
}

TEST(PolicyCost, MemoryIsLinearInTheRules) {
  for (const MakeRule& make :
       {MakeRule(OfOneClient), MakeRule(OfAllClients), MakeRule(OfOneTopic),
        MakeRule(OfThreeAttributes), MakeRule(OfOtherNames), MakeRule(OfManySets),
        MakeRule(OfOneSuffix), MakeRule(OfBothEnds), MakeRule(OfOneMiddle), MakeRule(OfSharedEnds),
        MakeRule(OfOnePrefix), MakeRule(OfOneToken), MakeRule(OfMiddlesOfAllSizes),
        MakeRule(OfShortPrefix), MakeRule(OfTwoNumbers), MakeRule(OfFlags)}) {
    const size_t few = AccessPolicy(MakeMany(2'000, make)).bytes();
    const size_t many = AccessPolicy(MakeMany(20'000, make)).bytes();
    EXPECT_LT(many, few * 25);
    EXPECT_LT(many, 20'000u * 1024);
  }
}

}  // namespace
}  // namespace signet::auth
