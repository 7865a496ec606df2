#include "core/broker/authority.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "core/broker/asked_filter.h"
#include "core/broker/client.h"
#include "core/mqtt/topic_name.h"

namespace signet {
namespace {

uint64_t& CounterOf(Action action, Counters* counters) {
  switch (action) {
    case Action::kConnect:
      return counters->denied_connect;
    case Action::kPublish:
      return counters->denied_publish;
    case Action::kSubscribe:
      return counters->denied_subscribe;
  }
  UNREACHABLE();
}

}  // namespace

Authority::Authority(ShardContext* context, std::vector<PortAccess> ports)
    : context_(*context), denials_(context) {
  for (const PortAccess& access : ports) Add(access);
}

void Authority::Add(const PortAccess& access) {
  const PortId id(static_cast<uint16_t>(ports_.size()));
  ports_.push_back({.access = access, .heir = id, .governor = id});
}

void Authority::Need(PortId port) {
  while (ports_.size() <= port.value()) Add({});
}

// On a reload, so that a decision need not go from one to the next.
void Authority::FindGovernors() {
  std::vector<bool> known(ports_.size());
  std::vector<size_t> path;
  for (size_t i = 0; i < ports_.size(); ++i) {
    size_t at = i;
    for (; !known[at] && ports_[at].heir.value() != at; at = ports_[at].heir.value()) {
      path.push_back(at);
    }
    if (!known[at]) ports_[at].governor = PortId(static_cast<uint16_t>(at));
    known[at] = true;
    for (const size_t before : path) {
      ports_[before].governor = ports_[at].governor;
      known[before] = true;
    }
    path.clear();
  }
}

bool Authority::SetPort(PortId id, const PortAccess& access) {
  Need(id);
  Entry& entry = ports_[id.value()];
  PortAccess& present = entry.access;
  const bool changes = entry.heir != id || present.policy_epoch != access.policy_epoch;
  // Who should have gone by an earlier change, and was not yet looked at, goes all the same.
  const uint64_t disconnect_before = std::max(present.disconnect_before, access.disconnect_before);
  const bool closed = present.closed;
  present = access;
  present.disconnect_before = disconnect_before;
  present.closed = present.closed || closed;
  if (entry.heir != id) {
    entry.heir = id;
    FindGovernors();
  }
  if (changes) denials_.Forget();
  return changes;
}

void Authority::ClosePort(PortId id) { ports_[id.value()].access.closed = true; }

void Authority::ReplacePort(PortId id, PortId heir) {
  ClosePort(id);
  Need(heir);
  ports_[id.value()].heir = heir;
  FindGovernors();
  // It is asked no more.
  ports_[id.value()].access.authorizer = nullptr;
}

void Authority::Keep(const Session& session, SharedAuthor author) {
  if (author != nullptr) absent_.insert_or_assign(session.id, std::move(author));
}

SharedAuthor Authority::AuthorOf(const Session& session) const {
  const auto found = absent_.find(session.id);
  return found == absent_.end() ? nullptr : found->second;
}

bool Authority::MayReceive(const Session& session, std::string_view topic_name, QoS qos,
                           size_t* comparisons) const {
  if (session.client != nullptr) {
    const Client& client = *session.client;
    return MayReceive(session, client.port(), client.principal(), topic_name, qos, comparisons);
  }
  const auto found = absent_.find(session.id);
  if (found == absent_.end()) return true;
  const Author& author = *found->second;
  return MayReceive(session, author.port, author.principal, topic_name, qos, comparisons);
}

bool Authority::MayReceive(const Session& session, PortId port, const Principal& principal,
                           std::string_view topic_name, QoS qos, size_t* comparisons) const {
  const auto permits = [&](const Manner& manner) {
    return Permits(port, principal, session.client_id, Action::kSubscribe, topic_name, manner);
  };
  if (principal.rights == nullptr) return permits({});  // A policy knows no QoS.
  // It may have come by any Subscription with as much, or more.
  for (const QoS granted : {QoS::kAtMostOnce, QoS::kAtLeastOnce, QoS::kExactlyOnce}) {
    if (granted >= qos && permits({.qos = granted})) return true;
  }
  const std::vector<SubscriptionSet::Entry>& entries = session.subscriptions.entries();
  *comparisons += entries.size();
  if (*comparisons > kMostComparisons) return false;
  return std::ranges::any_of(entries, [&](const SubscriptionSet::Entry& entry) {
    const TopicFilterView filter = *ParseTopicFilter(entry.topic_filter);
    if (!Matches(filter.filter, topic_name)) return false;
    // It may have been replaced by one with less since; nothing is lost by that [MQTT-3.8.4-3].
    return entry.maximum_qos >= qos ||
           Permits(port, principal, session.client_id, Action::kSubscribe, AskedFilter(filter),
                   {.qos = qos});
  });
}

void Authority::Deny(DenialLog::Denial denial) {
  ++CounterOf(denial.action, &context_.counters);
  denial.port = GovernorOf(denial.port);
  denials_.Write(denial, *port(denial.port).authorizer);
}

}  // namespace signet
