// What a shard says of its clients. Everything a peer chose is escaped by the sink.
#include "core/base/wall_time.h"
#include "core/broker/shard_broker.h"
#include "fmt/format.h"

namespace signet {
namespace {

std::string_view ClientIdOf(const Session* session) {
  return session == nullptr ? std::string_view() : std::string_view(session->client_id);
}

}  // namespace

void ShardBroker::LogConnected(const Client& client, bool session_present) {
  const std::string_view version = client.is_v5() ? "5.0" : "3.1.1";
  const std::string_view session = session_present ? "resumed" : "new";
  const Principal& principal = client.principal();
  if (principal.is_anonymous()) {
    context_.log.Write(LogLevel::kInfo, "client connected",
                       {{"client_id", client.session_->client_id},
                        {"peer", client.peer_},
                        {"version", version},
                        {"session", session}});
    return;
  }
  context_.log.Write(LogLevel::kInfo, "client connected",
                     {{"client_id", client.session_->client_id},
                      {"peer", client.peer_},
                      {"version", version},
                      {"session", session},
                      {"method", principal.method},
                      {"identity", principal.identity},
                      {"until", ToText(principal.deadline)}});
}

void ShardBroker::LogClosed(const Client& client, std::string_view why) {
  if (client.session_ == nullptr) return;  // Never connected; bad input is logged by itself.
  context_.log.Write(
      LogLevel::kInfo, "client disconnected",
      {{"client_id", ClientIdOf(client.session_)}, {"peer", client.peer_}, {"why", why}});
}

void ShardBroker::LogBadInput(const Client& client, ReasonCode code, std::string_view what) {
  if (!bad_input_log_.Allow(context_.now)) return;
  const uint64_t suppressed = bad_input_log_.TakeSuppressed();
  context_.log.Write(LogLevel::kWarning, "client refused",
                     {{"client_id", ClientIdOf(client.session_)},
                      {"peer", client.peer_},
                      {"code", fmt::format("0x{:02X}", static_cast<uint8_t>(code))},
                      {"reason", Name(code)},
                      {"what", what},
                      {"not_logged_before", fmt::format("{}", suppressed)}});
}

void ShardBroker::LogGivenUp(const Client& client, std::string_view why) {
  if (!bad_input_log_.Allow(context_.now)) return;
  const uint64_t suppressed = bad_input_log_.TakeSuppressed();
  context_.log.Write(
      LogLevel::kInfo, "client given up",
      {{"peer", client.peer_}, {"why", why}, {"not_logged_before", fmt::format("{}", suppressed)}});
}

}  // namespace signet
