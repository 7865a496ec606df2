#include "tests/auth/support/signing_key.h"

#include <fmt/format.h>
#include <wolfssl/wolfcrypt/ed25519.h>
#include <wolfssl/wolfcrypt/hmac.h>
#include <wolfssl/wolfcrypt/random.h>

#include <array>

#include "core/base/bytes.h"
#include "core/base/check.h"

namespace signet::auth {

std::string EncodeBase64Url(std::string_view bytes) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  uint32_t bits = 0;
  unsigned count = 0;
  for (const uint8_t byte : AsBytes(bytes)) {
    bits = bits << 8 | byte;
    count += 8;
    while (count >= 6) {
      count -= 6;
      text += kAlphabet[bits >> count & 63];
    }
  }
  if (count > 0) text += kAlphabet[bits << (6 - count) & 63];
  return text;
}

std::string UnsignedToken(std::string_view header, std::string_view payload,
                          std::string_view signature) {
  return fmt::format("{}.{}.{}", EncodeBase64Url(header), EncodeBase64Url(payload),
                     EncodeBase64Url(signature));
}

std::string HmacToken(std::string_view secret, std::string_view header, std::string_view payload) {
  const std::string input = fmt::format("{}.{}", EncodeBase64Url(header), EncodeBase64Url(payload));
  std::array<uint8_t, WC_SHA256_DIGEST_SIZE> signature;
  ::Hmac hmac;
  CHECK(wc_HmacInit(&hmac, nullptr, INVALID_DEVID) == 0);
  CHECK(wc_HmacSetKey(&hmac, WC_SHA256, AsBytes(secret).data(),
                      static_cast<uint32_t>(secret.size())) == 0);
  CHECK(wc_HmacUpdate(&hmac, AsBytes(input).data(), static_cast<uint32_t>(input.size())) == 0);
  CHECK(wc_HmacFinal(&hmac, signature.data()) == 0);
  wc_HmacFree(&hmac);
  return fmt::format("{}.{}", input, EncodeBase64Url(AsText(signature)));
}

struct SigningKey::Key {
  ed25519_key key;
};

SigningKey::SigningKey(std::string_view key_id) : key_id_(key_id), key_(std::make_unique<Key>()) {
  WC_RNG random;
  CHECK(wc_InitRng(&random) == 0 && wc_ed25519_init(&key_->key) == 0);
  CHECK(wc_ed25519_make_key(&random, ED25519_KEY_SIZE, &key_->key) == 0);
  wc_FreeRng(&random);
}

SigningKey::~SigningKey() { wc_ed25519_free(&key_->key); }

std::string SigningKey::Jwk() const {
  std::array<uint8_t, ED25519_PUB_KEY_SIZE> point;
  auto size = static_cast<uint32_t>(point.size());
  CHECK(wc_ed25519_export_public(&key_->key, point.data(), &size) == 0);
  return fmt::format(R"({{"kty":"OKP","crv":"Ed25519","kid":"{}","use":"sig","x":"{}"}})", key_id_,
                     EncodeBase64Url(AsText(point)));
}

std::string SigningKey::Token(std::string_view payload) const {
  return TokenWithHeader(fmt::format(R"({{"alg":"EdDSA","kid":"{}"}})", key_id_), payload);
}

std::string SigningKey::TokenWithHeader(std::string_view header, std::string_view payload) const {
  const std::string input = fmt::format("{}.{}", EncodeBase64Url(header), EncodeBase64Url(payload));
  std::array<uint8_t, ED25519_SIG_SIZE> signature;
  auto size = static_cast<uint32_t>(signature.size());
  CHECK(wc_ed25519_sign_msg(AsBytes(input).data(), static_cast<uint32_t>(input.size()),
                            signature.data(), &size, &key_->key) == 0);
  return fmt::format("{}.{}", input, EncodeBase64Url(AsText(signature)));
}

std::string KeySetOf(std::initializer_list<std::string> jwks) {
  return fmt::format(R"({{"keys":[{}]}})", fmt::join(jwks, ","));
}

}  // namespace signet::auth
