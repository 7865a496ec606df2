// Topic Names and Topic Filters (MQTT 5, 4.7, 4.8.2): levels between '/', wildcards, Shared
// Subscriptions. All text here is known to be MQTT UTF-8 already; characters are compared byte by
// byte and never normalised [MQTT-4.7.3-4].
#pragma once

#include <cstddef>
#include <string_view>

#include "core/mqtt/reason_code.h"

namespace signet {

constexpr std::string_view kSingleLevel = "+";
constexpr std::string_view kMultiLevel = "#";

// At least one character [MQTT-4.7.3-1] and no wildcard [MQTT-3.3.2-2].
bool IsTopicName(std::string_view text);

// Names and filters that begin with '$' are the Server's own: wildcards in the first level do not
// reach them [MQTT-4.7.2-1].
inline bool IsServerTopic(std::string_view text) { return !text.empty() && text.front() == '$'; }

struct TopicFilterView {
  std::string_view share_name;  // Empty unless it is a Shared Subscription.
  std::string_view filter;      // What Topic Names are matched against: without $share/ShareName/.

  bool is_shared() const { return !share_name.empty(); }
};

// Splits and checks what SUBSCRIBE or UNSUBSCRIBE asks for. kTopicFilterInvalid: wildcards out of
// place [MQTT-4.7.1-1] [MQTT-4.7.1-2]; "$share/" with a ShareName that is empty or holds a wildcard
// [MQTT-4.8.2-1] [MQTT-4.8.2-2], or with no filter behind it.
Result<TopicFilterView> ParseTopicFilter(std::string_view text);

bool HasWildcard(std::string_view filter);

// One more than the number of '/'.
size_t CountLevels(std::string_view text);

// Takes the first level off `rest`. `*more` says whether another one follows (it may be empty).
std::string_view TakeLevel(std::string_view* rest, bool* more);

// Whether `filter`, which is valid, matches `topic_name`: the rules of 4.7 written down plainly,
// for one pair. Many filters at once are the topic tree's matter.
bool Matches(std::string_view filter, std::string_view topic_name);

}  // namespace signet
