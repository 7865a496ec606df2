// FanOut: from a message to everybody who wants it (MQTT 5, 3.3.4, 4.7): the Sessions of this shard
// by the topic tree, groups of Shared Subscriptions that live here, and every shard that has noted
// a matching filter. A Session that matches by several Subscriptions gets one copy, at the highest
// of their QoS, with all their Subscription Identifiers.
#pragma once

#include <vector>

#include "core/broker/delivery.h"
#include "core/broker/shard_context.h"
#include "core/topic/topic_tree.h"

namespace signet {

class Retaining;
class Sharing;

class FanOut {
 public:
  FanOut(ShardContext* context, TopicTree* tree, Delivery* delivery, Sharing* sharing,
         Retaining* retaining)
      : context_(*context),
        tree_(*tree),
        delivery_(*delivery),
        sharing_(*sharing),
        retaining_(*retaining) {}

  // A message that begins its way here. `publisher` is null for a Will without a Session, and the
  // like; it matters for No Local only [MQTT-3.8.3-3]. Whether anybody wants it.
  bool Publish(Outgoing& message, const Session* publisher);

  // A message that another shard sent.
  void Forwarded(const MessageView& message, const PublisherId& publisher, ShardId origin);

 private:
  // One Session's part in a message that reaches it by several Subscriptions.
  struct Merged {
    Session* session;
    QoS qos;
    bool retain;
    SubscriptionIds ids;
  };

  void DeliverLocally(Outgoing& message, const TopicTree::Matches& matches, ShardId origin,
                      const Session* publisher);
  void DeliverOne(Outgoing& message, const TopicTree::Node& node, ShardId origin,
                  const Session* publisher);
  void Merge(const MessageView& message, const TopicTree::Node& node, ShardId origin,
             const Session* publisher);

  ShardContext& context_;
  TopicTree& tree_;
  Delivery& delivery_;
  Sharing& sharing_;
  Retaining& retaining_;
  uint64_t fan_outs_ = 0;
  std::vector<Merged> merged_;  // Empty between calls.
};

}  // namespace signet
