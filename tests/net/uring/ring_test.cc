#include "net/uring/ring.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <vector>

#include "net/uring/explain.h"

namespace signet {
namespace {

std::unique_ptr<Ring> SmallRing(Ring::Options options = {.sq_entries = 4, .cq_entries = 8}) {
  auto ring = Ring::Create(options);
  EXPECT_TRUE(ring.ok()) << ring.error().sentence();
  return std::move(*ring);
}

void PrepareNop(Ring& ring, uint32_t slot) {
  io_uring_sqe* sqe = ring.NextSqe();
  io_uring_prep_nop(sqe);
  io_uring_sqe_set_data64(sqe, OpTag{.slot = slot}.Pack());
}

// The next so many calls fail.
class FailingCalls : public RingFaults {
 public:
  FailingCalls(int calls, int error) : calls_(calls), error_(error) {}

  void OnSqe(Ring&, io_uring_sqe&) override {}
  bool AddSqe(Ring&, io_uring_sqe&) override { return false; }
  bool OnCqe(Ring&, io_uring_cqe&) override { return true; }
  int OnEnter(Ring&, unsigned) override { return calls_-- > 0 ? -error_ : 0; }

 private:
  int calls_;
  const int error_;
};

std::vector<uint32_t> ReapSlots(Ring& ring, size_t most = 1000) {
  std::vector<uint32_t> slots;
  ring.Reap(most, [&](const Completion& completion) { slots.push_back(completion.tag().slot); });
  return slots;
}

TEST(Ring, CompletesWhatWasPrepared) {
  auto ring = SmallRing();
  PrepareNop(*ring, 1);
  PrepareNop(*ring, 2);
  EXPECT_FALSE(ring->HasCompletions());
  ring->Enter({.completions = 2});
  EXPECT_TRUE(ring->HasCompletions());
  EXPECT_EQ(ReapSlots(*ring), (std::vector<uint32_t>{1, 2}));
  EXPECT_FALSE(ring->HasCompletions());
}

TEST(Ring, TakesOneCallForAllThatWasPrepared) {
  auto ring = SmallRing();
  for (uint32_t i = 0; i < 4; ++i) PrepareNop(*ring, i);
  ring->Enter({.completions = 4});
  EXPECT_EQ(ring->enters(), 1);
}

TEST(Ring, ReapsNoMoreThanItIsAskedTo) {
  auto ring = SmallRing();
  for (uint32_t i = 0; i < 4; ++i) PrepareNop(*ring, i);
  ring->Enter({});
  EXPECT_EQ(ReapSlots(*ring, 3), (std::vector<uint32_t>{0, 1, 2}));
  EXPECT_EQ(ReapSlots(*ring, 3), (std::vector<uint32_t>{3}));
}

TEST(Ring, SubmitsByItselfWhenItsSubmissionQueueIsFull) {
  auto ring = SmallRing();
  for (uint32_t i = 0; i < 7; ++i) PrepareNop(*ring, i);
  ring->Enter({});
  EXPECT_EQ(ReapSlots(*ring).size(), 7);
}

TEST(Ring, LosesNothingWhenItsCompletionQueueOverflows) {
  auto ring = SmallRing();
  for (uint32_t i = 0; i < 100; ++i) PrepareNop(*ring, i);
  std::vector<uint32_t> slots;
  for (int turn = 0; turn < 100 && slots.size() < 100; ++turn) {
    ring->Enter({});
    for (const uint32_t slot : ReapSlots(*ring)) slots.push_back(slot);
  }
  EXPECT_EQ(slots.size(), 100);
  EXPECT_GT(ring->overflows(), 0);
  EXPECT_EQ(ring->lost(), 0);
}

TEST(Ring, WaitsNoLongerThanItIsTold) {
  auto ring = SmallRing();
  const auto start = std::chrono::steady_clock::now();
  ring->Enter({.completions = 1, .at_most = milliseconds(20)});
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(20));
  EXPECT_FALSE(ring->HasCompletions());
}

TEST(Ring, DoesNotWaitForMoreThanTheMinimumTimeOnceThereIsOne) {
  auto ring = SmallRing();
  PrepareNop(*ring, 1);
  const auto start = std::chrono::steady_clock::now();
  ring->Enter({.completions = 1, .at_most = seconds(60), .at_least = milliseconds(1)});
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(30));
  EXPECT_EQ(ReapSlots(*ring), std::vector<uint32_t>{1});
}

TEST(Ring, HandsOverLaterWhatTheKernelHadNoMemoryFor) {
  FailingCalls faults(1, EAGAIN);
  auto ring = SmallRing({.sq_entries = 4, .cq_entries = 8, .faults = &faults});
  PrepareNop(*ring, 1);
  const auto start = std::chrono::steady_clock::now();
  ring->Enter({.completions = 1, .at_most = seconds(60)});
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(30));
  EXPECT_FALSE(ring->HasCompletions());
  EXPECT_FALSE(ring->AllTaken());
  ring->Enter({});
  EXPECT_TRUE(ring->AllTaken());
  EXPECT_EQ(ReapSlots(*ring), std::vector<uint32_t>{1});
}

TEST(Ring, GivesOutNoPlaceTwiceWhileTheKernelHasNoMemory) {
  FailingCalls faults(3, EAGAIN);
  auto ring = SmallRing({.sq_entries = 4, .cq_entries = 8, .faults = &faults});
  for (uint32_t i = 0; i < 7; ++i) PrepareNop(*ring, i);
  ring->Enter({});
  EXPECT_EQ(ReapSlots(*ring), (std::vector<uint32_t>{0, 1, 2, 3, 4, 5, 6}));
}

TEST(Ring, OutlivesEveryFailureOfACallThatMayPass) {
  for (const int error : {EAGAIN, EBUSY, ENOMEM, EINTR, ETIME, EBADR}) {
    FailingCalls faults(1, error);
    auto ring = SmallRing({.sq_entries = 4, .cq_entries = 8, .faults = &faults});
    PrepareNop(*ring, 1);
    for (int i = 0; i < 2; ++i) ring->Enter({.completions = 1, .at_most = milliseconds(1)});
    EXPECT_EQ(ReapSlots(*ring), std::vector<uint32_t>{1}) << error;
  }
}

TEST(RetryWithoutMemory, GoesOnUntilThereIsMemory) {
  int calls = 0;
  Duration paused{};
  const int result = RetryWithoutMemory([&] { return ++calls < 5 ? -ENOMEM : 0; },
                                        [&](Duration time) { paused += time; });
  EXPECT_EQ(result, 0);
  EXPECT_EQ(calls, 5);
  EXPECT_EQ(paused, milliseconds(80));
}

TEST(RetryWithoutMemory, GivesUpAfterASecond) {
  Duration paused{};
  const int result =
      RetryWithoutMemory([] { return -ENOMEM; }, [&](Duration time) { paused += time; });
  EXPECT_EQ(result, -ENOMEM);
  EXPECT_EQ(paused, seconds(1));
}

TEST(RetryWithoutMemory, DoesNotRetryOtherFailures) {
  int calls = 0;
  EXPECT_EQ(RetryWithoutMemory([&] { return ++calls, -EPERM; }, [](Duration) { FAIL(); }), -EPERM);
  EXPECT_EQ(calls, 1);
}

TEST(ExplainRingFailure, NamesTheSysctl) {
  const std::string sentence = ExplainRingFailure(EPERM, {.io_uring_disabled = 2});
  EXPECT_NE(sentence.find("kernel.io_uring_disabled is 2"), std::string::npos) << sentence;
}

TEST(ExplainRingFailure, NamesSeccompWhenTheSysctlAllowsIt) {
  const std::string sentence = ExplainRingFailure(EPERM, {.io_uring_disabled = 0});
  EXPECT_NE(sentence.find("seccomp"), std::string::npos) << sentence;
}

TEST(ExplainRingFailure, NamesTheLimitOnLockedMemory) {
  const std::string sentence = ExplainRingFailure(ENOMEM, {.memlock_bytes = 64 * 1024});
  EXPECT_NE(sentence.find("64 KiB"), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("LimitMEMLOCK"), std::string::npos) << sentence;
}

TEST(ExplainRingFailure, NamesTheKernelThatIsNeeded) {
  for (const int error : {ENOSYS, EINVAL}) {
    EXPECT_NE(ExplainRingFailure(error, {}).find("Linux 6.1"), std::string::npos) << error;
  }
}

TEST(ExplainRefusedCall, NamesTheCallAndItsError) {
  const std::string sentence = ExplainRefusedCall("io_uring_enter", EACCES);
  EXPECT_NE(sentence.find("io_uring_enter fails (Permission denied)"), std::string::npos)
      << sentence;
  EXPECT_NE(sentence.find("seccomp"), std::string::npos) << sentence;
}

TEST(ExplainRingFailure, IsOneSentenceForEveryError) {
  for (int error = 1; error < 134; ++error) {
    const std::string sentence = ExplainRingFailure(error, {});
    EXPECT_EQ(sentence.find('\n'), std::string::npos) << sentence;
    EXPECT_FALSE(sentence.ends_with('.')) << sentence;
  }
}

}  // namespace
}  // namespace signet
