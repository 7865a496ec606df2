// A kernel that fails: each operation of a CurlFetcher once, or lost, and no request hangs.
#include <gtest/gtest.h>

#include <cerrno>

#include "tests/net/http/http_world.h"

namespace signet {
namespace {

// Fails the `nth` operation of one kind, or loses its completion.
class FailingOperation : public RingFaults {
 public:
  FailingOperation(Op op, int nth, int error) : op_(op), left_(nth), error_(error) {}

  void OnSqe(Ring&, io_uring_sqe& sqe) override {
    const uint64_t user_data = sqe.user_data;
    if (OpTag::Unpack(user_data).op != op_ || error_ == 0 || --left_ != 0) return;
    failed_ = true;
    failing_ = user_data;
    // Is never done, and says so.
    io_uring_prep_nop(&sqe);
    io_uring_sqe_set_data64(&sqe, user_data);
  }
  bool AddSqe(Ring&, io_uring_sqe&) override { return false; }
  bool OnCqe(Ring&, io_uring_cqe& cqe) override {
    const Op op = OpTag::Unpack(cqe.user_data).op;
    if (op == Op::kPollHttp && cqe.res == -ECANCELED) ++polls_cancelled_;
    if (op != op_) return true;
    if (error_ == 0) {
      if (--left_ != 0) return true;
      failed_ = true;
      return false;
    }
    if (failed_ && cqe.user_data == std::exchange(failing_, 0)) cqe.res = -error_;
    return true;
  }
  int OnEnter(Ring&, unsigned) override { return 0; }

  bool failed() const { return failed_; }
  int polls_cancelled() const { return polls_cancelled_; }

 private:
  const Op op_;
  int left_;
  const int error_;  // 0: the completion is lost.
  bool failed_ = false;
  int polls_cancelled_ = 0;
  uint64_t failing_ = 0;
};

HttpRequest ManyWords(const std::shared_ptr<HttpTrust>& trust) {
  HttpRequest request = RequestFor("echo", trust);
  request.verb = HttpRequest::Verb::kPost;
  request.body = SecretBytes(std::string(300'000, 'x'));
  return request;
}

// How often it could be made to fail.
int FailEach(Op op, int error) {
  for (int nth = 1; nth < 100; ++nth) {
    FailingOperation faults(op, nth, error);
    FetchLoop loop({}, &faults);
    const auto trust = HttpServers::Get().Trust();
    EXPECT_EQ(loop.AskForFailure(ManyWords(trust)), "[200]") << nth;
    EXPECT_EQ(loop.AskForFailure(RequestFor("json", trust)), "[200]") << nth;
    if (!faults.failed()) return nth - 1;
  }
  return 100;
}

TEST(Shortage, OfMemoryForAPollDelaysIt) { EXPECT_GE(FailEach(Op::kPollHttp, ENOMEM), 3); }

TEST(Shortage, OfMemoryForACancelLeavesNothingBehind) {
  FailingOperation faults(Op::kCancelHttpPoll, 1, ENOMEM);
  FetchLoop loop({}, &faults);
  // A poll that has just completed when the time is up needs no cancel.
  for (int i = 0; i < 20 && !faults.failed(); ++i) {
    HttpRequest hasty = RequestTo("mute", "json");
    hasty.timeout = milliseconds(100);
    EXPECT_NE(loop.AskForFailure(std::move(hasty)), "[200]");
    loop.Turn();
  }
  EXPECT_TRUE(faults.failed());
  // The server says nothing, and so nothing else can end the poll.
  EXPECT_TRUE(loop.TurnUntil([&] { return faults.polls_cancelled() == 1; }));
}

TEST(Shortage, APollThatSomebodyCancelsIsArmedAgain) {
  EXPECT_GE(FailEach(Op::kPollHttp, ECANCELED), 3);
}

TEST(Shortage, ALostCompletionIsAskedFor) {
  int lost = 0;
  for (int nth = 1; nth < 100; ++nth) {
    FailingOperation faults(Op::kPollHttp, nth, 0);
    FetchLoop loop({}, &faults);
    const auto outcome = loop.Fetch(ManyWords(HttpServers::Get().Trust()));
    bool told = false;
    EXPECT_TRUE(loop.TurnUntil([&] {
      if (faults.failed() && !std::exchange(told, true)) loop.fetcher().Reassure();
      return outcome->has_value();
    }));
    ASSERT_TRUE((*outcome)->ok()) << (*outcome)->error().sentence;
    if (!faults.failed()) break;
    ++lost;
  }
  EXPECT_GE(lost, 3);
}

// To ask of each poll although none was lost changes nothing, but that each is armed anew.
TEST(Shortage, ReassuranceWithoutALossIsHarmless) {
  FetchLoop loop;
  const auto trust = HttpServers::Get().Trust();
  const auto outcome = loop.Fetch(RequestFor("late/300", trust));
  EXPECT_TRUE(loop.TurnUntil([&] {
    if (loop.turns() % 2 == 0) loop.fetcher().Reassure();
    return outcome->has_value();
  }));
  EXPECT_TRUE((*outcome)->ok()) << (*outcome)->error().sentence;
}

}  // namespace
}  // namespace signet
