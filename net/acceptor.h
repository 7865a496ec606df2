// Acceptor: one port of one shard. A single multishot accept brings every new connection. When
// there is no file descriptor or memory left it pauses, for what waits in the kernel's queue would
// only fail again at once; who waits there is served as soon as there is room. Used on the shard's
// thread alone.
#pragma once

#include <cstdint>

#include "core/base/log.h"
#include "core/base/time.h"
#include "net/net_counters.h"
#include "net/socket.h"
#include "net/uring/ring.h"

namespace signet {

class Acceptor {
 public:
  // `index` is what its completions name in their tag. The pointers outlive it.
  Acceptor(uint32_t index, Socket listener, Ring* ring, LogSink* log, NetCounters* counters)
      : index_(index),
        listener_(std::move(listener)),
        ring_(*ring),
        log_(*log),
        counters_(*counters) {}

  void Start();
  // Op::kAccept with its index. The new connection, if there is one.
  Socket OnAccept(const Completion& completion, Instant now);
  // A completion was lost: asks whether it was the end of the accept, and then starts again.
  void Reassure();
  // Op::kAskForAccept with its index. If there was no answer, it asks again after a pause.
  void OnAnswer(const Completion& completion, Instant now);
  // Goes on if a pause is over.
  void CheckTime(Instant now);
  Instant NextDeadline() const { return paused_until_; }

  // Who has not been accepted yet is refused by the kernel.
  void Stop();
  bool is_stopped() const { return stopped_ && !accepting_; }

 private:
  static constexpr Duration kPause = milliseconds(100);

  void OnFailure(int error, Instant now);

  const uint32_t index_;
  Socket listener_;
  Ring& ring_;
  LogSink& log_;
  NetCounters& counters_;
  RateLimit failure_log_{1, 1};
  Instant paused_until_ = Instant::Never();
  bool accepting_ = false;
  bool stopped_ = false;
};

}  // namespace signet
