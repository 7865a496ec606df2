#include "net/doorbell.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <latch>
#include <thread>

#include "net/mailbox.h"

namespace signet {
namespace {

constexpr ShardId kPing(0);
constexpr ShardId kPong(1);
// Much longer than any wake-up takes: whoever sleeps as long has missed one.
constexpr Duration kTooLong = seconds(20);

// Sleeps whenever it has no mail, like a shard.
class Sleeper {
 public:
  Sleeper(ShardId self, Doorbell* own, Doorbell* other, Mailbox<int>* in, Mailbox<int>* out)
      : self_(self), own_(*own), other_(*other), in_(*in), out_(*out) {}

  void Install(bool ring_messages) {
    ring_ = std::move(*Ring::Create({.sq_entries = 8, .cq_entries = 64}));
    own_.Install(ring_.get(), ring_messages);
  }
  void Send(int item) {
    ASSERT_TRUE(out_.TryPush(item));
    ASSERT_TRUE(out_.Publish());
    other_.WakeFrom(*ring_, self_, self_ == kPing ? kPong : kPing);
  }
  void Flush() { ring_->Submit(); }
  // The next item; -1 if it has been missed.
  int Receive() {
    int received = -1;
    while (true) {
      in_.Take([&](int item) { received = item; });
      if (received != -1) return received;
      Ring::Wait wait;
      if (own_.FallAsleep([this] { return in_.HasMail(); })) {
        wait = {.completions = 1, .at_most = kTooLong};
      }
      const auto start = std::chrono::steady_clock::now();
      ring_->Enter(wait);
      own_.WakeUp();
      if (std::chrono::steady_clock::now() - start >= kTooLong) return -1;
      ring_->Reap(64, [this](const Completion& completion) {
        if (completion.tag().op == Op::kReadEvent) own_.OnReadEvent(completion, Instant());
      });
    }
  }

 private:
  const ShardId self_;
  Doorbell& own_;
  Doorbell& other_;
  Mailbox<int>& in_;
  Mailbox<int>& out_;
  std::unique_ptr<Ring> ring_;
};

class DoorbellTest : public testing::TestWithParam<bool> {};

TEST_P(DoorbellTest, LosesNoWakeUpInAHundredThousand) {
  constexpr int kRounds = 100'000;
  std::array<Doorbell, 2> bells;
  for (Doorbell& bell : bells) ASSERT_TRUE(bell.Open().ok());
  Mailbox<int> to_pong(4);
  Mailbox<int> to_ping(4);
  std::latch ready(2);
  std::latch done(2);
  std::thread pong([&] {
    Sleeper sleeper(kPong, &bells[1], &bells[0], &to_pong, &to_ping);
    sleeper.Install(GetParam());
    ready.arrive_and_wait();
    for (int i = 0; i < kRounds; ++i) {
      ASSERT_EQ(sleeper.Receive(), i);
      sleeper.Send(i);
    }
    EXPECT_EQ(sleeper.Receive(), kRounds);
    done.arrive_and_wait();
  });
  Sleeper sleeper(kPing, &bells[0], &bells[1], &to_ping, &to_pong);
  sleeper.Install(GetParam());
  ready.arrive_and_wait();
  for (int i = 0; i < kRounds; ++i) {
    sleeper.Send(i);
    ASSERT_EQ(sleeper.Receive(), i);
  }
  sleeper.Send(kRounds);
  sleeper.Flush();
  done.arrive_and_wait();
  pong.join();
}

TEST_P(DoorbellTest, AThreadWithoutARingWakesAShard) {
  constexpr int kRounds = 10'000;
  Doorbell bell;
  Doorbell nobodys;
  ASSERT_TRUE(bell.Open().ok());
  Mailbox<int> in(4);
  Mailbox<int> out(4);
  std::atomic<int> received{-1};
  std::latch ready(2);
  std::thread shard([&] {
    Sleeper sleeper(kPing, &bell, &nobodys, &in, &out);
    sleeper.Install(GetParam());
    ready.arrive_and_wait();
    for (int i = 0; i < kRounds; ++i) {
      ASSERT_EQ(sleeper.Receive(), i);
      received.store(i);
    }
  });
  ready.arrive_and_wait();
  for (int i = 0; i < kRounds; ++i) {
    ASSERT_TRUE(in.TryPush(i));
    in.Publish();
    bell.Wake();
    while (received.load() != i) std::this_thread::yield();
  }
  shard.join();
}

INSTANTIATE_TEST_SUITE_P(, DoorbellTest, testing::Bool(), [](const auto& instance) {
  return instance.param ? "RingMessage" : "EventFd";
});

}  // namespace
}  // namespace signet
