// RuleSet: numbers of rules, asked whether it shares one with another set. A small set is a sorted
// list; one that is larger than a bit for every rule is those bits. So the memory is linear in what
// was added, and the time at most some hundred steps for ten thousand rules (of two lists, the
// steps of both). Built once, then only read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace signet::auth {

class RuleSet {
 public:
  // Numbers are added in ascending order; one that is there already adds nothing.
  void Add(uint32_t rule);
  // Once, when all are in. `rules` is more than each of them.
  void Seal(uint32_t rules);

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  bool has_bits() const { return !bits_.empty(); }
  bool Intersects(const RuleSet& other) const;
  // The same with a bit for each rule; rules behind the last bit are not among them.
  bool Intersects(std::span<const uint64_t> bits) const;
  // Sets a bit for each rule.
  void AddTo(std::vector<uint64_t>* bits) const;
  size_t bytes() const;

 private:
  size_t size_ = 0;
  std::vector<uint32_t> rules_;
  std::vector<uint64_t> bits_;  // Instead of `rules_`, if there are any.
};

}  // namespace signet::auth
