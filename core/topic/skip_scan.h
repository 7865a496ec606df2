// Skip-scan: which of many ordered Topic Names match a Topic Filter, without looking at all of
// them. For `a/+/c`: seek "a/", take the level that stands there, say x, seek "a/x/c", then what
// lies behind "a/x/". Pure functions over text; the order is that of bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace signet {

// No Topic Name that matches `filter` comes before this text.
std::string_view FirstCandidate(std::string_view filter);

enum class SkipScan : uint8_t {
  kMatch,  // The name matches; the next candidate is whatever follows it.
  kNext,   // It does not; the next candidate is whatever follows it.
  kSeek,   // It does not, and nor does any other before the one that was written into `seek`.
  kEnd,    // It does not, and nor does any behind it.
};

// Judges `name`, which does not come before FirstCandidate(filter). `seek` is always behind `name`.
SkipScan Judge(std::string_view filter, std::string_view name, std::string* seek);

}  // namespace signet
