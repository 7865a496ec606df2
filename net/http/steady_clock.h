// The clock that libcurl reads as well, and that the turns of a shard are counted by.
#pragma once

#include <chrono>

#include "core/base/time.h"

namespace signet {

inline Instant ReadSteadyClock() {
  return Instant(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace signet
