// DecisionMemo: what was decided about clients and their topics, so that it need not be decided for
// each message. Bounded: a set of four that is full forgets one of them, and no topic of more than
// kMaxTopicSize bytes is kept. Owned by one shard and used on its thread alone.
//
// Clients are told apart by the stamps of their Principals: a new proof is a new client here, so
// what its attributes were before counts no more.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/access/authorizer.h"
#include "core/base/check.h"
#include "core/base/hash.h"

namespace signet::auth {

class DecisionMemo {
 public:
  static constexpr size_t kDefaultEntries = 8192;
  static constexpr size_t kMaxTopicSize = 256;

  // `entries` is a power of two, at least 4. Memory is taken with the first Remember().
  explicit DecisionMemo(size_t entries) : set_mask_(entries / kWays - 1) {
    CHECK(entries >= kWays && (entries & (entries - 1)) == 0);
  }

  // `stamp` is not 0.
  std::optional<bool> Find(uint64_t stamp, Action action, std::string_view topic) const {
    if (sets_.empty() || topic.size() > kMaxTopicSize) return std::nullopt;
    for (const Entry& entry : SetOf(stamp, action, topic).entries) {
      if (entry.stamp == stamp && entry.epoch == epoch_ && entry.action == action &&
          entry.topic == topic) {
        return entry.allowed;
      }
    }
    return std::nullopt;
  }

  void Remember(uint64_t stamp, Action action, std::string_view topic, bool allowed) {
    DCHECK(stamp != 0);
    if (topic.size() > kMaxTopicSize) return;
    if (sets_.empty()) sets_.resize(set_mask_ + 1);
    Set& set = sets_[PositionOf(stamp, action, topic)];
    Entry& entry = set.entries[set.next++ % kWays];
    entry = {.stamp = stamp,
             .epoch = epoch_,
             .action = action,
             .allowed = allowed,
             .topic = std::string(topic)};
  }

  // All of it, at once: what it was decided by has changed.
  void Forget() { ++epoch_; }

 private:
  static constexpr size_t kWays = 4;

  struct Entry {
    uint64_t stamp = 0;  // 0: empty.
    uint64_t epoch = 0;
    Action action = Action::kConnect;
    bool allowed = false;
    std::string topic;
  };
  struct Set {
    std::array<Entry, kWays> entries;
    size_t next = 0;  // Which one is forgotten next.
  };

  size_t PositionOf(uint64_t stamp, Action action, std::string_view topic) const {
    const uint64_t client = stamp * 4 + static_cast<uint8_t>(action);
    const uint64_t hash = HashOf(topic) ^ client * 0x9E3779B97F4A7C15;
    return (hash ^ hash >> 32) & set_mask_;
  }
  const Set& SetOf(uint64_t stamp, Action action, std::string_view topic) const {
    return sets_[PositionOf(stamp, action, topic)];
  }

  std::vector<Set> sets_;
  const size_t set_mask_;
  uint64_t epoch_ = 1;
};

}  // namespace signet::auth
