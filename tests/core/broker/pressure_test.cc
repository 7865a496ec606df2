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

// What a SUBSCRIBE holds while other shards are asked grows with its filters, not with its packet.
TEST_P(PressureTest, ReadsNoFurtherThanReasonCodesThatWait) {
  limits().pending_acks = 10;
  auto client = Client("c");
  if (GetParam() > 1) world().SetMailboxSlots(0);  // Nobody hears of it.
  std::vector<std::string> filters;
  for (int i = 0; i < 6; ++i) filters.push_back("t/" + std::to_string(i));
  PacketBytes wire;
  for (const std::string& filter : filters) {
    AppendSubscribeEntry({.topic_filter = filter}, &wire);
  }
  PacketBytes bytes;
  for (PacketId id = 1; id <= 5; ++id) {
    EncodeSubscribe({.packet_id = id, .entries = wire}, kV5, &bytes);
  }
  const uint64_t before = world().Sum().packets_received;
  client->peer().Send(bytes);
  if (GetParam() > 1) {
    EXPECT_FALSE(world().ComesToRest(10));
    EXPECT_EQ(world().Sum().packets_received - before, 2u);  // 12 filters.
    world().SetMailboxSlots(1024);
  }
  for (PacketId id = 1; id <= 5; ++id) {
    EXPECT_EQ(client->Next(PacketType::kSuback).packet_id, id);
  }
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

// Nobody subscribes; what fills the mailboxes is on its way to the retained store.
TEST_P(PressureTest, HoldsBackWhoeverFillsTheMailboxToTheRetainedStore) {
  limits().mailbox_backlog = 16;
  options().mailbox_slots = 2;
  std::vector<std::unique_ptr<TestClient>> publishers;
  for (int i = 0; i < 4; ++i) publishers.push_back(Client("p" + std::to_string(i)));
  world().SetMailboxSlots(0);
  for (int i = 0; i < 200; ++i) {
    for (auto& publisher : publishers) {
      const std::string topic = "t/" + std::to_string(i);
      publisher->SendPublish({.topic = topic, .payload = "x", .retain = true});
    }
  }
  for (uint32_t i = 0; i < world().shards(); ++i) world().RunShard(i);
  for (uint32_t from = 0; from < world().shards(); ++from) {
    for (uint32_t to = 0; to < world().shards(); ++to) {
      // One more of each publisher may have been on its way.
      EXPECT_LE(world().shard(from).outgoing(ShardId(to)).size(), 16u + 4u);
    }
  }
  world().SetMailboxSlots(2);
  world().Run();
  EXPECT_EQ(
      world().shard(0).retained_count() + (GetParam() > 1 ? world().shard(1).retained_count() : 0) +
          (GetParam() > 2 ? world().shard(2).retained_count() + world().shard(3).retained_count()
                          : 0),
      200u);
}

TEST_P(PressureTest, HoldsBackWhoeverFillsTheMailboxOfASharedSubscription) {
  limits().mailbox_backlog = 16;
  std::vector<std::unique_ptr<TestClient>> members;
  for (int i = 0; i < 4; ++i) {
    members.push_back(Client("m" + std::to_string(i)));
    for (int group = 0; group < 8; ++group) {
      members.back()->Subscribe("$share/g" + std::to_string(group) + "/t", kQos1);
    }
  }
  auto publisher = Client("p");
  world().SetMailboxSlots(0);
  for (int i = 0; i < 500; ++i) publisher->SendPublish({.topic = "t", .payload = "x"});
  for (uint32_t i = 0; i < world().shards(); ++i) world().RunShard(i);
  for (uint32_t from = 0; from < world().shards(); ++from) {
    for (uint32_t to = 0; to < world().shards(); ++to) {
      EXPECT_LE(world().shard(from).outgoing(ShardId(to)).size(), 16u + 8u);
    }
  }
  world().SetMailboxSlots(1024);
  size_t got = 0;
  for (auto& member : members) got += member->Messages().size();
  EXPECT_EQ(got, 8u * 500);
}

TEST_P(PressureTest, GivesUpLargePacketsThatNobodyEndsWhenMemoryIsExhausted) {
  options().memory_bytes = SharedBuffer::LiveBytes() + (1 << 20);
  auto bystander = Client("bystander");
  std::vector<std::unique_ptr<TestClient>> hoarders;
  for (int i = 0; i < 3; ++i) hoarders.push_back(Client("hoarder" + std::to_string(i)));
  for (auto& hoarder : hoarders) {
    hoarder->peer().Send(Bytes("30 80 80 80 01 0001 't' 00"));  // 2 MiB, of which 400,000 come.
    hoarder->peer().Send(std::vector<uint8_t>(400'000, 'x'));
    world().Run();
  }
  world().Advance(seconds(5));
  bystander->Subscribe("t", kQos1);
  EXPECT_EQ(Client("newcomer")->Publish({.topic = "t", .qos = kQos1}), 0);
  EXPECT_EQ(bystander->Messages().size(), 1u);
  size_t given_up = 0;
  for (auto& hoarder : hoarders) {
    if (hoarder->Silent()) continue;
    EXPECT_EQ(hoarder->Next(PacketType::kDisconnect).code, 0x97);
    ++given_up;
  }
  EXPECT_GE(given_up, 1u);
  EXPECT_LT(given_up, 3u) << "no more than it takes";
}

TEST_P(PressureTest, CountsTopicFiltersAsMemory) {
  options().memory_bytes = SharedBuffer::LiveBytes() + (1 << 20);
  limits().filter_bytes = uint64_t{1} << 30;
  auto hoarder = Client("hoarder");
  std::vector<uint8_t> codes;
  for (int i = 0; i < 40; ++i) {
    const std::string filter = std::to_string(i) + std::string(30'000, 'x');
    codes.push_back(hoarder->Subscribe(filter).front());
    world().Advance(milliseconds(20));
  }
  EXPECT_EQ(codes.front(), 0);
  EXPECT_EQ(codes.back(), 0x97);
  hoarder->Disconnect();
  world().Run();
  EXPECT_EQ(world().totals().filter_bytes, 0u);
}

TEST_P(PressureTest, BoundsTheTopicFiltersOfASession) {
  limits().filter_bytes = 1024;
  auto client = Client("c");
  EXPECT_EQ(client->Subscribe(std::string(1000, 'x')), std::vector<uint8_t>{0});
  EXPECT_EQ(
      client->Subscribe({{.topic_filter = "0123456789"}, {.topic_filter = "9876543210abcde"}}),
      (std::vector<uint8_t>{0, 0x97}));
  client->Unsubscribe(std::string(1000, 'x'));
  EXPECT_EQ(client->Subscribe(std::string(900, 'y')), std::vector<uint8_t>{0});
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

// Its last byte makes it whole: it is refused, and is not there twice.
TEST_P(PressureTest, BoundsWhatARefusedClientCosts) {
  limits().client_id_bytes = 1024;
  const size_t before = SharedBuffer::LiveBytes();
  for (int i = 0; i < 100; ++i) {
    CoreWorld::Peer* peer = world().Open();
    peer->SetWindow(0);  // It does not take its CONNACK either.
    peer->Send(Bytes("10 8C 5D 0004 'MQTT' 05 02 0000 00 2EDF"));
    peer->Send(std::vector<uint8_t>(11'999, 'x'));
  }
  world().Run();
  EXPECT_LE(SharedBuffer::LiveBytes() - before, 100u * 1024);
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
