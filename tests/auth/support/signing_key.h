// SigningKey: an Ed25519 key of a test, and the tokens that it signs.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace signet::auth {

std::string EncodeBase64Url(std::string_view bytes);

// HEADER.PAYLOAD.SIGNATURE of texts and of bytes that sign nothing.
std::string UnsignedToken(std::string_view header, std::string_view payload,
                          std::string_view signature = "no signature");

// With a signature by HS256, whatever the header says.
std::string HmacToken(std::string_view secret, std::string_view header, std::string_view payload);

class SigningKey {
 public:
  explicit SigningKey(std::string_view key_id);
  ~SigningKey();

  const std::string& key_id() const { return key_id_; }
  // The public half as a JWK.
  std::string Jwk() const;
  // Header with EdDSA and the kid.
  std::string Token(std::string_view payload) const;
  std::string TokenWithHeader(std::string_view header, std::string_view payload) const;

 private:
  struct Key;

  const std::string key_id_;
  std::unique_ptr<Key> key_;
};

// {"keys": [...]} of JWKs.
std::string KeySetOf(std::initializer_list<std::string> jwks);

}  // namespace signet::auth
