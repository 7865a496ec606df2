// Names of the kernel's interface that are newer than liburing 2.3, under our own: a newer
// liburing, which has them as macros, compiles as well. Each is used only after probe.h has found
// that the kernel knows it.
#pragma once

#include <cstdint>

#include "liburing.h"

namespace signet::uring {

// io_uring_buf_reg::flags, which 2.3 calls `pad`: receives fill a buffer one behind the other
// (Linux 6.12).
inline constexpr uint16_t kBufferRingIncremental = 2;
// io_uring_cqe::flags: the kernel goes on with this buffer.
inline constexpr uint32_t kCqeBufferMore = 1u << 4;
// io_uring_params::features: io_uring_enter takes a minimum wait (6.12).
inline constexpr uint32_t kFeatureMinWait = 1u << 15;
// The same: IORING_ENTER_NO_IOWAIT is known (6.15).
inline constexpr uint32_t kFeatureNoIoWait = 1u << 17;
// io_uring_enter's flags: a thread that waits is idle, and does not wait for a disk.
inline constexpr uint32_t kEnterNoIoWait = 1u << 7;

// io_uring_getevents_arg, whose `pad` became the minimum wait.
struct GetEventsArgument {
  uint64_t sigmask = 0;
  uint32_t sigmask_size = 0;
  uint32_t min_wait_us = 0;
  uint64_t timeout = 0;
};
static_assert(sizeof(GetEventsArgument) == sizeof(io_uring_getevents_arg));
static_assert(sizeof(io_uring_buf_reg) == 40);
static_assert(sizeof(io_uring_buf) == 16);

}  // namespace signet::uring
