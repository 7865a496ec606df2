#include "tools/control/control_desk.h"

#include <utility>
#include <variant>
#include <vector>

#include "auth/auth_shard.h"
#include "core/broker/shard_broker.h"
#include "fmt/format.h"
#include "net/auth_thread.h"
#include "tools/control/client_json.h"
#include "tools/control/json_text.h"

namespace signet {
namespace {

constexpr int kNotFound = 404;
constexpr int kInsufficientStorage = 507;

ControlAnswer NobodyIs(std::string_view client_id) {
  return ControlRefusal(kNotFound,
                        fmt::format("nobody is connected as {}", EscapeForLog(client_id)));
}

std::string CursorText(uint32_t shard, uint32_t slot) { return fmt::format("{}.{}", shard, slot); }

}  // namespace

ControlAnswer ControlDesk::Answer(const ControlQuestion& question) {
  const Expected<ControlRequest, ControlAnswer> request = ReadControlRequest(question);
  if (!request.ok()) return request.error();
  return std::visit([this](const auto& kind) { return On(kind); }, *request);
}

std::string ControlDesk::NameOf(const std::optional<PortId>& port) const {
  if (!port) return "";
  for (const auto& open : group_.ports()) {
    if (open->id == *port) return open->settings.name;
  }
  return "";
}

// From one shard after the other. Sessions keep their places, so whoever is there all the while is
// told of once.
ControlAnswer ControlDesk::On(const ListRequest& request) {
  JsonText json;
  json.Open();
  json.OpenList("clients");
  uint32_t shard = request.shard;
  uint32_t slot = request.slot;
  size_t left = request.clients;
  size_t bytes = 0;
  for (uint32_t turn = 0; turn < kTurnsPerPage && shard < group_.shards(); ++turn) {
    if (left == 0 || bytes >= kPageBytes) break;
    ClientPage page;
    group_.AskShard(shard, [&](ShardBroker& broker) {
      page =
          broker.ListClients({.slot = slot, .clients = left, .with_absent = request.with_absent});
    });
    for (const ClientReport& report : page.clients) {
      json.Open();
      PutClient(report, NameOf(report.port), &json);
      json.Close();
    }
    left -= page.clients.size();
    bytes += page.bytes;
    if (!page.next_slot) ++shard;
    slot = page.next_slot.value_or(0);
  }
  json.Close();
  if (shard < group_.shards()) {
    json.Text("next", CursorText(shard, slot));
  } else {
    json.Null("next");
  }
  json.Close();
  return {.json = json.Take()};
}

ControlAnswer ControlDesk::On(const ShowRequest& request) {
  std::vector<std::optional<ClientDetails>> found(group_.shards());
  group_.AskShards([&](ShardBroker& broker, size_t index) {
    found[index] = broker.FindClient(request.client_id);
  });
  for (const auto& details : found) {
    if (!details) continue;
    JsonText json;
    json.Open();
    PutDetails(*details, NameOf(details->report.port), &json);
    json.Close();
    return {.json = json.Take()};
  }
  return ControlRefusal(kNotFound, fmt::format("there is no client, and no Session, of the name {}",
                                               EscapeForLog(request.client_id)));
}

ControlAnswer ControlDesk::On(const KickRequest& request) {
  std::vector<uint8_t> kicked(group_.shards(), 0);
  group_.AskShards([&](ShardBroker& broker, size_t index) {
    kicked[index] = broker.Kick(request.client_id) ? 1 : 0;
  });
  for (const uint8_t by_this_shard : kicked) {
    if (by_this_shard == 0) continue;
    log_.Write(LogLevel::kInfo, "an operator sent a client away",
               {{"client_id", request.client_id}});
    JsonText json;
    json.Open();
    json.Flag("kicked", true);
    json.Close();
    return {.json = json.Take()};
  }
  return NobodyIs(request.client_id);
}

ControlAnswer ControlDesk::On(const RevokeRequest& request) {
  const auth::Revocation& revocation = request.revocation;
  const auto of_auth = [](AuthThread& thread) -> auth::AuthShard& {
    return static_cast<auth::AuthShard&>(thread.desk());
  };
  bool done = false;
  uint64_t ended = 0;
  uint32_t slot = 0;
  group_.AskAuth([&](AuthThread& thread) { done = of_auth(thread).BeginRevocation(revocation); });
  for (bool more = true; more;) {
    group_.AskAuth([&](AuthThread& thread) {
      more = of_auth(thread).RevokeSome(revocation, kGrantsPerTurn, &slot, &ended);
    });
  }
  log_.Write(done ? LogLevel::kInfo : LogLevel::kError, "an operator revoked a credential",
             {{"by", request.by},
              {"value", revocation.value},
              {"issuer", revocation.issuer},
              {"disconnected", fmt::format("{}", ended)},
              {"kept_out", revocation.is_of_credential() && done ? "yes" : "no"}});
  if (!done) {
    return ControlRefusal(kInsufficientStorage,
                          fmt::format("{} clients were disconnected, but the list of revoked "
                                      "credentials is full: it can come in again",
                                      ended));
  }
  JsonText json;
  json.Open();
  json.Number("disconnected", ended);
  json.Flag("kept_out", revocation.is_of_credential());
  json.Close();
  return {.json = json.Take()};
}

}  // namespace signet
