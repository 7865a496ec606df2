#include "core/broker/subscribing.h"

#include "core/broker/client.h"
#include "core/mqtt/topic_name.h"

namespace signet {
namespace {

bool WantsRetained(const SubscriptionOptions& options, bool existed) {
  switch (options.retain_handling) {
    case RetainHandling::kSendAtSubscribe:  // [MQTT-3.3.1-9]
      return true;
    case RetainHandling::kSendIfNew:  // [MQTT-3.3.1-10]
      return !existed;
    case RetainHandling::kDoNotSend:  // [MQTT-3.3.1-11]
      return false;
  }
  UNREACHABLE();
}

// What a Subscription takes in all its tables, about.
size_t CostOf(std::string_view topic_filter) { return 3 * topic_filter.size() + 256; }

}  // namespace

void Subscribing::Subscribe(Session& session, uint32_t subscription_id,
                            std::vector<Request> requests, std::vector<uint8_t> codes, Done done) {
  const Token token = next_++;
  Operation& operation = operations_[token];
  operation = {
      .session = session.id, .missing = 1, .codes = std::move(codes), .done = std::move(done)};
  for (const Request& request : requests) {
    operation.codes[request.index] = static_cast<uint8_t>(request.options.maximum_qos);
    if (ParseTopicFilter(request.topic_filter)->is_shared()) ++operation.missing;
  }
  std::vector<std::string> news;
  std::vector<const TopicTree::Node*> fresh;
  for (const Request& request : requests) {
    const uint64_t grant = next_grant_++;
    Note(session, request, grant);
    const TopicFilterView filter = *ParseTopicFilter(request.topic_filter);
    if (filter.is_shared()) {
      Join(session, filter, subscription_id, request, token, grant);
    } else if (Plant(session, subscription_id, request, &operation, &fresh)) {
      news.push_back(request.topic_filter);
    }
  }
  const Token announced = interest_.Announce(std::move(news), session.id,
                                             [this, token](const std::vector<uint64_t>& stamps) {
                                               operations_.find(token)->second.stamps = stamps;
                                               Arrive(token);
                                             });
  if (context_.shards == 1 || fresh.empty()) return;
  if (session.activations == nullptr) {
    session.activations = std::make_unique<Activations>();
  }
  for (const TopicTree::Node* node : fresh) {
    session.activations->emplace(node,
                                 Activation{.token = announced, .noted_by = SetOf(context_.self)});
  }
}

bool Subscribing::Plant(Session& session, uint32_t subscription_id, const Request& request,
                        Operation* operation, std::vector<const TopicTree::Node*>* fresh) {
  const TopicTree::Node* known = tree_.Find(request.topic_filter);
  const bool told = known != nullptr && known->has_local_interest();
  bool existed = false;
  const TopicTree::Node* node = tree_.Subscribe(
      request.topic_filter,
      {.session = &session, .subscription_id = subscription_id, .options = request.options},
      &existed);
  if (!existed) fresh->push_back(node);
  if (WantsRetained(request.options, existed)) {
    operation->wanted.push_back({.filter = request.topic_filter,
                                 .options = request.options,
                                 .subscription_id = subscription_id});
  }
  return !told;
}

void Subscribing::Join(Session& session, const TopicFilterView& filter, uint32_t subscription_id,
                       const Request& request, Token token, uint64_t grant) {
  const SharedMember member{.shard = context_.self,
                            .session = session.id,
                            .subscription_id = subscription_id,
                            .options = request.options,
                            .online = true};
  sharing_.Join(
      filter, member,
      [this, token, grant, index = request.index,
       topic_filter = request.topic_filter](ReasonCode code) {
        Operation& operation = operations_.find(token)->second;
        if (IsError(code)) {
          operation.codes[index] = static_cast<uint8_t>(code);
          Session* refused = sessions_.Find(operation.session);
          // It may have been asked for once more meanwhile, and granted.
          if (refused != nullptr && refused->subscriptions.IsOfGrant(topic_filter, grant)) {
            Forget(*refused, topic_filter);
          }
        }
        Arrive(token);
      });
}

void Subscribing::Arrive(Token token) {
  const auto found = operations_.find(token);
  if (--found->second.missing > 0) return;
  Operation operation = std::move(found->second);
  operations_.erase(found);
  std::move(operation.done)(std::move(operation.codes));
  Session* session = sessions_.Find(operation.session);
  if (session == nullptr || session->ending) return;
  for (Retaining::Wanted& wanted : operation.wanted) {
    // It may have been taken back meanwhile.
    if (!session->subscriptions.Contains(wanted.filter)) continue;
    retaining_.Replay(*session, std::move(wanted), operation.stamps);
  }
}

void Subscribing::Note(Session& session, const Request& request, uint64_t grant) {
  if (session.subscriptions.Insert(request.topic_filter, request.options.maximum_qos, grant)) {
    context_.totals.filter_bytes += CostOf(request.topic_filter);
  }
}

bool Subscribing::Forget(Session& session, std::string_view topic_filter) {
  if (!session.subscriptions.Erase(topic_filter)) return false;
  context_.totals.filter_bytes -= CostOf(topic_filter);
  return true;
}

void Subscribing::Unsubscribe(Session& session, std::span<const std::string_view> topic_filters,
                              Done done) {
  std::vector<uint8_t> codes;
  std::vector<std::string_view> shared;
  ShardSet asked = 0;  // Where groups of them live.
  for (const std::string_view topic_filter : topic_filters) {
    const bool existed = Forget(session, topic_filter);
    codes.push_back(
        static_cast<uint8_t>(existed ? ReasonCode::kSuccess : ReasonCode::kNoSubscriptionExisted));
    const TopicFilterView filter = *ParseTopicFilter(topic_filter);
    if (!filter.is_shared()) {
      if (existed) Remove(session, topic_filter);
      continue;
    }
    const ShardSet home = SetOf(context_.HomeOf(filter.share_name));
    // One that is not there may have been revoked a moment ago, with a message on its way. What one
    // group answers is behind all that the others of its shard have given before.
    if (existed || (session.leaving != 0 && (asked & home) == 0)) {
      shared.push_back(topic_filter);
      asked |= home;
    }
  }
  if (shared.empty()) return std::move(done)(std::move(codes));
  const Token token = leaves_.Open(static_cast<uint32_t>(shared.size()),
                                   [done = std::move(done), codes = std::move(codes)](
                                       ReasonCode) mutable { std::move(done)(std::move(codes)); });
  for (const std::string_view topic_filter : shared) {
    Remove(session, topic_filter, [this, token](ReasonCode) { leaves_.Arrive(token); });
  }
}

void Subscribing::Abandon(Session& session) {
  retaining_.StopReplays(session);
  session.activations.reset();
}

size_t Subscribing::UnsubscribeSome(Session& session, size_t most) {
  size_t count = 0;
  for (; count < most && session.subscriptions.size() > 0; ++count) {
    const std::string filter = session.subscriptions.entries().back().topic_filter;
    Forget(session, filter);
    Remove(session, filter);
  }
  return count;
}

void Subscribing::Revoke(Session& session, std::span<const std::string> topic_filters) {
  for (const std::string& topic_filter : topic_filters) {
    if (Forget(session, topic_filter)) Remove(session, topic_filter);
  }
}

void Subscribing::Remove(Session& session, std::string_view topic_filter, Sharing::Done left) {
  const TopicFilterView filter = *ParseTopicFilter(topic_filter);
  if (filter.is_shared()) {
    if (session.ending) return sharing_.Leave(filter, session.id, std::move(left));
    ++session.leaving;
    sharing_.Leave(filter, session.id,
                   [this, id = session.id, left = std::move(left)](ReasonCode code) mutable {
                     if (Session* stays = sessions_.Find(id)) --stays->leaving;
                     if (left) std::move(left)(code);
                   });
    return;
  }
  TopicTree::Node* node = tree_.Find(topic_filter);
  if (session.activations != nullptr) {
    session.activations->erase(node);
    if (session.activations->empty()) session.activations.reset();
  }
  tree_.Unsubscribe(node, &session);
  interest_.WithdrawIfGone(topic_filter);
  retaining_.StopReplay(session, topic_filter);
}

void Subscribing::SetOnline(const Session& session, bool online) {
  for (const SubscriptionSet::Entry& entry : session.subscriptions.entries()) {
    const TopicFilterView filter = *ParseTopicFilter(entry.topic_filter);
    if (filter.is_shared()) sharing_.SetOnline(filter, session.id, online);
  }
}

}  // namespace signet
