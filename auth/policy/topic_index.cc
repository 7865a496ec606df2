#include "auth/policy/topic_index.h"

#include <string>

#include "auth/policy/filter_containment.h"
#include "auth/policy/memory.h"
#include "core/mqtt/topic_name.h"

namespace signet::auth {

// No set is the first one, so that 0 can mean none.
TopicIndex::TopicIndex() : nodes_(1), sets_(1) {}

void TopicIndex::Add(std::string_view pattern, uint32_t rule) {
  NodeId node = 0;
  for (bool more = true; more;) {
    const std::string_view level = TakeLevel(&pattern, &more);
    if (level == kMultiLevel && !more) return SetIn(&Node::ends_multi, node)->Add(rule);
    if (level == kSingleLevel) {
      if (nodes_[node].single == 0) {
        nodes_[node].single = static_cast<NodeId>(nodes_.size());
        nodes_.emplace_back();
      }
      node = nodes_[node].single;
      continue;
    }
    const std::optional<std::string_view> token = TokenOfLevel(level);
    if (token) nodes_[node].has_tokens = true;
    uint32_t& label = (token ? tokens_ : texts_)[std::string(token.value_or(level))];
    if (label == 0) label = ++labels_;
    node = Step(node, label);
  }
  SetIn(&Node::ends, node)->Add(rule);
}

TopicIndex::NodeId TopicIndex::Step(NodeId from, uint32_t label) {
  NodeId& to = edges_[EdgeKey(from, label)];
  if (to == 0) {
    to = static_cast<NodeId>(nodes_.size());
    nodes_.emplace_back();
  }
  return to;
}

RuleSet* TopicIndex::SetIn(uint32_t Node::*which, NodeId node) {
  uint32_t& set = nodes_[node].*which;
  if (set == 0) {
    set = static_cast<uint32_t>(sets_.size());
    sets_.emplace_back();
  }
  return &sets_[set];
}

void TopicIndex::Seal(uint32_t rules) {
  nodes_.shrink_to_fit();
  sets_.shrink_to_fit();
  bytes_ = nodes_.capacity() * sizeof(Node) + sets_.capacity() * sizeof(RuleSet) +
           BytesOfMap(texts_) + BytesOfMap(tokens_) +
           edges_.capacity() * (sizeof(decltype(edges_)::value_type) + 1);
  for (RuleSet& set : sets_) {
    set.Seal(rules);
    bytes_ += set.bytes();
  }
}

TopicIndex::NodeId TopicIndex::Follow(NodeId from, uint32_t label) const {
  const auto edge = edges_.find(EdgeKey(from, label));
  return edge == edges_.end() ? 0 : edge->second;
}

bool TopicIndex::Meets(uint32_t set, const RulesOfClient& rules) const {
  return set != 0 && rules.Intersects(sets_[set]);
}

TopicIndex::Levels TopicIndex::Split(std::string_view topic) const {
  Levels levels;
  for (bool more = true; more;) {
    Level& level = levels.emplace_back();
    level.text = TakeLevel(&topic, &more);
    if (level.text == kSingleLevel) {
      level.kind = Level::Kind::kSingle;
    } else if (level.text == kMultiLevel) {
      level.kind = Level::Kind::kMulti;
    } else if (const auto known = texts_.find(level.text); known != texts_.end()) {
      level.id = known->second;
    }
  }
  return levels;
}

TopicIndex::Bindings TopicIndex::Bind(const Client& client) const {
  Bindings bindings;
  if (tokens_.empty()) return bindings;
  const auto bind = [&](std::string_view token, std::string_view value) {
    const auto known = tokens_.find(token);
    if (known != tokens_.end()) bindings.push_back({known->second, value});
  };
  bind(kUsernameToken, client.principal.username);
  bind(kClientIdToken, client.client_id);
  std::string token(kAttributesToken);
  for (const auto& [name, value] : client.principal.attributes) {
    token.resize(kAttributesToken.size());
    token += name;
    bind(token, value);
  }
  return bindings;
}

void TopicIndex::Descend(const Node& node, Place from, const Level& level, const Bindings& bindings,
                         Places* open) const {
  const auto go = [&](NodeId to) {
    if (to != 0) open->push_back({.node = to, .depth = from.depth + 1});
  };
  if (level.kind != Level::Kind::kText) return;
  if (level.id != 0) go(Follow(from.node, level.id));
  if (!node.has_tokens) return;
  for (const Binding& binding : bindings) {
    if (binding.value == level.text && CanFillLevel(binding.value)) {
      go(Follow(from.node, binding.token));
    }
  }
}

bool TopicIndex::Allows(std::string_view topic, const Client& client,
                        const RulesOfClient& rules) const {
  const bool is_server_topic = IsServerTopic(topic);
  const Levels levels = Split(InLevels(topic));
  const Bindings bindings = Bind(client);
  Places open{{.node = 0, .depth = 0}};
  while (!open.empty()) {
    const Place place = open.back();
    open.pop_back();
    const Node& node = nodes_[place.node];
    // Wildcards in the first level do not reach `$…` [MQTT-4.7.2-1].
    const bool takes_wildcards = place.depth > 0 || !is_server_topic;
    if (takes_wildcards && Meets(node.ends_multi, rules)) return true;
    if (place.depth == levels.size()) {
      if (Meets(node.ends, rules)) return true;
      continue;
    }
    const Level& level = levels[place.depth];
    if (level.kind == Level::Kind::kMulti) continue;  // Only a '#' contains one.
    if (takes_wildcards && node.single != 0) {
      open.push_back({.node = node.single, .depth = place.depth + 1});
    }
    Descend(node, place, level, bindings, &open);
  }
  return false;
}

}  // namespace signet::auth
