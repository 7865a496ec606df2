// What to tell an operator when there is no io_uring, or no file descriptor: the cause, and what to
// do about it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

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

// For the error number of `call`, io_uring_enter or io_uring_register, which refuses what it can
// never refuse by itself once io_uring_setup(2) has made a ring.
std::string ExplainRefusedCall(std::string_view call, int error);

// For the error number of another call that makes a file descriptor.
std::string ExplainNoDescriptor(int error);

}  // namespace signet
