// Ring: one io_uring. SQEs are collected by NextSqe() and handed over together; completions are
// reaped by value. The kernel does deferred work only inside calls of the owning thread, so that
// between them neither a completion nor a received byte appears. Created, used and destroyed on one
// thread.
#pragma once

#include <cerrno>
#include <cstdint>
#include <memory>

#include "core/base/status.h"
#include "core/base/time.h"
#include "net/uring/completion.h"
#include "net/uring/ring_faults.h"

namespace signet {

class Ring {
 public:
  struct Options {
    unsigned sq_entries = 1024;
    unsigned cq_entries =
        16'384;  // Multishot operations complete far more often than they are submitted.
    RingFaults* faults = nullptr;
  };
  // The error names cause and remedy.
  static StatusOr<std::unique_ptr<Ring>> Create(const Options& options);
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;
  ~Ring();

  // A place for one more operation, to be filled in completely before the next call here. If all
  // are taken, what there is is submitted first; should the kernel have no memory for it, this
  // waits until it has.
  io_uring_sqe* NextSqe();

  // Whether the kernel has taken all that was prepared.
  bool AllTaken() const { return ring_.sq.sqe_tail == io_uring_smp_load_acquire(ring_.sq.khead); }

  // Hands over what was prepared, and neither waits nor runs deferred work.
  void Submit();

  struct Wait {
    unsigned completions = 0;  // For how many at most; 0: does not wait.
    Duration at_most = Duration::max();
    // If not 0, the wait is over after this time with however few there are, and after `at_most`
    // with none. Kernels that cannot do this wait for one.
    Duration at_least{};
  };
  // Hands over what was prepared, runs deferred work, waits. What the kernel does not take, for
  // want of memory, goes with the next call; a call that was to wait then waits for a moment only.
  void Enter(const Wait& wait);

  // Calls handle(Completion) for what stands in the completion queue, at most `most` times; returns
  // how often.
  template <typename Handle>
  size_t Reap(size_t most, Handle&& handle) {
    size_t count = 0;
    unsigned head = *ring_.cq.khead;
    const unsigned tail = io_uring_smp_load_acquire(ring_.cq.ktail);
    while (head != tail && count < most) {
      io_uring_cqe cqe = ring_.cq.cqes[head & cq_mask_];
      // Given back one by one: `handle` may submit, and what then completes needs room.
      io_uring_smp_store_release(ring_.cq.khead, ++head);
      ++count;
      if (faults_ != nullptr && !faults_->OnCqe(*this, cqe)) [[unlikely]]
        continue;
      handle(Completion(cqe));
    }
    return count;
  }
  bool HasCompletions() const {
    return *ring_.cq.khead != io_uring_smp_load_acquire(ring_.cq.ktail);
  }
  // Whether the kernel has something for us that only Enter() brings.
  bool HasDeferredWork() const {
    return (SqFlags() & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW)) != 0;
  }

  // For MSG_RING from another ring.
  int fd() const { return ring_.ring_fd; }
  io_uring* raw() { return &ring_; }

  // System calls made.
  uint64_t enters() const { return enters_; }
  // How often more had completed than the completion queue holds; the kernel keeps the rest.
  uint64_t overflows() const { return overflows_; }
  // Completions for which the kernel had no memory: each is an operation whose end nobody will hear
  // of. The queue was full for that to happen, and what the kernel keeps then found no memory
  // either. Shard::StartOver is the answer.
  uint32_t lost() const { return *ring_.cq.koverflow; }

 private:
  Ring() = default;
  uint32_t SqFlags() const { return io_uring_smp_load_acquire(ring_.sq.kflags); }
  void MakeRoom();
  // Shows the kernel the new SQEs; returns how many it has not taken yet.
  unsigned Flush();
  void ShowFaults();
  // Registers the ring with this thread, and makes each call once that cannot fail without a
  // reason outside of us.
  Status TryCalls();
  // Whether the kernel did its work; if not, it was short of something.
  bool Call(unsigned to_submit, unsigned wait_for, unsigned flags,
            const uring::GetEventsArgument* argument);
  // The same; returns what the call does.
  int RawCall(unsigned to_submit, unsigned wait_for, unsigned flags,
              const uring::GetEventsArgument* argument);

  io_uring ring_{};
  unsigned cq_mask_ = 0;
  unsigned enter_flags_ = 0;  // For each call.
  unsigned wait_flags_ = 0;   // For each that waits.
  bool has_min_wait_ = false;
  RingFaults* faults_ = nullptr;
  uint64_t enters_ = 0;
  uint64_t overflows_ = 0;
};

// The locked memory of a ring that was just closed is given back late, so that a new ring may fail
// with -ENOMEM for a moment. Calls attempt(), which returns 0 or -errno, until it returns something
// else, for up to a second; pause(Duration) in between.
template <typename Attempt, typename Pause>
int RetryWithoutMemory(Attempt&& attempt, Pause&& pause) {
  constexpr Duration kStep = milliseconds(20);
  constexpr int kRetries = 50;
  int result = attempt();
  for (int i = 0; i < kRetries && result == -ENOMEM; ++i) {
    pause(kStep);
    result = attempt();
  }
  return result;
}

}  // namespace signet
