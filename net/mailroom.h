// Mailroom: the mailboxes between all shards, and everybody's doorbell. Made before the shards
// start; outlives them.
#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "core/base/ids.h"
#include "core/broker/shard_message.h"
#include "net/doorbell.h"
#include "net/mailbox.h"

namespace signet {

class Shard;

// Something that the control thread wants done on a shard's thread, within one of its turns.
using ControlTask = absl::AnyInvocable<void(Shard&)>;

class Mailroom {
 public:
  static constexpr size_t kControlSlots = 64;
  // What stands in the mailboxes of one shard together, so that their memory does not grow with the
  // square of the number of shards. What does not fit waits at its sender.
  static constexpr size_t kSlotsPerShard = 8192;
  static constexpr size_t kMaxSlots = 1024;

  explicit Mailroom(uint32_t shards) : shards_(shards) {
    const size_t slots = std::min(kMaxSlots, std::bit_floor(kSlotsPerShard / shards));
    for (uint32_t i = 0; i < shards * shards; ++i) {
      const bool to_itself = i / shards == i % shards;
      boxes_.push_back(to_itself ? nullptr : std::make_unique<Mailbox<ShardMessage>>(slots));
    }
    for (uint32_t i = 0; i < shards; ++i) {
      doorbells_.push_back(std::make_unique<Doorbell>());
      control_.push_back(std::make_unique<Mailbox<ControlTask>>(kControlSlots));
    }
  }

  uint32_t shards() const { return shards_; }
  Mailbox<ShardMessage>& box(ShardId from, ShardId to) {
    return *boxes_[from.value() * shards_ + to.value()];
  }
  // From the control thread.
  Mailbox<ControlTask>& control(ShardId to) { return *control_[to.value()]; }
  Doorbell& doorbell(ShardId shard) { return *doorbells_[shard.value()]; }

 private:
  const uint32_t shards_;
  std::vector<std::unique_ptr<Mailbox<ShardMessage>>> boxes_;
  std::vector<std::unique_ptr<Mailbox<ControlTask>>> control_;
  std::vector<std::unique_ptr<Doorbell>> doorbells_;
};

}  // namespace signet
