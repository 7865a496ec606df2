#include "auth/policy/attribute_index.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "auth/policy/memory.h"

namespace signet::auth {

using Pair = std::pair<std::string_view, std::string_view>;

AttributeIndex::AttributeIndex(const std::vector<config::AuthorizationRule>& rules) : rules_(1) {
  RankPairs(rules);
  for (uint32_t i = 0; i < rules.size(); ++i) {
    for (const config::TextByName& map : rules[i].principals.attributes) AddMap(map, i);
  }
  Seal(static_cast<uint32_t>(rules.size()));
}

void AttributeIndex::RankPairs(const std::vector<config::AuthorizationRule>& rules) {
  std::map<Pair, size_t> maps_with;
  for (const config::AuthorizationRule& rule : rules) {
    for (const config::TextByName& map : rule.principals.attributes) {
      for (const auto& [name, value] : map) ++maps_with[{name, value}];
    }
  }
  std::vector<std::pair<size_t, Pair>> sorted;
  for (const auto& [pair, maps] : maps_with) sorted.emplace_back(maps, pair);
  std::ranges::sort(sorted);
  for (Rank rank = 0; rank < sorted.size(); ++rank) {
    const auto& [name, value] = sorted[rank].second;
    ranks_[std::string(name)].emplace(std::string(value), rank);
  }
}

void AttributeIndex::AddMap(const config::TextByName& map, uint32_t rule) {
  if (map.empty()) return;  // All of no pairs would be everybody's.
  std::vector<Rank> ranks;
  for (const auto& [name, value] : map)
    ranks.push_back(ranks_.find(name)->second.find(value)->second);
  std::ranges::sort(ranks);
  Node node = kRoot;
  for (const Rank rank : ranks) {
    const auto [edge, is_new] = edges_.try_emplace({node, rank}, static_cast<Node>(rules_.size()));
    if (is_new) rules_.emplace_back();
    node = edge->second;
  }
  rules_[node].Add(rule);
}

void AttributeIndex::Seal(uint32_t rules) {
  rules_.shrink_to_fit();
  bytes_ = BytesOfMap(ranks_) + rules_.capacity() * sizeof(RuleSet) +
           edges_.capacity() * (sizeof(decltype(edges_)::value_type) + 1);
  for (const auto& [name, by_value] : ranks_) bytes_ += BytesOfMap(by_value);
  for (RuleSet& set : rules_) {
    set.Seal(rules);
    bytes_ += set.bytes();
  }
}

void AttributeIndex::Find(const Attributes& attributes, RulesOfClient* found) const {
  if (edges_.empty()) return;
  absl::InlinedVector<Rank, 16> ranks;
  for (const auto& [name, value] : attributes) {
    const auto by_value = ranks_.find(name);
    if (by_value == ranks_.end()) continue;
    const auto rank = by_value->second.find(value);
    if (rank != by_value->second.end()) ranks.push_back(rank->second);
  }
  std::sort(ranks.begin(), ranks.end());
  Walk(kRoot, ranks, found);
}

void AttributeIndex::Walk(Node node, std::span<const Rank> ranks, RulesOfClient* found) const {
  if (!rules_[node].empty()) found->Add(rules_[node]);
  for (size_t i = 0; i < ranks.size(); ++i) {
    const auto edge = edges_.find({node, ranks[i]});
    if (edge != edges_.end()) Walk(edge->second, ranks.subspan(i + 1), found);
  }
}

}  // namespace signet::auth
