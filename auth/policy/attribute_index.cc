#include "auth/policy/attribute_index.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <string_view>
#include <tuple>

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
  std::map<std::string_view, size_t> maps_with_name;
  size_t maps = 0;
  for (const config::AuthorizationRule& rule : rules) {
    maps += rule.principals.attributes.size();
    for (const config::TextByName& map : rule.principals.attributes) {
      for (const auto& [name, value] : map) {
        ++maps_with[{name, value}];
        ++maps_with_name[name];
      }
    }
  }
  std::vector<std::tuple<bool, size_t, Pair>> sorted;
  for (const auto& [pair, count] : maps_with) {
    const bool is_rare = 2 * maps_with_name[pair.first] <= maps;
    sorted.emplace_back(is_rare, count, pair);
  }
  std::ranges::sort(sorted);
  for (Rank rank = 0; rank < sorted.size(); ++rank) {
    const auto& [name, value] = std::get<Pair>(sorted[rank]);
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
    const auto [edge, is_new] = tree_.try_emplace({node, rank}, static_cast<Node>(rules_.size()));
    if (is_new) rules_.emplace_back();
    node = edge->second;
  }
  rules_[node].Add(rule);
}

void AttributeIndex::Seal(uint32_t rules) {
  std::vector<std::pair<std::pair<Node, Rank>, Node>> sorted(tree_.begin(), tree_.end());
  std::ranges::sort(sorted);
  tree_ = {};
  edges_.reserve(sorted.size());
  first_edge_.resize(rules_.size() + 1);
  for (const auto& [from, to] : sorted) {
    edges_.push_back({.rank = from.second, .to = to});
    first_edge_[from.first + 1] = static_cast<uint32_t>(edges_.size());
  }
  // Of those that lead nowhere, too.
  std::inclusive_scan(first_edge_.begin(), first_edge_.end(), first_edge_.begin(),
                      [](uint32_t a, uint32_t b) { return std::max(a, b); });
  rules_.shrink_to_fit();
  bytes_ = BytesOfMap(ranks_) + rules_.capacity() * sizeof(RuleSet) +
           edges_.capacity() * sizeof(Edge) + first_edge_.capacity() * sizeof(uint32_t);
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

// Whichever are fewer, edges or what the client has, are looked for among the others.
void AttributeIndex::Walk(Node node, std::span<const Rank> ranks, RulesOfClient* found) const {
  if (!rules_[node].empty()) found->Add(rules_[node]);
  const std::span<const Edge> edges = EdgesFrom(node);
  if (edges.size() < ranks.size()) {
    for (const Edge& edge : edges) {
      const auto rank = std::ranges::lower_bound(ranks, edge.rank);
      if (rank == ranks.end()) return;
      if (*rank == edge.rank) Walk(edge.to, {rank + 1, ranks.end()}, found);
    }
  } else {
    for (size_t i = 0; i < ranks.size(); ++i) {
      const auto edge = std::ranges::lower_bound(edges, ranks[i], {}, &Edge::rank);
      if (edge == edges.end()) return;
      if (edge->rank == ranks[i]) Walk(edge->to, ranks.subspan(i + 1), found);
    }
  }
}

}  // namespace signet::auth
