// The compiled policy against its rules, asked one by one, on random policies of few words, so that
// most questions are near to something.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/auth/policy/policy_fixture.h"

namespace signet::auth {
namespace {

class RandomPolicy {
 public:
  explicit RandomPolicy(uint64_t seed) : random_(seed) {}

  config::BrokerAuthorization Make() {
    config::BrokerAuthorization settings;
    settings.policies.rules.resize(Below(40));
    for (config::AuthorizationRule& rule : settings.policies.rules) {
      rule.principals = MakePrincipals();
      rule.broker_resources.resize(Below(4));
      for (config::BrokerResource& resource : rule.broker_resources) {
        resource.method = static_cast<config::BrokerMethod>(Below(3));
        const bool connects = resource.method == config::BrokerMethod::kConnect;
        for (size_t i = Below(3); i > 0; --i) {
          (connects ? resource.client_ids : resource.topics)
              .push_back(connects ? OneOf({"a", "a*", "*b", "*b*", "a*b*",
                                           "*ab*{principal.username}", "{principal.username}*", "*",
                                           "*line-of-press*", "a*line-of-press*b"})
                                  : Topic(true));
        }
      }
    }
    return settings;
  }

  // So many that few ends and parts of a text are one pattern's own; of two letters, so that texts
  // are parts of each other.
  config::BrokerAuthorization MakeOfPatterns() {
    config::BrokerAuthorization settings;
    settings.policies.rules.resize(200);
    for (config::AuthorizationRule& rule : settings.policies.rules) {
      rule.principals.usernames = {OneOf({"a", "b"})};
      config::BrokerResource& connect = rule.broker_resources.emplace_back();
      connect.method = config::BrokerMethod::kConnect;
      const std::string ends[] = {"", "", "a", "{principal.attributes.x}", "{principal.username}"};
      std::string pattern = ends[Below(5)] + "*" + Letters(5, 12) + "*";
      if (Below(2) == 0) pattern += Letters(1, 6) + "*";
      connect.client_ids = {pattern + ends[Below(5)]};
    }
    return settings;
  }
  Somebody MakeClientOfLetters() {
    Somebody who{.client_id = Letters(0, 24), .username = OneOf({"a", "b"}), .attributes = {}};
    if (Below(2) == 0) who.attributes.emplace_back("x", Letters(0, 2));
    return who;
  }

  Somebody MakeClient() {
    Somebody who{.client_id = Word(), .username = Word(), .attributes = {}};
    for (const char* name : {"x", "y", "z"}) {
      if (Below(2) == 0) who.attributes.emplace_back(name, Word());
    }
    return who;
  }

  std::string Topic(bool is_pattern) {
    std::string topic;
    for (size_t i = Below(4) + 1; i > 0; --i) {
      if (!topic.empty()) topic += '/';
      topic +=
          is_pattern && Below(4) == 0
              ? OneOf({"{principal.username}", "{principal.clientId}", "{principal.attributes.x}"})
              : OneOf({"a", "b", "+", "$a", "a", ""});
    }
    if (Below(4) == 0) topic += topic.empty() ? "#" : "/#";
    return topic;
  }

  size_t Below(size_t end) { return random_() % end; }

 private:
  config::Principals MakePrincipals() {
    config::Principals principals;
    if (Below(3) == 0) principals.usernames.push_back(Word());
    if (Below(3) == 0) principals.client_ids.push_back(Word());
    for (size_t i = Below(3); i > 0; --i) {
      config::TextByName& map = principals.attributes.emplace_back();
      for (const char* name : {"x", "y", "z"}) {
        if (Below(2) == 0) map[name] = Word();
      }
    }
    return principals;
  }
  std::string Letters(size_t least, size_t most) {
    std::string letters;
    for (size_t i = least + Below(most + 1 - least); i > 0; --i) letters += OneOf({"a", "b"});
    return letters;
  }
  std::string Word() {
    return OneOf({"a", "b", "ab", "$a", "+", "", "a-line-of-presses", "a-line-of-pressb"});
  }
  std::string OneOf(const std::vector<std::string>& words) { return words[Below(words.size())]; }

  std::mt19937_64 random_;
};

TEST(RandomPolicy, TheCompiledOneSaysWhatItsRulesSay) {
  size_t allowed = 0;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    RandomPolicy random(seed);
    const AccessPolicy policy(random.Make());
    for (int i = 0; i < 60; ++i) {
      const Somebody who = random.MakeClient();
      const auto action = static_cast<Action>(random.Below(3));
      // Allows() holds the two against each other.
      allowed += Allows(policy, who, action, random.Topic(false)) ? 1U : 0U;
    }
  }
  EXPECT_GT(allowed, 300u);
}

TEST(RandomPolicy, ManyPatternsAreTheOnesThatMatch) {
  size_t allowed = 0;
  size_t denied = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    RandomPolicy random(seed);
    const AccessPolicy policy(random.MakeOfPatterns());
    for (int i = 0; i < 50; ++i) {
      ++(Connects(policy, random.MakeClientOfLetters()) ? allowed : denied);
    }
  }
  EXPECT_GT(allowed, 100u);
  EXPECT_GT(denied, 100u);
}

}  // namespace
}  // namespace signet::auth
