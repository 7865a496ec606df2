// What is asked of an authorization server about a token (RFC 7662, 2.1), and as whom. Pure.
#pragma once

#include <string_view>

#include "core/base/secret_bytes.h"

namespace signet::auth {

// What client ids, client secrets and access tokens are made of (RFC 6749, A): printable ASCII, the
// blank included.
bool IsOAuthText(std::string_view text);

// The body of the POST, application/x-www-form-urlencoded.
SecretBytes IntrospectionBody(std::string_view token);

// The value of the header Authorization: HTTP Basic, for which both are form-encoded first, so that
// a client id may have a colon (RFC 6749, 2.3.1).
SecretBytes BasicAuthorization(std::string_view client_id, std::string_view client_secret);

}  // namespace signet::auth
