// RulesOfClient: the rules that are for one client, as the union of sets, asked whether they have
// one in common with another set. Borrows the sets from an index, for one decision.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "auth/policy/rule_set.h"

namespace signet::auth {

class RulesOfClient {
 public:
  void Add(const RuleSet& set);
  // Once, when all are in. More than some rules become bits, so that the time of a question does
  // not grow with how many sets there are, nor with the rules of theirs.
  void Seal();

  bool empty() const { return sets_.empty(); }
  bool Intersects(const RuleSet& set) const;

 private:
  absl::InlinedVector<const RuleSet*, 16> sets_;
  size_t rules_ = 0;            // In all sets.
  std::vector<uint64_t> bits_;  // Instead of `sets_`, if there are any.
};

}  // namespace signet::auth
