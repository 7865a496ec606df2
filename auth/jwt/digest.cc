#include "auth/jwt/digest.h"

#include "core/base/check.h"

namespace signet::auth {

wc_HashType HashOf(JwtAlgorithm algorithm) {
  using enum JwtAlgorithm;
  switch (algorithm) {
    case kHs256:
    case kRs256:
    case kPs256:
    case kEs256:
      return WC_HASH_TYPE_SHA256;
    case kHs384:
    case kRs384:
    case kPs384:
    case kEs384:
      return WC_HASH_TYPE_SHA384;
    case kHs512:
    case kRs512:
    case kPs512:
    case kEs512:
    case kEdDsa:  // Within the signature scheme.
      return WC_HASH_TYPE_SHA512;
  }
  UNREACHABLE();
}

bool MakeDigest(wc_HashType hash, ByteView message, Digest* digest) {
  if (message.size() > UINT32_MAX) return false;
  digest->size = static_cast<uint32_t>(wc_HashGetDigestSize(hash));
  return wc_Hash(hash, message.data(), static_cast<uint32_t>(message.size()), digest->bytes.data(),
                 digest->size) == 0;
}

}  // namespace signet::auth
