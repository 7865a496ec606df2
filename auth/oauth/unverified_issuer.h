// UnverifiedIssuer: whose token something would be, if it were one. Says for whom it is to judge,
// and nothing about what it is worth. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace signet::auth {

// The claim `iss` of what has the form of a compact JWS (RFC 7515, 7.1) with claims; empty if it
// has none. Nothing: this is no token at all. A header or a signature that is wrong makes no
// difference here: such a token is refused by the method of its issuer, and not tried as something
// else by the next one.
std::optional<std::string> UnverifiedIssuer(std::string_view token);

}  // namespace signet::auth
