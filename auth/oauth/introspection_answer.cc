#include "auth/oauth/introspection_answer.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/config/values.h"

namespace signet::auth {
namespace {

Unavailable Unusable(std::string_view what) {
  return {.why = fmt::format("the introspection endpoint's answer {}", what)};
}

Unavailable Failed(uint16_t status) {
  const std::string_view whom = status == 401 || status == 403 ? " to the broker itself" : "";
  return {.why = fmt::format("the introspection endpoint answers{} with status {}", whom, status)};
}

// A token that is bound to a key (RFC 7800; RFC 9449; RFC 8705) is no proof of who holds it: here
// nobody is asked for that key.
std::optional<IntrospectionAnswer> FindBond(JsonObject root) {
  std::optional<std::string_view> type;  // As RFC 6749, 7.1, has it: in any case.
  if (!root.Read("token_type", &type)) return Unusable("has a token_type that is no text");
  if (type && !config::SameInAnyCase(*type, "Bearer")) {
    return Denied{.rule = "the token is none that counts for whoever bears it"};
  }
  if (root.Has("cnf")) return Denied{.rule = "the token is bound to a key"};
  return std::nullopt;
}

}  // namespace

IntrospectionAnswer ReadIntrospection(const HttpResponse& response) {
  if (response.status != 200) return Failed(response.status);
  if (response.content_type != "application/json") return Unusable("is not application/json");
  Expected<JsonDocument, JsonFlaw> document =
      JsonDocument::Read(response.body.text(), kMaxIntrospectionBytes);
  if (!document) return Unusable(document.error().what);
  const JsonObject root = document->root();
  std::optional<bool> active;
  if (!root.Read("active", &active) || !active) {
    return Unusable("does not say whether the token is active");
  }
  if (!*active)
    return Denied{.rule = "the introspection endpoint says that the token is not active"};
  if (std::optional<IntrospectionAnswer> bond = FindBond(root)) return std::move(*bond);
  Expected<Claims, TokenFlaw> claims = ReadClaims(root);
  if (!claims) return Unusable(fmt::format("is not as it should be: {}", claims.error().rule));
  return ActiveToken{.document = std::move(*document), .claims = std::move(*claims)};
}

}  // namespace signet::auth
