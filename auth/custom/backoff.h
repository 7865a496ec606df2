// Backoff: how long to wait before a server is asked again. The pauses grow, and no two askers have
// the same: those whom one failure has hit do not come back at one stroke. Used on one thread.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/base/time.h"

namespace signet::auth {

class Backoff {
 public:
  static constexpr Duration kFirst = milliseconds(100);
  static constexpr Duration kMost = milliseconds(1600);

  // `seed` is random; a test has one of its own.
  explicit Backoff(uint64_t seed) : state_(seed) {}

  // Before the `retry`-th retry, which is 1 or more: from half of 100 ms, 200 ms, ... to the whole.
  Duration Before(uint64_t retry) {
    const auto doublings = std::min<uint64_t>(retry - 1, 4);
    const Duration whole = std::min(kFirst * (int64_t{1} << doublings), kMost);
    return whole / 2 + whole / 2 * static_cast<int64_t>(Next() % 1024) / 1024;
  }

 private:
  // SplitMix64: good enough to scatter, and nothing secret depends on it.
  uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15;
    uint64_t mixed = (state_ ^ state_ >> 30) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
    return mixed ^ mixed >> 31;
  }

  uint64_t state_;
};

}  // namespace signet::auth
