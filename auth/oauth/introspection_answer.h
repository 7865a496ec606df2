// What an authorization server's answer about a token is worth (RFC 7662, 2.2). Only one that says
// clearly that the token is active lets somebody in, and only if its claims allow it, which
// JwtMethod looks at. Pure.
#pragma once

#include <cstddef>
#include <variant>

#include "auth/json/json_document.h"
#include "auth/jwt/claims.h"
#include "auth/method.h"
#include "core/access/http_fetcher.h"

namespace signet::auth {

// An answer may hold whatever a JWT could.
inline constexpr size_t kMaxIntrospectionBytes = 64 * 1024;

// The server vouches for it. What it says of the token are claims, as a JWT has them.
struct ActiveToken {
  JsonDocument document;
  Claims claims;
};

using IntrospectionAnswer = std::variant<ActiveToken, Denied, Unavailable>;

// Nothing of the answer gets into a sentence: servers repeat what they were asked.
//   Denied: the server says that the token is not active, or that whoever shows it has to prove
//     more than that it has it.
//   Unavailable: any status but 200, 401 and 403 included, which are about the broker itself; no
//     JSON object, or one that does not say whether the token is active, or with claims that are
//     none.
IntrospectionAnswer ReadIntrospection(const HttpResponse& response);

}  // namespace signet::auth
