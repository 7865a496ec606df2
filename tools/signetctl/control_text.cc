#include "tools/signetctl/control_text.h"

#include <cstdint>
#include <vector>

#include "core/base/log.h"
#include "fmt/format.h"
#include "simdjson.h"

namespace signet {
namespace {

using auth::JsonObject;

constexpr size_t kMaxValue = 1024;
constexpr std::string_view kClientLine = "{:<24} {:<16} {:<19} {:<20} {:<16} {:>6} {:>7}\n";

std::string Shown(JsonObject object, std::string_view name) {
  const std::optional<std::string> text = TextOf(object, name);
  return text ? EscapeForLog(*text, kMaxValue) : "-";
}

uint64_t NumberOf(JsonObject object, std::string_view name) {
  uint64_t number = 0;
  if (object.members().at_key(name).get(number) != simdjson::SUCCESS) return 0;
  return number;
}

void Line(std::string_view name, std::string_view value, std::string* text) {
  *text += fmt::format("{:<14} {}\n", name, value);
}

// Of a member that may be absent.
void LineIfAny(std::string_view title, JsonObject object, std::string_view name,
               std::string* text) {
  if (object.Has(name)) Line(title, Shown(object, name), text);
}

// No end is a null.
std::string Deadline(JsonObject client) {
  const std::optional<std::string> deadline = TextOf(client, "deadline");
  return deadline ? EscapeForLog(*deadline) : "never";
}

void PutCredential(JsonObject answer, std::string* text) {
  std::optional<JsonObject> credential;
  if (!answer.Read("credential", &credential) || !credential) return;
  Line("credential", Shown(*credential, "kind"), text);
  LineIfAny("  issuer", *credential, "issuer", text);
  LineIfAny("  jti", *credential, "jti", text);
  LineIfAny("  serial", *credential, "serial", text);
  LineIfAny("  subject", *credential, "subject", text);
}

void PutAttributes(JsonObject answer, std::string* text) {
  std::optional<JsonObject> attributes;
  if (!answer.Read("attributes", &attributes) || !attributes) return;
  for (const auto& member : attributes->members()) {
    Line("attribute",
         fmt::format("{}={}", EscapeForLog(member.key, kMaxValue), Shown(*attributes, member.key)),
         text);
  }
}

void PutFilters(JsonObject answer, std::string* text) {
  std::optional<std::vector<std::string_view>> filters;
  if (!answer.Read("filters", &filters) || !filters) return;
  for (const std::string_view filter : *filters) {
    Line("filter", EscapeForLog(filter, kMaxValue), text);
  }
  const uint64_t left_out = NumberOf(answer, "filters_left_out");
  if (left_out > 0) Line("filter", fmt::format("... and {} more", left_out), text);
}

}  // namespace

std::optional<std::string> TextOf(JsonObject object, std::string_view name) {
  std::optional<std::string_view> value;
  if (!object.Read(name, &value) || !value) return std::nullopt;
  return std::string(*value);
}

std::optional<bool> FlagOf(JsonObject object, std::string_view name) {
  std::optional<bool> value;
  if (!object.Read(name, &value)) return std::nullopt;
  return value;
}

std::string HeadOfClients() {
  return fmt::format(kClientLine, "CLIENT", "USERNAME", "METHOD", "UNTIL", "LISTENER", "SUBS",
                     "QUEUED");
}

std::string TextOfClients(JsonObject answer) {
  simdjson::dom::array clients;
  std::string text;
  if (answer.members().at_key("clients").get(clients) != simdjson::SUCCESS) return text;
  for (const simdjson::dom::element each : clients) {
    simdjson::dom::object members;
    if (each.get(members) != simdjson::SUCCESS) continue;
    const JsonObject client(members);
    const bool is_connected = FlagOf(client, "connected").value_or(false);
    text += fmt::format(kClientLine, Shown(client, "client_id"), Shown(client, "username"),
                        Shown(client, "method"), is_connected ? Deadline(client) : "absent",
                        Shown(client, "listener"), NumberOf(client, "subscriptions"),
                        NumberOf(client, "queued_messages"));
  }
  return text;
}

std::string TextOfClient(JsonObject answer) {
  std::string text;
  Line("client", Shown(answer, "client_id"), &text);
  Line("connected", FlagOf(answer, "connected").value_or(false) ? "yes" : "no", &text);
  LineIfAny("listener", answer, "listener", &text);
  LineIfAny("peer", answer, "peer", &text);
  LineIfAny("MQTT", answer, "version", &text);
  LineIfAny("username", answer, "username", &text);
  LineIfAny("method", answer, "method", &text);
  LineIfAny("identity", answer, "identity", &text);
  PutCredential(answer, &text);
  Line("until", Deadline(answer), &text);
  PutAttributes(answer, &text);
  Line("rights",
       FlagOf(answer, "has_rights_of_its_own").value_or(false) ? "its token has some of its own"
                                                               : "those of the policy",
       &text);
  Line("queue",
       fmt::format("{} messages, {} bytes; {} in flight", NumberOf(answer, "queued_messages"),
                   NumberOf(answer, "queued_bytes"), NumberOf(answer, "inflight_messages")),
       &text);
  Line("subscriptions", fmt::format("{}", NumberOf(answer, "subscriptions")), &text);
  PutFilters(answer, &text);
  return text;
}

std::string TextOfRevocation(JsonObject answer) {
  return fmt::format("disconnected {}; {}\n", NumberOf(answer, "disconnected"),
                     FlagOf(answer, "kept_out").value_or(false)
                         ? "the credential is kept out until it ends, or the broker is restarted"
                         : "whoever comes again is judged anew");
}

std::string TextOfExplanation(JsonObject answer) {
  std::string text = FlagOf(answer, "allowed").value_or(false) ? "allowed\n" : "denied\n";
  LineIfAny("client", answer, "client_id", &text);
  LineIfAny("username", answer, "username", &text);
  LineIfAny("listener", answer, "listener", &text);
  LineIfAny("policy", answer, "policy", &text);
  Line("rule", Shown(answer, "rule"), &text);
  Line("because", Shown(answer, "sentence"), &text);
  return text;
}

}  // namespace signet
