// Sharing: the Shared Subscriptions of one shard (MQTT 5, 4.8.2), both ways: the groups that live
// here because their ShareName hashes here, and the deliveries for members at home here from groups
// anywhere.
#pragma once

#include <string>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "core/base/slot_map.h"
#include "core/broker/authority.h"
#include "core/broker/commit_table.h"
#include "core/broker/delivery.h"
#include "core/broker/shard_context.h"
#include "core/mqtt/topic_name.h"
#include "core/session/session_store.h"
#include "core/topic/shared_subscription.h"
#include "core/topic/topic_tree.h"

namespace signet {

class Interest;

class Sharing {
 public:
  using Done = absl::AnyInvocable<void(ReasonCode) &&>;

  Sharing(ShardContext* context, Authority* authority, TopicTree* tree, Delivery* delivery,
          Interest* interest, SessionStore* sessions);

  // -- For a Session at home here; the group may live on any shard. `member.shard` is this one.
  // `done` gets the code for SUBACK, a success only once every shard knows of the group's filter.
  void Join(const TopicFilterView& filter, const SharedMember& member, Done done);
  // `done`, if any, runs once the group gives the Session nothing more: a message that it gave
  // before may still come until then, and is the Session's.
  void Leave(const TopicFilterView& filter, SessionId session, Done done = nullptr);
  void SetOnline(const TopicFilterView& filter, SessionId session, bool online);

  // -- For groups that live here.
  // Gives the message to the member whose turn it is.
  void Deliver(Outgoing& message, SharedSubscription& group);
  void OnJoin(ShardId from, JoinShared join);
  void OnJoined(const JoinedShared& joined) { answers_.Arrive(joined.token, joined.code); }
  void OnLeave(ShardId from, const LeaveShared& leave);
  void OnLeft(const LeftShared& left) { answers_.Arrive(left.token); }
  void OnSetOnline(ShardId from, const SetSharedOnline& change);
  // A member could not take the message: the next one is asked.
  void OnRefused(SharedDelivery delivery);

  // -- For members at home here.
  void OnDeliver(ShardId from, SharedDelivery delivery);

  size_t group_count() const { return groups_.size(); }

 private:
  SharedSubscription* Find(std::string_view share_name, std::string_view filter);
  SharedSubscription* FindOrMake(std::string_view share_name, std::string_view filter);
  void JoinHere(std::string_view share_name, std::string_view filter, const SharedMember& member,
                Done done);
  void LeaveHere(std::string_view share_name, std::string_view filter, ShardId shard,
                 SessionId session);
  // Asks one member after the other until one has the message or nobody is left.
  void Offer(SharedDelivery delivery);
  // `accept_behind`: nobody in the group keeps up.
  bool TryHere(Outgoing& message, const SharedMember& member, bool accept_offline,
               bool accept_behind);

  ShardContext& context_;
  Authority& authority_;
  TopicTree& tree_;
  Delivery& delivery_;
  Interest& interest_;
  SessionStore& sessions_;
  CommitTable answers_;  // Of groups on other shards, to Join and Leave.
  SlotMap<SharedSubscription, SharedGroupId> groups_;
  TextMap<SharedSubscription*> by_name_;  // "ShareName/filter": a ShareName holds no '/'.
};

}  // namespace signet
