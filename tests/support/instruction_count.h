// What a piece of code costs, in instructions: the same on a busy machine as on an idle one, so
// that a test may depend on it where it must not depend on a clock.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

namespace signet {

// Runs `code` one instruction at a time and counts those of user space: a million of them take some
// seconds. Nothing where the processor is not known to us. One thread at a time.
std::optional<uint64_t> CountInstructions(const std::function<void()>& code);

}  // namespace signet
