// A port whose policy changes while it is open: every shard has the new one when Apply() returns,
// whoever it still allows stays, and the one before is not asked any more.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/net/shard_group_fixture.h"

namespace signet {
namespace {

constexpr uint32_t kFourShards = 4;
constexpr size_t kEightClients = 8;

class DenyingOneTopic : public Authorizer {
 public:
  explicit DenyingOneTopic(std::string topic) : topic_(std::move(topic)) {}
  bool Allows(const Principal&, std::string_view, Action action, std::string_view topic,
              const Manner&) override {
    return action != Action::kPublish || topic != topic_;
  }

 private:
  const std::string topic_;
};

std::shared_ptr<const PortAuthorization> Denying(std::string topic, uint64_t id,
                                                 bool disconnects = false,
                                                 std::string policy = "plant") {
  PortAuthorization authorization{
      .id = id, .disconnects = disconnects, .policy = std::move(policy)};
  authorization.make = [topic = std::move(topic)]() -> std::unique_ptr<Authorizer> {
    return std::make_unique<DenyingOneTopic>(topic);
  };
  return std::make_shared<const PortAuthorization>(std::move(authorization));
}

PortSettings Front(std::shared_ptr<const PortAuthorization> authorization) {
  return {.name = "front", .address = AnyPort(), .authorization = std::move(authorization)};
}

TEST(Policy, ReachesEveryShardWhenItChangesAndDropsNobody) {
  BrokerInProcess broker(kFourShards, std::vector<PortSettings>{Front(Denying("a", 1))});
  SocketClient witness = broker.Subscribed("w", "#");
  std::vector<SocketClient> clients;
  for (size_t i = 0; i < kEightClients; ++i) {
    clients.push_back(broker.Connected("c" + std::to_string(i)));
  }
  const auto expect_only = [&](std::string_view allowed) {
    for (SocketClient& client : clients) {
      EXPECT_TRUE(client.Send(PublishPacket("a", "x")));
      EXPECT_TRUE(client.Send(PublishPacket("b", "x")));
    }
    for (size_t i = 0; i < kEightClients; ++i) ExpectBytes(witness, PublishPacket(allowed, "x"));
  };
  expect_only("b");
  // One that goes to another shard is closed where it came in.
  const uint64_t closed = broker.Sum().core.connections_closed;
  ASSERT_TRUE(broker.group().Apply({Front(Denying("b", 2))}, {}).ok());
  expect_only("a");
  EXPECT_TRUE(broker.Reaches(
      [](const ShardGroup::Sums& sums) { return sums.core.denied_publish == 2 * kEightClients; }));
  EXPECT_EQ(broker.Sum().connections, kEightClients + 1);
  EXPECT_EQ(broker.Sum().core.connections_accepted, kEightClients + 1);
  EXPECT_EQ(broker.Sum().core.connections_closed, closed);
}

TEST(Policy, SendsEverybodyAwayIfItSaysSo) {
  BrokerInProcess broker(kFourShards, std::vector<PortSettings>{Front(Denying("a", 1))});
  std::vector<SocketClient> clients;
  for (size_t i = 0; i < kEightClients; ++i) {
    clients.push_back(broker.Connected("c" + std::to_string(i)));
  }
  // The same policy again is no change.
  ASSERT_TRUE(broker.group().Apply({Front(Denying("a", 1, /*disconnects=*/true))}, {}).ok());
  EXPECT_EQ(broker.Sum().connections, kEightClients);
  ASSERT_TRUE(broker.group().Apply({Front(Denying("b", 2, /*disconnects=*/true))}, {}).ok());
  for (SocketClient& client : clients) EXPECT_TRUE(client.ReceiveUntilClosed().has_value());
  EXPECT_EQ(broker.Sum().core.revoked_clients, kEightClients);
}

// That it is an old one makes it no earlier one.
TEST(Policy, SendsEverybodyAwayAlsoWhereItWasThereBefore) {
  const auto first = Denying("a", 1, /*disconnects=*/true);
  BrokerInProcess broker(kFourShards, std::vector<PortSettings>{Front(first)});
  ASSERT_TRUE(broker.group().Apply({Front(Denying("b", 2))}, {}).ok());
  SocketClient client = broker.Connected("c");
  ASSERT_TRUE(broker.group().Apply({Front(first)}, {}).ok());
  EXPECT_TRUE(client.ReceiveUntilClosed().has_value());
  EXPECT_EQ(broker.Sum().core.revoked_clients, 1u);
}

TEST(Policy, ThatExplainsItselfAnewIsAskedAndSendsNobodyAway) {
  BrokerInProcess broker(kFourShards, std::vector<PortSettings>{Front(Denying("a", 1, true))});
  SocketClient witness = broker.Subscribed("w", "#");
  SocketClient client = broker.Connected("c");
  PortAuthorization moved = *Denying("b", 1, /*disconnects=*/true);
  moved.revision = 1;
  ASSERT_TRUE(
      broker.group().Apply({Front(std::make_shared<const PortAuthorization>(moved))}, {}).ok());
  client.Send(Concat({PublishPacket("b", "x"), PublishPacket("a", "x")}));
  ExpectBytes(witness, PublishPacket("a", "x"));
  EXPECT_EQ(broker.Sum().core.revoked_clients, 0u);
}

// A client of the second port has left Retained Messages `a` and `b`; then that port goes, and the
// first one stays, with this policy.
void LeaveBehind(BrokerInProcess& broker, const std::shared_ptr<const PortAuthorization>& policy) {
  for (const std::string_view topic : {"a", "b"}) {
    SocketClient author(broker.port(1));
    const auto body = Concat({WithLength(AsBytes(topic)), Bytes("0001"), AsBytes("x")});
    author.Send(Concat({ConnectPacket("author"), MakePacket(0x33, body)}));
    ExpectBytes(author, Bytes("20 02 00 00 40 02 00 01"));  // It is stored.
  }
  ASSERT_TRUE(broker.group().Apply({Front(policy)}, {}).ok());
}

TEST(Policy, OfAPortThatIsGoneIsThatOfAnotherPortByItsName) {
  const auto policy = Denying("x", 1);
  BrokerInProcess broker(kFourShards, std::vector<PortSettings>{Front(policy), Front(policy)});
  LeaveBehind(broker, policy);
  ASSERT_TRUE(broker.group().Apply({Front(Denying("a", 2))}, {}).ok());
  SocketClient reader = broker.Subscribed("r", "#");
  ExpectBytes(reader, MakePacket(0x31, Concat({WithLength(AsBytes("b")), AsBytes("x")})));
  EXPECT_TRUE(broker.Reaches([](const auto& sums) { return sums.core.retained_withheld == 1; }));
}

TEST(Policy, OfAPortThatIsGoneIsThatOfOneThatComesLater) {
  const auto another = Denying("x", 1, /*disconnects=*/false, "another");
  BrokerInProcess broker(kFourShards,
                         std::vector<PortSettings>{Front(another), Front(Denying("x", 2))});
  LeaveBehind(broker, another);
  ASSERT_TRUE(broker.group().Apply({Front(another), Front(Denying("a", 3))}, {}).ok());
  SocketClient reader = broker.Subscribed("r", "#");
  ExpectBytes(reader, MakePacket(0x31, Concat({WithLength(AsBytes("b")), AsBytes("x")})));
  EXPECT_TRUE(broker.Reaches([](const auto& sums) { return sums.core.retained_withheld == 1; }));
}

TEST(Policy, OfAPortThatIsGoneDoesNotFollowItsHeirToAnotherOne) {
  const auto plant = Denying("x", 1);
  BrokerInProcess broker(kFourShards, std::vector<PortSettings>{Front(plant), Front(plant)});
  LeaveBehind(broker, plant);
  const auto expect_only = [&](std::string_view topic, uint64_t withheld) {
    SocketClient fresh = broker.Subscribed("f", "#");
    ExpectBytes(fresh, MakePacket(0x31, Concat({WithLength(AsBytes(topic)), AsBytes("x")})));
    EXPECT_TRUE(
        broker.Reaches([&](const auto& sums) { return sums.core.retained_withheld == withheld; }));
  };
  // The heir has `plant` in another form; then it has another policy, under which both would show.
  ASSERT_TRUE(broker.group().Apply({Front(Denying("b", 3))}, {}).ok());
  expect_only("a", 1);
  ASSERT_TRUE(broker.group().Apply({Front(Denying("x", 4, false, "another"))}, {}).ok());
  expect_only("a", 2);
  // Again somebody goes by it.
  ASSERT_TRUE(broker.group()
                  .Apply({Front(Denying("x", 4, false, "another")), Front(Denying("a", 5))}, {})
                  .ok());
  expect_only("b", 3);
}

// The other one may get a policy that was never meant for its clients.
TEST(Policy, OfAPortThatIsGoneIsNobodysIfItHadNone) {
  const auto none = Denying("x", 1, /*disconnects=*/false, "");
  BrokerInProcess broker(kFourShards, std::vector<PortSettings>{Front(none), Front(none)});
  LeaveBehind(broker, none);
  ASSERT_TRUE(broker.group().Apply({Front(Denying("a", 2))}, {}).ok());
  SocketClient reader = broker.Subscribed("r", "a");
  ExpectBytes(reader, MakePacket(0x31, Concat({WithLength(AsBytes("a")), AsBytes("x")})));
  EXPECT_EQ(broker.Sum().core.retained_withheld, 0u);
}

}  // namespace
}  // namespace signet
