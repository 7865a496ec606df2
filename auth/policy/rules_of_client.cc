#include "auth/policy/rules_of_client.h"

#include <algorithm>

namespace signet::auth {

void RulesOfClient::Add(const RuleSet& set) {
  sets_.push_back(&set);
  rules_ += set.size();
}

void RulesOfClient::Seal() {
  constexpr size_t kSome = 64;
  if (rules_ <= kSome || (sets_.size() == 1 && sets_.front()->has_bits())) return;
  for (const RuleSet* set : sets_) set->AddTo(&bits_);
}

bool RulesOfClient::Intersects(const RuleSet& set) const {
  if (!bits_.empty()) return set.Intersects(bits_);
  return std::ranges::any_of(sets_, [&](const RuleSet* mine) { return mine->Intersects(set); });
}

}  // namespace signet::auth
