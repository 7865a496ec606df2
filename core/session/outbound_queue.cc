#include "core/session/outbound_queue.h"

namespace signet {

OutboundQueue::Outcome OutboundQueue::Push(OutboundMessage outbound, const Bounds& bounds) {
  const size_t size = outbound.message->size();
  Outcome outcome = Outcome::kQueued;
  while (!HasRoom(size, bounds)) {
    if (!bounds.drops_oldest || queue_.empty()) return Outcome::kDroppedNew;
    DropFront();
    outcome = Outcome::kDroppedOldest;
  }
  bytes_ += size;
  queue_.Push(std::move(outbound));
  return outcome;
}

const OutboundMessage* OutboundQueue::Front(Instant now) {
  while (!queue_.empty()) {
    if (queue_.front().message->parts().expires_at > now) return &queue_.front();
    DropFront();
  }
  return nullptr;
}

OutboundMessage OutboundQueue::Pop() {
  bytes_ -= queue_.front().message->size();
  return queue_.Pop();
}

void OutboundQueue::DropFront() {
  bytes_ -= queue_.front().message->size();
  queue_.DropFront();
}

}  // namespace signet
