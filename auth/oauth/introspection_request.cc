#include "auth/oauth/introspection_request.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/base/base64.h"

namespace signet::auth {
namespace {

constexpr std::string_view kBasic = "Basic ";
constexpr std::string_view kToken = "token=";
constexpr std::string_view kHint = "&token_type_hint=access_token";

// At most: what is reserved before, so that a text does not grow and leave copies of a secret
// behind.
constexpr size_t MaxFormSize(std::string_view text) { return 3 * text.size(); }

bool StandsForItself(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '*';
}

// RFC 6749, B.
void AppendFormEncoded(std::string_view text, std::string* form) {
  constexpr std::string_view kHexDigits = "0123456789ABCDEF";
  for (const char c : text) {
    if (StandsForItself(c)) {
      *form += c;
    } else if (c == ' ') {
      *form += '+';
    } else {
      const auto byte = static_cast<uint8_t>(c);
      *form += '%';
      *form += kHexDigits[byte >> 4];
      *form += kHexDigits[byte & 15];
    }
  }
}

}  // namespace

bool IsOAuthText(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

SecretBytes IntrospectionBody(std::string_view token) {
  std::string body;
  body.reserve(kToken.size() + MaxFormSize(token) + kHint.size());
  body += kToken;
  AppendFormEncoded(token, &body);
  body += kHint;
  return SecretBytes::Take(&body);
}

SecretBytes BasicAuthorization(std::string_view client_id, std::string_view client_secret) {
  std::string pair;
  pair.reserve(MaxFormSize(client_id) + 1 + MaxFormSize(client_secret));
  AppendFormEncoded(client_id, &pair);
  pair += ':';
  AppendFormEncoded(client_secret, &pair);
  const SecretBytes login = SecretBytes::Take(&pair);
  std::string value;
  value.reserve(kBasic.size() + Base64Size(login.size()));
  value += kBasic;
  AppendBase64(login.bytes(), &value);
  return SecretBytes::Take(&value);
}

}  // namespace signet::auth
