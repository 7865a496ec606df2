#include "tests/core/broker/broker_test.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

using PublishTest = BrokerTest;
INSTANTIATE_BROKER_TEST(PublishTest);

TEST_P(PublishTest, DeliversAtTheLesserQosToSubscribersOnEveryShard) {
  std::vector<std::unique_ptr<TestClient>> subscribers;
  for (int i = 0; i < 9; ++i) {
    subscribers.push_back(Client("s" + std::to_string(i)));
    subscribers.back()->Subscribe("t/+", static_cast<QoS>(i % 3));
  }
  auto publisher = Client("p");
  for (const QoS qos : {kQos0, kQos1, kQos2}) {
    EXPECT_EQ(publisher->Publish({.topic = "t/x", .payload = "hello", .qos = qos}), 0);
    for (size_t i = 0; i < subscribers.size(); ++i) {
      const Received message = subscribers[i]->NextMessage();
      EXPECT_EQ(message.payload, "hello");
      EXPECT_EQ(message.topic, "t/x");
      EXPECT_EQ(message.qos, Lesser(qos, static_cast<QoS>(i % 3)));
    }
  }
  for (auto& subscriber : subscribers) EXPECT_TRUE(subscriber->Silent());
}

TEST_P(PublishTest, TellsAPublisherThatNobodyIsInterested) {
  EXPECT_EQ(Client("p")->Publish({.topic = "nobody", .qos = kQos1}), 0x10);
}

TEST_P(PublishTest, DeliversOneCopyForOverlappingSubscriptions) {  // [MQTT-3.3.4-2] [MQTT-3.3.4-3]
  auto subscriber = Client("s");
  subscriber->Subscribe("a/b", kQos0, 7);
  subscriber->Subscribe("a/+", kQos2, 9);
  subscriber->Subscribe("a/#", kQos1);
  Client("p")->Publish({.topic = "a/b", .payload = "once", .qos = kQos2});
  const Received message = subscriber->NextMessage();
  EXPECT_EQ(message.qos, kQos2);
  std::vector<uint32_t> ids = message.subscription_ids;
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(ids, (std::vector<uint32_t>{7, 9}));
  EXPECT_TRUE(subscriber->Silent());
}

TEST_P(PublishTest, KeepsOwnMessagesFromANoLocalSubscription) {  // [MQTT-3.8.3-3]
  auto client = Client("c");
  client->Subscribe({{.topic_filter = "a", .options = {.no_local = true}},
                     {.topic_filter = "b", .options = {.no_local = false}}});
  client->Publish({.topic = "a", .payload = "1"});
  client->Publish({.topic = "b", .payload = "2"});
  Client("other")->Publish({.topic = "a", .payload = "3"});
  EXPECT_EQ(client->Messages(), (std::vector<std::string>{"2", "3"}));
}

TEST_P(PublishTest, SetsRetainAsTheSubscriptionWants) {  // [MQTT-3.3.1-12] [MQTT-3.3.1-13]
  auto subscriber = Client("s");
  subscriber->Subscribe({{.topic_filter = "a", .options = {.retain_as_published = true}},
                         {.topic_filter = "b", .options = {.retain_as_published = false}}});
  auto publisher = Client("p");
  publisher->Publish({.topic = "a", .retain = true});
  publisher->Publish({.topic = "b", .retain = true});
  EXPECT_TRUE(subscriber->NextMessage().retain);
  EXPECT_FALSE(subscriber->NextMessage().retain);
}

TEST_P(PublishTest, PublishesAQos2MessageOnceHoweverOftenItIsSent) {  // [MQTT-4.3.3-10]
  auto subscriber = Client("s");
  subscriber->Subscribe("t", kQos2);
  auto publisher = Client("p", {.session_expiry_s = 100});
  publisher->SendPublish({.topic = "t", .payload = "1", .qos = kQos2, .packet_id = 5});
  publisher->SendPublish({.topic = "t", .payload = "1", .qos = kQos2, .dup = true, .packet_id = 5});
  EXPECT_EQ(publisher->Next(PacketType::kPubrec).packet_id, 5);
  EXPECT_EQ(publisher->Next(PacketType::kPubrec).packet_id, 5);
  publisher->peer().Drop();
  world().Run();
  TestClient again(&world(), "p");
  EXPECT_TRUE(again.Connect({.clean_start = false, .session_expiry_s = 100}).session_present);
  again.SendPublish({.topic = "t", .payload = "1", .qos = kQos2, .dup = true, .packet_id = 5});
  EXPECT_EQ(again.Next(PacketType::kPubrec).packet_id, 5);
  again.SendAck(PacketType::kPubrel, 5);
  EXPECT_EQ(again.Next(PacketType::kPubcomp).code, 0);
  EXPECT_EQ(subscriber->Messages(), std::vector<std::string>{"1"});
  again.SendAck(PacketType::kPubrel, 5);
  EXPECT_EQ(again.Next(PacketType::kPubcomp).code, 0x92);
  // The identifier is free for another message.
  again.Publish({.topic = "t", .payload = "2", .qos = kQos2, .packet_id = 5});
  EXPECT_EQ(subscriber->Messages(), std::vector<std::string>{"2"});
}

TEST_P(PublishTest, RefusesMoreThanReceiveMaximum) {  // [MQTT-3.3.4-7]
  limits().receive_maximum = 3;
  auto publisher = Client("p");
  for (PacketId id = 1; id <= 4; ++id) {
    publisher->SendPublish({.topic = "t", .qos = kQos2, .packet_id = id});
  }
  for (int i = 0; i < 3; ++i) publisher->Next(PacketType::kPubrec);
  EXPECT_EQ(publisher->Next(PacketType::kDisconnect).code, 0x93);
}

TEST_P(PublishTest, NeverHasMoreUnderWayThanTheClientsReceiveMaximum) {  // [MQTT-3.3.4-9]
  auto subscriber = Client("s", {.receive_maximum = 2});
  subscriber->Subscribe("t", kQos2);
  auto publisher = Client("p");
  for (int i = 0; i < 7; ++i) {
    publisher->Publish({.topic = "t", .payload = std::to_string(i), .qos = kQos2});
  }
  const Received first = subscriber->Next(PacketType::kPublish);
  const Received second = subscriber->Next(PacketType::kPublish);
  EXPECT_TRUE(subscriber->Silent());
  subscriber->SendAck(PacketType::kPubrec, first.packet_id);
  EXPECT_EQ(subscriber->Next(PacketType::kPubrel).packet_id, first.packet_id);
  EXPECT_TRUE(subscriber->Silent()) << "the quota comes back with PUBCOMP only";
  subscriber->SendAck(PacketType::kPubcomp, first.packet_id);
  EXPECT_EQ(subscriber->Next(PacketType::kPublish).payload, "2");
  // A PUBREC that refuses completes the message [MQTT-4.3.3-4].
  subscriber->SendAck(PacketType::kPubrec, second.packet_id, ReasonCode::kQuotaExceeded);
  EXPECT_EQ(subscriber->Next(PacketType::kPublish).payload, "3");
}

TEST_P(PublishTest, DropsWhatIsTooLargeForTheClient) {  // [MQTT-3.1.2-24] [MQTT-3.1.2-25]
  auto subscriber = Client("s", {.maximum_packet_size = 30});
  subscriber->Subscribe("t", kQos1);
  auto publisher = Client("p");
  publisher->Publish({.topic = "t", .payload = std::string(40, 'x'), .qos = kQos1});
  publisher->Publish({.topic = "t", .payload = std::string(40, 'x')});
  publisher->Publish({.topic = "t", .payload = "small", .qos = kQos1});
  EXPECT_EQ(subscriber->Messages(), std::vector<std::string>{"small"});
}

TEST_P(PublishTest, UnderstandsTopicAliases) {  // 3.3.2.3.4
  auto subscriber = Client("s");
  subscriber->Subscribe("long/topic/name");
  auto publisher = Client("p");
  publisher->SendPublish(
      {.topic = "long/topic/name", .payload = "1", .properties = Bytes("23 0003")});
  publisher->SendPublish({.topic = "", .payload = "2", .properties = Bytes("23 0003")});
  const Received first = subscriber->NextMessage();
  EXPECT_FALSE(first.topic_alias.has_value()) << "an alias concerns one hop only";
  EXPECT_EQ(subscriber->NextMessage().topic, "long/topic/name");
  publisher->SendPublish({.topic = "", .payload = "3", .properties = Bytes("23 0004")});
  EXPECT_EQ(publisher->Next(PacketType::kDisconnect).code, 0x82);
}

TEST_P(PublishTest, UsesTopicAliasesTowardsAClientThatTakesThem) {  // [MQTT-3.1.2-26]
  auto subscriber = Client("s", {.topic_alias_maximum = 1});
  subscriber->Subscribe("#");
  auto publisher = Client("p");
  for (int i = 0; i < 2; ++i) {
    publisher->Publish({.topic = "one"});
    publisher->Publish({.topic = "two"});
  }
  const Received told = subscriber->NextMessage();
  EXPECT_EQ(told.topic, "one");
  EXPECT_EQ(told.topic_alias, 1);
  EXPECT_EQ(subscriber->NextMessage().topic_alias, std::nullopt);
  const Received used = subscriber->NextMessage();
  EXPECT_EQ(used.topic, "");
  EXPECT_EQ(used.topic_alias, 1);
  EXPECT_EQ(subscriber->NextMessage().topic, "two");
}

TEST_P(PublishTest, PassesPropertiesOnUnalteredAndInOrder) {  // [MQTT-3.3.2-17] [MQTT-3.3.2-18]
  auto subscriber = Client("s");
  subscriber->Subscribe("t");
  const auto properties = Bytes(
      "26 0001 'b' 0001 '1'  01 01  26 0001 'a' 0001 '2'  03 0004 'text'  08 0005 'reply'"
      "09 0002 FF00  26 0001 'b' 0001 '3'");
  Client("p")->Publish({.topic = "t", .properties = properties});
  EXPECT_EQ(subscriber->NextMessage().properties, properties);
}

TEST_P(PublishTest, CountsMessageExpiryDownWhileAMessageWaits) {  // [MQTT-3.3.2-6]
  auto subscriber = Client("s", {.session_expiry_s = 1000});
  subscriber->Subscribe("t", kQos1);
  subscriber->Disconnect();
  auto publisher = Client("p");
  publisher->Publish(
      {.topic = "t", .payload = "dies", .qos = kQos1, .properties = Bytes("02 00000005")});
  publisher->Publish(
      {.topic = "t", .payload = "lives", .qos = kQos1, .properties = Bytes("02 0000000A")});
  world().Advance(seconds(6));
  TestClient again(&world(), "s");
  again.Connect({.clean_start = false});
  const Received message = again.NextMessage();
  EXPECT_EQ(message.payload, "lives");
  EXPECT_EQ(message.message_expiry_s, 4u);
  EXPECT_TRUE(again.Silent());
}

TEST_P(PublishTest, GivesMessagesTheLargestExpiryThatIsAllowed) {
  limits().message_expiry_s = 30;
  auto subscriber = Client("s");
  subscriber->Subscribe("t");
  auto publisher = Client("p");
  publisher->Publish({.topic = "t"});
  publisher->Publish({.topic = "t", .properties = Bytes("02 00000064")});
  EXPECT_EQ(subscriber->NextMessage().message_expiry_s, 30u);
  EXPECT_EQ(subscriber->NextMessage().message_expiry_s, 30u);
}

TEST_P(PublishTest, ConvertsBetweenVersions) {
  auto old_subscriber = Client("s3", {.version = kV311});
  auto new_subscriber = Client("s5");
  old_subscriber->Subscribe("t", kQos1);
  new_subscriber->Subscribe("t", kQos1);
  Client("p5")->Publish({.topic = "t", .payload = "5", .qos = kQos1, .properties = Bytes("01 01")});
  Client("p3", {.version = kV311})->Publish({.topic = "t", .payload = "3", .qos = kQos1});
  EXPECT_EQ(old_subscriber->Messages(), (std::vector<std::string>{"5", "3"}));
  EXPECT_EQ(new_subscriber->NextMessage().properties, Bytes("01 01"));
  EXPECT_EQ(new_subscriber->NextMessage().payload, "3");
}

TEST_P(PublishTest, RefusesTopicsBeyondTheLimitsAndKeepsTheConnection) {
  limits().topic_levels = 3;
  auto v5 = Client("v5");
  EXPECT_EQ(v5->Publish({.topic = "a/b/c/d", .qos = kQos1}), 0x90);
  EXPECT_EQ(v5->Publish({.topic = "a/b/c/d", .qos = kQos2, .packet_id = 9}), 0x90);
  EXPECT_EQ(v5->Publish({.topic = "a/b/c", .qos = kQos2, .packet_id = 9}), 0x10);
  EXPECT_EQ(v5->Subscribe("a/+/c/d"), std::vector<uint8_t>{0x8F});
  auto v311 = Client("v311", {.version = kV311});
  EXPECT_EQ(v311->Publish({.topic = "a/b/c/d", .qos = kQos2}), 0);
  EXPECT_EQ(v311->Subscribe("a/+/c/d"), std::vector<uint8_t>{0x80});
}

TEST_P(PublishTest, CarriesLargePayloadsInAnySegments) {
  auto subscriber = Client("s");
  subscriber->Subscribe("t", kQos1);
  auto publisher = Client("p");
  std::string payload(300'000, '\0');
  for (size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(i * 31 >> 3);
  for (const size_t segment : {size_t{1000}, size_t{16'384}, payload.size() * 2}) {
    publisher->peer().SetSegment(segment);
    publisher->Publish({.topic = "t", .payload = payload, .qos = kQos1});
    EXPECT_TRUE(subscriber->NextMessage().payload == payload) << segment;
  }
}

TEST_P(PublishTest, KeepsTheOrderOfAPublisher) {  // [MQTT-4.6.0-6]
  auto subscriber = Client("s");
  subscriber->Subscribe("t", kQos1);
  auto publisher = Client("p");
  for (int i = 0; i < 500; ++i) {
    publisher->SendPublish({.topic = "t",
                            .payload = std::to_string(i),
                            .qos = i % 3 == 0 ? kQos2 : kQos1,
                            .retain = i % 5 == 0});
  }
  const std::vector<std::string> messages = subscriber->Messages();
  ASSERT_EQ(messages.size(), 500u);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(messages[static_cast<size_t>(i)], std::to_string(i));
}

}  // namespace
}  // namespace signet
