#include "core/mqtt/topic_name.h"

#include <algorithm>

#include "core/base/word_scan.h"

namespace signet {
namespace {

constexpr std::string_view kSharePrefix = "$share/";

bool StartsWithWildcard(std::string_view filter) {
  return filter.starts_with('+') || filter.starts_with('#');
}

// [MQTT-4.7.1-1] '#' stands alone in the last level; [MQTT-4.7.1-2] '+' stands alone in its level.
bool HasWildcardsInPlace(std::string_view filter) {
  for (bool more = true; more;) {
    const std::string_view level = TakeLevel(&filter, &more);
    if (level == kMultiLevel) return !more;
    if (level != kSingleLevel && HasWildcard(level)) return false;
  }
  return true;
}

}  // namespace

bool IsTopicName(std::string_view text) { return !text.empty() && !HasWildcard(text); }

Result<TopicFilterView> ParseTopicFilter(std::string_view text) {
  TopicFilterView view{.filter = text};
  if (text.starts_with(kSharePrefix)) {
    text.remove_prefix(kSharePrefix.size());
    const size_t slash = text.find('/');
    if (slash == std::string_view::npos) return ReasonCode::kTopicFilterInvalid;  // [MQTT-4.8.2-2]
    view = {.share_name = text.substr(0, slash), .filter = text.substr(slash + 1)};
    if (view.share_name.empty()) return ReasonCode::kTopicFilterInvalid;       // [MQTT-4.8.2-1]
    if (HasWildcard(view.share_name)) return ReasonCode::kTopicFilterInvalid;  // [MQTT-4.8.2-2]
  }
  if (view.filter.empty()) return ReasonCode::kTopicFilterInvalid;  // [MQTT-4.7.3-1]
  if (!HasWildcardsInPlace(view.filter)) return ReasonCode::kTopicFilterInvalid;
  return view;
}

bool HasWildcard(std::string_view filter) {
  // '+' and '#' differ in one bit only, so that one comparison finds both.
  static_assert(('+' ^ '#') == 8 && ('+' & 8) != 0);
  return !AllWords(filter, [](uint64_t word) {
    return !HasZeroByte((word | 8 * kEveryByte) ^ '+' * kEveryByte);
  });
}

size_t CountLevels(std::string_view text) {
  return 1 + static_cast<size_t>(std::count(text.begin(), text.end(), '/'));
}

std::string_view TakeLevel(std::string_view* rest, bool* more) {
  const size_t slash = rest->find('/');
  const std::string_view level = rest->substr(0, slash);
  *more = slash != std::string_view::npos;
  rest->remove_prefix(*more ? slash + 1 : rest->size());
  return level;
}

bool Matches(std::string_view filter, std::string_view topic_name) {
  if (IsServerTopic(topic_name) && StartsWithWildcard(filter)) return false;  // [MQTT-4.7.2-1]
  bool more_filter = true;
  bool more_name = true;
  while (more_filter) {
    const std::string_view level = TakeLevel(&filter, &more_filter);
    if (level == kMultiLevel) return true;  // The parent level, too: the name may have ended here.
    if (!more_name) return false;
    const std::string_view name_level = TakeLevel(&topic_name, &more_name);
    if (level != kSingleLevel && level != name_level) return false;
  }
  return !more_name;
}

}  // namespace signet
