// Identifiers that do not convert into each other, and the pair of slot and generation by which a
// late answer finds nobody instead of the wrong one.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace signet {

// A number with a meaning of its own: StrongId<struct ShardTag, uint32_t>.
template <typename Tag, typename Number>
class StrongId {
 public:
  constexpr StrongId() = default;
  constexpr explicit StrongId(Number value) : value_(value) {}
  constexpr Number value() const { return value_; }
  friend constexpr auto operator<=>(StrongId, StrongId) = default;
  template <typename H>
  friend H AbslHashValue(H hash, StrongId id) {
    return H::combine(std::move(hash), id.value_);
  }

 private:
  Number value_{};
};

using ShardId = StrongId<struct ShardTag, uint32_t>;

// A place in a SlotMap and which of its inhabitants is meant. Generation 0 is never given out, so a
// value-initialised id finds nothing. The generation has 24 bits: it shares 64 bits with an op in
// the user_data of an SQE.
template <typename Tag>
struct SlotId {
  static constexpr uint32_t kGenerationMask = (1u << 24) - 1;

  uint32_t slot = 0;
  uint32_t generation = 0;

  constexpr explicit operator bool() const { return generation != 0; }
  friend constexpr auto operator<=>(SlotId, SlotId) = default;
  template <typename H>
  friend H AbslHashValue(H hash, SlotId id) {
    return H::combine(std::move(hash), id.slot, id.generation);
  }
};

// A Network Connection of one shard.
using ConnectionId = SlotId<struct ConnectionTag>;
// A Session of one shard.
using SessionId = SlotId<struct SessionTag>;

// The Network Connection on which a message came, on whichever shard. An empty one: it came on
// none.
struct PublisherId {
  ShardId shard;
  ConnectionId client;
};

// What the auth shard remembers of a client that it let in.
using GrantId = SlotId<struct GrantTag>;
// What it remembers of a client that is in the middle of proving itself.
using ExchangeId = SlotId<struct ExchangeTag>;

// The group of a Shared Subscription on the shard where it lives.
using SharedGroupId = SlotId<struct SharedGroupTag>;

// A port on which the broker listens, by its place in the configuration.
using PortId = StrongId<struct PortTag, uint16_t>;

}  // namespace signet
