// Moments as RFC 3339 writes them, the reverse of ToText(WallTime).
#pragma once

#include <optional>
#include <string_view>

#include "core/base/wall_time.h"

namespace signet::auth {

// `2031-02-01T06:30:00Z`, `…00.5+01:00`: with any number of digits of a second, of which those
// beyond milliseconds are dropped. A leap second is the first moment of the next minute.
std::optional<WallTime> ParseRfc3339(std::string_view text);

}  // namespace signet::auth
