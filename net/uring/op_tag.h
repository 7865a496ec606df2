// OpTag: what the user_data of an SQE says, so that its CQE finds its way: the kind of operation,
// and the slot and generation it was for. A CQE that comes after its connection was closed names a
// generation that is gone.
#pragma once

#include <cstdint>

#include "core/base/check.h"
#include "core/base/ids.h"

namespace signet {

enum class Op : uint8_t {
  kNone,     // Nobody waits for it.
  kAccept,   // slot: which listener.
  kReceive,  // slot, generation: a connection, as in the next three.
  kSend,
  kCancel,     // Of its receive.
  kCancelAll,  // Of whatever of it is in flight.
  kDoorbell,   // Comes from the ring of the shard in slot: there is mail.
  kRingBell,   // Our own MSG_RING to the shard in slot failed.
  kReadEvent,  // The eventfd, by which threads without a ring wake this one.
  // Cancels, to learn whether there was anything to cancel.
  kAskForAccept,  // slot: which listener.
  kAskForReadEvent,
  // Of HTTP. slot: a descriptor; generation: which poll of it, counted by PollSet.
  kPollHttp,
  kCancelHttpPoll,  // Of the poll in slot and generation.
};

struct OpTag {
  Op op = Op::kNone;
  uint32_t generation = 0;  // 24 bits.
  uint32_t slot = 0;

  static OpTag For(Op op, ConnectionId id) {
    return {.op = op, .generation = id.generation, .slot = id.slot};
  }
  ConnectionId connection() const { return {.slot = slot, .generation = generation}; }

  constexpr uint64_t Pack() const {
    DCHECK(generation <= ConnectionId::kGenerationMask);
    return uint64_t{static_cast<uint8_t>(op)} << 56 | uint64_t{generation} << 32 | slot;
  }
  static constexpr OpTag Unpack(uint64_t user_data) {
    return {.op = static_cast<Op>(user_data >> 56),
            .generation = static_cast<uint32_t>(user_data >> 32) & ConnectionId::kGenerationMask,
            .slot = static_cast<uint32_t>(user_data)};
  }

  friend constexpr bool operator==(const OpTag&, const OpTag&) = default;
};

}  // namespace signet
