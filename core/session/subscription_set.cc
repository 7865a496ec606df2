#include "core/session/subscription_set.h"

#include <algorithm>
#include <utility>

#include "core/mqtt/topic_name.h"

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

bool SubscriptionSet::Matches(std::string_view topic_name, QoS qos) const {
  return std::ranges::any_of(entries_, [&](const Entry& entry) {
    return entry.maximum_qos >= qos &&
           signet::Matches(ParseTopicFilter(entry.topic_filter)->filter, topic_name);
  });
}

bool SubscriptionSet::IsGrantedBy(std::string_view topic_filter, uint64_t subscribe) const {
  const size_t place = Find(topic_filter);
  return place != entries_.size() && entries_[place].granted_by == subscribe;
}

bool SubscriptionSet::Insert(std::string_view topic_filter, QoS maximum_qos, uint64_t granted_by) {
  const size_t place = Find(topic_filter);
  if (place != entries_.size()) {
    entries_[place].maximum_qos = maximum_qos;
    entries_[place].granted_by = granted_by;
    return false;
  }
  entries_.push_back({.topic_filter = std::string(topic_filter),
                      .maximum_qos = maximum_qos,
                      .granted_by = granted_by});
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
