#include "core/session/subscription_set.h"

#include <algorithm>
#include <utility>

namespace signet {

size_t SubscriptionSet::Find(std::string_view topic_filter) const {
  if (index_ != nullptr) {
    const auto found = index_->find(topic_filter);
    return found == index_->end() ? entries_.size() : found->second;
  }
  return static_cast<size_t>(std::ranges::find(entries_, topic_filter, &Entry::topic_filter) -
                             entries_.begin());
}

bool SubscriptionSet::Contains(std::string_view topic_filter) const {
  return Find(topic_filter) != entries_.size();
}

bool SubscriptionSet::IsOfGrant(std::string_view topic_filter, uint64_t grant) const {
  const size_t place = Find(topic_filter);
  return place != entries_.size() && entries_[place].grant == grant;
}

bool SubscriptionSet::Insert(std::string_view topic_filter, QoS maximum_qos, uint64_t grant) {
  const size_t place = Find(topic_filter);
  if (place != entries_.size()) {
    entries_[place].maximum_qos = maximum_qos;
    entries_[place].grant = grant;
    return false;
  }
  entries_.push_back(
      {.topic_filter = std::string(topic_filter), .maximum_qos = maximum_qos, .grant = grant});
  bytes_ += topic_filter.size();
  if (index_ != nullptr) {
    index_->emplace(topic_filter, place);
  } else if (entries_.size() > kIndexFrom) {
    index_ = std::make_unique<TextMap<size_t>>();
    for (size_t i = 0; i < entries_.size(); ++i) index_->emplace(entries_[i].topic_filter, i);
  }
  return true;
}

bool SubscriptionSet::Erase(std::string_view topic_filter) {
  const size_t place = Find(topic_filter);
  if (place == entries_.size()) return false;
  bytes_ -= topic_filter.size();
  if (index_ != nullptr) index_->erase(index_->find(topic_filter));
  if (place + 1 != entries_.size()) {
    entries_[place] = std::move(entries_.back());
    if (index_ != nullptr) index_->find(entries_[place].topic_filter)->second = place;
  }
  entries_.pop_back();
  if (entries_.empty()) {
    entries_ = {};
    index_.reset();
  }
  return true;
}

}  // namespace signet
