// DeadlineQueue: connections that get a certain time for something, the same for all, so that they
// stand in the order of their deadlines. One that is done early stays until then; its id may by
// then find nobody.
#pragma once

#include "core/base/block_queue.h"
#include "core/base/ids.h"
#include "core/base/time.h"

namespace signet {

class DeadlineQueue {
 public:
  explicit DeadlineQueue(Duration time) : time_(time) {}

  void Push(ConnectionId id, Instant now) { queue_.Push({.deadline = now + time_, .id = id}); }
  // The next one whose time is over; an empty id if there is none.
  ConnectionId PopDue(Instant now) {
    if (queue_.empty() || queue_.front().deadline > now) return {};
    return queue_.Pop().id;
  }
  Instant NextDeadline() const {
    return queue_.empty() ? Instant::Never() : queue_.front().deadline;
  }

 private:
  struct Entry {
    Instant deadline;
    ConnectionId id;
  };

  const Duration time_;
  BlockQueue<Entry> queue_;
};

}  // namespace signet
