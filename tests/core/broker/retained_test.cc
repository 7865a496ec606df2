#include <set>

#include "tests/core/broker/broker_test.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

using RetainedTest = BrokerTest;
INSTANTIATE_BROKER_TEST(RetainedTest);

TEST_P(RetainedTest, GivesANewSubscriberTheLastRetainedMessageOfEachTopic) {  // [MQTT-3.3.1-5]
  auto publisher = Client("p");
  for (int i = 0; i < 20; ++i) {
    const std::string topic = "a/" + std::to_string(i);
    publisher->Publish({.topic = topic, .payload = "old", .qos = kQos1, .retain = true});
    publisher->Publish({.topic = topic, .payload = "new", .qos = kQos1, .retain = true});
  }
  publisher->Publish({.topic = "a/1", .payload = "live", .qos = kQos1});
  auto subscriber = Client("s");
  subscriber->Subscribe("a/+", kQos1, 5);
  std::set<std::string> topics;
  for (int i = 0; i < 20; ++i) {
    const Received message = subscriber->NextMessage();
    EXPECT_EQ(message.payload, "new");
    EXPECT_TRUE(message.retain);  // MQTT 3.1.1: [MQTT-3.3.1-8]
    EXPECT_EQ(message.qos, kQos1);
    EXPECT_EQ(message.subscription_ids, std::vector<uint32_t>{5});
    topics.insert(message.topic);
  }
  EXPECT_EQ(topics.size(), 20u);
  EXPECT_TRUE(subscriber->Silent());
}

TEST_P(RetainedTest, AnEmptyPayloadRemovesTheRetainedMessage) {  // [MQTT-3.3.1-6] [MQTT-3.3.1-7]
  auto publisher = Client("p");
  auto witness = Client("w");
  witness->Subscribe("t");
  publisher->Publish({.topic = "t", .payload = "x", .retain = true});
  publisher->Publish({.topic = "t", .payload = "", .retain = true});
  EXPECT_EQ(witness->Messages(), (std::vector<std::string>{"x", ""}));
  auto subscriber = Client("s");
  subscriber->Subscribe("t");
  EXPECT_TRUE(subscriber->Silent());
  EXPECT_EQ(world().totals().retained_messages, 0u);
  EXPECT_EQ(world().totals().retained_bytes, 0u);
}

TEST_P(RetainedTest, HonoursRetainHandling) {  // [MQTT-3.3.1-9] [MQTT-3.3.1-10] [MQTT-3.3.1-11]
  Client("p")->Publish({.topic = "t", .payload = "r", .qos = kQos1, .retain = true});
  auto subscriber = Client("s");
  const auto subscribe = [&](RetainHandling handling) {
    subscriber->Subscribe({{.topic_filter = "t", .options = {.retain_handling = handling}}});
    return subscriber->Messages().size();
  };
  EXPECT_EQ(subscribe(RetainHandling::kDoNotSend), 0u);
  EXPECT_EQ(subscribe(RetainHandling::kSendIfNew), 0u);
  EXPECT_EQ(subscribe(RetainHandling::kSendAtSubscribe), 1u);
  EXPECT_EQ(subscribe(RetainHandling::kSendAtSubscribe), 1u);
  subscriber->Unsubscribe("t");
  EXPECT_EQ(subscribe(RetainHandling::kSendIfNew), 1u);
}

TEST_P(RetainedTest, SendsNothingRetainedToASharedSubscription) {  // 4.8.2
  Client("p")->Publish({.topic = "t", .payload = "r", .qos = kQos1, .retain = true});
  auto subscriber = Client("s");
  subscriber->Subscribe("$share/g/t");
  EXPECT_TRUE(subscriber->Silent());
}

TEST_P(RetainedTest, LetsRetainedMessagesExpire) {  // [MQTT-3.3.2-5]
  Client("p")->Publish({.topic = "t",
                        .payload = "r",
                        .qos = kQos1,
                        .retain = true,
                        .properties = Bytes("02 0000000A")});
  world().Advance(seconds(4));
  auto early = Client("early");
  early->Subscribe("t");
  EXPECT_EQ(early->NextMessage().message_expiry_s, 6u);
  world().Advance(seconds(8));
  auto late = Client("late");
  late->Subscribe("t");
  EXPECT_TRUE(late->Silent());
  EXPECT_EQ(world().totals().retained_messages, 0u) << "swept";
}

// Not by PUBREC: one that refuses says that the message was not delivered, which it was, and lets
// its sender begin again (4.3.3).
TEST_P(RetainedTest, SaysByPubackWhenThereIsNoRoom) {
  limits().retained_messages = 2;
  auto publisher = Client("p");
  auto subscriber = Client("s");
  subscriber->Subscribe("#");
  EXPECT_EQ(publisher->Publish({.topic = "a", .payload = "1", .qos = kQos1, .retain = true}), 0);
  EXPECT_EQ(publisher->Publish({.topic = "b", .payload = "2", .qos = kQos1, .retain = true}), 0);
  EXPECT_EQ(publisher->Publish({.topic = "c", .payload = "3", .qos = kQos1, .retain = true}), 0x97);
  EXPECT_EQ(publisher->Publish({.topic = "c", .payload = "4", .qos = kQos2, .retain = true}), 0);
  EXPECT_EQ(publisher->Publish({.topic = "a", .payload = "5", .qos = kQos2, .retain = true}), 0);
  EXPECT_EQ(subscriber->Messages().size(), 5u) << "live delivery goes on";
  EXPECT_EQ(world().totals().retained_messages, 2u);
}

TEST_P(RetainedTest, FeedsASlowReaderAllOfManyMessagesWithLittleMemory) {
  limits().output_soft_bytes = 4096;
  auto publisher = Client("p");
  constexpr int kTopics = 5000;
  for (int i = 0; i < kTopics; ++i) {
    publisher->SendPublish(
        {.topic = "t/" + std::to_string(i), .payload = std::string(100, 'x'), .retain = true});
  }
  world().Run();
  for (const QoS qos : {kQos0, kQos1}) {
    auto subscriber = Client("s", {.receive_maximum = 10});
    subscriber->peer().SetWindow(1000);
    subscriber->peer().Send(Concat({Bytes("82 08 0001 00 0002 't#'"), {}}));
    subscriber->closed();
    TestClient reader(&world(), "r" + std::to_string(static_cast<int>(qos)));
    reader.Connect({.receive_maximum = 10});
    reader.peer().SetWindow(1000);
    reader.Subscribe("t/#", qos);
    EXPECT_EQ(reader.Messages().size(), static_cast<size_t>(kTopics));
  }
}

// More Subscriptions than have their turn at a time, of a client that takes one message at a time;
// made anew, they begin anew.
TEST_P(RetainedTest, GivesEachOfManySubscriptionsItsRetainedMessages) {
  auto publisher = Client("p");
  publisher->Publish({.topic = "t/0", .payload = "r", .qos = kQos1, .retain = true});
  std::vector<std::string> filters;
  for (int i = 0; i < 600; ++i) filters.push_back(std::to_string(i) + "/+");
  const std::vector<std::string> matching{"t/0", "+/0", "t/+", "t/#", "#", "+/#", "+/+"};
  filters.insert(filters.end(), matching.begin(), matching.end());
  std::vector<SubscribeEntry> entries;
  for (const std::string& filter : filters) {
    entries.push_back({.topic_filter = filter, .options = {.maximum_qos = kQos1}});
  }
  auto subscriber = Client("s", {.receive_maximum = 1});
  subscriber->Subscribe(entries);
  EXPECT_EQ(subscriber->Messages().size(), matching.size());
  subscriber->Subscribe("t/0", kQos1);
  EXPECT_EQ(subscriber->Messages().size(), 1u);
}

// The subscriber must see, of one topic whose messages are numbered, the retained one as of its
// Subscription and then every later one, each once, in order, whatever overtakes what between the
// shards.
TEST_P(RetainedTest, JoinsReplayAndLiveMessagesWithoutGapOrRepetition) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    CoreWorld world({.shards = GetParam(), .seed = seed, .mailbox_slots = 1 + seed % 3});
    TestClient publisher(&world, "publisher");
    publisher.Connect();
    TestClient subscriber(&world, "subscriber");
    subscriber.Connect();
    if (seed % 2 == 0) {
      TestClient(&world, "other").Connect();  // Somebody on the way already wants it.
    }
    uint64_t random = seed * 0x9E3779B97F4A7C15;
    const auto choose = [&](uint64_t n) {
      random ^= random << 13, random ^= random >> 7, random ^= random << 17;
      return random % n;
    };
    int published = 0;
    const auto publish = [&] {
      const std::string number = std::to_string(++published);
      publisher.SendPublish({.topic = "t/x", .payload = number, .qos = kQos1, .retain = true});
    };
    for (uint64_t i = choose(4); i > 0; --i) publish();
    // Shards run in any order; the SUBSCRIBE goes out somewhere in between.
    const uint64_t when = choose(20);
    for (uint64_t step = 0; step < 60; ++step) {
      if (step == when) {
        subscriber.peer().Send(seed % 5 == 0 ? Bytes("82 09 0001 00 0003 't/x' 00")
                                             : Bytes("82 09 0001 00 0003 't/+' 00"));
      }
      if (choose(3) == 0 && published < 15) publish();
      world.RunShard(static_cast<uint32_t>(choose(GetParam())));
    }
    world.Run();
    std::vector<int> seen;
    while (!subscriber.Silent()) {  // SUBACK may stand behind the first messages.
      const Received next = subscriber.Next();
      if (next.type == PacketType::kPublish) seen.push_back(std::stoi(next.payload));
    }
    if (published == 0) continue;
    ASSERT_FALSE(seen.empty()) << "seed " << seed << ": sees nothing of " << published;
    EXPECT_EQ(seen.back(), published) << "seed " << seed;
    for (size_t i = 1; i < seen.size(); ++i) {
      EXPECT_EQ(seen[i], seen[i - 1] + 1) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace signet
