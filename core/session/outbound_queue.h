// OutboundQueue: QoS 1 and 2 messages that wait until the Client is there, has quota, or takes its
// output. Part of the Session State; bounded by count and bytes. An empty one holds no memory.
#pragma once

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
  Outcome Push(OutboundMessage outbound, const Bounds& bounds);

  // Whether Push would queue without dropping anything.
  bool HasRoom(size_t message_bytes, const Bounds& bounds) const {
    return queue_.size() < bounds.messages && bytes_ + message_bytes <= bounds.bytes;
  }

  // The next message that has not expired at `now`; expired ones are dropped on the way
  // [MQTT-3.3.2-5]. Null if there is none.
  const OutboundMessage* Front(Instant now);
  OutboundMessage Pop();

  bool empty() const { return queue_.empty(); }
  size_t size() const { return queue_.size(); }
  size_t bytes() const { return bytes_; }

 private:
  void DropFront();

  BlockQueue<OutboundMessage, 16> queue_;
  size_t bytes_ = 0;
};

}  // namespace signet
