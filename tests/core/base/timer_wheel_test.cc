#include "core/base/timer_wheel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <vector>

namespace signet {
namespace {

constexpr Duration kTick = TimerWheel::kTick;

constexpr Instant Tick(int64_t number) { return Instant(number * kTick); }

// Advances and gives the kinds of what fired, in order.
std::vector<int> Fired(TimerWheel& wheel, Instant now) {
  std::vector<int> kinds;
  wheel.Advance(now, [&](Timer& timer) { kinds.push_back(timer.kind()); });
  return kinds;
}

using Kinds = std::vector<int>;

TEST(TimerWheel, FiresAtTheDeadlineAndNotBefore) {
  TimerWheel wheel(Tick(0));
  int owner = 0;
  Timer timer(7, &owner);
  wheel.Set(timer, Tick(3));
  EXPECT_TRUE(timer.is_set());
  EXPECT_EQ(Fired(wheel, Tick(2)), Kinds());
  EXPECT_EQ(Fired(wheel, Tick(3)), Kinds({7}));
  EXPECT_FALSE(timer.is_set());
  EXPECT_EQ(timer.owner(), &owner);
  EXPECT_EQ(wheel.size(), 0u);
  EXPECT_EQ(Fired(wheel, Tick(1'000)), Kinds());
}

TEST(TimerWheel, RoundsADeadlineUpToTheNextTick) {
  TimerWheel wheel(Tick(0));
  Timer timer(1, nullptr);
  const Instant deadline = Tick(3) + Duration(1);
  wheel.Set(timer, deadline);
  EXPECT_EQ(Fired(wheel, deadline), Kinds());
  EXPECT_EQ(Fired(wheel, Tick(4) + Duration(-1)), Kinds());
  EXPECT_EQ(Fired(wheel, Tick(4)), Kinds({1}));
}

TEST(TimerWheel, FiresAPastDeadlineWithTheNextAdvance) {
  TimerWheel wheel(Tick(100));
  Timer timer(1, nullptr);
  wheel.Set(timer, Tick(5));
  EXPECT_EQ(Fired(wheel, Tick(100)), Kinds({1}));
}

TEST(TimerWheel, FiresInTheOrderOfDeadlinesOverAllLevels) {
  TimerWheel wheel(Tick(12'345));
  std::vector<std::unique_ptr<Timer>> timers;
  // Around the ends of the levels: 64, 64^2, 64^3, 64^4, 64^5 ticks away.
  const std::vector<int64_t> distances = {0,
                                          1,
                                          63,
                                          64,
                                          65,
                                          4'095,
                                          4'096,
                                          4'097,
                                          262'143,
                                          262'144,
                                          262'145,
                                          16'777'215,
                                          16'777'216,
                                          16'777'217,
                                          1'073'741'823,
                                          1'073'741'824,
                                          1'073'741'825,
                                          5'000'000'000};
  for (size_t i = distances.size(); i > 0; --i) {
    timers.push_back(std::make_unique<Timer>(static_cast<uint8_t>(i - 1), nullptr));
    wheel.Set(*timers.back(), Tick(12'345 + distances[i - 1]));
  }
  for (size_t i = 0; i < distances.size(); ++i) {
    const Instant deadline = Tick(12'345 + distances[i]);
    if (i > 0 && distances[i] > distances[i - 1] + 1) {
      EXPECT_EQ(Fired(wheel, deadline + -kTick), Kinds()) << i;
    }
    EXPECT_EQ(Fired(wheel, deadline), Kinds({static_cast<int>(i)}));
  }
  EXPECT_EQ(wheel.size(), 0u);
}

TEST(TimerWheel, CatchesUpWithALongSleepInOrder) {
  TimerWheel wheel(Tick(1));
  std::vector<std::unique_ptr<Timer>> timers;
  Kinds expected;
  for (int i = 0; i < 200; ++i) {
    timers.push_back(std::make_unique<Timer>(static_cast<uint8_t>(i), nullptr));
    wheel.Set(*timers.back(), Tick(1 + int64_t{i} * i * i * 37));
    expected.push_back(i);
  }
  EXPECT_EQ(Fired(wheel, Tick(2'000'000'000)), expected);
}

TEST(TimerWheel, MovesATimerThatIsSetAgain) {
  TimerWheel wheel(Tick(0));
  Timer timer(1, nullptr);
  wheel.Set(timer, Tick(10));
  wheel.Set(timer, Tick(5'000));
  EXPECT_EQ(wheel.size(), 1u);
  EXPECT_EQ(Fired(wheel, Tick(4'999)), Kinds());
  wheel.Set(timer, Tick(5'001));
  EXPECT_EQ(Fired(wheel, Tick(5'000)), Kinds());
  EXPECT_EQ(Fired(wheel, Tick(5'001)), Kinds({1}));
}

TEST(TimerWheel, ForgetsATimerThatIsCancelledOrDestroyed) {
  TimerWheel wheel(Tick(0));
  Timer cancelled(1, nullptr);
  cancelled.Cancel();  // Not set: nothing to do.
  wheel.Set(cancelled, Tick(10));
  {
    Timer destroyed(2, nullptr);
    wheel.Set(destroyed, Tick(10));
    EXPECT_EQ(wheel.size(), 2u);
  }
  cancelled.Cancel();
  EXPECT_FALSE(cancelled.is_set());
  EXPECT_EQ(wheel.size(), 0u);
  EXPECT_EQ(wheel.NextDeadline(), Instant::Never());
  EXPECT_EQ(Fired(wheel, Tick(100)), Kinds());
}

TEST(TimerWheel, LetsATimerSetItselfAgainWhileItFires) {
  TimerWheel wheel(Tick(0));
  Timer timer(1, nullptr);
  wheel.Set(timer, Tick(10));
  std::vector<Instant> deadlines;
  Instant next = Tick(10);
  wheel.Advance(Tick(35), [&](Timer& fired) {
    deadlines.push_back(next);
    next += 10 * kTick;
    wheel.Set(fired, next);
  });
  EXPECT_EQ(deadlines, (std::vector<Instant>{Tick(10), Tick(20), Tick(30)}));
  EXPECT_TRUE(timer.is_set());
  timer.Cancel();
}

TEST(TimerWheel, LetsATimerCancelAnotherOneThatIsDueAsWell) {
  TimerWheel wheel(Tick(0));
  Timer first(1, nullptr);
  Timer second(2, nullptr);
  wheel.Set(first, Tick(10));
  wheel.Set(second, Tick(10));
  Kinds fired;
  wheel.Advance(Tick(10), [&](Timer& timer) {
    fired.push_back(timer.kind());
    (timer.kind() == 1 ? second : first).Cancel();
  });
  EXPECT_EQ(fired.size(), 1u);
  EXPECT_EQ(wheel.size(), 0u);
}

TEST(TimerWheel, StandsStillWhenTheClockGoesBack) {
  TimerWheel wheel(Tick(100));
  Timer timer(1, nullptr);
  wheel.Set(timer, Tick(101));
  EXPECT_EQ(Fired(wheel, Tick(50)), Kinds());
  EXPECT_EQ(Fired(wheel, Tick(100)), Kinds());
  EXPECT_EQ(Fired(wheel, Tick(101)), Kinds({1}));
}

TEST(TimerWheel, HoldsATimerThatNeverFires) {
  TimerWheel wheel(Tick(0));
  Timer timer(1, nullptr);
  wheel.Set(timer, Instant::Never());
  EXPECT_EQ(Fired(wheel, Instant(std::chrono::hours(24 * 365 * 100))), Kinds());
  EXPECT_TRUE(timer.is_set());
  timer.Cancel();
}

// Who sleeps until NextDeadline() again and again wakes up a few times for nothing, but never too
// late.
TEST(TimerWheel, SaysUntilWhenOneMaySleep) {
  for (const int64_t distance : {1, 63, 64, 4'096, 100'000, 20'000'000, 2'000'000'000}) {
    TimerWheel wheel(Tick(777));
    EXPECT_EQ(wheel.NextDeadline(), Instant::Never());
    Timer timer(1, nullptr);
    wheel.Set(timer, Tick(777 + distance));
    int wakeups = 0;
    for (bool fired = false; !fired; ++wakeups) {
      const Instant next = wheel.NextDeadline();
      ASSERT_LE(next, Tick(777 + distance));
      wheel.Advance(next, [&](Timer&) { fired = true; });
      ASSERT_EQ(fired, next == Tick(777 + distance));
    }
    EXPECT_LE(wakeups, 7) << distance;
  }
}

// A wheel and a sorted map of what it should hold, over random calls.
class RandomisedWheel {
 public:
  RandomisedWheel(uint32_t seed, int64_t start) : random_(seed), now_(start), wheel_(Tick(start)) {
    for (size_t i = 0; i < kTimers; ++i) {
      timers_.push_back(std::make_unique<Timer>(static_cast<uint8_t>(i), this));
      places_.push_back(model_.end());
    }
  }
  ~RandomisedWheel() {
    for (const auto& timer : timers_) timer->Cancel();
  }

  void Step() {
    if (random_() % 4 != 0) return Change();
    const int64_t target = now_ + Distance();
    const Instant next = wheel_.NextDeadline();
    if (!model_.empty()) {
      ASSERT_LE(next, Tick(model_.begin()->first));
    }
    wheel_.Advance(Tick(target) + Duration(random_() % 64'000'000),
                   [&](Timer& timer) { OnFire(timer, target); });
    now_ = target;
    ASSERT_TRUE(model_.empty() || model_.begin()->first > target);
    ASSERT_EQ(wheel_.size(), model_.size());
  }

  size_t fired() const { return fired_; }

 private:
  using Model = std::multimap<int64_t, size_t>;  // Deadline in ticks, number of the timer.
  static constexpr size_t kTimers = 100;

  // From none to some four years, each order of magnitude as often as another; the wheel reaches
  // over two.
  int64_t Distance() {
    const auto bits = random_() % 32;
    return static_cast<int64_t>(random_() & ((uint64_t{1} << bits) - 1));
  }

  void Change() {
    const size_t number = random_() % kTimers;
    if (random_() % 5 == 0) {
      timers_[number]->Cancel();
      Forget(number);
    } else {
      Set(number);
    }
    ASSERT_EQ(wheel_.size(), model_.size());
  }

  void Set(size_t number) {
    // Now and then in the past, now and then between two ticks.
    const int64_t tick = random_() % 16 == 0 ? now_ - Distance() % (now_ + 1) : now_ + Distance();
    const auto beyond = static_cast<int64_t>(random_() % 2);
    wheel_.Set(*timers_[number], Tick(tick) + Duration(beyond));
    Forget(number);
    places_[number] = model_.emplace(std::max(tick + beyond, now_), number);
  }

  void Forget(size_t number) {
    if (places_[number] == model_.end()) return;
    model_.erase(places_[number]);
    places_[number] = model_.end();
  }

  void OnFire(Timer& timer, int64_t target) {
    ++fired_;
    const size_t number = timer.kind();
    ASSERT_NE(places_[number], model_.end());
    const int64_t deadline = places_[number]->first;
    ASSERT_EQ(deadline, model_.begin()->first);  // The earliest one, or one of them.
    ASSERT_LE(deadline, target);
    ASSERT_FALSE(timer.is_set());
    ASSERT_EQ(timer.owner(), this);
    Forget(number);
    now_ = deadline;
    if (random_() % 4 == 0) Change();
  }

  std::mt19937_64 random_;
  int64_t now_;  // In ticks.
  TimerWheel wheel_;
  std::vector<std::unique_ptr<Timer>> timers_;
  Model model_;
  std::vector<Model::iterator> places_;
  size_t fired_ = 0;
};

TEST(TimerWheel, AgreesWithASortedMapOverRandomCalls) {
  // From the beginning, from anywhere, and from right before the levels come round.
  const std::vector<int64_t> starts = {
      0, 1, 987'654'321, (1 << 24) - 1, (1 << 30) - 1, (int64_t{1} << 36) - 2};
  size_t fired = 0;
  for (uint32_t seed = 0; seed < 30; ++seed) {
    RandomisedWheel wheel(seed, starts[seed % starts.size()]);
    for (int step = 0; step < 4'000 && !::testing::Test::HasFatalFailure(); ++step) wheel.Step();
    fired += wheel.fired();
  }
  EXPECT_GT(fired, 10'000u);
}

TEST(TimerWheelDeathTest, EndsTheProcessWhenItGoesBeforeItsTimers) {
  Timer timer(1, nullptr);
  EXPECT_DEATH(
      {
        TimerWheel wheel(Tick(0));
        wheel.Set(timer, Tick(1));
      },
      "check failed");
}

}  // namespace
}  // namespace signet
