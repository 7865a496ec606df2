// The known name that is nearest to what somebody typed, for "did you mean …?".
#pragma once

#include <span>
#include <string_view>

namespace signet {

// By edit distance; the first one of several. `names` is not empty.
std::string_view Nearest(std::string_view typed, std::span<const std::string_view> names);

}  // namespace signet
