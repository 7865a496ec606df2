#include "auth/policy/filter_containment.h"

#include "core/mqtt/topic_name.h"

namespace signet::auth {
namespace {

bool IsWildcard(std::string_view level) { return level == kSingleLevel || level == kMultiLevel; }

// Whether the first levels alone say that one of them means names with a '$' and the other others.
bool DifferInServerTopic(std::string_view one, std::string_view other) {
  return IsServerTopic(one) != IsServerTopic(other);
}

}  // namespace

bool Contains(std::string_view permitted, std::string_view requested) {
  if (DifferInServerTopic(permitted, requested)) return false;
  requested = InLevels(requested);
  bool more_permitted = true;
  bool more_requested = true;
  while (more_permitted) {
    const std::string_view level = TakeLevel(&permitted, &more_permitted);
    if (level == kMultiLevel) return true;  // The parent level, too.
    if (!more_requested) return false;
    const std::string_view asked = TakeLevel(&requested, &more_requested);
    if (asked == kMultiLevel) return false;  // Which has the parent level, and this has not.
    if (level != kSingleLevel && level != asked) return false;
  }
  return !more_requested;
}

bool Overlap(std::string_view one, std::string_view other) {
  if (DifferInServerTopic(one, other)) return false;
  bool more_one = true;
  bool more_other = true;
  while (more_one && more_other) {
    const std::string_view level = TakeLevel(&one, &more_one);
    const std::string_view other_level = TakeLevel(&other, &more_other);
    if (level == kMultiLevel || other_level == kMultiLevel) return true;
    if (level != other_level && !IsWildcard(level) && !IsWildcard(other_level)) return false;
  }
  // What is left of the longer one may be nothing: a/# and a meet in a.
  return more_one == more_other || (more_one ? one : other) == kMultiLevel;
}

}  // namespace signet::auth
