// Many credentials that end at the same moment: who has to go, and who need not wait for that.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/core/broker/auth_desk_test.h"

namespace signet {
namespace {

class AuthWaveTest : public AuthDeskTest {
 protected:
  struct Member {
    std::unique_ptr<TestClient> client;
    GrantEnded end;
  };

  void SetUp() override {
    AuthDeskTest::SetUp();
    members_.resize(world().shards());
    for (uint32_t i = 0; i < 8 * world().shards(); ++i) {
      const GrantId grant{.slot = 100 + i, .generation = 1};
      auto client = New("c" + std::to_string(i));
      const auto asked = Ask(*client, kWithToken);
      desk_->Answer(asked, Yes(grant));
      client->Next(PacketType::kConnack);
      const auto [shard, id] = Place(asked, grant);
      members_[shard.value()].push_back(
          {std::move(client), {.client = id, .grant = grant, .why = "it expired"}});
    }
  }
  void TearDown() override {
    members_.clear();
    AuthDeskTest::TearDown();
  }

  // All members of a shard come to their end in one turn.
  ShardBroker& EndAllOf(uint32_t i, std::optional<AuthAnswer> answer = {}) {
    ShardBroker& shard = world().shard(i);
    shard.BeginTurn(world().now());
    for (const Member& each : members_[i]) shard.Deliver(each.end);
    if (answer) shard.Deliver(std::move(*answer));
    shard.EndTurn();
    return shard;
  }

  std::vector<std::vector<Member>> members_;  // By shard.
};
INSTANTIATE_BROKER_TEST(AuthWaveTest);

TEST_P(AuthWaveTest, TakesAFewClientsInATurn) {
  for (uint32_t i = 0; i < world().shards(); ++i) {
    ShardBroker& shard = EndAllOf(i);
    EXPECT_EQ(shard.NextDeadline() == world().now(), members_[i].size() > 2);
  }
  world().Run();
  for (const auto& of_shard : members_) {
    for (const Member& each : of_shard) EXPECT_TRUE(each.client->closed());
  }
}

TEST_P(AuthWaveTest, LeavesNobodyForLong) {
  for (uint32_t i = 0; i < world().shards(); ++i) {
    ShardBroker& shard = EndAllOf(i);
    shard.BeginTurn(world().now() + seconds(1));  // That was a long turn.
    shard.EndTurn();
    EXPECT_GT(shard.NextDeadline(), world().now() + seconds(1));
  }
}

// The answer to AUTH says only that there is nobody any more who could prove anything.
TEST_P(AuthWaveTest, IsNotOvertakenByAnAnswer) {
  for (uint32_t i = 0; i < world().shards(); ++i) {
    if (members_[i].empty()) continue;
    Member& last = members_[i].back();
    last.client->SendAuth(ReasonCode::kReauthenticate, "K8S-SAT", "again");
    world().Run();
    const ConnectionId asks = desk_->Next().question.client;
    EndAllOf(i, AuthAnswer{.client = asks, .outcome = Rejected{}});
    world().Run();
    EXPECT_TRUE(last.client->closed());
    EXPECT_TRUE(last.client->Silent());
  }
}

}  // namespace
}  // namespace signet
