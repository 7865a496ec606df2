// A policy that changes, or refuses, while something is on its way that was begun before.
#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/hash.h"
#include "tests/core/broker/authorization_test.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

using Texts = std::vector<std::string>;

class PolicyRaceTest : public AuthorizationTest {
 protected:
  // The shard where a Session, or a group, of this name is at home.
  uint32_t HomeOf(std::string_view name) {
    return static_cast<uint32_t>(StableHash(name, options().seed) % world().shards());
  }
};
INSTANTIATE_BROKER_TEST(PolicyRaceTest);

// -- What a group gives to whom it has not seen leave.

TEST_P(PolicyRaceTest, AMessageOfAGroupThatIsBeingLeftGoesBackToTheGroup) {
  if (GetParam() == 1) return;  // It sees that at once.
  const uint32_t group = HomeOf("g");
  std::string leaves = "a";
  while (HomeOf(leaves) == group) leaves += 'a';
  std::string publishes = leaves + "b";
  while (HomeOf(publishes) != HomeOf(leaves)) publishes += 'b';
  auto leaving = Client(leaves);
  auto staying = Client("stays");
  auto publisher = Client(publishes);
  for (TestClient* client : {leaving.get(), staying.get()}) {
    EXPECT_EQ(client->Subscribe("$share/g/t", kQos1), std::vector<uint8_t>{1});
  }
  // The group gives one to each, and has not heard of UNSUBSCRIBE.
  for (const char* text : {"1", "2"}) {
    publisher->SendPublish({.topic = "t", .payload = text, .qos = kQos1});
  }
  world().RunShard(HomeOf(leaves));
  world().SetMailboxSlots(0);
  world().RunShard(group);
  leaving->peer().Send(Bytes("A2 0F 0001 00 000A '$share/g/t'"));
  world().RunShard(HomeOf(leaves));
  rules_.Deny({leaves, Action::kSubscribe, "t"});
  ++epoch_;
  for (uint32_t i = 0; i < world().shards(); ++i) world().shard(i).SetPort(PortId(0), Access());
  world().SetMailboxSlots(1024);
  EXPECT_EQ(leaving->Next(PacketType::kUnsuback).code, 0);
  EXPECT_TRUE(leaving->Silent());
  Texts messages = staying->Messages();
  std::ranges::sort(messages);
  EXPECT_EQ(messages, (Texts{"1", "2"}));
}

// Of what it may have it gets nothing after UNSUBACK, whoever has ended the Subscription.
TEST_P(PolicyRaceTest, AMessageOfAGroupThatWasRevokedComesBeforeUnsuback) {
  if (GetParam() == 1) return;  // It sees that at once.
  const uint32_t group = HomeOf("g");
  std::string name = "a";
  while (HomeOf(name) == group) name += 'a';
  auto client = Client(name);
  EXPECT_EQ(client->Subscribe("$share/g/+", kQos1), std::vector<uint8_t>{1});
  auto publisher = Client("p");
  publisher->SendPublish({.topic = "t", .payload = "1", .qos = kQos1});
  world().RunShard(HomeOf("p"));
  world().SetMailboxSlots(0);
  world().RunShard(group);
  rules_.Deny({name, Action::kSubscribe, "+"});
  ++epoch_;
  for (uint32_t i = 0; i < world().shards(); ++i) world().shard(i).SetPort(PortId(0), Access());
  world().RunShard(HomeOf(name));
  client->peer().Send(Bytes("A2 0F 0001 00 000A '$share/g/+'"));
  world().RunShard(HomeOf(name));
  world().SetMailboxSlots(1024);
  EXPECT_EQ(client->Next(PacketType::kPublish).payload, "1");
  client->Next(PacketType::kUnsuback);
}

// -- A refusal that did not get out.

// Else its sender would be told that the message was received, and it would be nowhere.
// [MQTT-4.3.3-10]
TEST_P(PolicyRaceTest, ARefusedMessageThatIsSentAgainIsJudgedAnew) {
  const Denial denial{"c", Action::kPublish, "t"};
  rules_.Deny(denial);
  auto reader = Client("r");
  reader->Subscribe("t", kQos2);
  for (const bool is_allowed : {false, true}) {
    auto client = std::make_unique<TestClient>(&world(), "c");
    client->Connect(kKeep);
    // Acknowledged in their order: the refusal waits until others have stored what precedes it.
    for (const char* topic : {"r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8"}) {
      client->SendPublish({.topic = topic, .payload = "x", .qos = kQos1, .retain = true});
    }
    const PacketId id = client->SendPublish({.topic = "t", .payload = "x", .qos = kQos2});
    const uint32_t home = HomeOf("c");
    world().RunShard(home);
    EXPECT_EQ(world().shard(home).CountPacketIds(), 0u);
    client->peer().Drop();
    world().Run();
    if (is_allowed) {
      rules_.Allow(denial);
      Change();
    }
    TestClient again(&world(), "c");
    EXPECT_TRUE(again.Connect(kKeep).session_present);
    EXPECT_EQ(
        again.Publish({.topic = "t", .payload = "x", .qos = kQos2, .dup = true, .packet_id = id}),
        is_allowed ? 0 : kNotAuthorized);
    EXPECT_EQ(reader->Messages(), is_allowed ? Texts{"x"} : Texts{});
  }
}

}  // namespace
}  // namespace signet
