// WallTime: a moment of the wall clock, to the millisecond. `exp`, `nbf`, notAfter and expiry are
// such moments; intervals are Durations between Instants (core/base/time.h), which no operator and
// no time server can move. Passed in like every time.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "core/base/time.h"

namespace signet {

class WallTime {
 public:
  constexpr WallTime() = default;
  static constexpr WallTime FromMilliseconds(int64_t since_1970) { return WallTime(since_1970); }
  // Saturates: a century of millennia must not wrap into the past.
  static constexpr WallTime FromSeconds(int64_t since_1970) {
    return since_1970 >= kNever / 1000
               ? Never()
               : WallTime(since_1970 <= -kNever / 1000 ? -kNever : since_1970 * 1000);
  }
  // Of what does not end.
  static constexpr WallTime Never() { return WallTime(kNever); }

  constexpr int64_t milliseconds() const { return milliseconds_; }
  // Rounded down.
  constexpr int64_t seconds() const {
    return milliseconds_ / 1000 - (milliseconds_ % 1000 < 0 ? 1 : 0);
  }
  constexpr bool is_never() const { return milliseconds_ == kNever; }

  friend constexpr auto operator<=>(WallTime, WallTime) = default;

 private:
  static constexpr int64_t kNever = INT64_MAX;
  constexpr explicit WallTime(int64_t milliseconds) : milliseconds_(milliseconds) {}

  int64_t milliseconds_ = 0;
};

// As in RFC 3339, to the second; `never`.
std::string ToText(WallTime time);

}  // namespace signet
