// Mailroom: the mailboxes between all shards and the auth shard, and everybody's doorbell. Made
// before the shards start; outlives them.
#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "core/access/auth_mail.h"
#include "core/base/ids.h"
#include "core/broker/shard_message.h"
#include "net/doorbell.h"
#include "net/mailbox.h"

namespace signet {

class AuthThread;
class Shard;

// Something that the control thread wants done on a shard's thread, within one of its turns.
using ControlTask = absl::AnyInvocable<void(Shard&)>;

// The same for the auth shard.
using AuthTask = absl::AnyInvocable<void(AuthThread&)>;

class Mailroom {
 public:
  static constexpr size_t kControlSlots = 64;
  // What stands in the mailboxes of one shard together, so that their memory does not grow with the
  // square of the number of shards. What does not fit waits at its sender.
  static constexpr size_t kSlotsPerShard = 8192;
  static constexpr size_t kMaxSlots = 1024;
  // To the auth shard, from each shard.
  static constexpr size_t kToAuthSlots = 256;
  // And back.
  static constexpr size_t kFromAuthSlots = 128;

  explicit Mailroom(uint32_t shards) : shards_(shards) {
    const size_t slots = std::min(kMaxSlots, std::bit_floor(kSlotsPerShard / shards));
    for (uint32_t i = 0; i < shards * shards; ++i) {
      const bool to_itself = i / shards == i % shards;
      boxes_.push_back(to_itself ? nullptr : std::make_unique<Mailbox<ShardMessage>>(slots));
    }
    for (uint32_t i = 0; i < shards; ++i) {
      doorbells_.push_back(std::make_unique<Doorbell>());
      control_.push_back(std::make_unique<Mailbox<ControlTask>>(kControlSlots));
      to_auth_.push_back(std::make_unique<Mailbox<MailToAuth>>(kToAuthSlots));
      from_auth_.push_back(std::make_unique<Mailbox<MailFromAuth>>(kFromAuthSlots));
    }
  }

  uint32_t shards() const { return shards_; }
  Mailbox<ShardMessage>& box(ShardId from, ShardId to) {
    return *boxes_[from.value() * shards_ + to.value()];
  }
  // From the control thread.
  Mailbox<ControlTask>& control(ShardId to) { return *control_[to.value()]; }
  Doorbell& doorbell(ShardId shard) {
    return shard == auth_shard() ? auth_doorbell_ : *doorbells_[shard.value()];
  }

  // -- The auth shard. As a ringer of bells it is numbered behind the others.
  ShardId auth_shard() const { return ShardId(shards_); }
  Mailbox<MailToAuth>& to_auth(ShardId from) { return *to_auth_[from.value()]; }
  Mailbox<MailFromAuth>& from_auth(ShardId to) { return *from_auth_[to.value()]; }
  Mailbox<AuthTask>& auth_control() { return auth_control_; }
  Doorbell& auth_doorbell() { return auth_doorbell_; }

 private:
  const uint32_t shards_;
  std::vector<std::unique_ptr<Mailbox<ShardMessage>>> boxes_;
  std::vector<std::unique_ptr<Mailbox<ControlTask>>> control_;
  std::vector<std::unique_ptr<Doorbell>> doorbells_;
  std::vector<std::unique_ptr<Mailbox<MailToAuth>>> to_auth_;
  std::vector<std::unique_ptr<Mailbox<MailFromAuth>>> from_auth_;
  Mailbox<AuthTask> auth_control_{kControlSlots};
  Doorbell auth_doorbell_;
};

}  // namespace signet
