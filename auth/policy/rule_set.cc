#include "auth/policy/rule_set.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "core/base/check.h"

namespace signet::auth {
namespace {

// So many words between two jumps, two at once.
constexpr size_t kBlock = 8;
using WordPair = uint64_t __attribute__((vector_size(16)));

WordPair WordPairAt(const uint64_t* words) {
  WordPair pair;
  std::memcpy(&pair, words, sizeof pair);
  return pair;
}

bool Intersect(std::span<const uint64_t> one, std::span<const uint64_t> other) {
  const size_t words = std::min(one.size(), other.size());
  size_t at = 0;
  for (; at + kBlock <= words; at += kBlock) {
    WordPair common{};
    for (size_t i = 0; i < kBlock; i += 2)
      common |= WordPairAt(&one[at + i]) & WordPairAt(&other[at + i]);
    if ((common[0] | common[1]) != 0) return true;
  }
  for (; at < words; ++at) {
    if ((one[at] & other[at]) != 0) return true;
  }
  return false;
}

// What both point to is never the same, which lets a compiler take two words at once.
void Unite(const uint64_t* __restrict from, uint64_t* __restrict to, size_t words) {
  size_t at = 0;
  for (; at + kBlock <= words; at += kBlock) {
    for (size_t i = 0; i < kBlock; ++i) to[at + i] |= from[at + i];
  }
  for (; at < words; ++at) to[at] |= from[at];
}

}  // namespace

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

bool RuleSet::Intersects(std::span<const uint64_t> bits) const {
  if (!bits_.empty()) return Intersect(bits_, bits);
  return std::ranges::any_of(rules_, [&](uint32_t rule) {
    return rule / 64 < bits.size() && (bits[rule / 64] >> rule % 64 & 1) != 0;
  });
}

void RuleSet::AddTo(std::vector<uint64_t>* bits) const {
  const size_t words = rules_.empty() ? bits_.size() : rules_.back() / 64 + 1;
  if (bits->size() < words) bits->resize(words);
  Unite(bits_.data(), bits->data(), bits_.size());
  for (const uint32_t rule : rules_) (*bits)[rule / 64] |= uint64_t{1} << rule % 64;
}

bool RuleSet::Intersects(const RuleSet& other) const {
  if (!bits_.empty()) return other.Intersects(bits_);
  if (!other.bits_.empty()) return Intersects(other.bits_);
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
