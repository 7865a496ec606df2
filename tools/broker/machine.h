// What the machine, or the container, leaves to us.
#pragma once

#include <cstdint>
#include <filesystem>

namespace signet {

// Processors that this process may run on; at least 1.
uint32_t AllowedProcessors();

// The memory of the machine, or of our control group if that is less.
uint64_t MemoryBytes();
// With /proc and /sys/fs/cgroup elsewhere, for tests.
uint64_t ControlGroupMemoryBytes(const std::filesystem::path& root);

// Raises the limit on open files to what we may have; returns it.
uint64_t RaiseOpenFilesLimit();

}  // namespace signet
