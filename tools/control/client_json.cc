#include "tools/control/client_json.h"

#include "core/base/wall_time.h"

namespace signet {
namespace {

void PutTextIfAny(std::string_view name, std::string_view value, JsonText* json) {
  if (!value.empty()) json->Text(name, value);
}

void PutEnd(std::string_view name, WallTime end, JsonText* json) {
  if (end.is_never()) {
    json->Null(name);
  } else {
    json->Text(name, ToText(end));
  }
}

void PutCredential(const CredentialName& credential, JsonText* json) {
  const bool is_token = credential.kind == CredentialName::Kind::kToken;
  json->Open("credential");
  json->Text("kind", is_token ? "token" : "certificate");
  PutTextIfAny("issuer", credential.issuer, json);
  PutTextIfAny(is_token ? "jti" : "serial", credential.id, json);
  PutTextIfAny("subject", credential.subject, json);
  json->Close();
}

}  // namespace

void PutClient(const ClientReport& report, std::string_view listener, JsonText* json) {
  const Principal& principal = report.principal;
  json->Text("client_id", report.client_id);
  json->Flag("connected", report.is_connected);
  PutTextIfAny("username", principal.username, json);
  PutTextIfAny("method", principal.method, json);
  PutTextIfAny("identity", principal.identity, json);
  PutEnd("deadline", principal.deadline, json);
  PutTextIfAny("listener", listener, json);
  if (report.is_connected) {
    json->Text("peer", report.peer);
    json->Text("version", report.version == ProtocolVersion::k5 ? "5.0" : "3.1.1");
  }
  json->Number("subscriptions", report.subscriptions);
  json->Number("queued_messages", report.queued_messages);
  json->Number("queued_bytes", report.queued_bytes);
  json->Number("inflight_messages", report.inflight_messages);
}

void PutDetails(const ClientDetails& details, std::string_view listener, JsonText* json) {
  PutClient(details.report, listener, json);
  const Principal& principal = details.report.principal;
  if (principal.credential != nullptr) PutCredential(*principal.credential, json);
  json->Open("attributes");
  for (const auto& [name, value] : principal.attributes) json->Text(name, value);
  json->Close();
  json->Flag("has_rights_of_its_own", principal.rights != nullptr);
  json->OpenList("filters");
  for (const std::string& filter : details.filters) json->Text({}, filter);
  json->Close();
  json->Number("filters_left_out", details.report.subscriptions - details.filters.size());
}

}  // namespace signet
