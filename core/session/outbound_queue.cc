#include "core/session/outbound_queue.h"

namespace signet {

OutboundQueue::Outcome OutboundQueue::Push(OutboundMessage outbound, const Bounds& bounds,
                                           Instant now) {
  const size_t size = outbound.size();
  Outcome outcome = Outcome::kQueued;
  while (!HasRoom(size, bounds, now)) {
    if (!bounds.drops_oldest || queue_.empty()) return Outcome::kDroppedNew;
    DropFront();
    outcome = Outcome::kDroppedOldest;
  }
  bytes_ += size;
  queue_.Push(std::move(outbound));
  return outcome;
}

bool OutboundQueue::HasRoom(size_t message_bytes, const Bounds& bounds, Instant now) {
  if (IsWithin(message_bytes, bounds)) return true;
  Sweep(now);
  return IsWithin(message_bytes, bounds);
}

void OutboundQueue::Sweep(Instant now) {
  if (now < next_sweep_) return;
  next_sweep_ = now + kSweepInterval;
  for (size_t left = queue_.size(); left > 0; --left) {
    OutboundMessage outbound = Pop();
    if (outbound.message->parts().expires_at <= now) continue;
    bytes_ += outbound.size();
    queue_.Push(std::move(outbound));
  }
}

const OutboundMessage* OutboundQueue::Front(Instant now) {
  while (!queue_.empty()) {
    if (queue_.front().message->parts().expires_at > now) return &queue_.front();
    DropFront();
  }
  return nullptr;
}

OutboundMessage OutboundQueue::Pop() {
  bytes_ -= queue_.front().size();
  return queue_.Pop();
}

size_t OutboundQueue::RemoveIf(absl::FunctionRef<bool(const OutboundMessage&)> refused) {
  const size_t before = queue_.size();
  for (size_t left = before; left > 0; --left) {
    OutboundMessage outbound = Pop();
    if (refused(outbound)) continue;
    bytes_ += outbound.size();
    queue_.Push(std::move(outbound));
  }
  return before - queue_.size();
}

void OutboundQueue::DropFront() {
  bytes_ -= queue_.front().size();
  queue_.DropFront();
}

}  // namespace signet
