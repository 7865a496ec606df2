#include "core/topic/shared_subscription.h"

#include <gtest/gtest.h>

#include <map>

namespace signet {
namespace {

constexpr ShardId kShard(0);

SessionId Id(uint32_t number) { return {.slot = number, .generation = 1}; }

SharedMember Member(uint32_t number, bool online = true) {
  return {.shard = kShard, .session = Id(number), .online = online};
}

// Whose turn it is, by number; 0 for nobody. Members are numbered from 1.
uint32_t Next(SharedSubscription* group, const std::vector<uint32_t>& passed_over = {}) {
  SharedSubscription::PassedOver passed;
  for (const uint32_t number : passed_over) passed.insert({kShard, Id(number)});
  const SharedMember* member = group->Next(QoS::kAtLeastOnce, passed);
  return member == nullptr ? 0 : member->session.slot;
}

std::vector<uint32_t> Turns(SharedSubscription* group, size_t count) {
  std::vector<uint32_t> turns;
  for (size_t i = 0; i < count; ++i) turns.push_back(Next(group));
  return turns;
}

class SharedSubscriptionTest : public testing::Test {
 protected:
  void JoinThree() {
    for (const uint32_t number : {1u, 2u, 3u}) group_.Join(Member(number));
  }

  SharedSubscription group_{SharedGroupId(), "share", "a/#"};
};

TEST_F(SharedSubscriptionTest, NobodyIsNobodysTurn) {
  EXPECT_TRUE(group_.empty());
  EXPECT_EQ(Next(&group_), 0u);
  EXPECT_FALSE(group_.Leave(kShard, Id(1)));
  group_.SetOnline(kShard, Id(1), true);
  EXPECT_EQ(group_.size(), 0u);
}

TEST_F(SharedSubscriptionTest, TurnsGoRound) {
  JoinThree();
  EXPECT_EQ(Turns(&group_, 7), (std::vector<uint32_t>{1, 2, 3, 1, 2, 3, 1}));
}

TEST_F(SharedSubscriptionTest, SessionsOfTwoShardsAreTwoMembers) {
  group_.Join(Member(1));
  SharedMember other = Member(1);
  other.shard = ShardId(5);
  group_.Join(other);
  EXPECT_EQ(group_.size(), 2u);
  EXPECT_TRUE(group_.Leave(ShardId(5), Id(1)));
  EXPECT_FALSE(group_.Leave(ShardId(5), Id(1)));
  EXPECT_EQ(group_.Next(QoS::kAtLeastOnce, {})->shard, kShard);
}

TEST_F(SharedSubscriptionTest, JoiningAgainReplacesAndKeepsTheTurn) {
  JoinThree();
  SharedMember changed = Member(1);
  changed.subscription_id = 9;
  changed.options.maximum_qos = QoS::kAtLeastOnce;
  group_.Join(changed);
  EXPECT_EQ(group_.size(), 3u);
  const SharedMember* member = group_.Next(QoS::kAtLeastOnce, {});
  EXPECT_TRUE(member->IsSession(kShard, Id(1)));
  EXPECT_EQ(member->subscription_id, 9u);
  EXPECT_EQ(member->options.maximum_qos, QoS::kAtLeastOnce);
  group_.Join(Member(1, false));
  EXPECT_EQ(Turns(&group_, 4), (std::vector<uint32_t>{2, 3, 2, 3}));
}

TEST_F(SharedSubscriptionTest, WhoLeavesCostsNobodyElseATurn) {
  for (uint32_t number = 1; number <= 5; ++number) group_.Join(Member(number));
  EXPECT_EQ(Turns(&group_, 2), (std::vector<uint32_t>{1, 2}));
  group_.Leave(kShard, Id(1));  // Has had its turn.
  group_.Leave(kShard, Id(3));  // Would be next.
  EXPECT_EQ(Turns(&group_, 6), (std::vector<uint32_t>{4, 5, 2, 4, 5, 2}));
  group_.Leave(kShard, Id(2));
  group_.Join(Member(6));
  EXPECT_EQ(Turns(&group_, 3), (std::vector<uint32_t>{4, 5, 6}));
}

TEST_F(SharedSubscriptionTest, WhoIsOfflineWaitsUntilNobodyIsOnline) {
  JoinThree();
  group_.SetOnline(kShard, Id(2), false);
  EXPECT_EQ(Turns(&group_, 4), (std::vector<uint32_t>{1, 3, 1, 3}));
  group_.SetOnline(kShard, Id(1), false);
  group_.SetOnline(kShard, Id(3), false);
  EXPECT_EQ(Turns(&group_, 4), (std::vector<uint32_t>{2, 1, 3, 2}));
  group_.SetOnline(kShard, Id(3), true);
  group_.SetOnline(kShard, Id(3), true);
  EXPECT_EQ(Turns(&group_, 2), (std::vector<uint32_t>{3, 3}));
  EXPECT_TRUE(group_.Next(QoS::kAtLeastOnce, {})->online);
}

TEST_F(SharedSubscriptionTest, AtQos0NobodyWhoIsOfflineHasATurn) {
  JoinThree();
  for (const uint32_t number : {1u, 2u, 3u}) group_.SetOnline(kShard, Id(number), false);
  EXPECT_EQ(group_.Next(QoS::kAtMostOnce, {}), nullptr);
  group_.SetOnline(kShard, Id(2), true);
  EXPECT_TRUE(group_.Next(QoS::kAtMostOnce, {})->IsSession(kShard, Id(2)));
}

TEST_F(SharedSubscriptionTest, WhoWasAskedAlreadyIsPassedOver) {
  JoinThree();
  group_.Join(Member(4, false));
  EXPECT_EQ(Next(&group_), 1u);
  EXPECT_EQ(Next(&group_, {1}), 2u);
  EXPECT_EQ(Next(&group_, {1, 2}), 3u);
  EXPECT_EQ(Next(&group_, {1, 2, 3}), 4u);
  EXPECT_EQ(Next(&group_, {1, 2, 3, 4}), 0u);
  EXPECT_EQ(Next(&group_, {7}), 1u);
}

TEST_F(SharedSubscriptionTest, LoadIsEvenWhileOthersComeAndGo) {
  for (uint32_t number = 1; number <= 10; ++number) group_.Join(Member(number));
  std::map<uint32_t, int> turns;
  for (uint32_t step = 0; step < 10'000; ++step) {
    ++turns[Next(&group_)];
    if (step % 5 == 0) group_.Join(Member(100 + step));
    if (step % 5 == 3) group_.Leave(kShard, Id(100 + step - 3));
  }
  int least = turns[1];
  int most = turns[1];
  for (uint32_t number = 1; number <= 10; ++number) {
    least = std::min(least, turns[number]);
    most = std::max(most, turns[number]);
  }
  EXPECT_LE(most - least, 1);
  EXPECT_EQ(group_.size(), 10u);
}

}  // namespace
}  // namespace signet
