#include "core/broker/sharing.h"

#include "core/broker/client.h"
#include "core/broker/interest.h"
#include "fmt/format.h"

namespace signet {
namespace {

// Groups are bounded by the Subscriptions of their members.
constexpr uint32_t kMaxGroups = UINT32_MAX - 1;

std::string NameOf(std::string_view share_name, std::string_view filter) {
  return fmt::format("{}/{}", share_name, filter);
}

}  // namespace

Sharing::Sharing(ShardContext* context, Authority* authority, TopicTree* tree, Delivery* delivery,
                 Interest* interest, SessionStore* sessions)
    : context_(*context),
      authority_(*authority),
      tree_(*tree),
      delivery_(*delivery),
      interest_(*interest),
      sessions_(*sessions),
      groups_(kMaxGroups) {}

void Sharing::Join(const TopicFilterView& filter, const SharedMember& member, Done done) {
  const ShardId home = context_.HomeOf(filter.share_name);
  if (home == context_.self) {
    JoinHere(filter.share_name, filter.filter, member, std::move(done));
    return;
  }
  context_.Send(home, JoinShared{.token = answers_.Open(1, std::move(done)),
                                 .share_name = std::string(filter.share_name),
                                 .filter = std::string(filter.filter),
                                 .member = member});
}

void Sharing::Leave(const TopicFilterView& filter, SessionId session, Done done) {
  const ShardId home = context_.HomeOf(filter.share_name);
  if (home == context_.self) {
    LeaveHere(filter.share_name, filter.filter, home, session);
    if (done) std::move(done)(ReasonCode::kSuccess);
    return;
  }
  context_.Send(home, LeaveShared{.token = done ? answers_.Open(1, std::move(done)) : 0,
                                  .share_name = std::string(filter.share_name),
                                  .filter = std::string(filter.filter),
                                  .session = session});
}

void Sharing::SetOnline(const TopicFilterView& filter, SessionId session, bool online) {
  SetSharedOnline change{.share_name = std::string(filter.share_name),
                         .filter = std::string(filter.filter),
                         .session = session,
                         .online = online};
  const ShardId home = context_.HomeOf(filter.share_name);
  if (home == context_.self) {
    OnSetOnline(home, change);
  } else {
    context_.Send(home, std::move(change));
  }
}

void Sharing::OnJoin(ShardId from, JoinShared join) {
  JoinHere(join.share_name, join.filter, join.member,
           [this, from, token = join.token](ReasonCode code) {
             context_.Send(from, JoinedShared{.token = token, .code = code});
           });
}

void Sharing::OnLeave(ShardId from, const LeaveShared& leave) {
  LeaveHere(leave.share_name, leave.filter, from, leave.session);
  if (leave.token != 0) context_.Send(from, LeftShared{leave.token});
}

void Sharing::OnSetOnline(ShardId from, const SetSharedOnline& change) {
  SharedSubscription* group = Find(change.share_name, change.filter);
  if (group != nullptr) group->SetOnline(from, change.session, change.online);
}

SharedSubscription* Sharing::Find(std::string_view share_name, std::string_view filter) {
  const auto found = by_name_.find(NameOf(share_name, filter));
  return found == by_name_.end() ? nullptr : found->second;
}

SharedSubscription* Sharing::FindOrMake(std::string_view share_name, std::string_view filter) {
  if (SharedSubscription* group = Find(share_name, filter)) return group;
  SharedSubscription* group = groups_.Emplace(std::string(share_name), std::string(filter));
  if (group == nullptr) return nullptr;
  by_name_.emplace(NameOf(share_name, filter), group);
  return group;
}

void Sharing::JoinHere(std::string_view share_name, std::string_view filter,
                       const SharedMember& member, Done done) {
  SharedSubscription* group = FindOrMake(share_name, filter);
  if (group == nullptr || (group->size() >= context_.limits.shared_members &&
                           !group->Has(member.shard, member.session))) {
    std::move(done)(ReasonCode::kQuotaExceeded);
    return;
  }
  group->Join(member);
  std::vector<std::string> news;
  if (group->node == nullptr) {
    const TopicTree::Node* known = tree_.Find(filter);
    if (known == nullptr || !known->has_local_interest()) news.emplace_back(filter);
    group->node = tree_.AddShared(filter, group);
  }
  interest_.Announce(std::move(news), SessionId(),
                     [done = std::move(done)](const std::vector<uint64_t>&) mutable {
                       std::move(done)(ReasonCode::kSuccess);
                     });
}

void Sharing::LeaveHere(std::string_view share_name, std::string_view filter, ShardId shard,
                        SessionId session) {
  SharedSubscription* group = Find(share_name, filter);
  if (group == nullptr || !group->Leave(shard, session) || !group->empty()) return;
  tree_.RemoveShared(group->node, group);
  interest_.WithdrawIfGone(filter);
  by_name_.erase(by_name_.find(NameOf(share_name, filter)));
  groups_.Erase(group->id());
}

void Sharing::Deliver(Outgoing& message, SharedSubscription& group) {
  const SharedMember* member = group.Next(message.view().qos, {});
  if (member == nullptr) {
    ++context_.counters.dropped_no_member;
    return;
  }
  if (member->shard == context_.self && TryHere(message, *member, !member->online, false)) return;
  SharedDelivery delivery{
      .message = message.Share(), .publisher = message.publisher(), .group = group.id()};
  if (member->shard == context_.self) {
    delivery.passed.insert({member->shard, member->session});
    Offer(std::move(delivery));
    return;
  }
  delivery.member = *member;
  delivery.accept_offline = !member->online;
  context_.Send(member->shard, SharedDeliver{std::move(delivery)});
}

void Sharing::OnRefused(SharedDelivery delivery) {
  delivery.passed.insert({delivery.member.shard, delivery.member.session});
  Offer(std::move(delivery));
}

void Sharing::Offer(SharedDelivery delivery) {
  while (true) {
    SharedSubscription* group = groups_.Find(delivery.group);
    const SharedMember* member =
        group == nullptr ? nullptr : group->Next(delivery.message.View().qos, delivery.passed);
    if (member == nullptr) {
      if (group != nullptr && !delivery.last_resort) {
        delivery.last_resort = true;
        delivery.passed.clear();
        continue;
      }
      ++context_.counters.dropped_no_member;
      return;
    }
    delivery.member = *member;
    delivery.accept_offline = delivery.last_resort || !member->online;
    if (member->shard != context_.self) {
      const ShardId shard = member->shard;
      context_.Send(shard, SharedDeliver{std::move(delivery)});
      return;
    }
    const MessageView view = delivery.message.View();
    Outgoing message(view, context_.now, delivery.publisher);
    if (TryHere(message, delivery.member, delivery.accept_offline, delivery.last_resort)) return;
    delivery.passed.insert({delivery.member.shard, delivery.member.session});
  }
}

void Sharing::OnDeliver(ShardId from, SharedDelivery delivery) {
  const MessageView view = delivery.message.View();
  Outgoing message(view, context_.now, delivery.publisher);
  if (TryHere(message, delivery.member, delivery.accept_offline, delivery.last_resort)) return;
  context_.Send(from, SharedRefused{std::move(delivery)});
}

bool Sharing::TryHere(Outgoing& message, const SharedMember& member, bool accept_offline,
                      bool accept_behind) {
  Session* session = sessions_.Find(member.session);
  if (session == nullptr || session->ending) return false;
  if (session->client == nullptr && !accept_offline) return false;
  const MessageView& view = message.view();
  const QoS qos = Lesser(view.qos, member.options.maximum_qos);
  if (session->leaving != 0) {  // Perhaps this group, and because it had to.
    size_t comparisons = 0;
    if (!authority_.MayReceive(*session, view.topic_name, qos, &comparisons)) return false;
  }
  const uint32_t id = member.subscription_id;
  const size_t size = view.topic_name.size() + view.properties.size() + view.payload.size() +
                      (id == 0 ? 0 : sizeof id);
  if (!delivery_.CanTake(*session, qos, size, accept_behind)) return false;
  delivery_.Deliver(message,
                    {.qos = qos,
                     .retain = view.retain && member.options.retain_as_published,
                     .subscription_ids = {&id, id == 0 ? 0u : 1u}},
                    *session);
  return true;
}

}  // namespace signet
