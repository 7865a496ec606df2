#include "auth/custom/custom_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "auth/custom/quotes.h"
#include "auth/custom/rfc3339.h"
#include "auth/json/json_document.h"
#include "core/base/log.h"
#include "core/base/utf8.h"
#include "simdjson.h"

namespace signet::auth {
namespace {

constexpr size_t kMaxQuotedBytes = 256;  // So much of the server's words is shown.
// So much more is looked at, as a secret may begin in what is shown and end behind it.
constexpr size_t kQuoteMargin = 16;

// What the request had in it.
struct Asked {
  const Credentials& credentials;
  const config::CustomSettings& settings;
};

Unavailable NoVerdict(uint16_t status, std::string_view what) {
  return {.why = fmt::format("the custom server answers with status {}{}", status, what)};
}

// What the server says, as the end of a sentence; nothing if it may not be shown.
std::string InWords(std::string_view text, const Asked& asked) {
  const std::string_view whole = text.substr(0, kMaxQuotedBytes + kQuoteMargin);
  if (text.empty() || QuotesSecret(whole, asked.credentials, asked.settings.headers)) return "";
  return fmt::format(": {}", EscapeForLog(text.substr(0, kMaxQuotedBytes)));
}

Expected<JsonDocument, JsonFlaw> ReadJson(const HttpResponse& response) {
  if (response.content_type != "application/json") return JsonFlaw{"is not application/json"};
  return JsonDocument::Read(response.body.text(), kMaxCustomAnswerBytes);
}

bool IsLess(const Attributes::value_type& a, const Attributes::value_type& b) {
  return a.first < b.first;
}

// Null: they are as they should be.
const char* ReadAttributes(JsonObject object, Attributes* attributes) {
  size_t bytes = 0;
  for (const auto& [name, value] : object.members()) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return ", and with an attribute that is no text";
    if (name.empty() || !IsMqttUtf8(name) || !IsMqttUtf8(text)) {
      return ", and with an attribute that has no name, or U+0000 in it";
    }
    bytes += name.size() + text.size();
    if (attributes->size() == kMaxCustomAttributes || bytes > kMaxCustomAttributeBytes) {
      return ", and with too many attributes, or too long ones";
    }
    attributes->emplace_back(name, text);
  }
  std::ranges::sort(*attributes, IsLess);
  return nullptr;
}

CustomAnswer ReadPass(const HttpResponse& response) {
  const auto document = ReadJson(response);
  if (!document) {
    return NoVerdict(response.status, fmt::format(", and its body {}", document.error().what));
  }
  const JsonObject root = document->root();
  std::optional<std::string_view> expiry;
  std::optional<JsonObject> attributes;
  if (!root.Read("expiry", &expiry) || !root.Read("attributes", &attributes)) {
    return NoVerdict(response.status, ", and with an expiry or attributes that are none");
  }
  CustomPass pass;
  if (expiry) {
    const std::optional<WallTime> moment = ParseRfc3339(*expiry);
    if (!moment) return NoVerdict(response.status, ", and with an expiry that is no time");
    pass.expiry = *moment;
  }
  if (attributes) {
    const char* flaw = ReadAttributes(*attributes, &pass.attributes);
    if (flaw != nullptr) return NoVerdict(response.status, flaw);
  }
  return pass;
}

// The codes that MQTT 3.1.1 has one of its own for; what any other is to it, is said by rule 4.
bool IsKnownTo311(ReasonCode code) {
  return code == ReasonCode::kUnsupportedProtocolVersion ||
         code == ReasonCode::kClientIdentifierNotValid ||
         code == ReasonCode::kBadUserNameOrPassword || code == ReasonCode::kServerUnavailable;
}

// What the client is told (rule 4): servers give anything for `reason`, 0 and 5 among it.
ReasonCode ToReasonCode(const JsonObject& root, ProtocolVersion version) {
  int64_t reason = 0;
  const bool there = root.members().at_key("reason").get(reason) == simdjson::SUCCESS;
  if (!there || reason < 0x80 || reason > 0xFF) return ReasonCode::kNotAuthorized;
  const auto code = static_cast<ReasonCode>(reason);
  if (version == ProtocolVersion::k311 && !IsKnownTo311(code)) return ReasonCode::kNotAuthorized;
  return IsValidFor(code, PacketType::kConnack) ? code : ReasonCode::kNotAuthorized;
}

Denied ReadRefusal(const HttpResponse& response, const Asked& asked) {
  constexpr std::string_view kRefuses = "the custom server refuses";
  const auto document = ReadJson(response);
  if (!document) {
    return {.rule = fmt::format("{}, with status {} and a body that {}", kRefuses, response.status,
                                document.error().what)};
  }
  std::optional<std::string_view> message;
  // If it is no text there is none; that changes nothing.
  if (!document->root().Read("message", &message)) message.reset();
  return {.rule = fmt::format("{}{}", kRefuses, InWords(message.value_or(""), asked)),
          .reason_code = ToReasonCode(document->root(), asked.credentials.version)};
}

CustomAnswer ReadVersions(const HttpResponse& response, const Asked& asked) {
  const auto document = ReadJson(response);
  std::optional<std::vector<std::string_view>> versions;
  if (!document || !document->root().Read("supportedVersions", &versions) || !versions) {
    return NoVerdict(response.status, ", and does not say which versions of the API it speaks");
  }
  if (std::ranges::find(*versions, kCustomApiVersion) != versions->end()) return CustomAskAgain{};
  const std::string list = fmt::format("{}", fmt::join(*versions, ", "));
  return NoVerdict(response.status, fmt::format(": it speaks other versions of the API than {}{}",
                                                kCustomApiVersion, InWords(list, asked)));
}

bool SaysNotRelevant(const HttpResponse& response) {
  const auto document = ReadJson(response);
  std::optional<bool> relevant;
  return document && document->root().Read("relevant", &relevant) && relevant == false;
}

}  // namespace

CustomAnswer ReadCustomAnswer(const HttpResponse& response, const Credentials& credentials,
                              const config::CustomSettings& settings) {
  const Asked asked{.credentials = credentials, .settings = settings};
  switch (response.status) {
    case 200:
      return ReadPass(response);
    case 401:
    case 403:
      return ReadRefusal(response, asked);
    case 404:
      if (settings.not_relevant_answer && SaysNotRelevant(response)) return NotRelevant{};
      break;
    case 422:
      return ReadVersions(response, asked);
    default:
      break;
  }
  return NoVerdict(response.status, InWords(response.body.text(), asked));
}

}  // namespace signet::auth
