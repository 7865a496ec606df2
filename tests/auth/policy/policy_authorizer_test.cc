#include "auth/policy/policy_authorizer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/access/rights.h"
#include "tests/auth/policy/policy_fixture.h"

namespace signet::auth {
namespace {

constexpr std::string_view kOnlyA = R"({principals: {usernames: [u]}, brokerResources: [
    {method: Connect}, {method: Publish, topics: ["a/#"]}, {method: Subscribe, topics: ["s/#"]}]})";
constexpr std::string_view kOnlyB = R"({principals: {usernames: [u]}, brokerResources: [
    {method: Publish, topics: [b]}]})";

Principal Stamped(uint64_t stamp, std::string username = "u") {
  Principal principal;
  principal.username = std::move(username);
  principal.method = "Custom";
  principal.stamp = stamp;
  return principal;
}

constexpr Manner kOnce{.qos = QoS::kAtLeastOnce};

bool Publishes(PolicyAuthorizer* authorizer, const Principal& principal, std::string_view topic) {
  return authorizer->Allows(principal, "c", Action::kPublish, topic, kOnce);
}

TEST(PolicyAuthorizer, RemembersWhatItHasDecided) {
  PolicyAuthorizer authorizer(PolicyOf(kOnlyA));
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(Publishes(&authorizer, Stamped(1), "a/x"));
    EXPECT_FALSE(Publishes(&authorizer, Stamped(1), "b"));
  }
  EXPECT_EQ(authorizer.decided(), 6u);
  EXPECT_EQ(authorizer.remembered(), 4u);
}

TEST(PolicyAuthorizer, TellsActionsTopicsAndClientsApart) {
  PolicyAuthorizer authorizer(PolicyOf(kOnlyA));
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(Publishes(&authorizer, Stamped(1), "a/x"));
    EXPECT_FALSE(authorizer.Allows(Stamped(1), "c", Action::kSubscribe, "a/x", {}));
    EXPECT_TRUE(authorizer.Allows(Stamped(1), "c", Action::kSubscribe, "s/#", {}));
    EXPECT_FALSE(Publishes(&authorizer, Stamped(1), "a/#"));
    EXPECT_FALSE(Publishes(&authorizer, Stamped(2, "other"), "a/x"));
  }
  EXPECT_EQ(authorizer.remembered(), 5u);
}

TEST(PolicyAuthorizer, ForgetsEverythingWithAnotherPolicy) {
  PolicyAuthorizer authorizer(PolicyOf(kOnlyA));
  EXPECT_TRUE(Publishes(&authorizer, Stamped(1), "a"));
  EXPECT_FALSE(Publishes(&authorizer, Stamped(1), "b"));
  authorizer.SetPolicy(PolicyOf(kOnlyB));
  EXPECT_FALSE(Publishes(&authorizer, Stamped(1), "a"));
  EXPECT_TRUE(Publishes(&authorizer, Stamped(1), "b"));
  EXPECT_EQ(authorizer.remembered(), 0u);
}

// The attributes of a client that proves itself anew may be others.
TEST(PolicyAuthorizer, AnotherProofIsAnotherClient) {
  PolicyAuthorizer authorizer(PolicyOf(kOnlyA));
  EXPECT_TRUE(Publishes(&authorizer, Stamped(1), "a"));
  EXPECT_FALSE(Publishes(&authorizer, Stamped(2, "nobody"), "a"));
}

TEST(PolicyAuthorizer, RemembersNothingIfThePolicySaysSo) {
  PolicyAuthorizer authorizer(AccessPolicy::Compile(
      ReadPolicies(std::string("cache: Disabled, rules: [") + std::string(kOnlyA) + "]")));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Publishes(&authorizer, Stamped(1), "a"));
  EXPECT_EQ(authorizer.remembered(), 0u);
}

TEST(PolicyAuthorizer, RemembersNothingOfWhoHasNoStampAndNoConnect) {
  PolicyAuthorizer authorizer(PolicyOf(kOnlyA));
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(Publishes(&authorizer, Stamped(0), "a"));
    EXPECT_TRUE(authorizer.Allows(Stamped(1), "c", Action::kConnect, {}, {}));
    EXPECT_TRUE(Publishes(&authorizer, Stamped(1), "a/" + std::string(300, 'x')));
  }
  EXPECT_EQ(authorizer.remembered(), 0u);
}

TEST(PolicyAuthorizer, IsRightHoweverLittleItCanRemember) {
  PolicyAuthorizer authorizer(PolicyOf(kOnlyA), 4);
  for (int i = 0; i < 100; ++i) {
    const std::string number = std::to_string(i % 7);
    EXPECT_TRUE(Publishes(&authorizer, Stamped(1), "a/" + number));
    EXPECT_FALSE(Publishes(&authorizer, Stamped(1), number));
    EXPECT_TRUE(Publishes(&authorizer, Stamped(1), "a/" + number));
  }
  EXPECT_GT(authorizer.remembered(), 0u);
}

class FixedRights : public Rights {
 public:
  explicit FixedRights(Answer answer) : answer_(answer) {}
  Answer Decide(const Principal&, std::string_view, Action action, std::string_view,
                const Manner&) const override {
    return action == Action::kConnect ? Answer::kSilent : answer_;
  }

 private:
  const Answer answer_;
};

// The table of auth/policy/decision.h.
TEST(PolicyAuthorizer, PolicyAndTokenMustAgree) {
  using Answer = Rights::Answer;
  struct Row {
    bool has_policy;
    const char* topic;  // The policy allows `a` alone.
    Answer answer;
    bool allowed;
  };
  const std::vector<Row> rows = {
      {true, "b", Answer::kAllowed, false}, {true, "b", Answer::kSilent, false},
      {true, "b", Answer::kDenied, false},  {true, "a", Answer::kAllowed, true},
      {true, "a", Answer::kDenied, false},  {true, "a", Answer::kSilent, true},
      {false, "a", Answer::kAllowed, true}, {false, "a", Answer::kDenied, false},
      {false, "a", Answer::kSilent, false}};
  for (const Row& row : rows) {
    PolicyAuthorizer authorizer(row.has_policy ? PolicyOf(kOnlyA) : nullptr);
    Principal principal = Stamped(1);
    principal.rights = std::make_shared<FixedRights>(row.answer);
    SCOPED_TRACE(static_cast<int>(row.answer));
    EXPECT_EQ(Publishes(&authorizer, principal, row.topic), row.allowed);
    EXPECT_EQ(authorizer.Explain(principal, "c", Action::kPublish, row.topic, kOnce).allowed,
              row.allowed);
    EXPECT_TRUE(authorizer.Allows(principal, "c", Action::kConnect, {}, {}));
  }
}

TEST(PolicyAuthorizer, WithoutAPolicyAndATokenEverythingIsAllowed) {
  PolicyAuthorizer authorizer(nullptr);
  EXPECT_TRUE(Publishes(&authorizer, Stamped(1), "a"));
  EXPECT_TRUE(authorizer.Allows(Stamped(1), "c", Action::kConnect, {}, {}));
  EXPECT_TRUE(authorizer.Explain(Stamped(1), "c", Action::kSubscribe, "#", {}).allowed);
}

}  // namespace
}  // namespace signet::auth
