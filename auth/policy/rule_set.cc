#include "auth/policy/rule_set.h"

#include <algorithm>

#include "core/base/check.h"

namespace signet::auth {

void RuleSet::Add(uint32_t rule) {
  if (!rules_.empty() && rules_.back() == rule) return;
  DCHECK(bits_.empty() && (rules_.empty() || rules_.back() < rule));
  rules_.push_back(rule);
  ++size_;
}

void RuleSet::Seal(uint32_t rules) {
  if (size_t{32} * rules_.size() < rules) {
    rules_.shrink_to_fit();
    return;
  }
  bits_.assign(rules / 64 + 1, 0);
  for (const uint32_t rule : rules_) bits_[rule / 64] |= uint64_t{1} << rule % 64;
  rules_ = {};
}

bool RuleSet::Intersects(const RuleSet& other) const {
  if (!bits_.empty() && !other.bits_.empty()) {
    const size_t words = std::min(bits_.size(), other.bits_.size());
    for (size_t i = 0; i < words; ++i) {
      if ((bits_[i] & other.bits_[i]) != 0) return true;
    }
    return false;
  }
  if (!bits_.empty()) return other.Intersects(*this);
  if (!other.bits_.empty()) {
    return std::ranges::any_of(rules_, [&](uint32_t rule) { return other.Has(rule); });
  }
  auto one = rules_.begin();
  auto two = other.rules_.begin();
  while (one != rules_.end() && two != other.rules_.end()) {
    if (*one == *two) return true;
    if (*one < *two) {
      ++one;
    } else {
      ++two;
    }
  }
  return false;
}

size_t RuleSet::bytes() const {
  return rules_.capacity() * sizeof(uint32_t) + bits_.capacity() * sizeof(uint64_t);
}

}  // namespace signet::auth
