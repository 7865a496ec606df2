// SharedSubscription: the group of one ShareName and Topic Filter (MQTT 5, 4.8.2), on the shard to
// which the ShareName hashes. Its members may live on any shard. Used on its shard's thread alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "core/base/ids.h"
#include "core/topic/topic_tree.h"

namespace signet {

// One Session in the group.
struct SharedMember {
  ShardId shard;
  SessionId session;
  uint32_t subscription_id = 0;
  SubscriptionOptions options;
  bool online = false;  // A Network Connection is there to deliver to.

  bool IsSession(ShardId other_shard, SessionId other) const {
    return shard == other_shard && session == other;
  }
};

class SharedSubscription {
 public:
  SharedSubscription(SharedGroupId group_id, std::string share_name, std::string filter)
      : id_(group_id), share_name_(std::move(share_name)), filter_(std::move(filter)) {}
  SharedSubscription(const SharedSubscription&) = delete;
  SharedSubscription& operator=(const SharedSubscription&) = delete;

  SharedGroupId id() const { return id_; }
  const std::string& share_name() const { return share_name_; }
  const std::string& filter() const { return filter_; }

  // Adds the member at the end of the line, or replaces what is known of it.
  void Join(const SharedMember& member);
  // Returns false if it was no member.
  bool Leave(ShardId shard, SessionId session);
  // Does nothing for one who is no member: the news may be late.
  void SetOnline(ShardId shard, SessionId session, bool online);

  bool Has(ShardId shard, SessionId session) const {
    return members_.contains(Passed{shard, session});
  }
  bool empty() const { return members_.empty(); }
  size_t size() const { return members_.size(); }

  // Whose turn it is: the next member that is online, or, if none is, the next one that is not.
  // Members in `passed_over`, which were asked already and could not take the message, are left
  // out, and at QoS 0 those that are not online: it is not kept for them. Null if nobody is left.
  // Valid until the next call that is not const.
  struct Passed {
    ShardId shard;
    SessionId session;

    friend bool operator==(const Passed&, const Passed&) = default;
    template <typename H>
    friend H AbslHashValue(H hash, const Passed& passed) {
      return H::combine(std::move(hash), passed.shard, passed.session);
    }
  };
  using PassedOver = absl::flat_hash_set<Passed>;
  const SharedMember* Next(QoS qos, const PassedOver& passed_over);

  // Where it hangs in the topic tree, which keeps both up to date: at this position of
  // node->shared().
  TopicTree::Node* node = nullptr;
  uint32_t position = 0;

 private:
  // Whoever has had a turn goes to the end of its line; so does who changes lines.
  using Line = std::list<SharedMember>;

  Line& LineOf(bool online) { return online ? online_ : offline_; }
  static const SharedMember* NextOf(Line& line, const PassedOver& passed_over);

  const SharedGroupId id_;
  const std::string share_name_;
  const std::string filter_;
  Line online_;
  Line offline_;
  absl::flat_hash_map<Passed, Line::iterator> members_;
};

}  // namespace signet
