// RecentMap: values by text, of which the ones that were touched last are kept: when there is no
// room for another, the one that was longest left alone goes. Used on one thread.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "core/base/hash.h"

namespace signet::auth {

template <typename Value>
class RecentMap {
 public:
  // `most`: at least 1.
  explicit RecentMap(size_t most) : most_(most) {}

  size_t size() const { return all_.size(); }
  // Null if it is not there. Touches nothing.
  const Value* Look(std::string_view key) const {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : &found->second->second;
  }
  // The same, touched; good until the next call.
  Value* Find(std::string_view key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return nullptr;
    all_.splice(all_.begin(), all_, found->second);
    return &found->second->second;
  }
  // Makes it if it is not there.
  Value& Touch(std::string_view key) {
    if (Value* value = Find(key)) return *value;
    if (all_.size() == most_) {
      by_key_.erase(by_key_.find(std::string_view(all_.back().first)));
      all_.pop_back();
    }
    all_.emplace_front(std::string(key), Value());
    by_key_.emplace(std::string(key), all_.begin());
    return all_.front().second;
  }
  void Erase(std::string_view key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return;
    all_.erase(found->second);
    by_key_.erase(found);
  }

 private:
  using Entries = std::list<std::pair<std::string, Value>>;  // The last one touched is in front.

  const size_t most_;
  Entries all_;
  TextMap<typename Entries::iterator> by_key_;
};

}  // namespace signet::auth
