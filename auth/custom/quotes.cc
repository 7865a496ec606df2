#include "auth/custom/quotes.h"

#include <algorithm>
#include <string>

#include "core/base/base64.h"
#include "core/base/secret_bytes.h"

namespace signet::auth {
namespace {

constexpr size_t kTellingBytes = 8;

// A secret that is shorter than that must stand there whole.
bool Quotes(std::string_view text, std::string_view secret) {
  const size_t size = std::min(kTellingBytes, secret.size());
  if (size == 0) return false;
  for (size_t at = 0; at + size <= text.size(); ++at) {
    if (secret.find(text.substr(at, size)) != secret.npos) return true;
  }
  return false;
}

bool QuotesInAnyForm(std::string_view text, const SecretBytes& secret) {
  if (Quotes(text, secret.text())) return true;
  std::string encoded;
  encoded.reserve(Base64Size(secret.size()));
  AppendBase64(secret.bytes(), &encoded);
  return Quotes(text, SecretBytes::Take(&encoded).text());
}

}  // namespace

bool QuotesSecret(std::string_view text, const Credentials& asked,
                  const config::SecretByName& headers) {
  return (asked.password && QuotesInAnyForm(text, *asked.password)) ||
         QuotesInAnyForm(text, asked.authentication_data) ||
         std::ranges::any_of(
             headers, [&](const auto& header) { return QuotesInAnyForm(text, header.second); });
}

}  // namespace signet::auth
