#include "tests/core/broker/broker_test.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

using SessionTest = BrokerTest;
INSTANTIATE_BROKER_TEST(SessionTest);

constexpr ConnectOptions kKeepSession{.clean_start = false, .session_expiry_s = 1000};

TEST_P(SessionTest, KeepsQos1And2MessagesForAClientThatIsAway) {  // [MQTT-3.1.2-5], 4.1
  auto subscriber = Client("s", kKeepSession);
  subscriber->Subscribe("t", kQos2);
  subscriber->peer().Drop();
  auto publisher = Client("p");
  publisher->Publish({.topic = "t", .payload = "0", .qos = kQos0});
  publisher->Publish({.topic = "t", .payload = "1", .qos = kQos1});
  publisher->Publish({.topic = "t", .payload = "2", .qos = kQos2});
  TestClient again(&world(), "s");
  again.Connect(kKeepSession);
  EXPECT_EQ(again.Messages(), (std::vector<std::string>{"1", "2"}));
}

TEST_P(SessionTest, ResendsWhatWasNotAcknowledgedInOrderWithDup) {  // [MQTT-4.4.0-1] [MQTT-3.3.1-1]
  auto subscriber = Client("s", kKeepSession);
  subscriber->Subscribe("t", kQos2);
  auto publisher = Client("p");
  for (int i = 0; i < 4; ++i) {
    publisher->Publish({.topic = "t", .payload = std::to_string(i), .qos = i == 1 ? kQos1 : kQos2});
  }
  std::vector<Received> sent;
  for (int i = 0; i < 4; ++i) {
    sent.push_back(subscriber->Next(PacketType::kPublish));
    EXPECT_FALSE(sent.back().dup);
  }
  subscriber->SendAck(PacketType::kPubrec, sent[2].packet_id);
  subscriber->Next(PacketType::kPubrel);
  subscriber->peer().Drop();
  world().Run();

  TestClient again(&world(), "s");
  again.Connect(kKeepSession);
  for (const int i : {0, 1}) {
    const Received message = again.Next(PacketType::kPublish);
    EXPECT_TRUE(message.dup);
    EXPECT_EQ(message.packet_id, sent[static_cast<size_t>(i)].packet_id);
    EXPECT_EQ(message.payload, std::to_string(i));
  }
  EXPECT_EQ(again.Next(PacketType::kPubrel).packet_id, sent[2].packet_id);
  EXPECT_EQ(again.Next(PacketType::kPublish).payload, "3");
  EXPECT_TRUE(again.Silent());
}

TEST_P(SessionTest, ResendsNoMoreThanReceiveMaximum) {
  auto subscriber = Client("s", kKeepSession);
  subscriber->Subscribe("t", kQos1);
  auto publisher = Client("p");
  for (int i = 0; i < 5; ++i) {
    publisher->Publish({.topic = "t", .payload = std::to_string(i), .qos = kQos1});
  }
  for (int i = 0; i < 5; ++i) subscriber->Next(PacketType::kPublish);
  subscriber->peer().Drop();
  TestClient again(&world(), "s");
  ConnectOptions narrow = kKeepSession;
  narrow.receive_maximum = 2;
  again.Connect(narrow);
  const Received first = again.Next(PacketType::kPublish);
  again.Next(PacketType::kPublish);
  EXPECT_TRUE(again.Silent());
  publisher->Publish({.topic = "t", .payload = "5", .qos = kQos1});
  again.SendAck(PacketType::kPuback, first.packet_id);
  EXPECT_EQ(again.Next(PacketType::kPublish).payload, "2");
  EXPECT_TRUE(again.Silent());
}

TEST_P(SessionTest, DropsAtTheLimitOfTheQueue) {
  limits().queued_messages = 3;
  auto subscriber = Client("s", kKeepSession);
  subscriber->Subscribe("t", kQos1);
  subscriber->peer().Drop();
  auto publisher = Client("p");
  for (int i = 0; i < 5; ++i) {
    publisher->Publish({.topic = "t", .payload = std::to_string(i), .qos = kQos1});
  }
  TestClient again(&world(), "s");
  again.Connect(kKeepSession);
  EXPECT_EQ(again.Messages(), (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(world().Sum().dropped_queue_full, 2u);
}

TEST_P(SessionTest, DropsTheOldestIfToldSo) {
  limits().queued_messages = 3;
  limits().queue_drops_oldest = 1;
  auto subscriber = Client("s", kKeepSession);
  subscriber->Subscribe("t", kQos1);
  subscriber->peer().Drop();
  auto publisher = Client("p");
  for (int i = 0; i < 5; ++i) {
    publisher->Publish({.topic = "t", .payload = std::to_string(i), .qos = kQos1});
  }
  TestClient again(&world(), "s");
  again.Connect(kKeepSession);
  EXPECT_EQ(again.Messages(), (std::vector<std::string>{"2", "3", "4"}));
}

TEST_P(SessionTest, CountsSubscriptionIdentifiersInTheQueue) {
  limits().queued_bytes = 1000;
  auto subscriber = Client("s", kKeepSession);
  std::vector<SubscribeEntry> entries;
  for (const char* filter : {"#", "+/#", "t/#", "t/+", "t/t", "+/t", "+/+", "t/t/#", "+/t/#"}) {
    entries.push_back({.topic_filter = filter, .options = {.maximum_qos = kQos1}});
  }
  subscriber->Subscribe(entries, 7);
  subscriber->peer().Drop();
  auto publisher = Client("p");
  // 3 + 261 + 9 * 4 = 300 bytes each.
  for (int i = 0; i < 5; ++i) {
    publisher->Publish({.topic = "t/t", .payload = std::string(261, 'x'), .qos = kQos1});
  }
  TestClient again(&world(), "s");
  again.Connect(kKeepSession);
  EXPECT_EQ(again.Messages().size(), 3u);
}

TEST_P(SessionTest, UnsubscribeEndsDelivery) {  // [MQTT-3.10.4-1] [MQTT-3.10.4-2]
  auto subscriber = Client("s");
  subscriber->Subscribe("t");
  EXPECT_EQ(subscriber->Unsubscribe("t"), 0);
  EXPECT_EQ(subscriber->Unsubscribe("t"), 0x11);
  EXPECT_EQ(Client("p")->Publish({.topic = "t", .qos = kQos1}), 0x10);
  EXPECT_TRUE(subscriber->Silent());
}

TEST_P(SessionTest, ReplacesASubscriptionToTheSameFilter) {  // [MQTT-3.8.4-3]
  auto subscriber = Client("s");
  subscriber->Subscribe("t", kQos0, 1);
  subscriber->Subscribe("t", kQos1, 2);
  Client("p")->Publish({.topic = "t", .qos = kQos1});
  const Received message = subscriber->NextMessage();
  EXPECT_EQ(message.qos, kQos1);
  EXPECT_EQ(message.subscription_ids, std::vector<uint32_t>{2});
  EXPECT_TRUE(subscriber->Silent());
}

TEST_P(SessionTest, BoundsSubscriptions) {
  limits().subscriptions = 2;
  limits().filters_per_packet = 3;
  auto client = Client("c");
  EXPECT_EQ(
      client->Subscribe({{.topic_filter = "a"}, {.topic_filter = "b"}, {.topic_filter = "c"}}),
      (std::vector<uint8_t>{0, 0, 0x97}));
  EXPECT_EQ(client->Subscribe("a"), std::vector<uint8_t>{0});
  EXPECT_EQ(client->Unsubscribe("a"), 0);
  EXPECT_EQ(client->Subscribe("c"), std::vector<uint8_t>{0});
  EXPECT_EQ(client->Subscribe({{.topic_filter = "c"},
                               {.topic_filter = "c"},
                               {.topic_filter = "c"},
                               {.topic_filter = "b"}}),
            (std::vector<uint8_t>{0, 0, 0, 0x97}));
}

// A turn takes back so many and no more; what is still there is nobody's.
TEST_P(SessionTest, EndsASessionOfManySubscriptionsOverSeveralTurns) {
  auto client = Client("c");
  for (int packet = 0; packet < 3; ++packet) {
    std::vector<std::string> filters;
    for (int i = 0; i < 2000; ++i) filters.push_back(std::to_string(packet * 2000 + i) + "/+");
    std::vector<SubscribeEntry> entries;
    for (const std::string& filter : filters) {
      entries.push_back({.topic_filter = filter, .options = {.maximum_qos = kQos1}});
    }
    client->Subscribe(entries);
  }
  client->peer().Drop();
  TestClient again(&world(), "c");
  again.Connect({.clean_start = false});
  auto publisher = Client("p");
  publisher->Publish({.topic = "0/a", .qos = kQos1});
  EXPECT_TRUE(again.Silent());
  for (uint32_t i = 0; i < GetParam(); ++i) {
    EXPECT_EQ(world().shard(i).subscription_count(), 0u);
    EXPECT_EQ(world().shard(i).filter_node_count(), 0u);
  }
}

TEST_P(SessionTest, LeavesNothingBehindWhenSessionsEnd) {
  for (int round = 0; round < 3; ++round) {
    std::vector<std::unique_ptr<TestClient>> clients;
    for (int i = 0; i < 10; ++i) {
      clients.push_back(Client("c" + std::to_string(i)));
      clients.back()->Subscribe({{.topic_filter = "a/+/b"},
                                 {.topic_filter = "$share/g/a/#"},
                                 {.topic_filter = "own/" + std::to_string(i)}});
    }
    for (auto& client : clients) client->Disconnect();
    world().Run();
    EXPECT_EQ(world().totals().sessions, 0u);
    for (uint32_t i = 0; i < GetParam(); ++i) {
      EXPECT_EQ(world().shard(i).subscription_count(), 0u);
      EXPECT_EQ(world().shard(i).filter_node_count(), 0u);
    }
  }
}

// Whoever never says PUBCOMP keeps Packet Identifiers for ever: they are bounded over connections.
TEST_P(SessionTest, BoundsMessagesThatAreNeverCompleted) {
  limits().inflight_messages = 8;
  auto publisher = Client("p");
  for (int round = 0; round < 20; ++round) {
    TestClient victim(&world(), "victim");
    victim.Connect({.clean_start = round == 0, .session_expiry_s = 100});
    if (round == 0) victim.Subscribe("t", kQos2);
    for (int i = 0; i < 8; ++i) publisher->Publish({.topic = "t", .qos = kQos2});
    size_t messages = 0;
    size_t releases = 0;
    while (!victim.Silent()) {
      const Received received = victim.Next();
      if (received.type == PacketType::kPublish) {
        ++messages;
        victim.SendAck(PacketType::kPubrec, received.packet_id);
      } else {
        ++releases;
      }
    }
    EXPECT_EQ(messages, round == 0 ? 8u : 0u);
    EXPECT_EQ(releases, 8u);
    victim.peer().Drop();
  }
  TestClient healed(&world(), "victim");
  healed.Connect({.clean_start = false});
  size_t messages = 0;
  while (!healed.Silent()) {
    const Received received = healed.Next();
    if (received.type == PacketType::kPubrel) {
      healed.SendAck(PacketType::kPubcomp, received.packet_id);
    } else {
      ++messages;
      healed.SendAck(PacketType::kPubrec, received.packet_id);
    }
  }
  EXPECT_EQ(messages, 152u) << "what waited";
}

TEST_P(SessionTest, ExpiredMessagesGiveTheirPlaceToLiveOnes) {  // [MQTT-3.3.2-5]
  limits().queued_messages = 10;
  auto away = Client("away", {.session_expiry_s = 100});
  away->Subscribe("t", kQos1);
  away->peer().Drop();
  auto publisher = Client("p");
  publisher->Publish({.topic = "t", .payload = "first", .qos = kQos1});
  for (int i = 0; i < 9; ++i) {
    publisher->Publish({.topic = "t", .qos = kQos1, .properties = Bytes("02 00000001")});
  }
  world().Advance(seconds(2));
  publisher->Publish({.topic = "t", .payload = "last", .qos = kQos1});
  TestClient back(&world(), "away");
  back.Connect({.clean_start = false});
  EXPECT_EQ(back.Messages(), (std::vector<std::string>{"first", "last"}));
  EXPECT_EQ(world().Sum().dropped_queue_full, 0u);
}

}  // namespace
}  // namespace signet
