#include "core/broker/authority.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "core/broker/client.h"

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
  for (size_t i = 0; i < ports.size(); ++i) {
    ports_.push_back({.access = ports[i], .heir = PortId(static_cast<uint16_t>(i))});
  }
}

void Authority::Need(PortId port) {
  while (ports_.size() <= port.value()) {
    ports_.push_back({.access = {}, .heir = PortId(static_cast<uint16_t>(ports_.size()))});
  }
}

bool Authority::SetPort(PortId id, const PortAccess& access) {
  Need(id);
  PortAccess& present = ports_[id.value()].access;
  const bool changes = present.policy_epoch != access.policy_epoch;
  // Who should have gone by an earlier change, and was not yet looked at, goes all the same.
  const uint64_t disconnect_before = std::max(present.disconnect_before, access.disconnect_before);
  present = access;
  present.disconnect_before = disconnect_before;
  if (changes) denials_.Forget();
  return changes;
}

void Authority::ClosePort(PortId id) { ports_[id.value()].access.closed = true; }

void Authority::ReplacePort(PortId id, PortId heir) {
  ClosePort(id);
  Need(heir);
  for (Entry& entry : ports_) {
    if (entry.heir == id) entry.heir = heir;
  }
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

bool Authority::MayReceive(const Session& session, std::string_view topic_name,
                           size_t* comparisons) const {
  if (session.client != nullptr) {
    const Client& client = *session.client;
    return MayReceive(session, client.port(), client.principal(), topic_name, comparisons);
  }
  const auto found = absent_.find(session.id);
  return found == absent_.end() || MayReceive(session, found->second->port,
                                              found->second->principal, topic_name, comparisons);
}

bool Authority::MayReceive(const Session& session, PortId port, const Principal& principal,
                           std::string_view topic_name, size_t* comparisons) const {
  // For any QoS: what is sent has at most the one that was granted.
  if (Permits(port, principal, session.client_id, Action::kSubscribe, topic_name, {})) return true;
  if (principal.rights == nullptr) return false;
  *comparisons += session.subscriptions.size();
  return *comparisons <= kMostComparisons && session.subscriptions.Matches(topic_name);
}

void Authority::Deny(DenialLog::Denial denial) {
  ++CounterOf(denial.action, &context_.counters);
  denial.port = GovernorOf(denial.port);
  denials_.Write(denial, *port(denial.port).authorizer);
}

}  // namespace signet
