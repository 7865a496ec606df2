// Jobs that go to the worker's thread and come back.
#include "net/worker_thread.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <optional>
#include <semaphore>
#include <vector>

namespace signet {
namespace {

// What becomes of one job; outlives it.
struct Trace {
  std::thread::id ran_on;
  std::thread::id finished_on;
  std::optional<Worker::Outcome> outcome;
  int runs = 0;
};

class TracedJob : public Worker::Job {
 public:
  explicit TracedJob(Trace* trace, std::latch* gate = nullptr) : trace_(*trace), gate_(gate) {}
  void Run() override {
    if (gate_ != nullptr) gate_->wait();
    trace_.ran_on = std::this_thread::get_id();
    ++trace_.runs;
  }
  void Finish(Worker::Outcome outcome) override {
    trace_.finished_on = std::this_thread::get_id();
    trace_.outcome = outcome;
  }

 private:
  Trace& trace_;
  std::latch* const gate_;
};

class WorkerThreadTest : public testing::Test {
 protected:
  bool Take(Trace* trace, std::latch* gate = nullptr) {
    std::unique_ptr<Worker::Job> job = std::make_unique<TracedJob>(trace, gate);
    const bool taken = worker_->TryTake(job);
    EXPECT_EQ(job == nullptr, taken);
    return taken;
  }
  void AwaitDone() { woken_.acquire(); }

  std::counting_semaphore<> woken_{0};
  std::unique_ptr<WorkerThread> worker_ =
      std::make_unique<WorkerThread>([this] { woken_.release(); });
};

TEST_F(WorkerThreadTest, RunsThereAndFinishesHere) {
  Trace trace;
  EXPECT_TRUE(Take(&trace));
  AwaitDone();
  EXPECT_TRUE(worker_->HasFinished());
  EXPECT_FALSE(trace.outcome.has_value());
  worker_->FinishDone();
  EXPECT_EQ(trace.outcome, Worker::Outcome::kDone);
  EXPECT_EQ(trace.runs, 1);
  EXPECT_NE(trace.ran_on, std::this_thread::get_id());
  EXPECT_EQ(trace.finished_on, std::this_thread::get_id());
  EXPECT_FALSE(worker_->HasFinished());
}

TEST_F(WorkerThreadTest, TakesSoManyAndNoMore) {
  std::latch gate(1);
  std::vector<Trace> traces(Worker::kMaxJobs + 1);
  for (size_t i = 0; i < Worker::kMaxJobs; ++i) EXPECT_TRUE(Take(&traces[i], &gate));
  EXPECT_FALSE(Take(&traces.back(), &gate));
  gate.count_down();
  for (size_t i = 0; i < Worker::kMaxJobs; ++i) AwaitDone();
  EXPECT_FALSE(Take(&traces.back()));  // They are not finished yet.
  worker_->FinishDone();
  EXPECT_TRUE(Take(&traces.back()));
  AwaitDone();
  worker_->FinishDone();
  for (const Trace& trace : traces) EXPECT_EQ(trace.outcome, Worker::Outcome::kDone);
}

TEST_F(WorkerThreadTest, StopWaitsForTheOneThatRunsAndDropsTheOthers) {
  std::latch gate(1);
  std::atomic<bool> runs{false};
  class First : public TracedJob {
   public:
    First(Trace* trace, std::latch* gate, std::atomic<bool>* runs)
        : TracedJob(trace, gate), runs_(*runs) {}
    void Run() override {
      runs_.store(true);
      runs_.notify_one();
      TracedJob::Run();
    }

   private:
    std::atomic<bool>& runs_;
  };
  std::vector<Trace> traces(3);
  std::unique_ptr<Worker::Job> first = std::make_unique<First>(traces.data(), &gate, &runs);
  ASSERT_TRUE(worker_->TryTake(first));
  runs.wait(false);
  EXPECT_TRUE(Take(&traces[1]));
  EXPECT_TRUE(Take(&traces[2]));
  // The thread has still the first when it is told to stop, or stops behind it: either way the
  // others wait, as the gate opens only now.
  std::thread opener([&] { gate.count_down(); });
  worker_->Stop();
  opener.join();
  EXPECT_EQ(traces[0].outcome, Worker::Outcome::kDone);
  for (const Trace& trace : traces) {
    ASSERT_TRUE(trace.outcome.has_value());
    EXPECT_EQ(trace.runs, trace.outcome == Worker::Outcome::kDone ? 1 : 0);
    EXPECT_EQ(trace.finished_on, std::this_thread::get_id());
  }
  Trace late;
  EXPECT_FALSE(Take(&late));
  worker_->Stop();  // Once more is no harm.
}

TEST_F(WorkerThreadTest, AJobMayHandInAnother) {
  class Again : public TracedJob {
   public:
    Again(Trace* trace, WorkerThread* worker, Trace* next)
        : TracedJob(trace), worker_(*worker), next_(next) {}
    void Finish(Worker::Outcome outcome) override {
      TracedJob::Finish(outcome);
      std::unique_ptr<Worker::Job> job = std::make_unique<TracedJob>(next_);
      EXPECT_TRUE(worker_.TryTake(job));
    }

   private:
    WorkerThread& worker_;
    Trace* const next_;
  };
  Trace trace;
  Trace next;
  std::unique_ptr<Worker::Job> job = std::make_unique<Again>(&trace, worker_.get(), &next);
  ASSERT_TRUE(worker_->TryTake(job));
  AwaitDone();
  worker_->FinishDone();
  AwaitDone();
  worker_->FinishDone();
  EXPECT_EQ(next.outcome, Worker::Outcome::kDone);
}

TEST_F(WorkerThreadTest, CarriesManyInOrder) {
  for (int round = 0; round < 100; ++round) {
    std::vector<Trace> traces(Worker::kMaxJobs);
    for (Trace& trace : traces) ASSERT_TRUE(Take(&trace));
    for (size_t i = 0; i < traces.size(); ++i) AwaitDone();
    worker_->FinishDone();
    for (const Trace& trace : traces) ASSERT_EQ(trace.outcome, Worker::Outcome::kDone);
  }
}

}  // namespace
}  // namespace signet
