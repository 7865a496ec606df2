#include "auth/password/hmac_sha256.h"

#include <wolfssl/wolfcrypt/hmac.h>
#include <wolfssl/wolfcrypt/sha256.h>

#include "core/base/check.h"

namespace signet::auth {

static_assert(std::tuple_size_v<Sha256Hash> == WC_SHA256_DIGEST_SIZE);

Sha256Hash Sha256Of(ByteView bytes) {
  Sha256Hash hash;
  CHECK(wc_Sha256Hash(bytes.data(), static_cast<word32>(bytes.size()), hash.data()) == 0);
  return hash;
}

Sha256Hash HmacSha256(ByteView key, std::initializer_list<ByteView> parts) {
  ::Hmac hmac;
  Sha256Hash hash;
  CHECK(wc_HmacInit(&hmac, nullptr, INVALID_DEVID) == 0);
  CHECK(wc_HmacSetKey(&hmac, WC_SHA256, key.data(), static_cast<word32>(key.size())) == 0);
  for (const ByteView part : parts) {
    CHECK(wc_HmacUpdate(&hmac, part.data(), static_cast<word32>(part.size())) == 0);
  }
  CHECK(wc_HmacFinal(&hmac, hash.data()) == 0);
  wc_HmacFree(&hmac);
  return hash;
}

bool AreSame(const Sha256Hash& a, const Sha256Hash& b) {
  uint8_t difference = 0;
  for (size_t i = 0; i < a.size(); ++i)
    difference = static_cast<uint8_t>(difference | (a[i] ^ b[i]));
  return difference == 0;
}

}  // namespace signet::auth
