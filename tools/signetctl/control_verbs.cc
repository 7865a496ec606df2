#include "tools/signetctl/control_verbs.h"

#include <optional>
#include <string_view>
#include <utility>

#include "auth/json/json_document.h"
#include "core/base/log.h"
#include "fmt/format.h"
#include "tools/control/json_text.h"
#include "tools/signetctl/control_text.h"

namespace signet {
namespace {

using auth::JsonDocument;
using auth::JsonObject;
using Verb = ControlOptions::Verb;
using Call = std::function<StatusOr<ControlReply>(const ControlCall& call)>;

constexpr int kNo = 1;
constexpr int kFailed = 2;
constexpr size_t kMaxAnswerBytes = size_t{64} << 20;

std::string BodyFor(const ControlOptions& options) {
  JsonText json;
  json.Open();
  const auto put = [&json](std::string_view name, const std::string& value) {
    if (!value.empty()) json.Text(name, value);
  };
  if (options.verb == Verb::kRevoke) {
    put("by", options.by);
    put("value", options.value);
    put("issuer", options.issuer);
    json.Close();
    return json.Take();
  }
  put("client_id", options.client_id);
  if (options.verb == Verb::kExplain) {
    put("action", options.action);
    put("topic", options.topic);
    if (options.qos) json.Number("qos", *options.qos);
    if (options.retain) json.Flag("retain", true);
    put("listener", options.listener);
    if (options.is_supposed()) {
      json.Open("principal");
      put("username", options.username.value_or(""));
      json.Open("attributes");
      for (const std::string& each : options.attributes) {
        const size_t equals = each.find('=');
        json.Text(each.substr(0, equals), each.substr(equals + 1));
      }
      json.Close();
      json.Close();
    }
  }
  json.Close();
  return json.Take();
}

std::string PathFor(Verb verb) {
  switch (verb) {
    case Verb::kClients:
      return "/api/v1/clients";
    case Verb::kClient:
      return "/api/v1/client";
    case Verb::kKick:
      return "/api/v1/kick";
    case Verb::kRevoke:
      return "/api/v1/revoke";
    case Verb::kExplain:
      return "/api/v1/explain";
  }
  return "";
}

ControlOutcome Failure(int code, std::string_view sentence) {
  return {.exit_code = code, .output = "", .error = fmt::format("signetctl: {}\n", sentence)};
}

// The answer as a document, or how to end.
Expected<JsonDocument, ControlOutcome> Understand(const StatusOr<ControlReply>& reply, Verb verb) {
  if (!reply.ok()) return Failure(kFailed, reply.error().sentence());
  auto document = JsonDocument::Read(reply->json, kMaxAnswerBytes);
  if (!document.ok()) {
    return Failure(kFailed, fmt::format("the broker's answer {}", document.error().what));
  }
  if (reply->status == 200) return std::move(*document);
  // Whom an explanation is about is no question of yes and no.
  const bool is_absence = reply->status == 404 && verb != Verb::kExplain;
  return Failure(is_absence ? kNo : kFailed,
                 TextOf(document->root(), "error")
                     .value_or(fmt::format("the broker answers {}", reply->status)));
}

std::string TextFor(Verb verb, JsonObject answer) {
  switch (verb) {
    case Verb::kClients:
      return TextOfClients(answer);
    case Verb::kClient:
      return TextOfClient(answer);
    case Verb::kKick:
      return "disconnected\n";
    case Verb::kRevoke:
      return TextOfRevocation(answer);
    case Verb::kExplain:
      return TextOfExplanation(answer);
  }
  return "";
}

// Page after page.
ControlOutcome ListClients(const ControlOptions& options, const Call& call) {
  ControlOutcome outcome;
  if (!options.json) outcome.output = HeadOfClients();
  std::optional<std::string> next = "0.0";
  while (next) {
    const auto reply = call({.path = fmt::format("{}?limit=1000&after={}{}", PathFor(options.verb),
                                                 *next, options.with_absent ? "&absent=true" : ""),
                             .body = ""});
    const auto document = Understand(reply, options.verb);
    if (!document.ok()) return document.error();
    outcome.output += options.json ? reply->json + "\n" : TextFor(options.verb, document->root());
    next = TextOf(document->root(), "next");
  }
  return outcome;
}

}  // namespace

ControlOutcome RunControl(const ControlOptions& options, const Call& call) {
  if (options.verb == Verb::kClients) return ListClients(options, call);
  const auto reply =
      call({.is_post = true, .path = PathFor(options.verb), .body = BodyFor(options)});
  const auto document = Understand(reply, options.verb);
  if (!document.ok()) return document.error();
  ControlOutcome outcome;
  outcome.output = options.json ? reply->json + "\n" : TextFor(options.verb, document->root());
  if (options.verb != Verb::kExplain) return outcome;
  const std::optional<bool> allowed = FlagOf(document->root(), "allowed");
  if (!allowed) return Failure(kFailed, "the broker's answer is no decision");
  outcome.exit_code = *allowed ? 0 : kNo;
  return outcome;
}

}  // namespace signet
