// 64 sockets fight for one Client Identifier: at every moment one owns the Session, and everybody
// else was told so.
#include <gtest/gtest.h>

#include <array>
#include <thread>

#include "tests/net/shard_group_fixture.h"

namespace signet {
namespace {

constexpr size_t kTakeOvers = 100'000;
// Under AddressSanitizer these take five times as long, and ThreadSanitizer looks for the races,
// most of which are between most shards.
#if defined(__SANITIZE_ADDRESS__)
constexpr uint32_t kShardsWithAll = 0;
#else
constexpr uint32_t kShardsWithAll = 4;
#endif
constexpr size_t kThreads = 4;
constexpr size_t kSocketsEach = 16;

const std::vector<uint8_t> kConnect = Bytes("10 10 0004 'MQTT' 05 02 0000 00 0003 'one'");

std::vector<SocketClient> ConnectAll(uint16_t port) {
  std::vector<SocketClient> sockets;
  for (size_t i = 0; i < kSocketsEach; ++i) {
    sockets.emplace_back(port);
    EXPECT_TRUE(sockets.back().Send(kConnect));
  }
  for (SocketClient& socket : sockets) {
    const std::vector<uint8_t> header = socket.Receive(2);
    EXPECT_EQ(header.size(), 2u);
    if (header.size() != 2) continue;
    EXPECT_EQ(header[0], 0x20) << "CONNACK";
    const std::vector<uint8_t> connack = socket.Receive(header[1]);
    EXPECT_TRUE(connack.size() == header[1] && connack[1] == 0);
  }
  return sockets;
}

// Whoever connected before somebody else's CONNACK has lost by then.
void ExpectTakenOver(std::vector<SocketClient>& sockets) {
  for (SocketClient& socket : sockets) {
    const auto last_words = socket.ReceiveUntilClosed();
    ASSERT_TRUE(last_words.has_value());
    ASSERT_GE(last_words->size(), 3u);
    EXPECT_EQ((*last_words)[0], 0xE0) << "DISCONNECT";
    EXPECT_EQ((*last_words)[2], 0x8E);
    socket.Reset();  // Leaves no TIME_WAIT behind.
  }
}

class TakeOverTest : public testing::TestWithParam<uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Shards, TakeOverTest, testing::Values(2u, 4u),
                         [](const auto& each) { return std::to_string(each.param); });

TEST_P(TakeOverTest, OneOwnerAndEveryLoserIsTold) {
  BrokerInProcess broker(GetParam());
  const size_t take_overs = GetParam() == kShardsWithAll ? kTakeOvers : kTakeOvers / 5;
  const size_t batches = take_overs / (kThreads * kSocketsEach);
  std::array<std::vector<SocketClient>, kThreads> last;
  std::vector<std::thread> threads;
  for (size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      last[t] = ConnectAll(broker.port());
      for (size_t batch = 1; batch < batches && !testing::Test::HasFailure(); ++batch) {
        std::vector<SocketClient> next = ConnectAll(broker.port());
        ExpectTakenOver(last[t]);
        last[t] = std::move(next);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  SocketClient owner(broker.port());
  owner.Send(kConnect);
  EXPECT_EQ(owner.Receive(2).size(), 2u);
  for (auto& sockets : last) ExpectTakenOver(sockets);
  EXPECT_TRUE(broker.Reaches([](const auto& sum) { return sum.connections == 1; }));
  const auto sum = broker.Sum();
  EXPECT_EQ(sum.sessions, 1u);
  EXPECT_EQ(sum.core.sessions_taken_over, batches * kThreads * kSocketsEach);
}

}  // namespace
}  // namespace signet
