#include "net/http/poll_set.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <vector>

namespace signet {
namespace {

// A set that watches pipes, for nobody.
class PollSetTest : public testing::Test {
 protected:
  PollSetTest() {
    auto ring = Ring::Create({.sq_entries = 16, .cq_entries = 32});
    EXPECT_TRUE(ring.ok()) << ring.error().sentence();
    ring_ = std::move(*ring);
    polls_ = std::make_unique<PollSet>(ring_.get());
    EXPECT_EQ(pipe(ends_.data()), 0);
  }
  ~PollSetTest() override {
    for (const int end : ends_) close(end);
  }

  int fd() const { return ends_[0]; }
  void Write() const { EXPECT_EQ(write(ends_[1], "x", 1), 1); }

  // What the set makes of all that completes within a moment.
  std::vector<PollSet::Ready> Turn() {
    std::vector<PollSet::Ready> all;
    ring_->Enter({});
    ring_->Enter({.completions = 1, .at_most = milliseconds(5)});
    ring_->Reap(SIZE_MAX, [&](const Completion& completion) {
      ++completions_;
      if (completion.tag().op == Op::kCancelHttpPoll) return polls_->OnCancel(completion, now_);
      if (const auto ready = polls_->OnPoll(completion, now_)) all.push_back(*ready);
    });
    return all;
  }

  std::unique_ptr<Ring> ring_;
  std::unique_ptr<PollSet> polls_;
  std::array<int, 2> ends_{};  // Of a pipe: to read from, to write to.
  Instant now_{seconds(1000)};
  int completions_ = 0;
};

TEST_F(PollSetTest, ReportsWhatIsReadyAsLongAsItIs) {
  polls_->Watch(fd(), POLLIN, nullptr);
  polls_->Settle();
  EXPECT_TRUE(Turn().empty());
  Write();
  for (int i = 0; i < 3; ++i) {
    const auto ready = Turn();
    ASSERT_EQ(ready.size(), 1u) << i;
    EXPECT_EQ(ready[0].fd, fd());
    EXPECT_EQ(ready[0].events, uint32_t{POLLIN});
    EXPECT_TRUE(Turn().empty());  // Not before whoever was told has dealt with it.
    polls_->Settle();
  }
}

TEST_F(PollSetTest, WaitsForWhatWasSaidLast) {
  Write();
  polls_->Watch(fd(), POLLIN, nullptr);
  polls_->Watch(fd(), 0, nullptr);
  polls_->Settle();
  EXPECT_TRUE(Turn().empty());
  polls_->Watch(fd(), POLLIN, nullptr);
  polls_->Settle();
  EXPECT_EQ(Turn().size(), 1u);
}

// The number of a descriptor that was closed is the next one's.
TEST_F(PollSetTest, DoesNotTakeTheEndOfOnePollForThatOfTheNext) {
  for (int i = 0; i < 3; ++i) {
    polls_->Watch(fd(), POLLIN, nullptr);
    polls_->Settle();
    if (i == 1) Turn();  // Submitted or not, before it is forgotten.
    polls_->Forget(fd());
  }
  polls_->Watch(fd(), POLLIN, nullptr);
  polls_->Settle();
  EXPECT_TRUE(Turn().empty());
  EXPECT_EQ(completions_, 6);                           // Of three polls and their cancels.
  EXPECT_EQ(polls_->NextDeadline(), Instant::Never());  // The fourth has not failed.
  Write();
  EXPECT_EQ(Turn().size(), 1u);
}

TEST_F(PollSetTest, ArmsAgainAfterAPauseWhatFailed) {
  polls_->Watch(fd(), POLLIN, nullptr);
  polls_->Settle();
  polls_->Reassure();  // Cancels it, so that it says what it knows.
  EXPECT_TRUE(Turn().empty());
  const Instant again = polls_->NextDeadline();
  ASSERT_NE(again, Instant::Never());
  EXPECT_GT(again, now_);
  Write();
  polls_->CheckTime(now_);
  polls_->Settle();
  EXPECT_TRUE(Turn().empty());
  polls_->CheckTime(again);
  polls_->Settle();
  EXPECT_EQ(Turn().size(), 1u);
  EXPECT_EQ(polls_->NextDeadline(), Instant::Never());
}

TEST_F(PollSetTest, CancelsAllWhenItDies) {
  polls_->Watch(fd(), POLLIN, nullptr);
  polls_->Settle();
  EXPECT_TRUE(Turn().empty());
  polls_.reset();
  ring_->Enter({.completions = 2, .at_most = seconds(5)});
  int cancelled = 0;
  ring_->Reap(SIZE_MAX, [&](const Completion& completion) {
    if (completion.tag().op == Op::kPollHttp && completion.result() == -ECANCELED) ++cancelled;
  });
  EXPECT_EQ(cancelled, 1);
}

}  // namespace
}  // namespace signet
