#include "auth/jwt/compact_jws.h"

#include <algorithm>

#include "auth/jwt/base64url.h"

namespace signet::auth {
namespace {

Expected<JsonDocument, TokenFlaw> ReadPart(std::string_view part, TokenFlaw no_base64,
                                           TokenFlaw no_json) {
  const auto bytes = DecodeBase64Url(part);
  if (!bytes) return no_base64;
  Expected<JsonDocument, JsonFlaw> document =
      JsonDocument::Read(AsText(*bytes), CompactJws::kMaxBytes);
  if (!document) return no_json;
  return std::move(*document);
}

}  // namespace

Expected<CompactJws, TokenFlaw> CompactJws::Read(std::string_view token) {
  if (token.empty()) return TokenFlaw{"there is no token"};
  if (token.size() > kMaxBytes) return TokenFlaw{"the token is too long"};
  // Five parts are an encrypted one (JWE), which may hold an unsigned one.
  if (std::ranges::count(token, '.') != 2) return TokenFlaw{"the token is not three parts"};
  const size_t first_dot = token.find('.');
  const size_t second_dot = token.find('.', first_dot + 1);

  const Expected<JsonDocument, TokenFlaw> header =
      ReadPart(token.substr(0, first_dot), {"the token's header is no base64url"},
               {"the token's header is no clear JSON object"});
  if (!header) return header.error();
  Expected<JsonDocument, TokenFlaw> payload = ReadPart(
      token.substr(first_dot + 1, second_dot - first_dot - 1),
      {"the token's payload is no base64url"}, {"the token's payload is no clear JSON object"});
  if (!payload) return payload.error();
  auto signature = DecodeBase64Url(token.substr(second_dot + 1));
  if (!signature) return TokenFlaw{"the token's signature is no base64url"};
  if (signature->empty()) return TokenFlaw{"the token is not signed"};

  CompactJws jws(std::move(*payload));
  if (const std::optional<TokenFlaw> flaw = jws.ReadHeader(header->root())) return *flaw;
  jws.signing_input_ = AsBytes(token.substr(0, second_dot));
  jws.signature_ = std::move(*signature);
  return jws;
}

std::optional<TokenFlaw> CompactJws::ReadHeader(JsonObject header) {
  // It names what one has to understand, and there is nothing that we do (RFC 7515, 4.1.11).
  if (header.Has("crit")) return TokenFlaw{"the token has critical extensions"};
  std::optional<std::string_view> algorithm;
  std::optional<std::string_view> key_id;
  std::optional<std::string_view> type;
  if (!header.Read("alg", &algorithm) || !algorithm || algorithm->empty()) {
    return TokenFlaw{"the token names no algorithm"};
  }
  if (!header.Read("kid", &key_id) || (key_id && key_id->size() > kMaxKeyIdBytes)) {
    return TokenFlaw{"the token's kid is no text, or too long"};
  }
  if (!header.Read("typ", &type)) return TokenFlaw{"the token's typ is no text"};
  algorithm_ = *algorithm;
  if (key_id) key_id_ = *key_id;
  type_ = type.value_or("");
  return std::nullopt;
}

}  // namespace signet::auth
