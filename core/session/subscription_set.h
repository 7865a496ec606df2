// SubscriptionSet: which Topic Filters a Session is subscribed to, so that they can be counted,
// asked about again, and taken back when the Session ends. What else a Subscription says stands in
// the topic tree, or with the group of a Shared Subscription.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/hash.h"
#include "core/mqtt/control_packet.h"

namespace signet {

class SubscriptionSet {
 public:
  struct Entry {
    std::string topic_filter;  // The whole text, $share/ShareName/ included.
    QoS maximum_qos{};         // What was granted,
    uint64_t grant = 0;        // and in which grant, as its caller counts them.
  };

  // False if the filter was there; then only what is granted changes.
  bool Insert(std::string_view topic_filter, QoS maximum_qos, uint64_t grant);
  // False if it was not there.
  bool Erase(std::string_view topic_filter);
  bool Contains(std::string_view topic_filter) const;
  bool IsOfGrant(std::string_view topic_filter, uint64_t grant) const;

  size_t size() const { return entries_.size(); }
  // Of their text.
  size_t bytes() const { return bytes_; }
  // In the order in which they were made, until one of them goes.
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  static constexpr size_t kIndexFrom = 16;

  size_t Find(std::string_view topic_filter) const;

  std::vector<Entry> entries_;
  size_t bytes_ = 0;
  // Positions, once there are too many to look through.
  std::unique_ptr<TextMap<size_t>> index_;
};

}  // namespace signet
