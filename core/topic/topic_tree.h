// TopicTree: which Subscriptions a Topic Name reaches (MQTT 5, 4.7). One shard's tree holds the
// Subscriptions of the shard's own Sessions, the Shared Subscriptions whose group lives here, and,
// for every filter that somebody on another shard wants, a mark that says on which. Used on the
// shard's thread alone.
//
// A Topic Filter is a path of nodes, a level each. Edges stand in hash tables by (parent, level);
// the stored text is compared on every hit, so that two texts with one hash never meet.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "core/topic/route_cache.h"
#include "core/topic/topic_node.h"

namespace signet {

class TopicTree {
 public:
  // The end of a Topic Filter. Its address stays as long as anybody is interested in the filter.
  using Node = TopicNode;
  // What a Topic Name reaches: every node here has subscribers, groups or remote interest.
  using Matches = RouteCache::Routes;

  explicit TopicTree(size_t cache_entries = RouteCache::kDefaultEntries);
  TopicTree(const TopicTree&) = delete;
  TopicTree& operator=(const TopicTree&) = delete;
  ~TopicTree();

  // Adds or replaces the Subscription of `subscriber.session` to `filter`, which is valid and
  // carries no $share. `*existed` tells whether there was one [MQTT-3.8.4-3].
  Node* Subscribe(std::string_view filter, const Subscriber& subscriber, bool* existed);
  // Removes the Subscription of `session`; it must exist. `node` may be gone afterwards.
  void Unsubscribe(Node* node, const Session* session);

  // The same for a group of a Shared Subscription. They keep `shared->node` up to date.
  Node* AddShared(std::string_view filter, SharedSubscription* shared);
  void RemoveShared(Node* node, SharedSubscription* shared);

  // Notes that `shard` wants, or no longer wants, what matches `filter`. Noting twice is noting
  // once.
  void AddRemote(std::string_view filter, ShardId shard);
  void RemoveRemote(std::string_view filter, ShardId shard);

  // Null if nobody is interested in exactly this filter.
  Node* Find(std::string_view filter);

  // What `topic_name`, which holds no wildcard, reaches. The order depends on the filters alone.
  // Remembered from call to call; the reference is valid until the next call that is not const, and
  // that includes Match(). Work is bounded by the nodes that the levels can reach, never recursive.
  const Matches& Match(std::string_view topic_name);

  // Subscriptions of Sessions; groups and marks do not count.
  size_t subscription_count() const { return subscription_count_; }
  // Levels that are stored, the root not counted: 0 when nobody is interested in anything.
  size_t node_count() const { return node_count_; }
  // How many calls of Match() had to walk through the tree.
  uint64_t walk_count() const { return walk_count_; }

 private:
  // What is the same at all nodes of a frontier, hashed once.
  struct Level {
    explicit Level(std::string_view level);
    std::string_view text;
    size_t hash;
  };
  struct Edge {
    const Node* parent;
    Level level;
  };
  struct EdgeHash {
    using is_transparent = void;
    size_t operator()(const Edge& edge) const;
    size_t operator()(const Node* node) const;
  };
  struct EdgeEqual {
    using is_transparent = void;
    bool operator()(const Node* a, const Node* b) const { return a == b; }
    bool operator()(const Node* node, const Edge& edge) const {
      return node->parent_ == edge.parent && node->level() == edge.level.text;
    }
  };
  using EdgeTable = absl::flat_hash_set<Node*, EdgeHash, EdgeEqual>;
  // A table that grows moves all of its edges at once. With many tables, each of which takes those
  // whose hash begins alike, that pause stays short however many Subscriptions there are.
  static constexpr size_t kEdgeTables = 256;

  EdgeTable& TableOf(size_t hash) { return edges_[hash >> 56]; }

  // Null if there is no such child, or path.
  Node* ChildOf(const Node* parent, const Level& level);
  Node* PathOf(std::string_view filter);
  // Creates what is missing. The caller makes sure that somebody is interested in the end of it.
  Node* NeedChild(Node* parent, std::string_view level);
  Node* NeedPath(std::string_view filter);

  // To be called before a node may gain, and after it may have lost its only interest.
  void BeforeInterest(const Node* node);
  void AfterInterest(Node* node);
  void Delete(Node* node);
  // Some filter that begins as the path to `node` does has come or gone.
  void Invalidate(const Node* node);

  const Matches& Walk(std::string_view topic_name);

  std::array<EdgeTable, kEdgeTables> edges_;
  Node* const root_;
  size_t subscription_count_ = 0;
  size_t node_count_ = 0;
  uint64_t walk_count_ = 0;
  RouteCache cache_;
  // For Walk(); kept for their memory, and `found_` for what is too much to be remembered.
  std::vector<Node*> frontier_;
  std::vector<Node*> next_frontier_;
  Matches found_;
};

}  // namespace signet
