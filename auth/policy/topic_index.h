// TopicIndex: which rules of a policy allow a topic. A tree of levels; a token has an edge of its
// own, which a client may pass on the level that is its value. So a pattern is kept once, for
// however many clients, and what a client brings is compared and never read as a pattern. Built
// once, then only read, by any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "auth/policy/rule_set.h"
#include "auth/policy/subject_index.h"
#include "auth/policy/token.h"
#include "core/base/hash.h"

namespace signet::auth {

class TopicIndex {
 public:
  TopicIndex();

  // In ascending order of `rule`.
  void Add(std::string_view pattern, uint32_t rule);
  // Once, when all are in.
  void Seal(uint32_t rules);

  // Whether one of `rules` has a pattern that contains `topic`: a Topic Name, or a valid Topic
  // Filter without $share. The time depends on the patterns that agree with the topic level by
  // level, and not on how many others there are.
  bool Allows(std::string_view topic, const Client& client, const RulesOfClient& rules) const;

  size_t bytes() const { return bytes_; }

 private:
  using NodeId =
      uint32_t;  // A position in nodes_; as an edge, 0 is none: nothing leads to the root.

  struct Node {
    NodeId single = 0;        // Behind '+'.
    uint32_t ends = 0;        // The set of the patterns that end here; 0: none does.
    uint32_t ends_multi = 0;  // And of those that go on with '#'.
    bool has_tokens = false;
  };
  struct Level {
    enum class Kind : uint8_t { kText, kSingle, kMulti };
    std::string_view text;
    uint32_t id = 0;  // Of a text that stands in some pattern; else 0.
    Kind kind = Kind::kText;
  };
  using Levels = absl::InlinedVector<Level, 16>;
  struct Place {
    NodeId node;
    uint32_t depth;
  };
  using Places = absl::InlinedVector<Place, 32>;
  // What tokens of some pattern are for this client.
  struct Binding {
    uint32_t token;
    std::string_view value;
  };
  using Bindings = absl::InlinedVector<Binding, 8>;

  static uint64_t EdgeKey(NodeId from, uint32_t label) { return uint64_t{from} << 32 | label; }
  // Makes it if it is not there.
  NodeId Step(NodeId from, uint32_t label);
  RuleSet* SetIn(uint32_t Node::*which, NodeId node);
  NodeId Follow(NodeId from, uint32_t label) const;
  bool Meets(uint32_t set, const RulesOfClient& rules) const;
  Levels Split(std::string_view topic) const;
  Bindings Bind(const Client& client) const;
  void Descend(const Node& node, Place from, const Level& level, const Bindings& bindings,
               Places* open) const;

  std::vector<Node> nodes_;  // The root is the first.
  std::vector<RuleSet> sets_;
  // Texts and tokens share the labels of edges: 1, 2, …
  TextMap<uint32_t> texts_;
  TextMap<uint32_t> tokens_;  // Without braces.
  uint32_t labels_ = 0;
  absl::flat_hash_map<uint64_t, NodeId> edges_;
  size_t bytes_ = 0;
};

}  // namespace signet::auth
