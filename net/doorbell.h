// Doorbell: wakes a shard that sleeps in its ring. A shard that is awake finds its mail by itself,
// so the bell is silent for it. No wake-up is lost, because each side first says what it did and
// then looks at what the other said:
//
//   the shard                          whoever brings mail
//     asleep = true                      publishes the mail
//     looks for mail; none: sleeps       looks whether it is asleep; if so: rings
//
// One of the two must see the other. All four steps are sequentially consistent.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/base/ids.h"
#include "core/base/status.h"
#include "core/base/time.h"
#include "net/socket.h"
#include "net/uring/ring.h"

namespace signet {

class Doorbell {
 public:
  // On any thread, before the others know of it.
  Status Open();

  // -- The shard whose bell it is, on its thread.
  // `ring` is where it will sleep. Without `ring_messages` the bell is an eventfd for everybody.
  void Install(Ring* ring, bool ring_messages);
  // Whether it may go to sleep: has_mail() finds nothing.
  template <typename HasMail>
  bool FallAsleep(HasMail&& has_mail) {
    asleep_.store(true, std::memory_order_seq_cst);
    if (!has_mail()) return true;
    WakeUp();
    return false;
  }
  void WakeUp() { asleep_.store(false, std::memory_order_relaxed); }
  // Op::kReadEvent: the eventfd was read, or could not be; then it is read again after a pause, for
  // it would only fail again at once.
  void OnReadEvent(const Completion& completion, Instant now);
  // A completion was lost: asks whether it was that of the read, and then reads again.
  void Reassure();
  // Op::kAskForReadEvent. If there was no answer, it asks again after a pause.
  void OnAnswer(const Completion& completion, Instant now);
  // Goes on if a pause is over.
  void CheckTime(Instant now);
  Instant NextDeadline() const { return paused_until_; }

  // -- Whoever has published mail for it.
  // For another shard: goes out with the next SQEs of its own `ring`. Returns whether it had to
  // ring.
  bool WakeFrom(Ring& ring, ShardId self, ShardId shard);
  // For a thread without a ring.
  void Wake();
  // Op::kRingBell of WakeFrom() failed.
  void RingByEvent() const;

 private:
  static constexpr Duration kPause = milliseconds(10);

  void ReadEvent();
  // Whether it sleeps; only the first to ask has to ring.
  bool TakeSleep() {
    return asleep_.load(std::memory_order_seq_cst) &&
           asleep_.exchange(false, std::memory_order_seq_cst);
  }

  alignas(128) std::atomic<bool> asleep_{false};
  Socket event_;  // An eventfd.
  uint64_t event_count_ = 0;
  bool reading_ = false;
  Instant paused_until_ = Instant::Never();
  Ring* ring_ = nullptr;
  int ring_fd_ = -1;  // What others ring; -1: the eventfd.
};

}  // namespace signet
