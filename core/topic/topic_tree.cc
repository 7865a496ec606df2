#include "core/topic/topic_tree.h"

#include <utility>

#include "core/base/check.h"
#include "core/base/hash.h"
#include "core/mqtt/topic_name.h"

namespace signet {

TopicTree::Level::Level(std::string_view level) : text(level), hash(HashOf(level)) {}

size_t TopicTree::EdgeHash::operator()(const Edge& edge) const {
  return absl::HashOf(edge.level.hash ^ reinterpret_cast<uintptr_t>(edge.parent));
}

size_t TopicTree::EdgeHash::operator()(const Node* node) const {
  return (*this)(Edge{node->parent_, Level(node->level())});
}

TopicTree::TopicTree(size_t cache_entries)
    : root_(Node::New(nullptr, std::string_view())), cache_(cache_entries) {}

TopicTree::~TopicTree() {
  for (EdgeTable& table : edges_) {
    for (Node* node : table) Node::Delete(node);
  }
  Node::Delete(root_);
}

TopicTree::Node* TopicTree::Subscribe(std::string_view filter, const Subscriber& subscriber,
                                      bool* existed) {
  Node* node = NeedPath(filter);
  BeforeInterest(node);
  *existed = node->PutSubscriber(subscriber);
  if (!*existed) ++subscription_count_;
  return node;
}

void TopicTree::Unsubscribe(Node* node, const Session* session) {
  node->RemoveSubscriber(session);
  --subscription_count_;
  AfterInterest(node);
}

TopicTree::Node* TopicTree::AddShared(std::string_view filter, SharedSubscription* shared) {
  Node* node = NeedPath(filter);
  BeforeInterest(node);
  node->AddShared(shared);
  return node;
}

void TopicTree::RemoveShared(Node* node, SharedSubscription* shared) {
  node->RemoveShared(shared);
  AfterInterest(node);
}

void TopicTree::AddRemote(std::string_view filter, ShardId shard) {
  CHECK(shard.value() < kMaxShards);
  Node* node = NeedPath(filter);
  BeforeInterest(node);
  node->remote_ |= SetOf(shard);
}

void TopicTree::RemoveRemote(std::string_view filter, ShardId shard) {
  CHECK(shard.value() < kMaxShards);
  Node* node = PathOf(filter);
  if (node == nullptr || (node->remote_ & SetOf(shard)) == 0) return;
  node->remote_ &= ~SetOf(shard);
  AfterInterest(node);
}

TopicTree::Node* TopicTree::Find(std::string_view filter) {
  Node* node = PathOf(filter);
  return node != nullptr && node->has_interest() ? node : nullptr;
}

const TopicTree::Matches& TopicTree::Match(std::string_view topic_name) {
  const Matches* known = cache_.Find(topic_name);
  return known != nullptr ? *known : Walk(topic_name);
}

// Level by level: the frontier holds the nodes whose path matches what has been taken off the name.
const TopicTree::Matches& TopicTree::Walk(std::string_view topic_name) {
  ++walk_count_;
  found_.clear();
  frontier_.assign(1, root_);
  std::string_view rest = topic_name;
  // In the first level alone, wildcards do not reach the Server's own topics [MQTT-4.7.2-1].
  bool wildcards = !IsServerTopic(topic_name);
  for (bool more = true; more && !frontier_.empty(); wildcards = true) {
    const Level level(TakeLevel(&rest, &more));
    next_frontier_.clear();
    for (const Node* node : frontier_) {
      Node* const multi_level = wildcards ? node->multi_level() : nullptr;
      Node* const single_level = wildcards ? node->single_level() : nullptr;
      if (multi_level != nullptr) found_.push_back(multi_level);
      if (Node* child = ChildOf(node, level)) next_frontier_.push_back(child);
      if (single_level != nullptr) next_frontier_.push_back(single_level);
    }
    std::swap(frontier_, next_frontier_);
  }
  for (Node* node : frontier_) {
    if (node->has_interest()) found_.push_back(node);
    if (node->multi_level() != nullptr) found_.push_back(node->multi_level());  // The parent level.
  }
  cache_.Remember(topic_name, found_);
  return found_;
}

TopicTree::Node* TopicTree::ChildOf(const Node* parent, const Level& level) {
  if (parent->child_count_ == 0) return nullptr;
  const Edge edge{parent, level};
  const size_t hash = EdgeHash()(edge);
  const EdgeTable& table = TableOf(hash);
  const auto found = table.find(edge, hash);
  return found == table.end() ? nullptr : *found;
}

TopicTree::Node* TopicTree::PathOf(std::string_view filter) {
  Node* node = root_;
  for (bool more = true; more && node != nullptr;) {
    node = ChildOf(node, Level(TakeLevel(&filter, &more)));
  }
  return node;
}

TopicTree::Node* TopicTree::NeedChild(Node* parent, std::string_view level) {
  const Edge edge{parent, Level(level)};
  Node* created = nullptr;
  const auto place = TableOf(EdgeHash()(edge)).lazy_emplace(edge, [&](const auto& construct) {
    created = Node::New(parent, level);
    construct(created);
  });
  if (created != nullptr) {
    parent->AddChild(created);
    ++node_count_;
  }
  return *place;
}

TopicTree::Node* TopicTree::NeedPath(std::string_view filter) {
  Node* node = root_;
  for (bool more = true; more;) node = NeedChild(node, TakeLevel(&filter, &more));
  return node;
}

void TopicTree::BeforeInterest(const Node* node) {
  if (!node->has_interest()) Invalidate(node);
}

void TopicTree::AfterInterest(Node* node) {
  if (node->has_interest()) return;
  Invalidate(node);
  while (node != root_ && node->child_count_ == 0 && !node->has_interest()) {
    Node* const parent = node->parent_;
    Delete(node);
    node = parent;
  }
}

void TopicTree::Delete(Node* node) {
  EdgeTable& table = TableOf(EdgeHash()(node));
  table.erase(node);
  if (table.size() < table.capacity() / 16) table.rehash(0);  // Gives memory back after a rush.
  node->parent_->RemoveChild(node);
  Node::Delete(node);
  --node_count_;
}

void TopicTree::Invalidate(const Node* node) {
  while (node->parent_ != root_) node = node->parent_;
  cache_.Invalidate(node->level());
}

}  // namespace signet
