#include "tests/core/broker/broker_test.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

using PressureTest = BrokerTest;
INSTANTIATE_BROKER_TEST(PressureTest);

TEST_P(PressureTest, DropsQos0ForAClientThatDoesNotReadAndBoundsItsOutput) {
  limits().output_soft_bytes = 4096;
  limits().output_hard_bytes = 65'536;
  auto slow = Client("slow");
  slow->Subscribe("t");
  auto quick = Client("quick");
  quick->Subscribe("t");
  slow->peer().SetWindow(0);
  auto publisher = Client("p");
  for (int i = 0; i < 2000; ++i) {
    publisher->Publish({.topic = "t", .payload = std::string(100, 'x')});
  }
  EXPECT_EQ(quick->Messages().size(), 2000u);
  EXPECT_GT(world().Sum().dropped_slow, 1500u);
  slow->peer().SetWindow(SIZE_MAX);
  EXPECT_LT(slow->Messages().size(), 500u);
}

TEST_P(PressureTest, KeepsQos1ForASlowClientInTheSession) {
  limits().output_soft_bytes = 4096;
  auto slow = Client("slow");
  slow->Subscribe("t", kQos1);
  slow->peer().SetWindow(0);
  auto publisher = Client("p");
  for (int i = 0; i < 500; ++i) {
    publisher->Publish({.topic = "t", .payload = std::string(100, 'x'), .qos = kQos1});
  }
  slow->peer().SetWindow(700);
  EXPECT_EQ(slow->Messages().size(), 500u);
  EXPECT_EQ(world().Sum().dropped_slow, 0u);
}

TEST_P(PressureTest, StopsReadingFromAClientThatDoesNotReadItsAnswers) {
  limits().output_hard_bytes = 16'384;
  auto client = Client("c");
  client->peer().SetWindow(0);
  std::vector<uint8_t> pings;
  for (int i = 0; i < 10'000; ++i) {
    pings.insert(pings.end(), {0xC0, 0x00});
  }
  client->peer().SetSegment(100);
  for (int i = 0; i < 10; ++i) client->peer().Send(pings);
  world().Run();
  EXPECT_GT(world().Sum().input_paused, 0u);
  client->peer().SetWindow(SIZE_MAX);
  size_t answers = 0;
  while (!client->Silent()) {
    client->Next(PacketType::kPingresp);
    ++answers;
  }
  EXPECT_EQ(answers, 100'000u) << "nothing is lost";
}

TEST_P(PressureTest, LosesNothingWhenMailboxesAreFull) {
  limits().mailbox_backlog = 16;
  options().mailbox_slots = 2;
  auto subscriber = Client("s");
  subscriber->Subscribe("t", kQos1);
  std::vector<std::unique_ptr<TestClient>> publishers;
  for (int i = 0; i < 6; ++i) publishers.push_back(Client("p" + std::to_string(i)));
  for (int i = 0; i < 300; ++i) {
    for (auto& publisher : publishers) {
      publisher->SendPublish({.topic = "t", .payload = std::string(100, 'x'), .qos = kQos1});
    }
  }
  world().Run();
  if (GetParam() > 1) {
    EXPECT_GT(world().Sum().input_paused, 0u);
  }
  for (auto& publisher : publishers) {
    size_t acks = 0;
    while (!publisher->Silent()) {
      EXPECT_EQ(publisher->Next(PacketType::kPuback).code, 0);
      ++acks;
    }
    EXPECT_EQ(acks, 300u);
  }
  EXPECT_EQ(subscriber->Messages().size(), 1800u);
  EXPECT_EQ(world().totals().congested, 0u);
}

TEST_P(PressureTest, HoldsPublishersAndNewClientsOffWhenMemoryIsExhausted) {
  limits().queued_bytes = uint64_t{1} << 40;
  options().memory_bytes = SharedBuffer::LiveBytes() + (1 << 20);
  auto away = Client("away", {.session_expiry_s = 20});
  away->Subscribe("t", kQos1);
  away->peer().Drop();
  auto publisher = Client("p");
  for (int i = 0; i < 1000; ++i) {
    publisher->SendPublish({.topic = "t", .payload = std::string(1000, 'x'), .qos = kQos1});
  }
  world().Advance(seconds(2));
  publisher->SendPublish({.topic = "t", .qos = kQos1});
  publisher->SendPublish({.topic = "t", .qos = kQos1});
  world().Run();
  TestClient late(&world(), "late");
  late.SendConnect({});
  EXPECT_EQ(late.Next(PacketType::kConnack).code, 0x89);
  EXPECT_GT(world().Sum().input_paused, 0u);
  world().Advance(seconds(1));
  // Who has a Session may come to take what waits for it.
  {
    TestClient back(&world(), "away");
    back.Connect({.clean_start = false, .session_expiry_s = 20});
    EXPECT_FALSE(back.Silent());
    back.peer().Drop();
  }
  // The Session goes, and with it what was kept for it: everybody is served again.
  world().Advance(seconds(30));
  size_t acks = 0;
  while (!publisher->Silent()) {
    publisher->Next(PacketType::kPuback);
    ++acks;
  }
  EXPECT_EQ(acks, 1002u);
  TestClient welcome(&world(), "welcome");
  welcome.Connect();
}

TEST_P(PressureTest, RetainedMessagesAloneDoNotExhaustTheMemory) {
  options().memory_bytes = 1 << 20;
  auto publisher = Client("p");
  size_t refused = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::string topic = "t/" + std::to_string(i);
    const uint8_t code = publisher->Publish(
        {.topic = topic, .payload = std::string(1000, 'x'), .qos = kQos1, .retain = true});
    refused += code == 0x97 ? 1 : 0;
    if (i % 100 == 0) world().Advance(milliseconds(100));
  }
  EXPECT_GT(refused, 400u);
  // They can be removed by whoever comes.
  Client("late")->Publish({.topic = "t/0", .qos = kQos1, .retain = true});
  EXPECT_EQ(publisher->Publish({.topic = "t/new", .payload = "x", .qos = kQos1, .retain = true}),
            0);
}

TEST_P(PressureTest, GivesMemoryBack) {
  const size_t before = SharedBuffer::LiveBytes();
  {
    auto slow = Client("slow", {.session_expiry_s = 5});
    slow->Subscribe("t/#", kQos1);
    slow->peer().SetWindow(0);
    auto publisher = Client("p");
    for (int i = 0; i < 300; ++i) {
      publisher->Publish({.topic = "t/" + std::to_string(i),
                          .payload = std::string(10'000, 'x'),
                          .qos = kQos1,
                          .retain = true});
    }
    for (int i = 0; i < 300; ++i) {
      publisher->Publish({.topic = "t/" + std::to_string(i), .qos = kQos1, .retain = true});
    }
    EXPECT_GT(SharedBuffer::LiveBytes(), before + 3'000'000);
    slow->peer().Drop();
  }
  world().Advance(seconds(10));
  EXPECT_EQ(SharedBuffer::LiveBytes(), before);
}

TEST_P(PressureTest, BoundsWhatAnUnauthenticatedClientCosts) {
  const size_t before = SharedBuffer::LiveBytes();
  std::vector<CoreWorld::Peer*> peers;
  for (int i = 0; i < 100; ++i) {
    peers.push_back(world().Open());
    // A CONNECT that announces all that is allowed and never ends.
    peers.back()->Send(Bytes("10 80 5F 0004 'MQTT' 05 02 0000 00 FFFF"));
    peers.back()->Send(std::vector<uint8_t>(12'000, 'x'));
  }
  world().Run();
  EXPECT_LE(SharedBuffer::LiveBytes() - before, 100u * 16 * 1024);
}

}  // namespace
}  // namespace signet
