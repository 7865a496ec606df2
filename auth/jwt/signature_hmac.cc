// HMAC (RFC 7518, 3.2): with a secret that the issuer and we share.
#include <wolfssl/wolfcrypt/hmac.h>

#include <array>

#include "auth/jwt/digest.h"
#include "auth/jwt/signature.h"

namespace signet::auth {
namespace {

// Takes the same time wherever they differ.
bool SameBytes(ByteView a, ByteView b) {
  if (a.size() != b.size()) return false;
  uint8_t difference = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<uint8_t>(difference | (a[i] ^ b[i]));
  }
  return difference == 0;
}

class HmacKey : public VerificationKey {
 public:
  explicit HmacKey(const SecretBytes& secret) : secret_(secret) {}

  bool Serves(JwtAlgorithm algorithm) const override {
    return algorithm <= JwtAlgorithm::kHs512 &&
           secret_.size() >= static_cast<size_t>(wc_HashGetDigestSize(HashOf(algorithm)));
  }

 private:
  bool Check(JwtAlgorithm algorithm, ByteView message, ByteView signature) override {
    const wc_HashType hash = HashOf(algorithm);
    if (message.size() > UINT32_MAX) return false;
    const ByteView secret = secret_.bytes();
    std::array<uint8_t, WC_MAX_DIGEST_SIZE> expected;
    ::Hmac hmac;
    if (wc_HmacInit(&hmac, nullptr, INVALID_DEVID) != 0) return false;
    const bool made =
        wc_HmacSetKey(&hmac, static_cast<int>(hash), secret.data(),
                      static_cast<uint32_t>(secret.size())) == 0 &&
        wc_HmacUpdate(&hmac, message.data(), static_cast<uint32_t>(message.size())) == 0 &&
        wc_HmacFinal(&hmac, expected.data()) == 0;
    wc_HmacFree(&hmac);
    const auto size = static_cast<size_t>(wc_HashGetDigestSize(hash));
    return made && SameBytes(ByteView(expected).first(size), signature);
  }

  const SecretBytes secret_;
};

constexpr size_t kMinSecretBytes = 32;  // The hash of HS256.
constexpr size_t kMaxSecretBytes = 1 << 20;

}  // namespace

VerificationKey::OrFlaw VerificationKey::Hmac(const SecretBytes& secret) {
  if (secret.size() < kMinSecretBytes) return KeyFlaw{"has fewer than 32 bytes"};
  if (secret.size() > kMaxSecretBytes) return KeyFlaw{"has more than 1 MiB"};
  return OrFlaw(std::make_unique<HmacKey>(secret));
}

}  // namespace signet::auth
