// Deadlines: moments of the wall clock on a timer wheel of the monotonic one. What is due fires
// with the first Advance() at or after its moment, never before it, whichever way the wall clock
// has been set meanwhile. Owned by the auth shard; used on its thread alone.
#pragma once

#include <algorithm>
#include <cstdint>

#include "auth/auth_clock.h"
#include "core/base/timer_wheel.h"
#include "core/base/wall_time.h"

namespace signet::auth {

// A member of what ends. Its address must not change while it is set.
struct Deadline {
  explicit Deadline(void* whose) : timer(0, this), owner(whose) {}
  Timer timer;
  WallTime at = WallTime::Never();
  void* const owner;
};

class Deadlines {
 public:
  // The wall clock is looked at this often while anything is set, so that a jump shows.
  static constexpr Duration kLook = milliseconds(500);
  // How far the clocks may drift apart before that is a jump: little beside the second that is
  // ours.
  static constexpr Duration kDrift = milliseconds(100);

  explicit Deadlines(const AuthClock& clock) : wheel_(clock.now), offset_(OffsetOf(clock)) {}

  void Set(Deadline& deadline, WallTime at, const AuthClock& clock) {
    deadline.at = at;
    if (at.is_never()) return deadline.timer.Cancel();
    wheel_.Set(deadline.timer, clock.now + Until(at, clock.wall));
  }

  // Whether the clocks have moved against each other since this was last true: then everything that
  // is set is to be Set() again.
  bool TookJump(const AuthClock& clock) {
    const Duration offset = OffsetOf(clock);
    if (offset - offset_ <= kDrift && offset_ - offset <= kDrift) return false;
    offset_ = offset;
    return true;
  }

  // Calls fire(void* owner) for each that is due. `fire` may set and cancel any.
  template <typename Fire>
  void Advance(const AuthClock& clock, Fire&& fire) {
    wheel_.Advance(clock.now, [&](Timer& timer) {
      Deadline& deadline = *static_cast<Deadline*>(timer.owner());
      if (deadline.at > clock.wall) return Set(deadline, deadline.at, clock);
      fire(deadline.owner);
    });
  }

  Instant NextDeadline(const AuthClock& clock) const {
    if (wheel_.size() == 0) return Instant::Never();
    return std::min(wheel_.NextDeadline(), clock.now + kLook);
  }
  size_t size() const { return wheel_.size(); }

 private:
  // What is further away is looked at again when a part of the way is gone.
  static constexpr int64_t kFarMs = int64_t{1000} * 3600 * 24 * 365;

  static Duration OffsetOf(const AuthClock& clock) {
    return milliseconds(std::clamp<int64_t>(clock.wall.milliseconds(), -kMostMs, kMostMs)) -
           clock.now.since_start();
  }
  static Duration Until(WallTime at, WallTime wall) {
    if (at <= wall) return Duration::zero();
    const uint64_t ms =
        static_cast<uint64_t>(at.milliseconds()) - static_cast<uint64_t>(wall.milliseconds());
    return milliseconds(static_cast<int64_t>(std::min<uint64_t>(ms, kFarMs)));
  }
  // A century or two: what nanoseconds can hold.
  static constexpr int64_t kMostMs = kFarMs * 140;

  TimerWheel wheel_;
  Duration offset_;  // From the monotonic clock to the wall's, as everything is set by.
};
static_assert(sizeof(Deadline) <= 64);

}  // namespace signet::auth
