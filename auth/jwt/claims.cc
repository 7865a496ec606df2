#include "auth/jwt/claims.h"

#include <algorithm>
#include <cmath>

#include "simdjson.h"

namespace signet::auth {
namespace {

// Beyond it a double no longer knows every second, and a token no longer ends.
constexpr double kMaxSeconds = 9'007'199'254'740'992;  // 2^53.

std::optional<WallTime> FromNumericDate(const simdjson::dom::element& value) {
  if (int64_t whole = 0; value.get(whole) == simdjson::SUCCESS) {
    if (whole < 0 || whole > static_cast<int64_t>(kMaxSeconds)) return std::nullopt;
    return WallTime::FromSeconds(whole);
  }
  double seconds = 0;  // Also what an integer beyond int64_t is read as.
  if (value.get(seconds) != simdjson::SUCCESS) return std::nullopt;
  if (!std::isfinite(seconds) || seconds < 0 || seconds > kMaxSeconds) return std::nullopt;
  return WallTime::FromMilliseconds(static_cast<int64_t>(std::floor(seconds * 1000)));
}

bool ReadTime(JsonObject payload, std::string_view name, std::optional<WallTime>* time) {
  simdjson::dom::element value;
  if (payload.members().at_key(name).get(value) != simdjson::SUCCESS) return true;
  *time = FromNumericDate(value);
  return time->has_value();
}

bool ReadText(JsonObject payload, std::string_view name, std::string* text) {
  std::optional<std::string_view> value;
  if (!payload.Read(name, &value)) return false;
  if (value) *text = *value;
  return true;
}

bool ReadAudiences(JsonObject payload, std::optional<std::vector<std::string>>* audiences) {
  std::optional<std::string_view> one;
  if (payload.Read("aud", &one)) {
    if (one) audiences->emplace().emplace_back(*one);
    return true;
  }
  std::optional<std::vector<std::string_view>> many;
  if (!payload.Read("aud", &many) || !many) return false;
  audiences->emplace(many->begin(), many->end());
  return true;
}

}  // namespace

bool Claims::IsFor(std::span<const std::string> ours) const {
  return audiences && std::ranges::find_first_of(*audiences, ours) != audiences->end();
}

Expected<Claims, TokenFlaw> ReadClaims(JsonObject payload) {
  Claims claims;
  if (!ReadText(payload, "iss", &claims.issuer)) return TokenFlaw{"the claim iss is no text"};
  if (!ReadText(payload, "sub", &claims.subject)) return TokenFlaw{"the claim sub is no text"};
  if (!ReadText(payload, "jti", &claims.id)) return TokenFlaw{"the claim jti is no text"};
  if (!ReadAudiences(payload, &claims.audiences)) {
    return TokenFlaw{"the claim aud is neither a text nor a list of texts"};
  }
  if (!ReadTime(payload, "exp", &claims.expires_at)) return TokenFlaw{"the claim exp is no time"};
  if (!ReadTime(payload, "nbf", &claims.not_before)) return TokenFlaw{"the claim nbf is no time"};
  if (!ReadTime(payload, "iat", &claims.issued_at)) return TokenFlaw{"the claim iat is no time"};
  return claims;
}

}  // namespace signet::auth
