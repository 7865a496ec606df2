#include "core/topic/route_cache.h"

#include <bit>

#include "core/base/check.h"
#include "core/base/hash.h"
#include "core/mqtt/topic_name.h"

namespace signet {
namespace {

uint8_t BucketOf(std::string_view first_level) { return static_cast<uint8_t>(HashOf(first_level)); }

}  // namespace

RouteCache::RouteCache(size_t entries) : set_mask_(entries / kWays - 1) {
  CHECK(entries >= kWays && std::has_single_bit(entries));
}

void RouteCache::Remember(std::string_view topic_name, const Routes& routes) {
  if (topic_name.size() > kMaxTopicNameSize || routes.size() > kMaxRoutes) return;
  if (sets_.empty()) sets_.resize(set_mask_ + 1);
  const uint64_t hash = HashOfName(topic_name);
  Set& set = sets_[hash & set_mask_];
  // The first that is empty or stale; without one, whichever comes after the newest.
  size_t way = (set.newest + size_t{1}) % kWays;
  for (size_t other = kWays; other-- > 0;) {
    if (!IsCurrent(set.entries[other])) way = other;
  }
  set.newest = static_cast<uint8_t>(way);
  set.hashes[way] = static_cast<uint32_t>(hash >> 32);
  Entry& entry = set.entries[way];

  bool more;
  std::string_view rest = topic_name;
  entry.bucket = BucketOf(TakeLevel(&rest, &more));
  entry.version = versions_[entry.bucket] + wildcard_version_;
  entry.topic_name = topic_name;
  entry.routes = routes;
}

void RouteCache::Invalidate(std::string_view first_level) {
  if (first_level == kSingleLevel || first_level == kMultiLevel) {
    ++wildcard_version_;
  } else {
    ++versions_[BucketOf(first_level)];
  }
}

}  // namespace signet
