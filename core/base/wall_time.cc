#include "core/base/wall_time.h"

#include <algorithm>
#include <chrono>

#include "fmt/chrono.h"
#include "fmt/format.h"

namespace signet {

std::string ToText(WallTime time) {
  if (time.is_never()) return "never";
  // What a calendar of four digits for a year can say.
  constexpr int64_t kLast = 253'402'300'799;
  const std::time_t moment = std::clamp<int64_t>(time.seconds(), -kLast / 8, kLast);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(moment));
}

}  // namespace signet
