// Tokens of patterns, such as {principal.clientId}: what they stand for, for one client. What is
// put in is data, never a part of the pattern.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/access/principal.h"

namespace signet::auth {

// Those that there are; the last one goes on with the name of an attribute.
inline constexpr std::string_view kUsernameToken = "principal.username";
inline constexpr std::string_view kClientIdToken = "principal.clientId";
inline constexpr std::string_view kAttributesToken = "principal.attributes.";

// The client that a decision is about. Borrows, for one call.
struct Client {
  const Principal& principal;
  std::string_view client_id;
};

// The value of an attribute; nothing if the client has none of that name.
std::optional<std::string_view> AttributeOf(const Principal& principal, std::string_view name);

// What the token in these braces, without them, stands for; nothing if there is no such token, the
// client has no such thing, or it is empty: an empty text leaves less of a pattern than was meant.
std::optional<std::string_view> ValueOfToken(std::string_view token, const Client& client);

// The token that fills this level of a topic, without its braces; nothing if none does.
std::optional<std::string_view> TokenOfLevel(std::string_view level);

// Whether a value can stand for one level: it is not empty, and has no '+', '#', '/' or U+0000 and
// no '$' at its beginning. Any other value matches nothing.
bool CanFillLevel(std::string_view value);

}  // namespace signet::auth
