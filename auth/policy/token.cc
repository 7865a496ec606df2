#include "auth/policy/token.h"

#include <algorithm>
#include <string>
#include <utility>

namespace signet::auth {
std::optional<std::string_view> AttributeOf(const Principal& principal, std::string_view name) {
  const auto found =
      std::ranges::find(principal.attributes, name, &std::pair<std::string, std::string>::first);
  if (found == principal.attributes.end()) return std::nullopt;
  return found->second;
}

std::optional<std::string_view> ValueOfToken(std::string_view token, const Client& client) {
  std::optional<std::string_view> value;
  if (token == kUsernameToken) {
    value = client.principal.username;
  } else if (token == kClientIdToken) {
    value = client.client_id;
  } else if (token.starts_with(kAttributesToken)) {
    value = AttributeOf(client.principal, token.substr(kAttributesToken.size()));
  }
  if (value && value->empty()) return std::nullopt;
  return value;
}

std::optional<std::string_view> TokenOfLevel(std::string_view level) {
  if (level.size() < 2 || level.front() != '{' || level.back() != '}') return std::nullopt;
  return level.substr(1, level.size() - 2);
}

bool CanFillLevel(std::string_view value) {
  return !value.empty() && value.front() != '$' && std::ranges::none_of(value, [](char c) {
    return c == '+' || c == '#' || c == '/' || c == '\0';
  });
}

}  // namespace signet::auth
