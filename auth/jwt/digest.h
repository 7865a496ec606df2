// The hash within an algorithm of JWS, for signature_*.cc.
#pragma once

#include <wolfssl/wolfcrypt/hash.h>

#include <array>

#include "auth/jwt/algorithm.h"
#include "core/base/bytes.h"

namespace signet::auth {

wc_HashType HashOf(JwtAlgorithm algorithm);

struct Digest {
  std::array<uint8_t, WC_MAX_DIGEST_SIZE> bytes;
  uint32_t size;
};

// False if the message is too long for wolfCrypt.
bool MakeDigest(wc_HashType hash, ByteView message, Digest* digest);

}  // namespace signet::auth
