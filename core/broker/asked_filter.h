// What an Authorizer is asked about when a client subscribes (core/access/authorizer.h).
#pragma once

#include <cstddef>
#include <string_view>

#include "core/mqtt/topic_name.h"

namespace signet {

// The filter alone; but where that looks like another Shared Subscription, which it is not, the
// whole of what was asked for, so that it is not taken for one. `filter` is as ParseTopicFilter()
// has split it.
inline std::string_view AskedFilter(const TopicFilterView& filter) {
  constexpr std::string_view kShare = "$share/";
  if (!filter.is_shared() || !filter.filter.starts_with(kShare)) return filter.filter;
  const char* begin = filter.share_name.data() - kShare.size();
  const char* end = filter.filter.data() + filter.filter.size();
  return {begin, static_cast<size_t>(end - begin)};
}

}  // namespace signet
