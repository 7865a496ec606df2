// The registered claims of a JWT (RFC 7519, 4.1), read and not believed.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/jwt/compact_jws.h"
#include "core/base/wall_time.h"

namespace signet::auth {

struct Claims {
  std::string issuer;   // `iss`; empty if there is none.
  std::string subject;  // `sub`; likewise.
  std::string id;       // `jti`; likewise.
  // `aud`, whether it was a text or a list; absent is not empty.
  std::optional<std::vector<std::string>> audiences;
  // `exp`, `nbf` and `iat`, rounded down to the millisecond.
  std::optional<WallTime> expires_at;
  std::optional<WallTime> not_before;
  std::optional<WallTime> issued_at;

  // Whether `aud` has one of these.
  bool IsFor(std::span<const std::string> ours) const;
};

// A claim of another type than RFC 7519 gives it, or a time that is negative or beyond 2^53
// seconds, spoils the whole token.
Expected<Claims, TokenFlaw> ReadClaims(JsonObject payload);

}  // namespace signet::auth
