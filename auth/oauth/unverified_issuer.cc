#include "auth/oauth/unverified_issuer.h"

#include <algorithm>

#include "auth/json/json_document.h"
#include "auth/jwt/base64url.h"
#include "auth/jwt/compact_jws.h"
#include "core/base/bytes.h"

namespace signet::auth {

std::optional<std::string> UnverifiedIssuer(std::string_view token) {
  if (token.size() > CompactJws::kMaxBytes) return std::nullopt;
  if (std::ranges::count(token, '.') != 2) return std::nullopt;
  const size_t first = token.find('.');
  const size_t second = token.rfind('.');
  if (first == 0) return std::nullopt;
  const auto payload = DecodeBase64Url(token.substr(first + 1, second - first - 1));
  if (!payload) return std::nullopt;
  const auto claims = JsonDocument::Read(AsText(*payload), CompactJws::kMaxBytes);
  if (!claims) return std::nullopt;
  std::optional<std::string_view> issuer;
  // One that is no text is nobody's; ReadClaims() refuses the token for it.
  if (!claims->root().Read("iss", &issuer)) return std::string();
  return std::string(issuer.value_or(""));
}

}  // namespace signet::auth
