// ShardContext: what every part of a ShardBroker needs of its shard. One per shard; used on its
// thread alone, but for BrokerTotals, which all shards share.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "core/access/auth_mail.h"
#include "core/base/block_pool.h"
#include "core/base/block_queue.h"
#include "core/base/hash.h"
#include "core/base/ids.h"
#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/base/timer_wheel.h"
#include "core/broker/counters.h"
#include "core/broker/effect.h"
#include "core/broker/shard_message.h"

namespace signet {

// What is bounded for the broker as a whole, and who asks for relief.
struct BrokerTotals {
  std::atomic<uint64_t> connections{0};
  std::atomic<uint64_t> sessions{0};
  std::atomic<uint64_t> retained_messages{0};
  std::atomic<uint64_t> retained_bytes{0};
  std::atomic<uint64_t> output_bytes{0};
  std::atomic<uint64_t> filter_bytes{0};
  // The most that messages, output and filters came to since somebody last reset it.
  std::atomic<uint64_t> most_bytes{0};
  // Messages of the process, output and filters, now.
  uint64_t held_bytes() const { return SharedBuffer::LiveBytes() + output_bytes + filter_bytes; }
  // Shards that cannot pass on what they get: whoever would send more stops reading from its
  // publishers.
  std::atomic<ShardSet> congested{0};
};

// Fills memory with random bytes; the operating system's in production, a seeded generator in
// tests.
using RandomSource = absl::AnyInvocable<void(uint8_t* bytes, size_t size)>;

// What the timers of a shard are for.
enum class TimerKind : uint8_t { kClient, kSession, kHousekeeping, kBrake };

struct ShardContext {
  struct Setup {
    ShardId self;
    uint32_t shards = 1;
    uint64_t hash_seed = 0;
    const Limits* limits = nullptr;
    BrokerTotals* totals = nullptr;
    LogSink* log = nullptr;
    RandomSource random;
    // In place of the machine's memory, never 0; see Limits::memory_bytes.
    uint64_t memory_bytes = 0;
    // For clients that ask for Response Information; empty: none is given (MQTT 5, 3.2.2.3.15).
    std::string response_information;
  };

  ShardContext(Setup setup, Instant start);

  const ShardId self;
  const uint32_t shards;
  const uint64_t hash_seed;
  const Limits& limits;
  BrokerTotals& totals;
  LogSink& log;
  RandomSource random;
  const uint64_t memory_bytes;
  const std::string response_information;

  Instant now;
  TimerWheel wheel;
  BlockPool pool;
  Effects effects;
  Counters counters;
  // By receiver: what could not yet be put into its mailbox, oldest first. The entry for `self`
  // stays empty.
  std::vector<BlockQueue<ShardMessage>> outgoing;
  // For the auth shard, oldest first, and how many questions are without an answer.
  BlockQueue<MailToAuth> to_auth;
  uint64_t open_questions = 0;
  // Whom Send() has sent something, since somebody last cleared this to find out.
  ShardSet sent_to = 0;

  ShardId HomeOf(std::string_view name) const {
    return ShardId(static_cast<uint32_t>(StableHash(name, hash_seed) % shards));
  }
  void Send(ShardId to, ShardMessage message) {
    DCHECK(to != self);
    sent_to |= SetOf(to);
    outgoing[to.value()].Push(std::move(message));
  }
  // Calls send(ShardId) for each shard but this one.
  template <typename Visit>
  void ForEachOther(Visit&& visit) const {
    for (uint32_t i = 0; i < shards; ++i) {
      if (ShardId(i) != self) visit(ShardId(i));
    }
  }
  // Whether `shard` takes no more than it has: its mailbox has a backlog, or it has asked for
  // relief.
  bool IsCongested(ShardId shard) const {
    return outgoing[shard.value()].size() > limits.mailbox_backlog ||
           (totals.congested.load(std::memory_order_relaxed) & SetOf(shard)) != 0;
  }

  // How full the broker's memory is, see MemoryGauge.
  enum class Memory : uint8_t { kPlenty, kTight, kExhausted } memory = Memory::kPlenty;
};

}  // namespace signet
