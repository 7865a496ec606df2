// What to tell an operator when there is no io_uring: the cause, and what to do about it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace signet {

// What the cause is guessed from.
struct RingSurroundings {
  std::optional<int> io_uring_disabled;   // The sysctl of this name, where there is one.
  std::optional<uint64_t> memlock_bytes;  // RLIMIT_MEMLOCK; none: no limit.
};

// For the error number of io_uring_setup(2), in these surroundings.
std::string ExplainRingFailure(int error, const RingSurroundings& surroundings);
// In those that we are in.
std::string ExplainRingFailure(int error);

}  // namespace signet
