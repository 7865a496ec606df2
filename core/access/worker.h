// Worker: how auth/ has something computed that takes longer than the auth shard can stand still
// for: the hash of a password takes some tenths of a second. A port in the sense of layers, like
// HttpFetcher: auth/ speaks through it, net/ answers with a thread of its own, a test at once. Used
// on the auth shard's thread alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace signet {

class Worker {
 public:
  // Jobs that were taken and are not finished; a further one is refused. At some tenths of a second
  // for each, a client that waits at the end still gets its answer before it gives up.
  static constexpr size_t kMaxJobs = 32;

  enum class Outcome : uint8_t {
    kDone,     // Run() has returned.
    kNotDone,  // It was not called, and will not be.
  };

  class Job {
   public:
    virtual ~Job() = default;
    // Once, on another thread. What it touches is its own, or never changes.
    virtual void Run() = 0;
    // Once, on the auth shard's thread; the last that is heard of the worker.
    virtual void Finish(Outcome outcome) = 0;
  };

  virtual ~Worker() = default;
  // Moves from `job`, and finishes it later, never within this call; when the worker dies, what is
  // open is finished as not done. False, and `job` is as it was: there are too many. Finish() may
  // hand in another job; it must not destroy the worker.
  virtual bool TryTake(std::unique_ptr<Job>& job) = 0;
};

}  // namespace signet
