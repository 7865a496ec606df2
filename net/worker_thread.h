// WorkerThread: Worker by one thread, which is there from the beginning until Stop(). It gives way
// to all other threads of the broker: a flood of logins costs those who log in, and no message.
// Made, used and destroyed on the auth shard's thread; jobs cross to the other thread and back
// under a mutex, which no PUBLISH comes near.
//
// Whoever turns the auth shard asks HasFinished() before it sleeps, and calls FinishDone() in each
// turn.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "absl/functional/any_invocable.h"
#include "core/access/worker.h"

namespace signet {

class WorkerThread final : public Worker {
 public:
  // `wake` is called on the thread whenever there is something to finish.
  explicit WorkerThread(absl::AnyInvocable<void()> wake);
  WorkerThread(const WorkerThread&) = delete;
  WorkerThread& operator=(const WorkerThread&) = delete;
  ~WorkerThread() override { Stop(); }

  bool TryTake(std::unique_ptr<Job>& job) override;

  bool HasFinished();
  // Runs Finish() of what is done.
  void FinishDone();
  // Waits for the job that is running, and finishes all. From then on no job is taken.
  void Stop();

 private:
  using Jobs = std::deque<std::unique_ptr<Job>>;

  void Main();
  void Finish(const Jobs& jobs, Outcome outcome);

  absl::AnyInvocable<void()> wake_;  // Of the thread, once it runs.
  size_t open_ = 0;                  // Jobs; the auth shard's.

  std::mutex mutex_;  // Of what follows.
  std::condition_variable changed_;
  Jobs waiting_;
  Jobs done_;
  bool stopping_ = false;

  std::thread thread_;  // Begins when all else is there.
};

}  // namespace signet
