// Who reads slowly, sends too much, or takes nothing at all.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "fmt/format.h"
#include "tests/net/shard_group_fixture.h"

namespace signet {
namespace {

std::vector<uint8_t> Repeat(ByteView bytes, size_t times) {
  std::vector<uint8_t> all;
  for (size_t i = 0; i < times; ++i) all.insert(all.end(), bytes.begin(), bytes.end());
  return all;
}

TEST(FlowControl, AClientThatDoesNotReadIsNotReadFrom) {
  Limits limits;
  limits.output_soft_bytes = 8 * 1024;
  limits.output_hard_bytes = 16 * 1024;
  BrokerInProcess broker(1, limits);
  SocketClient client(broker.port(), 4096);
  client.Send(ConnectPacket("client"));
  ExpectBytes(client, Bytes("20 02 00 00"));
  // Far more answers than its and our kernel buffers hold.
  constexpr size_t kPings = 4'000'000;
  const std::vector<uint8_t> pings = Repeat(Bytes("C0 00"), kPings / 100);
  std::thread sender([&] {
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(client.Send(pings));
  });
  EXPECT_TRUE(broker.Reaches([](const auto& sum) { return sum.core.input_paused > 0; }));
  const std::vector<uint8_t> answers = client.Receive(2 * kPings);
  sender.join();
  ASSERT_EQ(answers.size(), 2 * kPings);
  EXPECT_TRUE(answers == Repeat(Bytes("D0 00"), kPings));
  EXPECT_EQ(broker.Sum().connections, 1);
}

TEST(FlowControl, AClientThatTakesNothingIsCutOffAndNobodyElse) {
  Limits limits;
  limits.send_stall_s = 1;
  BrokerInProcess broker(2, limits);
  SocketClient stalled(broker.port(), 4096);
  stalled.Send(Concat({ConnectPacket("stalled"), SubscribePacket("t")}));
  SocketClient reader = broker.Subscribed("reader", "t");
  SocketClient publisher = broker.Connected("publisher");
  const auto publish = PublishPacket("t", std::string(50'000, 'x'));
  // More than our kernel keeps for a connection.
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (broker.Sum().net.send_stalls == 0 && std::chrono::steady_clock::now() < end) {
    ASSERT_TRUE(publisher.Send(publish));
    ASSERT_EQ(reader.Receive(publish.size()).size(), publish.size());
  }
  EXPECT_EQ(broker.Sum().net.send_stalls, 1);
  EXPECT_TRUE(broker.Reaches([](const auto& sum) { return sum.connections == 2; }));
  ASSERT_TRUE(publisher.Send(publish));
  ASSERT_EQ(reader.Receive(publish.size()).size(), publish.size());
}

TEST(FlowControl, AClientThatReadsSlowlyIsNotCutOff) {
  Limits limits;
  limits.send_stall_s = 1;
  BrokerInProcess broker(1, limits);
  SocketClient slow(broker.port(), 4096);
  slow.Send(Concat({ConnectPacket("slow"), SubscribePacket("t")}));
  ASSERT_EQ(slow.Receive(9).size(), 9);
  SocketClient publisher = broker.Connected("publisher");
  const auto publish = PublishPacket("t", std::string(1 << 20, 'x'));
  // Fills the kernel's buffers, so that a send is in flight all the time.
  for (int i = 0; i < 8; ++i) publisher.Send(publish);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(4);
  while (std::chrono::steady_clock::now() < end) {
    ASSERT_EQ(slow.Receive(10'000).size(), 10'000);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_EQ(broker.Sum().net.send_stalls, 0);
  EXPECT_EQ(broker.Sum().connections, 2);
}

TEST(FlowControl, NoByteIsLostWhenAllSendMoreThanTheReceiveBuffersHold) {
  constexpr size_t kClients = 60;
  BrokerInProcess broker(1);
  std::vector<SocketClient> clients;
  for (size_t i = 0; i < kClients; ++i) {
    clients.push_back(broker.Subscribed(fmt::format("c{}", i), fmt::format("t/{}", i)));
  }
  // Within the soft limit of each one's output, so that nothing may be dropped.
  std::vector<std::vector<uint8_t>> sent;
  for (size_t i = 0; i < kClients; ++i) {
    sent.push_back(Repeat(PublishPacket(fmt::format("t/{}", i), std::string(500, 'x')), 100));
  }
  std::vector<std::thread> threads;
  for (size_t i = 0; i < kClients; ++i) {
    threads.emplace_back([&, i] { ASSERT_TRUE(clients[i].Send(sent[i])); });
  }
  for (std::thread& thread : threads) thread.join();
  for (size_t i = 0; i < kClients; ++i) {
    ASSERT_TRUE(clients[i].Receive(sent[i].size()) == sent[i]) << i;
  }
  EXPECT_EQ(broker.Sum().core.dropped_slow, 0);
}

// A shard that has just had much to do waits a moment for as much again. What then comes alone is
// not kept waiting for the rest.
TEST(FlowControl, OneAloneIsServedAfterMany) {
  BrokerInProcess broker(1);
  std::vector<SocketClient> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(broker.Connected(fmt::format("client{}", i)));
  for (int round = 0; round < 100; ++round) {
    for (SocketClient& client : clients) ASSERT_TRUE(client.Send(Bytes("C0 00")));
    for (SocketClient& client : clients) ExpectBytes(client, Bytes("D0 00"));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ASSERT_TRUE(clients[0].Send(Bytes("C0 00")));
    const auto answer = clients[0].Receive(2, std::chrono::seconds(10));
    ASSERT_EQ(Hex(answer), "d0 00") << "in round " << round;
  }
}

TEST(FlowControl, DrainDoesNotWaitForAClientThatTakesNothing) {
  Limits limits;
  limits.drain_timeout_s = 1;
  BrokerInProcess broker(1, limits);
  SocketClient stalled(broker.port(), 4096);
  stalled.Send(Concat({ConnectPacket("stalled"), SubscribePacket("t")}));
  SocketClient publisher = broker.Connected("publisher");
  const auto publish = PublishPacket("t", std::string(1 << 20, 'x'));
  for (int i = 0; i < 8; ++i) publisher.Send(publish);
  const auto start = std::chrono::steady_clock::now();
  broker.group().Drain();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(4));
  EXPECT_EQ(broker.Sum().connections, 0);
}

// A publisher is not read from while a subscriber falls behind, and is reset meanwhile.
TEST(FlowControl, TheWillOfAClientThatIsNotReadFromDoesNotWait) {
  BrokerInProcess broker(2);
  SocketClient witness = broker.Subscribed("witness", "will");
  SocketClient slow = broker.Connected("slow");
  slow.Send(Bytes("82 06 0001 0001 't' 01"));
  ExpectBytes(slow, Bytes("90 03 0001 01"));
  SocketClient publisher(broker.port());
  publisher.Send(Bytes("10 19 0004 'MQTT' 04 06 0000 0001 'p' 0004 'will' 0004 'gone'"));
  ExpectBytes(publisher, Bytes("20 02 00 00"));
  // More than half of the subscriber's queue, which takes it many seconds to get through.
  publisher.Send(Repeat(Bytes("32 06 0001 't' 0001 'x'"), 8000));
  ASSERT_TRUE(broker.Reaches([](const auto& sum) { return sum.core.publishers_held > 0; }));
  publisher.Reset();
  for (int taken = 0; taken < 2000; taken += 20) {
    for (int i = 0; i < 20; ++i) {
      const std::vector<uint8_t> message = slow.Receive(8);
      ASSERT_EQ(message.size(), 8u);
      slow.Send(std::vector<uint8_t>{0x40, 2, message[5], message[6]});
    }
    if (broker.Sum().core.wills_published > 0) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_EQ(broker.Sum().core.wills_published, 1u);
  EXPECT_EQ(broker.Sum().core.clients_too_slow, 0u);
  ExpectBytes(witness, PublishPacket("will", "gone"));
}

}  // namespace
}  // namespace signet
