// Instant and Duration: monotonic time as values that are passed in. No function of core reads a
// clock.
#pragma once

#include <chrono>
#include <cstdint>

namespace signet {

using Duration = std::chrono::nanoseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A moment of the monotonic clock. The zero point has no meaning; only differences do.
class Instant {
 public:
  constexpr Instant() = default;
  constexpr explicit Instant(Duration since_start) : since_start_(since_start) {}
  constexpr Duration since_start() const { return since_start_; }

  static constexpr Instant Never() { return Instant(Duration::max()); }

  friend constexpr auto operator<=>(Instant, Instant) = default;
  friend constexpr Duration operator-(Instant a, Instant b) {
    return a.since_start_ - b.since_start_;
  }
  // Saturates at Never(): an interval of 136 years must not wrap into the past.
  friend constexpr Instant operator+(Instant at, Duration after) {
    return after > Duration::max() - at.since_start_ ? Never() : Instant(at.since_start_ + after);
  }
  constexpr Instant& operator+=(Duration after) { return *this = *this + after; }

 private:
  Duration since_start_{};
};

}  // namespace signet
