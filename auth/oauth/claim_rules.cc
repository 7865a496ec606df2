#include "auth/oauth/claim_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>

#include "auth/json/json_writer.h"
#include "auth/policy/acl_claim.h"
#include "core/base/log.h"
#include "core/config/values.h"
#include "simdjson.h"

namespace signet::auth {
namespace {

constexpr size_t kMaxAttributeBytes = 16 * 1024;  // All of them; each client's are kept.

constexpr std::string_view kClientId = "${clientid}";
constexpr std::string_view kUsername = "${username}";

// A claim in the words that a manifest has for it: a text, true or false, a whole number. Nothing
// if it is absent, or something else.
std::optional<std::string> TextOf(JsonObject payload, std::string_view claim) {
  simdjson::dom::element value;
  if (payload.members().at_key(claim).get(value) != simdjson::SUCCESS) return std::nullopt;
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return std::string(text);
  bool flag = false;
  if (value.get(flag) == simdjson::SUCCESS) return flag ? "true" : "false";
  int64_t number = 0;
  if (value.get(number) == simdjson::SUCCESS) return std::to_string(number);
  return std::nullopt;
}

// With the words of CONNECT in it. Nothing if CONNECT has none: no claim is equal to that. What is
// put in is not looked at again.
std::optional<std::string> Expand(std::string_view text, const Credentials& credentials) {
  std::string expanded;
  while (!text.empty()) {
    if (text.starts_with(kClientId)) {
      // Who leaves its Client Identifier to the broker has none that a token could be bound to.
      if (credentials.client_id.empty()) return std::nullopt;
      expanded += credentials.client_id;
      text.remove_prefix(kClientId.size());
    } else if (text.starts_with(kUsername)) {
      if (!credentials.username) return std::nullopt;
      expanded += *credentials.username;
      text.remove_prefix(kUsername.size());
    } else {
      expanded += text.front();
      text.remove_prefix(1);
    }
  }
  return expanded;
}

bool Mentions(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

// Appends a part of an identity so that no two lists of parts make the same text: blanks are
// between parts alone, as one with anything but plain characters is quoted as JSON does it.
void AppendPart(std::string_view part, std::string* identity) {
  if (!identity->empty()) *identity += ' ';
  const bool is_plain =
      !part.empty() && std::ranges::all_of(part, [](char c) { return c > ' ' && c != '"'; });
  if (is_plain) {
    *identity += part;
  } else {
    AppendJsonText(part, identity);
  }
}

Denied Refusal(std::string_view claim, std::string_view why) {
  return Denied{.rule = fmt::format("the token's claim {} {}", claim, why)};
}

}  // namespace

ClaimRules::ClaimRules(const config::JwtSettings& settings, std::string_view listener)
    : username_claim_(settings.username_claim),
      attribute_claims_(settings.attribute_claims),
      acl_claim_(settings.acl_claim),
      listener_(listener) {
  for (const auto& [claim, expected] : settings.verify_claims) Add(claim, expected);
  if (!settings.client_id_claim.empty()) Add(settings.client_id_claim, std::string(kClientId));
}

void ClaimRules::Add(std::string claim, std::string expected) {
  const bool by_client_id = Mentions(expected, kClientId);
  const bool by_username = Mentions(expected, kUsername);
  uses_client_id_ = uses_client_id_ || by_client_id;
  uses_username_ = uses_username_ || by_username;
  rules_.push_back({.claim = std::move(claim),
                    .expected = std::move(expected),
                    .is_bound = by_client_id || by_username});
}

bool ClaimRules::Holds(const Rule& rule, const Claims& claims, JsonObject payload,
                       const Credentials& credentials) const {
  const std::optional<std::string> actual = TextOf(payload, rule.claim);
  if (rule.is_bound && credentials.source != Credentials::Source::kConnect) {
    return actual.has_value();
  }
  const std::optional<std::string> expected =
      rule.is_bound ? Expand(rule.expected, credentials) : rule.expected;
  if (!expected) return false;
  // The one claim that may be a list of which one is meant (RFC 7519, 4.1.3).
  if (rule.claim == "aud") return claims.IsFor(std::span(&*expected, 1));
  return actual == expected;
}

Expected<Principal, Denied> ClaimRules::Apply(const Claims& claims, JsonObject payload,
                                              const Credentials& credentials) const {
  Principal principal;
  AppendPart(claims.issuer, &principal.identity);
  AppendPart(claims.subject, &principal.identity);
  const std::optional<std::string> username = TextOf(payload, username_claim_);
  // Without it CONNECT's own word would stand in, and a valid token would be one for any name.
  if (!username || username->empty() || username->size() > UINT16_MAX ||
      !config::CheckMqttText(*username).ok()) {
    return Refusal(username_claim_, "is no username");
  }
  if (username_claim_ != "sub") AppendPart(*username, &principal.identity);
  principal.username = *username;
  for (const Rule& rule : rules_) {
    if (!Holds(rule, claims, payload, credentials)) {
      return Refusal(rule.claim, "is not what it must be");
    }
    if (rule.is_bound) AppendPart(TextOf(payload, rule.claim).value_or(""), &principal.identity);
  }
  size_t bytes = 0;
  for (const auto& [name, claim] : attribute_claims_) {
    auto value = TextOf(payload, claim);
    if (!value) continue;
    bytes += value->size();
    if (bytes > kMaxAttributeBytes || !config::CheckMqttText(*value).ok()) {
      return Refusal(claim, "is no attribute: it has U+0000 in it, or is too long");
    }
    principal.attributes.emplace_back(name, std::move(*value));
  }
  simdjson::dom::element acl;
  if (payload.members().at_key(acl_claim_).get(acl) == simdjson::SUCCESS) {
    auto rights = AclClaim::Read(acl, listener_);
    if (!rights.ok()) return Refusal(EscapeForLog(acl_claim_), rights.error().what);
    principal.rights = std::move(*rights);
  }
  return principal;
}

}  // namespace signet::auth
