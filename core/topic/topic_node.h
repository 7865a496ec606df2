// TopicNode: the end of a Topic Filter, and who is interested in it. Made, filled and deleted by
// the TopicTree that owns it; everybody else reads. Used on the shard's thread alone.
//
// There may be tens of millions of them, so a node keeps in itself what most have: a level's text
// (behind the object, in the same allocation), one Subscription, the other shards. The rest is hung
// on when needed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/hash/hash.h"
#include "core/base/ids.h"
#include "core/mqtt/subscribe.h"

namespace signet {

class Session;             // core/session; the tree only passes it on.
class SharedSubscription;  // core/topic/shared_subscription.h

// A Subscription as a publish meets it.
struct Subscriber {
  Session* session = nullptr;
  uint32_t subscription_id = 0;  // 0: none.
  SubscriptionOptions options;
};

// A set of shards; there are at most 64.
using ShardSet = uint64_t;
constexpr uint32_t kMaxShards = 64;
constexpr ShardSet SetOf(ShardId shard) { return ShardSet{1} << shard.value(); }

class TopicNode {
 public:
  TopicNode(const TopicNode&) = delete;
  TopicNode& operator=(const TopicNode&) = delete;

  // In no particular order, but the same one for the same calls.
  std::span<const Subscriber> subscribers() const {
    return {subscribers_.data(), subscribers_.size()};
  }
  std::span<SharedSubscription* const> shared() const {
    if (extra_ == nullptr) return {};
    return extra_->shared;
  }
  // Other shards that want what matches this filter.
  ShardSet remote() const { return remote_; }
  // Whether anybody on this shard does: then the other shards have to know.
  bool has_local_interest() const { return !subscribers_.empty() || !shared().empty(); }
  // The Subscription of `session`; null if there is none.
  const Subscriber* FindSubscriber(const Session* session) const;
  // The whole filter, put together from the levels.
  std::string TopicFilter() const;

 private:
  friend class TopicTree;

  // From this many Subscriptions on, an index tells where that of a Session stands; it is given up
  // at half.
  static constexpr size_t kIndexedSize = 32;
  static constexpr size_t kNone = SIZE_MAX;

  // The index: positions in `subscribers_`, hashed and compared by the Session that stands there.
  struct PositionHash {
    using is_transparent = void;
    const TopicNode* node;
    size_t operator()(const Session* session) const { return absl::HashOf(session); }
    size_t operator()(uint32_t at) const { return absl::HashOf(node->SessionAt(at)); }
  };
  struct PositionEqual {
    using is_transparent = void;
    const TopicNode* node;
    bool operator()(uint32_t a, uint32_t b) const { return a == b; }
    bool operator()(uint32_t at, const Session* session) const {
      return node->SessionAt(at) == session;
    }
  };
  using Positions = absl::flat_hash_set<uint32_t, PositionHash, PositionEqual>;

  // What only few nodes have.
  struct Extra {
    TopicNode* single_level = nullptr;  // The child '+'.
    TopicNode* multi_level = nullptr;   // The child '#'.
    std::vector<SharedSubscription*> shared;
    std::unique_ptr<Positions> positions;
  };

  // `parent` is null for the root.
  static TopicNode* New(TopicNode* parent, std::string_view level);
  static void Delete(TopicNode* node);

  TopicNode(TopicNode* parent, uint16_t level_size) : parent_(parent), level_size_(level_size) {}
  ~TopicNode() = default;

  std::string_view level() const { return {reinterpret_cast<const char*>(this + 1), level_size_}; }
  bool has_interest() const { return remote_ != 0 || has_local_interest(); }
  TopicNode* single_level() const { return extra_ == nullptr ? nullptr : extra_->single_level; }
  TopicNode* multi_level() const { return extra_ == nullptr ? nullptr : extra_->multi_level; }

  // Children that come and go are counted; those that are wildcards are pointed at as well.
  void AddChild(TopicNode* child);
  void RemoveChild(const TopicNode* child);

  // Returns whether `subscriber` has replaced an older Subscription.
  bool PutSubscriber(const Subscriber& subscriber);
  void RemoveSubscriber(const Session* session);
  void AddShared(SharedSubscription* shared);
  void RemoveShared(SharedSubscription* shared);

  const Session* SessionAt(uint32_t position) const { return subscribers_[position].session; }
  // kNone if `session` has no Subscription here.
  size_t PositionOf(const Session* session) const;
  void MakeIndex();
  Extra& NeedExtra();
  void DropUnusedExtra();

  TopicNode* const parent_;
  std::unique_ptr<Extra> extra_;
  ShardSet remote_ = 0;
  absl::InlinedVector<Subscriber, 1> subscribers_;
  uint32_t child_count_ = 0;
  const uint16_t level_size_;  // The text follows the object.
};

static_assert(sizeof(Subscriber) == 16);
static_assert(sizeof(TopicNode) == 56, "With 16 bytes of text just what malloc puts into 80");

}  // namespace signet
