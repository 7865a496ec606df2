// OutboundQueue: QoS 1 and 2 messages that wait until the Client is there, has quota, or takes its
// output. Part of the Session State; bounded by count and bytes. An empty one holds no memory.
#pragma once

#include "absl/functional/function_ref.h"
#include "core/base/block_queue.h"
#include "core/base/time.h"
#include "core/session/outbound_message.h"

namespace signet {

class OutboundQueue {
 public:
  enum class Outcome : uint8_t { kQueued, kDroppedNew, kDroppedOldest };

  struct Bounds {
    uint64_t messages = 0;
    uint64_t bytes = 0;
    bool drops_oldest = false;
  };

  // At the bounds a message goes: the new one, or with `drops_oldest` as many old ones as it takes.
  // Those that have expired go before any other.
  Outcome Push(OutboundMessage outbound, const Bounds& bounds, Instant now);

  // Whether Push would queue without dropping anything that has not expired.
  bool HasRoom(size_t message_bytes, const Bounds& bounds, Instant now);

  // The next message that has not expired at `now`; expired ones are dropped on the way
  // [MQTT-3.3.2-5]. Null if there is none.
  const OutboundMessage* Front(Instant now);
  OutboundMessage Pop();

  // Drops those of which `refused` is true, and keeps the others in their order. How many it has
  // dropped.
  size_t RemoveIf(absl::FunctionRef<bool(const OutboundMessage&)> refused);

  bool empty() const { return queue_.empty(); }
  size_t size() const { return queue_.size(); }
  size_t bytes() const { return bytes_; }

 private:
  // An expired message in the middle is found this late at most, so that looking for them costs
  // nothing that counts.
  static constexpr Duration kSweepInterval = milliseconds(100);

  bool IsWithin(size_t message_bytes, const Bounds& bounds) const {
    return queue_.size() < bounds.messages && bytes_ + message_bytes <= bounds.bytes;
  }
  void Sweep(Instant now);
  void DropFront();

  BlockQueue<OutboundMessage, 16> queue_;
  size_t bytes_ = 0;
  Instant next_sweep_;
};

}  // namespace signet
