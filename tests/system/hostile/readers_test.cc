// Clients that do not take what they have asked for, and what is kept for them and for good.
#include <poll.h>

#include "fmt/format.h"
#include "tests/system/hostile/hostile_fixture.h"

namespace signet {
namespace {

using HostileReaders = HostileTest;
INSTANTIATE_HOSTILE_TEST(HostileReaders);

// Looks without reading.
bool IsReset(const SocketClient& client) {
  pollfd look{.fd = client.fd(), .events = 0, .revents = 0};
  return poll(&look, 1, 0) > 0 && (look.revents & POLLERR) != 0;
}

TEST_P(HostileReaders, ASubscriberThatNeverAcknowledgesFillsItsWindowAndItsQueueAndNoMore) {
  constexpr size_t kInflight = 100;
  constexpr size_t kQueued = 1'000;
  constexpr size_t kPayload = 4'000;
  Start({.limits = {fmt::format("inflight_messages={}", kInflight),
                    fmt::format("queued_messages={}", kQueued)}});
  constexpr size_t kDeaf = 4;
  std::vector<WireClient> deaf;
  for (size_t i = 0; i < kDeaf; ++i) {
    deaf.push_back(Connected(fmt::format("deaf-{}", i)));
    deaf.back().Subscribe("deaf", QoS::kExactlyOnce);
  }
  WireClient publisher = Connected("publisher");
  const std::string payload(kPayload, 'x');
  const size_t count = Scaled(10'000, 3'000);
  for (size_t i = 0; i < count; ++i) {
    publisher.Publish({.qos = QoS::kAtLeastOnce,
                       .packet_id = static_cast<PacketId>(i % 1'000 + 1),
                       .topic_name = "deaf",
                       .payload = AsBytes(payload)});
    if (i % 1'000 != 999) continue;
    for (size_t ack = 0; ack < 1'000; ++ack) publisher.Expect(PacketType::kPuback);
  }
  // Each message is one buffer on each shard's way, and the outputs are copies.
  ExpectPeakGrowthWithin(kDeaf * (kInflight + kQueued) * (kPayload + 200) + slack());
  for (WireClient& client : deaf) {
    client.Send(Bytes("C0 00"));
    size_t received = 0;
    for (auto next = client.Next(); next.has_value() && next->type == PacketType::kPublish;
         next = client.Next()) {
      ++received;
    }
    EXPECT_EQ(received, kInflight);
  }
}

// Limits::send_stall_s is longer than this takes: these readers are alive, only slow.
TEST_P(HostileReaders, TenPercentAtOneByteASecondCostTheirLimitsAndTheOthersMissNothing) {
  constexpr size_t kReaders = 50;
  constexpr uint64_t kHardBytes = 64 * kKiB;
  constexpr size_t kQueued = 100;
  constexpr size_t kPayload = 1'000;
  Start({.limits = {"output_soft_bytes=32768", fmt::format("output_hard_bytes={}", kHardBytes),
                    fmt::format("queued_messages={}", kQueued)}});
  std::vector<WireClient> readers;
  for (size_t i = 0; i < kReaders; ++i) {
    readers.emplace_back(port(), i % 10 == 0 ? 4'096 : 0);
    readers.back().Connect(fmt::format("reader-{}", i));
    readers.back().Subscribe("news/0");
    readers.back().Subscribe("news/1", QoS::kAtLeastOnce);
  }
  WireClient publisher = Connected("publisher");
  const size_t count = Scaled(3'000, 250);
  const auto read_byte = [](WireClient& slow) { EXPECT_EQ(slow.socket().Receive(1).size(), 1u); };
  auto next_byte = std::chrono::steady_clock::now();
  for (size_t i = 0; i < count; ++i) {
    std::string payload = fmt::format("{}/", i);
    payload.resize(kPayload, 'x');
    const std::string topic = fmt::format("news/{}", i % 2);
    EXPECT_EQ(Publish1(publisher, {.topic_name = topic, .payload = AsBytes(payload)}), 0);
    for (size_t at = 0; at < kReaders; ++at) {
      if (at % 10 == 0) continue;
      const Received message = readers[at].Expect(PacketType::kPublish);
      ASSERT_TRUE(message.payload == payload) << at;
      if (message.qos == QoS::kAtMostOnce) continue;
      readers[at].Send(AckBytes(PacketType::kPuback, message.packet_id));
    }
    if (std::chrono::steady_clock::now() < next_byte) continue;
    next_byte += std::chrono::seconds(1);
    for (size_t at = 0; at < kReaders; at += 10) read_byte(readers[at]);
  }
  constexpr size_t kSlow = kReaders / 10;
  ExpectPeakGrowthWithin(kSlow * (2 * kHardBytes + kQueued * (kPayload + 200)) + slack());
  // They are still there, and the broker has not cut them off.
  for (size_t at = 0; at < kReaders; at += 10) read_byte(readers[at]);
}

TEST_P(HostileReaders, OneThatTakesNothingAtAllIsCutOff) {
  Start({.limits = {"send_stall_s=1"}});
  WireClient stalled(port(), 4'096);
  stalled.Connect("stalled");
  stalled.Subscribe("flood");
  WireClient flooder = Connected("flooder");
  const std::string payload(60'000, 'x');
  // More than the kernel keeps for a connection.
  const auto flood = [&] {
    flooder.Publish({.topic_name = "flood", .payload = AsBytes(payload)});
    flooder.Send(Bytes("C0 00"));
    flooder.Expect(PacketType::kPingresp);
  };
  for (int i = 0; i < 200; ++i) flood();
  // Its socket is reset, whatever was on its way.
  EXPECT_TRUE(Eventually([&] { return IsReset(stalled.socket()); }));
  ExpectPeakGrowthWithin(2 * kMiB + slack());
}

TEST_P(HostileReaders, ARetainedBombOfTinyMessagesEndsAtTheirNumber) {
  const size_t most = Scaled(50'000, 5'000);
  constexpr uint64_t kPerMessage = 512;
  Start({.limits = {fmt::format("retained_messages={}", most)}});
  WireClient bomber = Connected("bomber");
  constexpr size_t kBatch = 1'000;
  size_t refused = 0;
  // Twice: what exists already may be replaced, what does not is refused again.
  for (int times = 0; times < 2; ++times) {
    for (size_t done = 0; done < most + kBatch; done += kBatch) {
      for (size_t i = 0; i < kBatch; ++i) {
        const std::string topic = fmt::format("retained/{}", done + i);
        bomber.Publish({.qos = QoS::kAtLeastOnce,
                        .retain = true,
                        .packet_id = static_cast<PacketId>(i + 1),
                        .topic_name = topic,
                        .payload = AsBytes("x")});
      }
      for (size_t i = 0; i < kBatch; ++i) {
        const uint8_t code = bomber.Expect(PacketType::kPuback).code;
        ASSERT_TRUE(code == 0 || code == 0x97) << int{code};
        if (code == 0x97) ++refused;
      }
    }
  }
  // Shards that store at the same moment may exceed a broker-wide limit by one each.
  EXPECT_LE(refused, 2 * kBatch);
  EXPECT_GE(refused, 2 * (kBatch - shards()));
  ExpectPeakGrowthWithin(most * kPerMessage + slack());
  // All of them reach whoever asks and reads.
  WireClient reader = Connected("reader");
  reader.Subscribe("retained/#");
  for (size_t i = 0; i < most; ++i) {
    ASSERT_TRUE(reader.Expect(PacketType::kPublish).retain) << i;
  }
}

TEST_P(HostileReaders, ARetainedBombOfHugeMessagesEndsAtTheirBytes) {
  constexpr uint64_t kBytes = 32 * kMiB;
  constexpr size_t kPayload = kMiB;
  Start({.limits = {fmt::format("retained_bytes={}", kBytes)}});
  WireClient bomber = Connected("bomber");
  const std::string payload(kPayload, 'x');
  size_t kept = 0;
  for (size_t i = 0; i < 3 * kBytes / kPayload; ++i) {
    const std::string topic = fmt::format("retained/{}", i);
    const uint8_t code =
        Publish1(bomber, {.retain = true, .topic_name = topic, .payload = AsBytes(payload)});
    ASSERT_TRUE(code == 0 || code == 0x97) << int{code};
    if (code == 0) ++kept;
  }
  EXPECT_EQ(kept, kBytes / kPayload - 1);  // Topic Names count, too.
  // The packet that is being read, and half as much where its buffer grew.
  ExpectPeakGrowthWithin(kBytes + 3 * kPayload + slack());
}

}  // namespace
}  // namespace signet
