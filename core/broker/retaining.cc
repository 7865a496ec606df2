#include "core/broker/retaining.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <memory>
#include <utility>

#include "core/broker/client.h"
#include "core/mqtt/topic_name.h"

namespace signet {
namespace {

// A page is small enough for a mailbox, a scan short enough for a turn.
constexpr size_t kPageMessages = 64;
constexpr size_t kPageBytes = 64 * 1024;
constexpr size_t kScanSteps = 1024;
constexpr size_t kPagesPerTurn = 4;
constexpr size_t kReplaysAtOnce = 256;  // Of a Session.
constexpr size_t kSweepSteps = 4096;
// Topics remembered while queries are out; beyond that the queries are put again.
constexpr size_t kMaxLiveTopics = 4096;

}  // namespace

// By whom it was published, and whether that was allowed by the policy that was asked last: a
// policy never changes, so it is asked once.
struct Retaining::Provenance : RetainedStore::Companion {
  SharedAuthor author;
  uint64_t judged_at = 0;
  QoS qos = QoS::kAtMostOnce;  // It was published with.
  bool allowed = true;
};

Retaining::Retaining(ShardContext* context, Authority* authority, Delivery* delivery,
                     SessionStore* sessions)
    : context_(*context),
      authority_(*authority),
      delivery_(*delivery),
      sessions_(*sessions),
      store_({.messages = 0, .bytes = 0}),
      stored_(context_.shards, 0),
      seen_(context_.shards, std::vector<uint64_t>(context_.shards, 0)) {}

// -- As publisher.

void Retaining::Store(const MessageRef& message, const SharedAuthor& author, Stored stored) {
  const SharedMessage& parts = message->parts();
  NoteLive(parts.View());
  const ShardId home = context_.HomeOf(parts.View().topic_name);
  const uint64_t policy_epoch = author != nullptr ? authority_.EpochOf(author->port) : 0;
  if (home == context_.self) {
    const ReasonCode code = SetHere(parts, author, policy_epoch);
    if (stored != nullptr) std::move(stored)(code);
    return;
  }
  not_stored_.emplace(parts.stamp.number, std::move(stored));
  context_.Send(home,
                SetRetained{.message = parts, .author = author, .policy_epoch = policy_epoch});
}

void Retaining::OnRetainedSet(const RetainedSet& set) {
  const auto found = not_stored_.find(set.stamp);
  if (found == not_stored_.end()) return;
  Stored stored = std::move(found->second);
  not_stored_.erase(found);
  if (stored != nullptr) std::move(stored)(set.code);
  while (!waiters_.empty() &&
         (not_stored_.empty() || not_stored_.begin()->first > waiters_.front().up_to)) {
    std::move(waiters_.Pop().action)();
  }
}

void Retaining::WhenStored(absl::AnyInvocable<void() &&> action) {
  if (AllStored()) {
    std::move(action)();
  } else {
    waiters_.Push({.up_to = last_stamp_, .action = std::move(action)});
  }
}

// -- As store.

ReasonCode Retaining::SetHere(SharedMessage message, SharedAuthor author, uint64_t policy_epoch) {
  std::unique_ptr<Provenance> provenance;
  if (author != nullptr) {
    provenance = std::make_unique<Provenance>();
    provenance->qos = message.View().qos;
    provenance->author = std::move(author);
    provenance->judged_at = policy_epoch;
  }
  BrokerTotals& totals = context_.totals;
  const RetainedStamp stamp = message.stamp;
  const auto room = [](uint64_t limit, uint64_t used) { return limit > used ? limit - used : 0; };
  const size_t messages = store_.size();
  const size_t bytes = store_.bytes();
  // By itself it never exhausts the memory: then nobody could be let in to empty it.
  const uint64_t most_bytes = std::min(context_.limits.retained_bytes, context_.memory_bytes / 2);
  store_.set_limits(
      {.messages = messages + room(context_.limits.retained_messages, totals.retained_messages),
       .bytes = bytes + room(most_bytes, totals.retained_bytes)});
  const RetainedStore::Outcome outcome =
      store_.Set(MessageRef(std::move(message)), std::move(provenance));
  CountChange(messages, bytes);
  stored_[stamp.origin.value()] = stamp.number;
  AnswerWaiting();
  return outcome == RetainedStore::Outcome::kQuotaExceeded ? ReasonCode::kQuotaExceeded
                                                           : ReasonCode::kSuccess;
}

void Retaining::CountChange(size_t messages_before, size_t bytes_before) {
  context_.totals.retained_messages += store_.size() - messages_before;
  context_.totals.retained_bytes += store_.bytes() - bytes_before;
}

void Retaining::OnSet(ShardId from, SetRetained set) {
  const uint64_t stamp = set.message.stamp.number;
  const ReasonCode code = SetHere(std::move(set.message), std::move(set.author), set.policy_epoch);
  context_.Send(from, RetainedSet{.stamp = stamp, .code = code});
}

bool Retaining::HasStored(const std::vector<uint64_t>& seen) const {
  return std::equal(seen.begin(), seen.end(), stored_.begin(), std::less_equal<>());
}

void Retaining::OnQuery(ShardId from, QueryRetained query) {
  if (HasStored(query.seen)) {
    Answer(from, query);
  } else {
    waiting_.push_back({from, std::move(query)});
  }
}

void Retaining::Answer(ShardId from, const QueryRetained& query) {
  if (from == context_.self) {
    OnPage(Scan(query));
  } else {
    context_.Send(from, Scan(query));
  }
}

void Retaining::AnswerWaiting() {
  if (waiting_.empty()) return;
  // Taken out first: an answer to this shard's own query may lead to the next one.
  const auto first_ready =
      std::stable_partition(waiting_.begin(), waiting_.end(),
                            [&](const Waiting& waiting) { return !HasStored(waiting.query.seen); });
  const std::vector<Waiting> ready(std::make_move_iterator(first_ready),
                                   std::make_move_iterator(waiting_.end()));
  waiting_.erase(first_ready, waiting_.end());
  for (const Waiting& waiting : ready) Answer(waiting.from, waiting.query);
}

RetainedPage Retaining::Scan(const QueryRetained& query) {
  RetainedPage page{.token = query.token, .cursor = query.cursor};
  size_t bytes = 0;
  store_.ScanWithCompanions(query.filter, context_.now, kScanSteps, &page.cursor,
                            [&](const MessageRef& message, RetainedStore::Companion* companion) {
                              if (page.messages.size() == kPageMessages || bytes > kPageBytes)
                                return false;
                              if (!IsStillAllowed(companion, message->View().topic_name)) {
                                ++context_.counters.retained_withheld;
                                return true;
                              }
                              page.messages.push_back(message->parts());
                              bytes += message->size();
                              return true;
                            });
  return page;
}

bool Retaining::IsStillAllowed(RetainedStore::Companion* companion,
                               std::string_view topic_name) const {
  if (companion == nullptr) return true;
  auto& provenance = static_cast<Provenance&>(*companion);
  const uint64_t epoch = authority_.EpochOf(provenance.author->port);
  if (provenance.judged_at != epoch) {
    provenance.allowed = authority_.Permits(*provenance.author, Action::kPublish, topic_name,
                                            {.qos = provenance.qos, .retain = true});
    provenance.judged_at = epoch;
  }
  return provenance.allowed;
}

// -- As subscriber.

void Retaining::NoteLive(const MessageView& message) {
  if (message.stamp.number == 0) return;
  const ShardId home = context_.HomeOf(message.topic_name);
  uint64_t& seen = seen_[home.value()][message.stamp.origin.value()];
  seen = std::max(seen, message.stamp.number);
  if (queries_out_ == 0) return;
  ++live_count_;
  if (live_topics_.size() >= kMaxLiveTopics) {
    live_topics_.clear();
    live_complete_since_ = live_count_;
  }
  live_topics_.insert_or_assign(std::string(message.topic_name), live_count_);
}

void Retaining::Replay(Session& session, Wanted wanted, std::vector<uint64_t> stamps) {
  StopReplay(session, wanted.filter);
  // What came before the Subscription is stored by now, and was counted then.
  if (context_.totals.retained_messages == 0) return;
  const Token token = next_replay_++;
  OfSession& own = by_session_[session.id];
  own.by_filter.emplace(wanted.filter, token);
  Running running{.session = session.id,
                  .stamps = std::move(stamps),
                  .shard = context_.HomeOf(wanted.filter),
                  .all_shards = HasWildcard(wanted.filter)};
  if (running.all_shards) running.shard = ShardId(0);
  running.wanted = std::move(wanted);
  replays_.emplace(token, std::move(running));
  if (own.running.size() == kReplaysAtOnce) {
    own.waiting.insert(token);
  } else {
    own.running.push_back(token);
    Step(token);
  }
}

void Retaining::StopReplay(Session& session, std::string_view filter) {
  const auto found = by_session_.find(session.id);
  if (found == by_session_.end()) return;
  const auto known = found->second.by_filter.find(filter);
  if (known != found->second.by_filter.end()) End(known->second);
}

void Retaining::StopReplays(Session& session) {
  const auto found = by_session_.find(session.id);
  if (found == by_session_.end()) return;
  for (const auto& [filter, token] : found->second.by_filter) replays_.erase(token);
  by_session_.erase(found);
}

void Retaining::End(Token token) {
  const auto found = replays_.find(token);
  const auto of_session = by_session_.find(found->second.session);
  OfSession& own = of_session->second;
  own.by_filter.erase(own.by_filter.find(found->second.wanted.filter));
  replays_.erase(found);
  if (own.by_filter.empty()) {
    by_session_.erase(of_session);
    return;
  }
  if (std::erase(own.running, token) == 0) {
    own.waiting.erase(token);
  } else if (!own.waiting.empty()) {
    const Token next = *own.waiting.begin();
    own.waiting.erase(own.waiting.begin());
    own.running.push_back(next);
    ready_.push_back(next);
  }
}

void Retaining::Continue(Session& session) {
  if (by_session_.empty()) return;
  const auto found = by_session_.find(session.id);
  if (found == by_session_.end()) return;
  const std::vector<Token> tokens = found->second.running;
  for (const Token token : tokens) Step(token);
}

void Retaining::Step(Token token) {
  const auto found = replays_.find(token);
  if (found == replays_.end() || found->second.waiting) return;
  Running& running = found->second;
  Session* session = sessions_.Find(running.session);
  DCHECK(session != nullptr);
  for (size_t pages = 0; delivery_.CanSendNow(*session, running.wanted.options.maximum_qos);
       ++pages) {
    QueryRetained query;
    if (!NextQuery(token, running, &query)) return End(token);
    running.asked_at = live_count_;
    if (running.shard == context_.self && HasStored(query.seen)) {
      if (pages == kPagesPerTurn) return ready_.push_back(token);
      SendPage(Scan(query), running, *session);
      continue;
    }
    running.waiting = true;
    ++queries_out_;
    if (running.shard == context_.self) return waiting_.push_back({context_.self, query});
    return context_.Send(running.shard, std::move(query));
  }
}

bool Retaining::NextQuery(Token token, Running& running, QueryRetained* query) const {
  if (running.cursor.done) {
    if (!running.all_shards || running.shard.value() + 1 == context_.shards) return false;
    running.shard = ShardId(running.shard.value() + 1);
    running.cursor = {};
  }
  *query = {.token = token,
            .filter = running.wanted.filter,
            .cursor = running.cursor,
            .seen = seen_[running.shard.value()]};
  return true;
}

void Retaining::SendPage(RetainedPage page, Running& running, Session& session) {
  for (const SharedMessage& parts : page.messages) {
    const MessageView view = parts.View();
    if (IsNews(running, parts) && parts.expires_at > context_.now) {
      const QoS qos = Lesser(parts.qos, running.wanted.options.maximum_qos);
      // What is left of the page is asked for again: it would be out of date by the time it is
      // sent.
      if (!delivery_.CanSendNow(session, qos)) return;
      Outgoing message(view, context_.now);
      const uint32_t id = running.wanted.subscription_id;
      delivery_.Deliver(message,
                        {.qos = qos, .retain = true, .subscription_ids = {&id, id == 0 ? 0u : 1u}},
                        session);
    }
    running.cursor.after = view.topic_name;
    running.cursor.started = true;
  }
  running.cursor = std::move(page.cursor);
}

// Not one that has come, or will come, live; nor an older one of a topic that came live meanwhile.
bool Retaining::IsNews(const Running& running, const SharedMessage& message) const {
  if (message.stamp.number > running.stamps[message.stamp.origin.value()]) return false;
  const auto live = live_topics_.find(message.View().topic_name);
  return live == live_topics_.end() || live->second <= running.asked_at;
}

void Retaining::OnPage(RetainedPage page) {
  const auto found = replays_.find(page.token);
  if (found != replays_.end()) {
    Running& running = found->second;
    running.waiting = false;
    const Token token = page.token;
    Session* session = sessions_.Find(running.session);
    DCHECK(session != nullptr);
    // If too much passed live meanwhile to be remembered, the same page is asked for again.
    if (running.asked_at >= live_complete_since_) SendPage(std::move(page), running, *session);
    Step(token);
  }
  if (--queries_out_ == 0) live_topics_.clear();
}

void Retaining::Work() {
  for (const Token token : std::exchange(ready_, {})) Step(token);
}

void Retaining::Sweep() {
  const size_t messages = store_.size();
  const size_t bytes = store_.bytes();
  store_.Sweep(context_.now, kSweepSteps);
  CountChange(messages, bytes);
}

}  // namespace signet
