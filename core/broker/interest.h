// Interest: how the shards come to know which filters the others want, and when they surely know.
//
// A Subscription is announced to every other shard. Each notes it and answers; from that answer on,
// in the order of the mailbox between the two, what the other shard publishes comes here. SUBACK
// waits for all answers, so a message published after it is never missed. Until a shard has
// answered, what it happens to send (somebody else here wants it too) does not count for the new
// Subscription: so for every message there is one answer to whether it came before the Subscription
// or after it, which is what decides whether a Retained Message has been seen
// (core/broker/retaining.h). Used on the shard's thread alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "core/broker/shard_context.h"
#include "core/session/session_store.h"
#include "core/topic/topic_tree.h"

namespace signet {

class Retaining;

class Interest {
 public:
  // Gets, by shard, the RetainedStamp number up to which that shard's messages came before.
  using Done = absl::AnyInvocable<void(const std::vector<uint64_t>& stamps) &&>;

  Interest(ShardContext* context, TopicTree* tree, SessionStore* sessions, Retaining* retaining)
      : context_(*context), tree_(*tree), sessions_(*sessions), retaining_(*retaining) {}

  // Tells the other shards that this one wants `filters`, those of them that are new here; an empty
  // list asks only for their answers. `done` runs once all have answered and have stored their
  // earlier messages with RETAIN: at once if there is no other shard. `session`, if any, has
  // Activations under the token.
  Token Announce(std::vector<std::string> filters, SessionId session, Done done);

  // The last one on this shard who wanted `filter` may be gone: then the others are told.
  void WithdrawIfGone(std::string_view filter);

  void OnWant(ShardId from, const WantFilters& want);
  void OnDrop(ShardId from, const DropFilters& drop);
  void OnNoted(ShardId from, const InterestNoted& noted);
  void OnSettled(const InterestSettled& settled);

  size_t pending() const { return announcements_.size(); }

 private:
  struct Announcement {
    SessionId session;
    uint32_t not_settled = 0;
    std::vector<uint64_t> stamps;
    Done done;
  };

  void Activate(SessionId session, Token token, ShardId noted_by);
  void Settle(Token token);

  ShardContext& context_;
  TopicTree& tree_;
  SessionStore& sessions_;
  Retaining& retaining_;
  absl::flat_hash_map<Token, Announcement> announcements_;
  Token next_ = 1;
};

}  // namespace signet
