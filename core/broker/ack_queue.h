// AckQueue: the acknowledgements of one connection that wait for a commit, and those that came
// after them. They leave in the order of the packets that they answer [MQTT-4.6.0-2] [MQTT-4.6.0-3]
// [MQTT-4.6.0-4]. As long as nothing waits, which is nearly always, acknowledgements do not come
// here at all.
#pragma once

#include <cstdint>
#include <memory>
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
  // Of how many Reason Codes it will consist: what waits for it grows with them.
  size_t weight = 1;
};

class AckQueue {
 public:
  // Names an acknowledgement of this connection for as long as it waits.
  using Ticket = uint64_t;

  Ticket Push(PendingAck ack) {
    if (state_ == nullptr) state_ = std::make_unique<State>();
    state_->weight += ack.weight;
    state_->acks.Push(std::move(ack));
    return state_->first + state_->acks.size() - 1;
  }
  // Null if it is gone.
  PendingAck* Find(Ticket ticket) {
    if (state_ == nullptr || ticket < state_->first) return nullptr;
    const Ticket place = ticket - state_->first;
    return place < state_->acks.size() ? &state_->acks.At(place) : nullptr;
  }

  // The next one to leave; null if there is none or it is not ready.
  const PendingAck* Front() const {
    return empty() || !state_->acks.front().ready ? nullptr : &state_->acks.front();
  }
  void Pop() {
    state_->weight -= state_->acks.front().weight;
    state_->acks.DropFront();
    ++state_->first;
    // Whoever has a ticket has an acknowledgement here, so tickets may begin anew.
    if (state_->acks.empty()) state_.reset();
  }

  bool empty() const { return state_ == nullptr; }
  // Reason Codes of all of them together.
  size_t weight() const { return empty() ? 0 : state_->weight; }

 private:
  struct State {
    BlockQueue<PendingAck, 16> acks;
    Ticket first = 1;
    size_t weight = 0;
  };
  std::unique_ptr<State> state_;  // Null while it is empty.
};

}  // namespace signet
