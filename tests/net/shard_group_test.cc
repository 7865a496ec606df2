#include "net/shard_group.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "fmt/format.h"
#include "tests/net/shard_group_fixture.h"

namespace signet {
namespace {

class ShardGroupTest : public testing::TestWithParam<uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Shards, ShardGroupTest, testing::Values(1, 2, 4),
                         testing::PrintToStringParamName());

// Sends in two parts, and lets the first arrive by itself.
void SendSplit(SocketClient& client, ByteView bytes, size_t at) {
  EXPECT_TRUE(client.Send(bytes.first(at)));
  std::this_thread::sleep_for(std::chrono::microseconds(300));
  EXPECT_TRUE(client.Send(bytes.subspan(at)));
}

TEST_P(ShardGroupTest, AnswersToTheByteWhereverAPacketIsSplit) {
  BrokerInProcess broker(GetParam());
  const auto publish = PublishPacket("a/b", "hello");
  const std::vector<std::pair<std::vector<uint8_t>, std::vector<uint8_t>>> steps{
      {ConnectPacket("client"), Bytes("20 02 00 00")},
      {SubscribePacket("a/+"), Bytes("90 03 0001 00")},
      {publish, publish},
      {Bytes("C0 00"), Bytes("D0 00")},
      {Bytes("E0 00"), {}}};
  size_t longest = 0;
  for (const auto& [request, answer] : steps) longest = std::max(longest, request.size());
  for (size_t at = 1; at < longest; ++at) {
    SocketClient client(broker.port());
    for (const auto& [request, answer] : steps) {
      SendSplit(client, request, std::min(at, request.size() - 1));
      ExpectBytes(client, answer);
    }
    const auto rest = client.ReceiveUntilClosed();
    ASSERT_TRUE(rest.has_value());
    EXPECT_EQ(Hex(*rest), "");
  }
}

TEST_P(ShardGroupTest, ReadsOnBehindAConnectThatMovesItsConnection) {
  BrokerInProcess broker(GetParam());
  const auto publish = PublishPacket("t", "x");
  for (int i = 0; i < 32; ++i) {
    SocketClient client(broker.port());
    const std::string id = fmt::format("client-{}", i);
    EXPECT_TRUE(client.Send(Concat({ConnectPacket(id), Bytes("C0 00 C0 00")})));
    ExpectBytes(client, Bytes("20 02 00 00 D0 00 D0 00"));
  }
  if (GetParam() > 1) {
    EXPECT_GT(broker.Sum().net.hand_overs, 0);
  }
}

TEST_P(ShardGroupTest, DeliversFromEveryShardToEveryOther) {
  constexpr int kClients = 12;
  constexpr int kMessages = 50;
  BrokerInProcess broker(GetParam());
  std::vector<SocketClient> subscribers;
  std::vector<SocketClient> publishers;
  for (int i = 0; i < kClients; ++i) {
    subscribers.push_back(broker.Subscribed(fmt::format("subscriber-{}", i), "news/#"));
    publishers.push_back(broker.Connected(fmt::format("publisher-{}", i)));
  }
  const auto publish = PublishPacket("news/today", "0123456789");
  for (int message = 0; message < kMessages; ++message) {
    for (SocketClient& publisher : publishers) ASSERT_TRUE(publisher.Send(publish));
  }
  const size_t expected = publish.size() * kClients * kMessages;
  for (SocketClient& subscriber : subscribers) {
    const auto received = subscriber.Receive(expected);
    ASSERT_EQ(received.size(), expected);
    for (size_t at = 0; at < expected; at += publish.size()) {
      ASSERT_EQ(Hex({received.data() + at, publish.size()}), Hex(publish));
    }
  }
  EXPECT_EQ(broker.Sum().core.messages_delivered, kClients * kClients * kMessages);
}

TEST_P(ShardGroupTest, KeepsTheOrderOfABurstThatMailboxesHaveNoRoomFor) {
  constexpr uint32_t kMessages = 5000;
  BrokerInProcess broker(GetParam());
  std::vector<SocketClient> subscribers;
  for (int i = 0; i < 4; ++i) {
    subscribers.push_back(broker.Subscribed(fmt::format("s{}", i), "t"));
  }
  SocketClient publisher = broker.Connected("p");
  std::vector<uint8_t> burst;
  for (uint32_t i = 0; i < kMessages; ++i) {
    const std::vector<uint8_t> number{static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i)};
    const auto packet = PublishPacket("t", number);
    burst.insert(burst.end(), packet.begin(), packet.end());
  }
  ASSERT_TRUE(publisher.Send(burst));
  for (SocketClient& subscriber : subscribers) {
    EXPECT_TRUE(subscriber.Receive(burst.size()) == burst);
  }
}

TEST_P(ShardGroupTest, CarriesALargePayloadUnchanged) {
  BrokerInProcess broker(GetParam());
  SocketClient subscriber = broker.Subscribed("subscriber", "big");
  SocketClient publisher = broker.Connected("publisher");
  std::vector<uint8_t> payload(3 << 20);
  for (size_t i = 0; i < payload.size(); ++i) {
    payload[i] = static_cast<uint8_t>(i * 2654435761u >> 13);
  }
  const auto publish = PublishPacket("big", payload);
  std::thread sender([&] { EXPECT_TRUE(publisher.Send(publish)); });
  EXPECT_TRUE(subscriber.Receive(publish.size()) == publish);
  sender.join();
}

TEST_P(ShardGroupTest, ASecondClientOfTheSameNameEndsTheFirst) {
  BrokerInProcess broker(GetParam());
  SocketClient first = broker.Connected("same");
  for (int i = 0; i < 8; ++i) {
    SocketClient second = broker.Connected("same");
    EXPECT_EQ(first.ReceiveUntilClosed(), std::vector<uint8_t>());
    first = std::move(second);
  }
  EXPECT_EQ(broker.Sum().core.sessions_taken_over, 8);
}

TEST_P(ShardGroupTest, ForgetsConnectionsHoweverTheyEnd) {
  BrokerInProcess broker(GetParam());
  const auto connect = ConnectPacket("client-0");
  for (int i = 0; i < 200; ++i) {
    const std::string id = fmt::format("client-{}", i);
    SocketClient client(broker.port());
    if (i % 5 > 0) client.Send(ByteView(connect).first(static_cast<size_t>(i) % connect.size()));
    if (i % 5 > 1) client = broker.Connected(id);
    if (i % 5 > 2) client.Send(SubscribePacket("#"));
    if (i % 5 > 3) client.Send(Bytes("E0 00"));
    if (i % 3 == 0) client.Reset();
    if (i % 3 == 1) client.EndSending();
  }
  EXPECT_TRUE(broker.Reaches([](const auto& sum) { return sum.connections == 0; }));
  EXPECT_EQ(broker.Sum().sessions, 0);
}

TEST_P(ShardGroupTest, WhatAClientSaidBeforeItsEndIsAnsweredBeforeOurs) {
  BrokerInProcess broker(GetParam());
  SocketClient client(broker.port());
  client.Send(Concat({ConnectPacket("client"), Bytes("C0 00")}));
  client.EndSending();
  EXPECT_EQ(Hex(client.ReceiveUntilClosed().value()), Hex(Bytes("20 02 00 00 D0 00")));
}

TEST_P(ShardGroupTest, DrainTellsEverybodyAndEnds) {
  BrokerInProcess broker(GetParam());
  std::vector<SocketClient> clients;
  for (int i = 0; i < 10; ++i) {
    clients.emplace_back(broker.port());
    const auto id = WithLength(AsBytes(fmt::format("v5-{}", i)));
    // MQTT 5.0 with an empty property list.
    const auto body = Concat({Bytes("0004 'MQTT' 05 02 0000 00"), id});
    clients.back().Send(
        Concat({Bytes("10"), std::vector<uint8_t>{static_cast<uint8_t>(body.size())}, body}));
    EXPECT_EQ(clients.back().Receive(1), Bytes("20"));
  }
  SocketClient silent(broker.port());
  const auto start = std::chrono::steady_clock::now();
  broker.group().Drain();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  for (SocketClient& client : clients) {
    const auto rest = client.ReceiveUntilClosed();
    ASSERT_TRUE(rest.has_value());
    EXPECT_NE(Hex(*rest).find("e0 "), std::string::npos) << Hex(*rest);
    EXPECT_NE(Hex(*rest).find(" 8b "), std::string::npos) << Hex(*rest);
  }
  EXPECT_TRUE(silent.ReceiveUntilClosed().has_value());
  EXPECT_EQ(broker.Sum().connections, 0);
}

TEST(ShardGroup, RefusesConnectionsBeyondItsLimit) {
  Limits limits;
  limits.connections = 2;
  BrokerInProcess broker(2, limits);
  const SocketClient first = broker.Connected("1");
  const SocketClient second = broker.Connected("2");
  SocketClient third(broker.port());
  EXPECT_EQ(third.ReceiveUntilClosed(), std::vector<uint8_t>());
  EXPECT_EQ(broker.Sum().net.accepts_refused, 1);
}

TEST(ShardGroup, DoesNotStartOnAPortThatIsTaken) {
  BrokerInProcess broker(1);
  SharedLog log;
  const auto second = ShardGroup::Start(
      {.ports = {{.address = broker.group().addresses().front()}}, .memory_bytes = 1 << 30}, &log);
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.error().sentence().find("another program"), std::string::npos);
}

TEST(ShardGroup, ServesSeveralPorts) {
  const SocketAddress any = *SocketAddress::Parse("127.0.0.1:0");
  BrokerInProcess broker(
      2, {{.address = any}, {.address = any}, {.address = *SocketAddress::Parse("[::1]:0")}});
  for (size_t i = 0; i < 2; ++i) {
    SocketClient client(broker.group().addresses()[i].port());
    client.Send(ConnectPacket("client"));
    ExpectBytes(client, Bytes("20 02 00 00"));
  }
  EXPECT_NE(broker.group().addresses()[2].port(), 0);
}

}  // namespace
}  // namespace signet
