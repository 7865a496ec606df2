#include "core/topic/skip_scan.h"

#include <algorithm>

#include "core/mqtt/topic_name.h"

namespace signet {
namespace {

// What comes right behind every text that begins with "$", and with a '/' in the last place.
constexpr std::string_view kBehindServerTopics = "%";
constexpr char kBehindSeparator = '/' + 1;

// How far into a name a filter has come.
struct Spot {
  std::string_view name;
  // Where the level that is being compared begins. All before it matches.
  size_t level = 0;
  // Where the level ends that was taken by the last '+' so far; npos without one. Only there can a
  // matching name differ from this one in what lies before `level`.
  size_t wildcard_end = std::string_view::npos;
};

SkipScan SeekTo(std::string_view a, std::string_view b, std::string_view c, std::string* seek) {
  seek->clear();
  seek->append(a).append(b).append(c);
  return SkipScan::kSeek;
}

// Nothing more can match as long as the levels taken by '+' stay the same: change the last of them.
SkipScan PassLastWildcard(const Spot& place, std::string* seek) {
  if (place.wildcard_end == std::string_view::npos) return SkipScan::kEnd;
  return SeekTo(place.name.substr(0, place.wildcard_end), {&kBehindSeparator, 1}, {}, seek);
}

// Whether `tail`, whose first level is not `level`, comes before every text that begins with
// `level` and a '/'.
bool IsBeforeChildrenOf(std::string_view level, std::string_view tail) {
  if (!tail.starts_with(level)) return tail < level;
  return static_cast<unsigned char>(tail[level.size()]) < '/';  // There is more, or they were one.
}

// The level of the name is not `level`, which `rest` follows in the filter if there is `more`.
SkipScan PassOtherLevel(const Spot& place, std::string_view level, bool more, std::string_view rest,
                        std::string* seek) {
  const std::string_view head = place.name.substr(0, place.level);
  const std::string_view tail = place.name.substr(place.level);
  const bool level_is_enough = !more || rest == kMultiLevel;
  if (level_is_enough && tail < level) return SeekTo(head, level, {}, seek);
  if (more && IsBeforeChildrenOf(level, tail)) {
    SeekTo(head, level, "/", seek);
    seek->append(FirstCandidate(rest));
    return SkipScan::kSeek;
  }
  return PassLastWildcard(place, seek);
}

}  // namespace

std::string_view FirstCandidate(std::string_view filter) {
  const size_t wildcard = filter.find_first_of("+#");
  if (wildcard == std::string_view::npos) return filter;
  // "a/#" matches "a" as well (4.7.1.2). But "a/+/b" does not begin with "a//b", though '+' takes
  // the empty level: "a/ /b" comes before.
  const bool parent_too = filter[wildcard] == '#' && wildcard > 0;
  return filter.substr(0, parent_too ? wildcard - 1 : wildcard);
}

SkipScan Judge(std::string_view filter, std::string_view name, std::string* seek) {
  const bool begins_with_wildcard = filter.starts_with(kSingleLevel) || filter == kMultiLevel;
  if (begins_with_wildcard && IsServerTopic(name)) {  // [MQTT-4.7.2-1]
    return SeekTo(kBehindServerTopics, {}, {}, seek);
  }
  Spot place{.name = name};
  while (true) {
    bool filter_goes_on;
    const std::string_view level = TakeLevel(&filter, &filter_goes_on);
    if (level == kMultiLevel) return SkipScan::kMatch;
    const size_t end = std::min(name.find('/', place.level), name.size());
    if (level == kSingleLevel) {
      place.wildcard_end = end;
    } else if (name.substr(place.level, end - place.level) != level) {
      return PassOtherLevel(place, level, filter_goes_on, filter, seek);
    }
    const bool name_goes_on = end < name.size();
    if (!filter_goes_on) {
      return name_goes_on ? PassLastWildcard(place, seek) : SkipScan::kMatch;
    }
    if (!name_goes_on) {
      if (filter == kMultiLevel) return SkipScan::kMatch;
      // A longer text for the same '+' may come before the next separator does.
      if (level == kSingleLevel) return SkipScan::kNext;
      return SeekTo(name, "/", FirstCandidate(filter), seek);
    }
    place.level = end + 1;
  }
}

}  // namespace signet
