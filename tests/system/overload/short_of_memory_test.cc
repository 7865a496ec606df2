// The system gives the process no more memory: it lives, and keeps what it has acknowledged. Not
// under sanitizers: they need more address space than can be limited.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <fstream>
#include <string>

#include "tests/support/broker_process.h"
#include "tests/support/bytes.h"
#include "tests/support/socket_client.h"

namespace signet {
namespace {

using std::chrono::milliseconds;

constexpr size_t kPayload = 50'000;
constexpr uint64_t kHeadroom = uint64_t{150} << 20;

// So much more address space than it has now, and nothing beyond.
void LimitMemory(pid_t pid) {
  std::ifstream statm("/proc/" + std::to_string(pid) + "/statm");
  uint64_t pages = 0;
  statm >> pages;
  const rlimit limit{.rlim_cur = pages * 4096 + kHeadroom, .rlim_max = RLIM_INFINITY};
  ASSERT_EQ(prlimit(pid, RLIMIT_AS, &limit, nullptr), 0);
}

// The code of CONNACK.
int Connect(SocketClient& client, std::string_view client_id, bool clean_session) {
  client.Send(
      Concat({Bytes("10"), std::vector<uint8_t>{static_cast<uint8_t>(12 + client_id.size())},
              Bytes("0004 'MQTT' 04"), Bytes(clean_session ? "02 0000" : "00 0000"),
              WithLength(AsBytes(client_id))}));
  const std::vector<uint8_t> connack = client.Receive(4);
  return connack.size() == 4 ? connack[3] : -1;
}

// Whether it was acknowledged within `patience`.
bool Publish(SocketClient& client, milliseconds patience) {
  const std::vector<uint8_t> payload(kPayload, 'x');
  const auto remaining = static_cast<uint32_t>(3 + 2 + payload.size());
  const std::vector<uint8_t> header{0x32, static_cast<uint8_t>((remaining & 0x7F) | 0x80),
                                    static_cast<uint8_t>(((remaining >> 7) & 0x7F) | 0x80),
                                    static_cast<uint8_t>(remaining >> 14)};
  client.Send(Concat({header, Bytes("0001 't' 0001"), payload}));
  return client.Receive(4, patience).size() == 4;
}

class ShortOfMemory : public testing::TestWithParam<uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Shards, ShortOfMemory, testing::Values(1, 2, 4),
                         [](const auto& each) { return std::to_string(each.param); });

TEST_P(ShortOfMemory, TheBrokerLivesAndKeepsWhatItHasAcknowledged) {
  BrokerProcess broker(
      {.arguments = {"--shards", std::to_string(GetParam()), "--limit",
                     "memory_bytes=1099511627776", "--limit", "queued_bytes=1099511627776"}});
  SocketClient away(broker.port());
  ASSERT_EQ(Connect(away, "away", /*clean_session=*/false), 0);
  away.Send(Bytes("82 06 0001 0001 't' 01"));
  ASSERT_EQ(away.Receive(5).size(), 5u);
  away.Close();
  SocketClient witness(broker.port());
  ASSERT_EQ(Connect(witness, "witness", true), 0);
  SocketClient publisher(broker.port());
  ASSERT_EQ(Connect(publisher, "publisher", true), 0);
  LimitMemory(broker.pid());

  size_t acknowledged = 0;
  while (Publish(publisher, milliseconds(3000))) ++acknowledged;
  EXPECT_GT(acknowledged * kPayload, kHeadroom / 3);
  EXPECT_LT(acknowledged * kPayload, kHeadroom * 2);
  witness.Send(Bytes("C0 00"));
  EXPECT_EQ(Hex(witness.Receive(2)), "d0 00");
  SocketClient newcomer(broker.port());
  EXPECT_EQ(Connect(newcomer, "newcomer", true), 3);

  // Who has a Session takes what was kept for it, and everybody is served again.
  SocketClient back(broker.port());
  ASSERT_EQ(Connect(back, "away", false), 0);
  for (size_t i = 0; i < acknowledged; ++i) {
    const std::vector<uint8_t> message = back.Receive(4 + 3 + 2 + kPayload);
    ASSERT_EQ(message.size(), 4 + 3 + 2 + kPayload) << i;
    back.Send(std::vector<uint8_t>{0x40, 2, message[7], message[8]});
  }
  EXPECT_EQ(publisher.Receive(4).size(), 4u) << "what had to wait";
  SocketClient late(broker.port());
  EXPECT_EQ(Connect(late, "late", true), 0);
}

}  // namespace
}  // namespace signet

#endif
