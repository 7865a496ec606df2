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
#include <cstring>
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

  struct Question {
    uint64_t stamp;  // Not 0.
    Action action;
    Manner manner;
    std::string_view topic;
  };

  std::optional<bool> Find(const Question& question) const {
    if (sets_.empty() || question.topic.size() > kMaxTopicSize) return std::nullopt;
    const uint64_t about = AboutOf(question);
    for (const Entry& entry : sets_[PositionOf(about, question.topic)].entries) {
      if (entry.about == about && entry.epoch == epoch_ && entry.IsOf(question.topic)) {
        return entry.allowed;
      }
    }
    return std::nullopt;
  }

  void Remember(const Question& question, bool allowed) {
    DCHECK(question.stamp != 0);
    if (question.topic.size() > kMaxTopicSize) return;
    if (sets_.empty()) sets_.resize(set_mask_ + 1);
    const uint64_t about = AboutOf(question);
    Set& set = sets_[PositionOf(about, question.topic)];
    Entry& entry = set.entries[set.next++ % kWays];
    entry = {
        .about = about, .epoch = epoch_, .allowed = allowed, .topic = std::string(question.topic)};
  }

  // All of it, at once: what it was decided by has changed.
  void Forget() { ++epoch_; }

 private:
  static constexpr size_t kWays = 4;

  struct Entry {
    uint64_t about = 0;  // 0: empty.
    uint64_t epoch = 0;
    bool allowed = false;
    std::string topic;

    // As == does, without its calls.
    bool IsOf(std::string_view other) const {
      return topic.size() == other.size() &&
             std::memcmp(topic.data(), other.data(), topic.size()) == 0;
    }
  };
  struct Set {
    std::array<Entry, kWays> entries;
    size_t next = 0;  // Which one is forgotten next.
  };

  // Who, what and how, in one number.
  static uint64_t AboutOf(const Question& question) {
    constexpr uint64_t kNoQos = 3;
    const Manner& manner = question.manner;
    const uint64_t qos = manner.qos ? static_cast<uint64_t>(*manner.qos) : kNoQos;
    return question.stamp << 5 | static_cast<uint64_t>(question.action) << 3 | qos << 1 |
           static_cast<uint64_t>(manner.retain);
  }
  size_t PositionOf(uint64_t about, std::string_view topic) const {
    const uint64_t hash = HashOf(topic) ^ about * 0x9E3779B97F4A7C15;
    return (hash ^ hash >> 32) & set_mask_;
  }

  std::vector<Set> sets_;
  const size_t set_mask_;
  uint64_t epoch_ = 1;
};

}  // namespace signet::auth
