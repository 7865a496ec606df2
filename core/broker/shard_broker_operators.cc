// What operators ask a shard, and have it do.
#include "core/broker/shard_broker.h"

namespace signet {
namespace {

size_t BytesOf(const ClientReport& report) {
  const Principal& principal = report.principal;
  size_t bytes = sizeof report + report.client_id.size() + report.peer.size() +
                 principal.username.size() + principal.identity.size();
  for (const auto& [name, value] : principal.attributes) bytes += name.size() + value.size();
  return bytes;
}

}  // namespace

ClientReport ShardBroker::ReportOf(const Session& session) const {
  ClientReport report{.client_id = session.client_id,
                      .is_connected = session.client != nullptr,
                      .subscriptions = session.subscriptions.size(),
                      .queued_messages = session.queue.size(),
                      .queued_bytes = session.queue.bytes(),
                      .inflight_messages = session.inflight.size()};
  if (session.client != nullptr) {
    const Client& client = *session.client;
    report.principal = client.principal();
    report.port = authority_.GovernorOf(client.port());
    report.peer = client.peer();
    report.version = client.version();
  } else if (const SharedAuthor author = authority_.AuthorOf(session)) {
    report.principal = author->principal;
    report.port = authority_.GovernorOf(author->port);
  }
  return report;
}

ClientPage ShardBroker::ListClients(const ClientPage::Bounds& bounds) {
  ClientPage page;
  uint32_t slot = bounds.slot;
  for (uint32_t looked = 0; looked < ClientPage::kMostSlots; ++looked) {
    if (page.clients.size() >= bounds.clients || page.bytes >= ClientPage::kMostBytes) break;
    const bool more = sessions_.VisitSlot(slot, [&](const Session& session) {
      if (session.ending || (session.client == nullptr && !bounds.with_absent)) return;
      page.clients.push_back(ReportOf(session));
      page.bytes += BytesOf(page.clients.back());
    });
    if (!more) return page;
    ++slot;
  }
  page.next_slot = slot;
  return page;
}

std::optional<ClientDetails> ShardBroker::FindClient(std::string_view client_id) {
  const Session* session = sessions_.Find(client_id);
  if (session == nullptr) return std::nullopt;
  ClientDetails details{.report = ReportOf(*session), .filters = {}};
  size_t bytes = 0;
  for (const SubscriptionSet::Entry& entry : session->subscriptions.entries()) {
    bytes += entry.topic_filter.size();
    if (details.filters.size() >= ClientDetails::kMostFilters ||
        bytes > ClientDetails::kMostFilterBytes) {
      break;
    }
    details.filters.push_back(entry.topic_filter);
  }
  return details;
}

std::optional<ClientDecision> ShardBroker::Decide(std::string_view client_id, Action action,
                                                  std::string_view topic, const Manner& manner) {
  const Session* session = sessions_.Find(client_id);
  if (session == nullptr) return std::nullopt;
  ClientDecision decision{.report = ReportOf(*session)};
  if (!decision.report.port) return std::nullopt;
  decision.is_allowed = authority_.Permits(*decision.report.port, decision.report.principal,
                                           session->client_id, action, topic, manner);
  return decision;
}

bool ShardBroker::Kick(std::string_view client_id) {
  Session* session = sessions_.Find(client_id);
  if (session == nullptr || session->client == nullptr) return false;
  ++context_.counters.kicked;
  session->client->Expel(ReasonCode::kAdministrativeAction, "disconnected by an operator");
  return true;
}

}  // namespace signet
