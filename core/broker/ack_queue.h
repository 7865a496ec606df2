// AckQueue: the acknowledgements of one connection that wait for a commit, and those that came
// after them. They leave in the order of the packets that they answer [MQTT-4.6.0-2] [MQTT-4.6.0-3]
// [MQTT-4.6.0-4]. As long as nothing waits, which is nearly always, acknowledgements do not come
// here at all.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/block_queue.h"
#include "core/mqtt/reason_code.h"

namespace signet {

struct PendingAck {
  PacketType type = PacketType::kPuback;
  PacketId packet_id = 0;
  ReasonCode code = ReasonCode::kSuccess;
  // Of SUBACK and UNSUBACK, one per Topic Filter.
  std::vector<uint8_t> codes;
  bool ready = true;
};

class AckQueue {
 public:
  // Names an acknowledgement of this connection for as long as it waits.
  using Ticket = uint64_t;

  Ticket Push(PendingAck ack) {
    acks_.Push(std::move(ack));
    return first_ + acks_.size() - 1;
  }
  // Null if it is gone.
  PendingAck* Find(Ticket ticket) {
    if (ticket < first_ || ticket - first_ >= acks_.size()) return nullptr;
    return &acks_.At(ticket - first_);
  }

  // The next one to leave; null if there is none or it is not ready.
  const PendingAck* Front() const {
    return acks_.empty() || !acks_.front().ready ? nullptr : &acks_.front();
  }
  void Pop() {
    acks_.DropFront();
    ++first_;
  }

  bool empty() const { return acks_.empty(); }
  size_t size() const { return acks_.size(); }

 private:
  BlockQueue<PendingAck, 16> acks_;
  Ticket first_ = 1;
};

}  // namespace signet
