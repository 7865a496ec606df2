// Subscribing: makes and takes back the Subscriptions of Sessions at home on this shard (MQTT
// 5, 3.8.4, 3.10.4), with all that hangs on one: the topic tree, the groups of Shared
// Subscriptions, what other shards know, and the Retained Messages that are sent. Used on the
// shard's thread alone.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/broker/interest.h"
#include "core/broker/retaining.h"
#include "core/broker/shard_context.h"
#include "core/broker/sharing.h"

namespace signet {

class Subscribing {
 public:
  Subscribing(ShardContext* context, TopicTree* tree, Sharing* sharing, Interest* interest,
              Retaining* retaining, SessionStore* sessions)
      : context_(*context),
        tree_(*tree),
        sharing_(*sharing),
        interest_(*interest),
        retaining_(*retaining),
        sessions_(*sessions) {}

  // One Topic Filter of a SUBSCRIBE that is granted so far.
  struct Request {
    std::string topic_filter;  // As sent, $share/ShareName/ included.
    SubscriptionOptions options;
    size_t index = 0;  // Which Reason Code of SUBACK is its.
  };
  // The Reason Codes of SUBACK or UNSUBACK, by index: errors, granted QoS, kSuccess.
  using Done = absl::AnyInvocable<void(std::vector<uint8_t> codes) &&>;

  // Makes the Subscriptions at once. `codes` holds what the filters that are not in `requests` get;
  // `done` runs when every shard knows of the others. Then the Retained Messages follow.
  void Subscribe(Session& session, uint32_t subscription_id, std::vector<Request> requests,
                 std::vector<uint8_t> codes, Done done);

  // Takes the Subscriptions back at once. `codes` is kSuccess or kNoSubscriptionExisted for each of
  // `topic_filters`; `done` runs when no group of a Shared Subscription among them gives the
  // Session anything more.
  void Unsubscribe(Session& session, std::span<const std::string_view> topic_filters, Done done);

  // `session` ends: nothing more is sent for its Subscriptions. They are taken back afterwards, for
  // there may be many: at most `most` at a time. Returns how many were.
  void Abandon(Session& session);
  size_t UnsubscribeSome(Session& session, size_t most);

  // Takes back Subscriptions that are not allowed any more. What groups have given to the Session
  // by then, and is still on its way, is judged when it comes.
  void Revoke(Session& session, std::span<const std::string> topic_filters);

  // Tells the groups of its Shared Subscriptions whether the Session has a Network Connection.
  void SetOnline(const Session& session, bool online);

 private:
  // A SUBSCRIBE on its way.
  struct Operation {
    SessionId session;
    size_t missing = 0;  // Answers: one for the announcement, one for each Shared Subscription.
    std::vector<uint8_t> codes;
    std::vector<Retaining::Wanted> wanted;
    std::vector<uint64_t> stamps;
    Done done;
  };

  // Puts the Subscription into the topic tree. True if the other shards have to be told of the
  // filter.
  bool Plant(Session& session, uint32_t subscription_id, const Request& request,
             Operation* operation, std::vector<const TopicTree::Node*>* fresh);
  void Join(Session& session, const TopicFilterView& filter, uint32_t subscription_id,
            const Request& request, Token token, uint64_t grant);
  void Arrive(Token token);
  // The list of what the Session is subscribed to, and what that takes of the broker's memory.
  void Note(Session& session, const Request& request, uint64_t grant);
  bool Forget(Session& session, std::string_view topic_filter);  // False if it was not there.
  // Where it counts. A group answers by `left`, if it is asked to.
  void Remove(Session& session, std::string_view topic_filter, Sharing::Done left = nullptr);

  ShardContext& context_;
  TopicTree& tree_;
  Sharing& sharing_;
  Interest& interest_;
  Retaining& retaining_;
  SessionStore& sessions_;
  absl::flat_hash_map<Token, Operation> operations_;
  CommitTable leaves_;  // UNSUBSCRIBEs on their way.
  Token next_ = 1;
  uint64_t next_grant_ = 1;  // One for each filter of a SUBSCRIBE.
};

}  // namespace signet
