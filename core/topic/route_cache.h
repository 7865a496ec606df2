// RouteCache: what Topic Names reached when they were last looked up in the topic tree. Bounded;
// owned by one tree and used on its shard's thread alone.
//
// Nothing is searched for when filters come and go. A version counts how often the set of filters
// that begin with a level has changed, in 256 buckets by that level, and another one counts the
// changes of those that begin with a wildcard. An entry remembers the sum of the two versions that
// concern its Topic Name: versions only grow, so the sum is the same exactly if neither has
// changed.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"

namespace signet {

class TopicNode;

class RouteCache {
 public:
  using Routes = absl::InlinedVector<TopicNode*, 4>;

  // How many Topic Names are remembered, in sets of four. A set that is full forgets one, but not
  // the one that was asked for last.
  static constexpr size_t kDefaultEntries = 4096;
  // Longer Topic Names, and those that reach more filters, are looked up in the tree each time:
  // with the number of entries this bounds the memory.
  static constexpr size_t kMaxTopicNameSize = 256;
  static constexpr size_t kMaxRoutes = 256;

  // `entries` is a power of two, at least 4. Memory is taken with the first Remember().
  explicit RouteCache(size_t entries);

  // Null if nothing is known. Valid until the next Remember().
  const Routes* Find(std::string_view topic_name) {
    if (sets_.empty() || topic_name.size() > kMaxTopicNameSize) return nullptr;
    const uint64_t hash = HashOfName(topic_name);
    Set& set = sets_[hash & set_mask_];
    for (uint8_t way = 0; way < kWays; ++way) {
      if (set.hashes[way] != hash >> 32) continue;
      const Entry& entry = set.entries[way];
      if (!IsCurrent(entry) || entry.topic_name != topic_name) continue;
      set.newest = way;
      return &entry.routes;
    }
    return nullptr;
  }
  void Remember(std::string_view topic_name, const Routes& routes);

  // A filter with this first level has come or gone.
  void Invalidate(std::string_view first_level);

  // Cheaper than the hashes of core/base: whoever finds names that meet in one set gets them
  // forgotten, and that is all. Public for the test that makes them meet.
  static uint64_t HashOfName(std::string_view name);

 private:
  static constexpr uint8_t kWays = 4;

  struct Entry {
    uint64_t version = 0;  // 0: empty.
    uint8_t bucket = 0;    // Of the first level.
    std::string topic_name;
    Routes routes;
  };
  struct Set {
    std::array<uint32_t, kWays> hashes{};  // Beside each other: most are only looked at here.
    uint8_t newest = 0;                    // Which one was asked for last.
    std::array<Entry, kWays> entries;
  };

  bool IsCurrent(const Entry& entry) const {
    return entry.version == versions_[entry.bucket] + wildcard_version_;
  }

  std::vector<Set> sets_;
  const size_t set_mask_;
  uint64_t wildcard_version_ = 1;  // So that no sum is 0.
  std::array<uint64_t, 256> versions_{};
};

inline uint64_t RouteCache::HashOfName(std::string_view name) {
  const auto load = [](const char* at, auto word) {
    std::memcpy(&word, at, sizeof word);
    return uint64_t{word};
  };
  const auto mix = [](uint64_t hash, uint64_t word) {
    return (std::rotl(hash, 29) ^ word) * 0x9E3779B97F4A7C15;
  };
  const char* at = name.data();
  const char* const end = at + name.size();
  uint64_t hash = name.size();
  if (name.size() >= 8) {
    for (; end - at > 8; at += 8) hash = mix(hash, load(at, uint64_t{}));
    hash = mix(hash, load(end - 8, uint64_t{}));
  } else if (name.size() >= 4) {
    hash = mix(hash, load(at, uint32_t{}) << 32 | load(end - 4, uint32_t{}));
  } else if (!name.empty()) {
    hash = mix(hash, load(at, uint8_t{}) << 16 | load(at + name.size() / 2, uint8_t{}) << 8 |
                         load(end - 1, uint8_t{}));
  }
  return hash ^ hash >> 32;
}

}  // namespace signet
