#include "core/session/subscription_set.h"

#include <algorithm>

namespace signet {

size_t SubscriptionSet::Find(std::string_view filter) const {
  if (index_ != nullptr) {
    const auto found = index_->find(filter);
    return found == index_->end() ? filters_.size() : found->second;
  }
  return static_cast<size_t>(std::find(filters_.begin(), filters_.end(), filter) -
                             filters_.begin());
}

bool SubscriptionSet::Contains(std::string_view filter) const {
  return Find(filter) != filters_.size();
}

bool SubscriptionSet::Insert(std::string_view filter) {
  if (Contains(filter)) return false;
  filters_.emplace_back(filter);
  bytes_ += filter.size();
  if (index_ != nullptr) {
    index_->emplace(filter, filters_.size() - 1);
  } else if (filters_.size() > kIndexFrom) {
    index_ = std::make_unique<TextMap<size_t>>();
    for (size_t i = 0; i < filters_.size(); ++i) index_->emplace(filters_[i], i);
  }
  return true;
}

bool SubscriptionSet::Erase(std::string_view filter) {
  const size_t place = Find(filter);
  if (place == filters_.size()) return false;
  bytes_ -= filter.size();
  if (index_ != nullptr) index_->erase(index_->find(filter));
  if (place + 1 != filters_.size()) {
    filters_[place] = std::move(filters_.back());
    if (index_ != nullptr) index_->find(filters_[place])->second = place;
  }
  filters_.pop_back();
  if (filters_.empty()) {
    filters_ = {};
    index_.reset();
  }
  return true;
}

}  // namespace signet
