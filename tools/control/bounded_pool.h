// BoundedPool: the threads of an HTTP server, which accepts no connection while too many wait for
// one of them: those stay with the kernel.
#pragma once

#include <httplib.h>

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <utility>

namespace signet {

class BoundedPool : public httplib::TaskQueue {
 public:
  BoundedPool(size_t threads, size_t waiting) : pool_(threads), room_(threads + waiting) {}

  // Both on the thread that accepts.
  void enqueue(std::function<void()> job) override {
    {
      std::unique_lock lock(mutex_);
      has_room_.wait(lock, [this] { return room_ > 0; });
      --room_;
    }
    pool_.enqueue([this, job = std::move(job)] {
      job();
      const std::lock_guard lock(mutex_);
      ++room_;
      has_room_.notify_one();
    });
  }
  void shutdown() override { pool_.shutdown(); }

 private:
  httplib::ThreadPool pool_;
  std::mutex mutex_;  // For what follows.
  std::condition_variable has_room_;
  size_t room_;
};

}  // namespace signet
