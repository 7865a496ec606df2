// The two clocks, read by whoever runs a loop, once a turn.
#pragma once

#include <chrono>

#include "core/base/time.h"
#include "core/base/wall_time.h"

namespace signet {

inline Instant ReadClock() { return Instant(std::chrono::steady_clock::now().time_since_epoch()); }

inline WallTime ReadWallClock() {
  return WallTime::FromMilliseconds(std::chrono::duration_cast<std::chrono::milliseconds>(
                                        std::chrono::system_clock::now().time_since_epoch())
                                        .count());
}

}  // namespace signet
