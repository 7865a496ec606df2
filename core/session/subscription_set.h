// SubscriptionSet: which Topic Filters a Session is subscribed to, so that they can be counted and
// taken back when the Session ends. In the order in which they were made. What a Subscription says
// stands in the topic tree, or with the group of a Shared Subscription.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/hash.h"

namespace signet {

class SubscriptionSet {
 public:
  // False if it was there. `filter` is the whole text, $share/ShareName/ included.
  bool Insert(std::string_view filter);
  // False if it was not there.
  bool Erase(std::string_view filter);
  bool Contains(std::string_view filter) const;

  size_t size() const { return filters_.size(); }
  // Of their text.
  size_t bytes() const { return bytes_; }
  const std::vector<std::string>& filters() const { return filters_; }

 private:
  static constexpr size_t kIndexFrom = 16;

  size_t Find(std::string_view filter) const;

  std::vector<std::string> filters_;
  size_t bytes_ = 0;
  // Positions, once there are too many to look through.
  std::unique_ptr<TextMap<size_t>> index_;
};

}  // namespace signet
