// AttributeIndex: of which maps a client has every pair, a name and a value. Maps are paths in a
// trie of their pairs: those of names that most maps have first, as a client has one value of each,
// then the one that the fewest maps have. A client is led only along what it has itself, and maps
// that begin with a pair of another's are never looked at, however many names and values there are.
// Built once, then only read, by any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "auth/policy/rule_set.h"
#include "auth/policy/rules_of_client.h"
#include "core/access/principal.h"
#include "core/base/hash.h"
#include "core/config/authorization.h"

namespace signet::auth {

class AttributeIndex {
 public:
  explicit AttributeIndex(const std::vector<config::AuthorizationRule>& rules);

  void Find(const Attributes& attributes, RulesOfClient* found) const;
  size_t bytes() const { return bytes_; }

 private:
  // A pair's place among all, by how many maps have it, or its name.
  using Rank = uint32_t;
  using Node = uint32_t;
  static constexpr Node kRoot = 0;
  struct Edge {
    Rank rank;
    Node to;
  };

  void RankPairs(const std::vector<config::AuthorizationRule>& rules);
  void AddMap(const config::TextByName& map, uint32_t rule);
  void Seal(uint32_t rules);
  std::span<const Edge> EdgesFrom(Node node) const {
    return std::span(edges_).subspan(first_edge_[node], first_edge_[node + 1] - first_edge_[node]);
  }
  void Walk(Node node, std::span<const Rank> ranks, RulesOfClient* found) const;

  TextMap<TextMap<Rank>> ranks_;                           // By name, by value.
  absl::flat_hash_map<std::pair<Node, Rank>, Node> tree_;  // Until it is sealed.
  std::vector<Edge> edges_;                                // Sorted by node, then by rank.
  std::vector<uint32_t> first_edge_;                       // Of each node, and where they end.
  std::vector<RuleSet> rules_;  // Of each node: those with a map that ends there.
  size_t bytes_ = 0;
};

}  // namespace signet::auth
