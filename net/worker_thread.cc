#include "net/worker_thread.h"

#include <pthread.h>
#include <sys/resource.h>

#include <utility>

namespace signet {
namespace {

// As nice(1) has it; 0 is what the others have. Linux keeps it for each thread.
constexpr int kNiceness = 10;

}  // namespace

WorkerThread::WorkerThread(absl::AnyInvocable<void()> wake)
    : wake_(std::move(wake)), thread_(&WorkerThread::Main, this) {}

void WorkerThread::Stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
  Finish(std::exchange(done_, {}), Outcome::kDone);
  Finish(std::exchange(waiting_, {}), Outcome::kNotDone);
}

bool WorkerThread::TryTake(std::unique_ptr<Job>& job) {
  if (open_ == kMaxJobs) return false;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
    waiting_.push_back(std::move(job));
  }
  ++open_;
  changed_.notify_one();
  return true;
}

bool WorkerThread::HasFinished() {
  const std::lock_guard lock(mutex_);
  return !done_.empty();
}

void WorkerThread::FinishDone() {
  Jobs done;
  {
    const std::lock_guard lock(mutex_);
    done.swap(done_);
  }
  Finish(done, Outcome::kDone);
}

void WorkerThread::Finish(const Jobs& jobs, Outcome outcome) {
  for (const std::unique_ptr<Job>& job : jobs) {
    --open_;
    job->Finish(outcome);
  }
}

void WorkerThread::Main() {
  pthread_setname_np(pthread_self(), "auth worker");
  setpriority(PRIO_PROCESS, 0, kNiceness);  // Without it, it is as the others.
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    std::unique_ptr<Job> job = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    job->Run();
    lock.lock();
    done_.push_back(std::move(job));
    lock.unlock();
    wake_();
    lock.lock();
  }
}

}  // namespace signet
