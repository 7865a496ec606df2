#include "tests/core/broker/broker_test.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

using SharedTest = BrokerTest;
INSTANTIATE_BROKER_TEST(SharedTest);

TEST_P(SharedTest, GivesEachMessageToOneMemberInTurn) {  // 4.8.2
  std::vector<std::unique_ptr<TestClient>> members;
  for (int i = 0; i < 5; ++i) {
    members.push_back(Client("m" + std::to_string(i)));
    EXPECT_EQ(members.back()->Subscribe("$share/g/t/+", kQos1), std::vector<uint8_t>{1});
  }
  auto other_group = Client("o");
  other_group->Subscribe("$share/h/t/+", kQos1);
  auto plain = Client("plain");
  plain->Subscribe("t/+");
  auto publisher = Client("p");
  for (int i = 0; i < 50; ++i) {
    publisher->Publish({.topic = "t/x", .payload = std::to_string(i), .qos = kQos1});
  }
  for (auto& member : members) EXPECT_EQ(member->Messages().size(), 10u);
  EXPECT_EQ(other_group->Messages().size(), 50u);
  EXPECT_EQ(plain->Messages().size(), 50u);
}

TEST_P(SharedTest, RespectsTheQosGrantedToTheMember) {  // [MQTT-4.8.2-3]
  auto member = Client("m");
  member->Subscribe("$share/g/t", kQos0);
  Client("p")->Publish({.topic = "t", .qos = kQos2});
  EXPECT_EQ(member->NextMessage().qos, kQos0);
}

TEST_P(SharedTest, RefusesNoLocal) {  // [MQTT-3.8.3-4]
  auto member = Client("m");
  SubscribeEntry entry{.topic_filter = "$share/g/t", .options = {.no_local = true}};
  PacketBytes entries, packet;
  AppendSubscribeEntry(entry, &entries);
  EncodeSubscribe({.packet_id = 1, .entries = entries}, kV5, &packet);
  member->peer().Send(packet);
  EXPECT_EQ(member->Next(PacketType::kDisconnect).code, 0x82);
}

// The group believes a member online that has just gone: it keeps what nobody else can take.
TEST_P(SharedTest, KeepsAMessageForAMemberThatLeavesAsItComes) {
  // Enough of them that a group lives elsewhere than its member, and where a publisher is.
  constexpr size_t kGroups = 8;
  constexpr size_t kPublishers = 4;
  auto member = Client("member", {.session_expiry_s = 100});
  for (size_t i = 0; i < kGroups; ++i) {
    member->Subscribe("$share/g" + std::to_string(i) + "/t", kQos1);
  }
  std::vector<std::unique_ptr<TestClient>> publishers;
  for (size_t i = 0; i < kPublishers; ++i) publishers.push_back(Client("p" + std::to_string(i)));
  const auto turn_of_each = [this] {
    for (uint32_t i = 0; i < world().shards(); ++i) world().RunShard(i);
  };
  world().SetMailboxSlots(0);  // What the shards tell each other crosses.
  for (auto& publisher : publishers) publisher->SendPublish({.topic = "t", .qos = kQos1});
  turn_of_each();
  member->peer().Drop();
  turn_of_each();
  world().SetMailboxSlots(1024);
  world().Run();
  TestClient again(&world(), "member");
  again.Connect({.clean_start = false, .session_expiry_s = 100});
  EXPECT_EQ(again.Messages().size(), kGroups * kPublishers);
}

TEST_P(SharedTest, PassesOverMembersThatAreAway) {
  auto here = Client("here");
  auto away = Client("away", {.session_expiry_s = 100});
  here->Subscribe("$share/g/t", kQos1);
  away->Subscribe("$share/g/t", kQos1);
  away->peer().Drop();
  auto publisher = Client("p");
  for (int i = 0; i < 6; ++i) publisher->Publish({.topic = "t", .qos = kQos1});
  EXPECT_EQ(here->Messages().size(), 6u);
  // With nobody there, the one whose Session is kept gets them.
  here->Disconnect();
  for (int i = 0; i < 3; ++i) publisher->Publish({.topic = "t", .qos = kQos1});
  TestClient again(&world(), "away");
  again.Connect({.clean_start = false, .session_expiry_s = 100});
  EXPECT_EQ(again.Messages().size(), 3u);
  for (int i = 0; i < 2; ++i) publisher->Publish({.topic = "t", .qos = kQos1});
  EXPECT_EQ(again.Messages().size(), 2u);
}

TEST_P(SharedTest, PassesOverMembersThatCannotTakeMore) {
  limits().queued_messages = 0;
  auto stuck = Client("stuck", {.receive_maximum = 1});
  auto free = Client("free");
  stuck->Subscribe("$share/g/t", kQos1);
  free->Subscribe("$share/g/t", kQos1);
  auto publisher = Client("p");
  for (int i = 0; i < 10; ++i) publisher->Publish({.topic = "t", .qos = kQos1});
  EXPECT_EQ(free->Messages().size(), 9u);
}

TEST_P(SharedTest, LosesNothingWhileMembersComeAndGo) {
  auto steady = Client("steady");
  steady->Subscribe("$share/g/t", kQos1);
  auto publisher = Client("p");
  size_t got = 0;
  for (int i = 0; i < 60; ++i) {
    auto guest = Client("guest");
    guest->Subscribe("$share/g/t", kQos1);
    for (int k = 0; k < 3; ++k) publisher->SendPublish({.topic = "t", .qos = kQos1});
    // It leaves while messages may be on their way to it.
    for (int turn = 0; turn < i % 4; ++turn) {
      for (uint32_t shard = 0; shard < GetParam(); ++shard) world().RunShard(shard);
    }
    guest->peer().Send(Bytes("A2 0F 0063 00 000A '$share/g/t'"));
    while (guest->Next().type != PacketType::kUnsuback) ++got;
    EXPECT_TRUE(guest->Silent());  // Or it would have to linger, not knowing for how long.
    got += steady->Messages().size();
  }
  EXPECT_EQ(got, 180u);
  EXPECT_EQ(world().Sum().dropped_no_member, 0u);
}

TEST_P(SharedTest, BoundsItsMembers) {
  limits().shared_members = 2;
  auto a = Client("a"), b = Client("b"), c = Client("c");
  EXPECT_EQ(a->Subscribe("$share/g/t"), std::vector<uint8_t>{0});
  EXPECT_EQ(b->Subscribe("$share/g/t"), std::vector<uint8_t>{0});
  EXPECT_EQ(c->Subscribe("$share/g/t"), std::vector<uint8_t>{0x97});
  EXPECT_EQ(a->Subscribe("$share/g/t", kQos1), std::vector<uint8_t>{1});
  EXPECT_EQ(b->Unsubscribe("$share/g/t"), 0);
  EXPECT_EQ(c->Subscribe("$share/g/t"), std::vector<uint8_t>{0});
}

}  // namespace
}  // namespace signet
