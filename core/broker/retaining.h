// Retaining: Retained Messages across shards (MQTT 5, 3.3.1.3, 3.8.3.1). A message with RETAIN goes
// live to whoever wants it, and to the store of the one shard to which its Topic Name hashes. A new
// Subscription gets what the stores hold, page by page as its Client takes them.
//
// A subscriber must see of each topic what it would see if the broker had one thread: the Retained
// Message as of its Subscription and every message after it, in that order, none twice. Two shards
// may be quicker with one than with the other, so:
//   - each shard numbers its messages with RETAIN (RetainedStamp). A Subscription knows, by shard,
//   the number
//     up to which messages came before it (interest.h). A Retained Message with a later number has
//     come, or will come, live: it is left out of the replay.
//   - SUBACK, and with it the first query, waits until every shard has its earlier messages stored.
//   - a query names the latest number that this shard has seen live, and is answered once those are
//     stored: what a page holds is never older than what the subscriber saw before the query.
//   - topics that come live while a query is out are left out of its page, which may hold an older
//   one.
// docs/decisions/0002-retained-across-shards.md argues why this is enough.
// Used on the shard's thread alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "core/base/hash.h"
#include "core/broker/authority.h"
#include "core/broker/delivery.h"
#include "core/broker/shard_context.h"
#include "core/session/session_store.h"
#include "core/topic/retained_store.h"

namespace signet {

class Retaining {
 public:
  using Stored = absl::AnyInvocable<void(ReasonCode) &&>;

  Retaining(ShardContext* context, Authority* authority, Delivery* delivery,
            SessionStore* sessions);

  // -- For publishers on this shard.
  RetainedStamp NextStamp() { return {.origin = context_.self, .number = ++last_stamp_}; }
  uint64_t last_stamp() const { return last_stamp_; }
  // Hands `message`, which has a stamp, to its store. `stored` (may be null) gets kSuccess or
  // kQuotaExceeded. It is given to nobody once `author` may not publish it any more; null: whoever
  // published it is bound by no policy.
  void Store(const MessageRef& message, const SharedAuthor& author, Stored stored);
  bool AllStored() const { return not_stored_.empty(); }
  // Runs `action` once all messages of this shard up to now are stored.
  void WhenStored(absl::AnyInvocable<void() &&> action);
  void OnRetainedSet(const RetainedSet& set);

  // -- The store of this shard.
  void OnSet(ShardId from, SetRetained set);
  void OnQuery(ShardId from, QueryRetained query);

  // -- For subscribers on this shard.
  // A message with a stamp passes live.
  void NoteLive(const MessageView& message);
  // Begins to send what is retained for a Subscription, or begins anew. `stamps`: see
  // Interest::Done.
  struct Wanted {
    std::string filter;
    SubscriptionOptions options;
    uint32_t subscription_id = 0;
  };
  void Replay(Session& session, Wanted wanted, std::vector<uint64_t> stamps);
  // The Subscription is gone.
  void StopReplay(Session& session, std::string_view filter);
  void StopReplays(Session& session);
  // The Session can take more.
  void Continue(Session& session);
  void OnPage(RetainedPage page);

  // -- Deferred work: replays that have had their share of a turn, and expired messages.
  void Work();
  bool has_work() const { return !ready_.empty(); }
  void Sweep();

  const RetainedStore& store() const { return store_; }

 private:
  // What is still to be sent for one Subscription.
  struct Running {
    SessionId session;
    Wanted wanted;
    std::vector<uint64_t> stamps;
    ShardId shard;  // Whose store is being asked.
    bool all_shards = false;
    bool waiting = false;  // A query is out.
    uint64_t asked_at = 0;
    RetainedStore::Cursor cursor;
  };

  // The replays of one Session, one for a filter. Few of them are under way at a time: those are
  // looked at whenever the Session can take more.
  struct OfSession {
    std::vector<Token> running;
    absl::btree_set<Token> waiting;  // For one that is running to end.
    TextMap<Token> by_filter;
  };

  // Goes on with a replay until a query is out, the Session takes no more, or its share of the turn
  // is up.
  void Step(Token token);
  // The next query, at the present shard or the one after it. False if there is none left to put.
  bool NextQuery(Token token, Running& running, QueryRetained* query) const;
  // Sends what the page holds as far as the Session takes it; the cursor then stands behind what
  // was sent.
  void SendPage(RetainedPage page, Running& running, Session& session);
  bool IsNews(const Running& running, const SharedMessage& message) const;
  RetainedPage Scan(const QueryRetained& query);
  // What is known of a Retained Message beside itself.
  struct Provenance;
  bool IsStillAllowed(RetainedStore::Companion* companion, std::string_view topic_name) const;
  void Answer(ShardId from, const QueryRetained& query);
  void AnswerWaiting();
  bool HasStored(const std::vector<uint64_t>& seen) const;
  ReasonCode SetHere(SharedMessage message, SharedAuthor author, uint64_t policy_epoch);
  void CountChange(size_t messages_before, size_t bytes_before);
  void End(Token token);

  ShardContext& context_;
  Authority& authority_;
  Delivery& delivery_;
  SessionStore& sessions_;
  RetainedStore store_;

  // As publisher.
  uint64_t last_stamp_ = 0;
  absl::btree_map<uint64_t, Stored> not_stored_;
  struct Waiter {
    uint64_t up_to;
    absl::AnyInvocable<void() &&> action;
  };
  BlockQueue<Waiter> waiters_;

  // As store.
  std::vector<uint64_t> stored_;  // By origin: the last number that was stored here.
  struct Waiting {
    ShardId from;
    QueryRetained query;
  };
  std::vector<Waiting> waiting_;

  // As subscriber.
  std::vector<std::vector<uint64_t>>
      seen_;  // By store, by origin: the last number that passed live.
  absl::flat_hash_map<Token, Running> replays_;
  absl::flat_hash_map<SessionId, OfSession> by_session_;
  std::vector<Token> ready_;
  Token next_replay_ = 1;
  // Topics that passed live while queries are out, and when, counted in such messages.
  TextMap<uint64_t> live_topics_;
  uint64_t live_count_ = 0;
  uint64_t live_complete_since_ = 0;  // Earlier entries were given up for want of room.
  uint32_t queries_out_ = 0;
};

}  // namespace signet
