#include "tools/control/control_request.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "auth/json/json_document.h"
#include "auth/policy/access_policy.h"
#include "core/base/log.h"
#include "fmt/format.h"
#include "simdjson.h"

namespace signet {
namespace {

using auth::JsonDocument;
using auth::JsonObject;
using Read = Expected<ControlRequest, ControlAnswer>;
using Names = std::initializer_list<std::string_view>;

constexpr int kBadRequest = 400;

constexpr auto kActions = std::to_array<std::pair<std::string_view, Action>>({
    {"connect", Action::kConnect},
    {"publish", Action::kPublish},
    {"subscribe", Action::kSubscribe},
});

constexpr auto kRevokedBy = std::to_array<std::pair<std::string_view, auth::Revocation::By>>({
    {"username", auth::Revocation::By::kUsername},
    {"service_account", auth::Revocation::By::kServiceAccount},
    {"subject", auth::Revocation::By::kSubject},
    {"token", auth::Revocation::By::kToken},
    {"certificate", auth::Revocation::By::kCertificate},
});

ControlAnswer Wrong(std::string_view sentence) { return ControlRefusal(kBadRequest, sentence); }

ControlAnswer NoSuchMember(std::string_view name) {
  return Wrong(fmt::format("{} is nothing that can be asked here", EscapeForLog(name, 60)));
}

template <typename Table>
auto Find(const Table& table, std::string_view name) {
  return std::ranges::find_if(table, [name](const auto& row) { return row.first == name; });
}

bool ReadNumber(std::string_view text, uint32_t* number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size();
}

// What was misspelled is not passed over: it may have been what matters.
std::optional<ControlAnswer> FindStranger(JsonObject object, Names known) {
  for (const auto& member : object.members()) {
    if (std::ranges::find(known, member.key) == known.end()) return NoSuchMember(member.key);
  }
  return std::nullopt;
}

// The value of a member that is a text, if it is there. False: it is something else.
bool ReadText(JsonObject object, std::string_view name, std::string* text) {
  std::optional<std::string_view> value;
  if (!object.Read(name, &value)) return false;
  if (value) *text = *value;
  return true;
}

Read ReadList(const ControlQuestion& question) {
  ListRequest list;
  for (const auto& [name, value] : question.parameters) {
    uint32_t number = 0;
    if (name == "after") {
      const size_t dot = value.find('.');
      if (dot == std::string::npos || !ReadNumber(value.substr(0, dot), &list.shard) ||
          !ReadNumber(value.substr(dot + 1), &list.slot)) {
        return Wrong("after is the `next` of an earlier page");
      }
    } else if (name == "limit") {
      if (!ReadNumber(value, &number) || number < 1 || number > ListRequest::kMostClients) {
        return Wrong(fmt::format("limit is a number from 1 to {}", ListRequest::kMostClients));
      }
      list.clients = number;
    } else if (name == "absent") {
      if (value != "true" && value != "false") return Wrong("absent is true or false");
      list.with_absent = value == "true";
    } else {
      return NoSuchMember(name);
    }
  }
  return ControlRequest(list);
}

template <typename Request>
Read ReadClientId(JsonObject body) {
  if (auto stranger = FindStranger(body, {"client_id"})) return *stranger;
  Request request;
  if (!ReadText(body, "client_id", &request.client_id) || request.client_id.empty()) {
    return Wrong("client_id is a Client Identifier");
  }
  return ControlRequest(std::move(request));
}

Read ReadRevoke(JsonObject body) {
  if (auto stranger = FindStranger(body, {"by", "value", "issuer"})) return *stranger;
  RevokeRequest request;
  std::string value;
  std::string issuer;
  if (!ReadText(body, "by", &request.by) || !ReadText(body, "value", &value) ||
      !ReadText(body, "issuer", &issuer)) {
    return Wrong("by, value and issuer are texts");
  }
  const auto by = Find(kRevokedBy, request.by);
  if (by == kRevokedBy.end()) {
    return Wrong("by is username, service_account, subject, token or certificate");
  }
  auto revocation = auth::ReadRevocation(by->second, value, issuer);
  if (!revocation.ok()) return Wrong(revocation.error().sentence());
  request.revocation = std::move(*revocation);
  return ControlRequest(std::move(request));
}

std::optional<ControlAnswer> ReadSupposed(JsonObject body, Principal* principal) {
  if (auto stranger = FindStranger(body, {"username", "attributes"})) return stranger;
  if (!ReadText(body, "username", &principal->username)) return Wrong("username is a text");
  std::optional<JsonObject> attributes;
  if (!body.Read("attributes", &attributes)) return Wrong("attributes are an object of texts");
  if (!attributes) return std::nullopt;
  for (const auto& member : attributes->members()) {
    std::string_view value;
    if (member.value.get(value) != simdjson::SUCCESS) {
      return Wrong("attributes are an object of texts");
    }
    principal->attributes.emplace_back(member.key, value);
  }
  std::ranges::sort(principal->attributes);
  return std::nullopt;
}

bool ReadManner(JsonObject body, Manner* manner) {
  uint64_t qos = 0;
  if (body.Has("qos")) {
    if (body.members()["qos"].get(qos) != simdjson::SUCCESS || qos > 2) return false;
    manner->qos = static_cast<QoS>(qos);
  }
  std::optional<bool> retain;
  if (!body.Read("retain", &retain)) return false;
  manner->retain = retain.value_or(false);
  return true;
}

Read ReadExplain(JsonObject body) {
  if (auto stranger = FindStranger(
          body, {"action", "topic", "qos", "retain", "client_id", "principal", "listener"})) {
    return *stranger;
  }
  ExplainRequest request;
  std::string action;
  std::optional<JsonObject> principal;
  if (!ReadText(body, "action", &action) || !ReadText(body, "topic", &request.topic) ||
      !ReadText(body, "client_id", &request.client_id) ||
      !ReadText(body, "listener", &request.listener) || !body.Read("principal", &principal)) {
    return Wrong("action, topic, client_id and listener are texts, principal is an object");
  }
  const auto found = Find(kActions, action);
  if (found == kActions.end()) return Wrong("action is connect, publish or subscribe");
  request.action = found->second;
  if (!ReadManner(body, &request.manner)) {
    return Wrong("qos is 0, 1 or 2, and retain is true or false");
  }
  if (request.action != Action::kPublish && body.Has("retain")) {
    return Wrong("retain is for publish");
  }
  if (request.action == Action::kConnect && body.Has("qos")) return Wrong("connect has no qos");
  if (request.action == Action::kConnect) {
    if (!request.topic.empty()) return Wrong("connect has no topic");
  } else if (auth::DecidedPart(request.action, request.topic).empty()) {
    return Wrong(fmt::format("{} is no topic for {}", EscapeForLog(request.topic, 100), action));
  }
  if (!principal) {
    if (request.client_id.empty()) return Wrong("client_id or principal says who is meant");
    if (!request.listener.empty()) return Wrong("a client that is there has its own listener");
    return ControlRequest(std::move(request));
  }
  if (auto refusal = ReadSupposed(*principal, &request.supposed.emplace())) return *refusal;
  return ControlRequest(std::move(request));
}

Read ReadPosted(const ControlQuestion& question) {
  constexpr auto kReaders = std::to_array<std::pair<std::string_view, Read (*)(JsonObject)>>({
      {"/api/v1/client", ReadClientId<ShowRequest>},
      {"/api/v1/kick", ReadClientId<KickRequest>},
      {"/api/v1/revoke", ReadRevoke},
      {"/api/v1/explain", ReadExplain},
  });
  const auto reader = Find(kReaders, question.path);
  if (reader == kReaders.end()) return ControlRefusal(404, "there is nothing at this path");
  if (!question.parameters.empty()) return NoSuchMember(question.parameters.begin()->first);
  const auto body = JsonDocument::Read(question.body, ControlQuestion::kMaxBodyBytes);
  if (!body.ok()) return Wrong(fmt::format("the body {}", body.error().what));
  return reader->second(body->root());
}

}  // namespace

Expected<ControlRequest, ControlAnswer> ReadControlRequest(const ControlQuestion& question) {
  if (question.is_post) return ReadPosted(question);
  if (question.path == "/api/v1/clients") return ReadList(question);
  return ControlRefusal(404, "there is nothing at this path");
}

}  // namespace signet
