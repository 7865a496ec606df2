#include "core/broker/review.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/broker/asked_filter.h"
#include "core/broker/client.h"
#include "core/mqtt/topic_name.h"
#include "fmt/format.h"

namespace signet {
namespace {

// Of a turn: beyond that the others are served first. A Session that was begun is done to its end,
// so its own limits (Limits::subscriptions, queued_messages) come on top.
constexpr size_t kStepsPerTurn = 1024;

}  // namespace

void Review::Begin() {
  running_ = true;
  next_ = 0;
}

void Review::Work() {
  if (!running_) return;
  steps_ = 0;
  while (steps_ < kStepsPerTurn) {
    // Slots in use or not.
    const bool more = sessions_.VisitSlot(next_++, [this](Session& session) { Look(session); });
    ++steps_;
    if (more) continue;
    running_ = false;
    return;
  }
}

void Review::Look(Session& session) {
  if (session.ending) return;
  if (session.client == nullptr) return LookAtAbsent(session);
  const Client& client = *session.client;
  const PortId port = client.port();
  const uint64_t epoch = authority_.EpochOf(port);
  if (session.policy_epoch == epoch) return;
  if (session.policy_epoch < authority_.port(port).disconnect_before) {
    ++context_.counters.revoked_clients;
    session.client->Expel(ReasonCode::kAdministrativeAction, "the policy of this port has changed");
    return LookAtAbsent(session);
  }
  if (ExpelIfNotAllowed(session)) return LookAtAbsent(session);
  session.policy_epoch = epoch;
  Prune(session, client.principal(), port);
}

void Review::LookAtAbsent(Session& session) {
  if (session.ending) return;
  const SharedAuthor author = authority_.AuthorOf(session);
  if (author == nullptr) return;
  const uint64_t epoch = authority_.EpochOf(author->port);
  if (session.policy_epoch == epoch) return;
  session.policy_epoch = epoch;
  Prune(session, author->principal, author->port);
}

bool Review::ExpelIfNotAllowed(Session& session) {
  Client& client = *session.client;
  ++steps_;
  if (authority_.Allows(client.port(), client.principal(), session.client_id, Action::kConnect, {},
                        {})) {
    return false;
  }
  ++context_.counters.revoked_clients;
  client.Expel(ReasonCode::kNotAuthorized, "may not be connected any more");
  return true;
}

void Review::OnAttached(Session& session) {
  const Client& client = *session.client;
  session.policy_epoch = authority_.EpochOf(client.port());
  Prune(session, client.principal(), client.port());
}

void Review::OnProvenAnew(Session& session) {
  if (!authority_.Governs(session.client->port())) return;
  if (!ExpelIfNotAllowed(session)) {
    return Prune(session, session.client->principal(), session.client->port());
  }
  const SharedAuthor author = session.ending ? nullptr : authority_.AuthorOf(session);
  if (author != nullptr) Prune(session, author->principal, author->port);
}

// A Subscription may stay if it would be granted again; a message if its Session may receive it,
// whichever Subscription it came by.
void Review::Prune(Session& session, const Principal& principal, PortId port) {
  if (!authority_.Governs(port)) return;
  std::vector<std::string> refused;
  for (const SubscriptionSet::Entry& entry : session.subscriptions.entries()) {
    ++steps_;
    if (!authority_.Permits(port, principal, session.client_id, Action::kSubscribe,
                            AskedFilter(*ParseTopicFilter(entry.topic_filter)),
                            {.qos = entry.maximum_qos})) {
      refused.push_back(entry.topic_filter);
    }
  }
  subscribing_.Revoke(session, refused);
  std::string topic_name;                      // Many messages in a row may have the same one.
  std::array<std::optional<bool>, 3> allowed;  // By QoS, there.
  size_t comparisons = 0;
  const auto is_refused = [&](const OutboundMessage& outbound) {
    const MessageView view = outbound.message->View();
    if (view.topic_name != topic_name) {
      topic_name = view.topic_name;
      allowed = {};
    }
    std::optional<bool>& answer = allowed.at(static_cast<size_t>(outbound.qos));
    if (!answer) {
      answer = authority_.MayReceive(session, topic_name, outbound.qos, &comparisons);
      ++steps_;
    }
    return !*answer;
  };
  const size_t queued = session.queue.RemoveIf(is_refused);
  brake_.OnTaken(session, queued);
  const size_t unsent = session.inflight.Recall(/*sent_too=*/session.client == nullptr, is_refused);
  if (refused.empty() && queued + unsent == 0) return;
  context_.counters.revoked_subscriptions += refused.size();
  context_.counters.revoked_messages += queued + unsent;
  Log(session, refused.size(), queued + unsent);
}

void Review::Log(const Session& session, size_t subscriptions, size_t messages) {
  if (!log_.Allow(context_.now)) return;
  const uint64_t suppressed = log_.TakeSuppressed();
  context_.log.Write(LogLevel::kInfo, "taken back, for it is not allowed any more",
                     {{"client_id", session.client_id},
                      {"subscriptions", fmt::format("{}", subscriptions)},
                      {"messages", fmt::format("{}", messages)},
                      {"not_logged_before", fmt::format("{}", suppressed)}});
}

}  // namespace signet
