// RSASSA-PKCS1-v1_5 and RSASSA-PSS (RFC 7518, 3.3 and 3.5).
#include <wolfssl/wolfcrypt/asn_public.h>
#include <wolfssl/wolfcrypt/rsa.h>

#include <algorithm>
#include <bit>
#include <vector>

#include "auth/jwt/digest.h"
#include "auth/jwt/signature.h"

namespace signet::auth {
namespace {

constexpr size_t kMaxRsaBytes = VerificationKey::kMaxRsaBits / 8;
constexpr size_t kMaxExponentBytes = 4;  // A longer one costs time and wins nothing.
constexpr uint32_t kMaxDigestInfoBytes = WC_MAX_DIGEST_SIZE + 32;

ByteView WithoutLeadingZeros(ByteView number) {
  while (!number.empty() && number.front() == 0) number = number.subspan(1);
  return number;
}

size_t BitsIn(ByteView number) {
  return number.empty() ? 0 : number.size() * 8 - static_cast<size_t>(std::countl_zero(number[0]));
}

int MaskGenerationOf(wc_HashType hash) {
  if (hash == WC_HASH_TYPE_SHA256) return WC_MGF1SHA256;
  return hash == WC_HASH_TYPE_SHA384 ? WC_MGF1SHA384 : WC_MGF1SHA512;
}

class RsaVerificationKey : public VerificationKey {
 public:
  RsaVerificationKey() { wc_InitRsaKey(&key_, nullptr); }
  RsaVerificationKey(const RsaVerificationKey&) = delete;
  RsaVerificationKey& operator=(const RsaVerificationKey&) = delete;
  ~RsaVerificationKey() override { wc_FreeRsaKey(&key_); }

  bool Import(ByteView modulus, ByteView exponent) {
    modulus_.assign(modulus.begin(), modulus.end());
    modulus_bytes_ = static_cast<uint32_t>(modulus.size());
    return wc_RsaPublicKeyDecodeRaw(modulus.data(), modulus_bytes_, exponent.data(),
                                    static_cast<uint32_t>(exponent.size()), &key_) == 0;
  }

  bool Serves(JwtAlgorithm algorithm) const override {
    return algorithm >= JwtAlgorithm::kRs256 && algorithm <= JwtAlgorithm::kPs512;
  }

 private:
  bool Check(JwtAlgorithm algorithm, ByteView message, ByteView signature) override {
    if (signature.size() != modulus_bytes_ || !IsInRange(signature)) return false;
    const wc_HashType hash = HashOf(algorithm);
    Digest digest;
    if (!MakeDigest(hash, message, &digest)) return false;
    return algorithm >= JwtAlgorithm::kPs256 ? CheckPss(hash, digest, signature)
                                             : CheckPkcs1(hash, digest, signature);
  }

  // Below the modulus (RFC 8017, 5.2.2): beyond it, a value has a second spelling, and wolfCrypt
  // does not look.
  bool IsInRange(ByteView signature) const {
    return std::ranges::lexicographical_compare(signature, modulus_);
  }

  // What comes out must be, byte by byte, what an honest signer put in: nothing is parsed.
  bool CheckPkcs1(wc_HashType hash, const Digest& digest, ByteView signature) {
    std::array<uint8_t, kMaxDigestInfoBytes> expected;
    const uint32_t expected_size =
        wc_EncodeSignature(expected.data(), digest.bytes.data(), digest.size, wc_HashGetOID(hash));
    std::array<uint8_t, kMaxRsaBytes> opened;
    const int size =
        wc_RsaSSL_Verify(signature.data(), modulus_bytes_, opened.data(), modulus_bytes_, &key_);
    return size > 0 && static_cast<uint32_t>(size) == expected_size &&
           std::equal(opened.data(), opened.data() + size, expected.data());
  }

  // The salt is as long as the hash.
  bool CheckPss(wc_HashType hash, const Digest& digest, ByteView signature) {
    std::array<uint8_t, kMaxRsaBytes> in;  // wolfCrypt asks for one that it might write to.
    std::ranges::copy(signature, in.begin());
    std::array<uint8_t, kMaxRsaBytes> opened;
    return wc_RsaPSS_VerifyCheck(in.data(), modulus_bytes_, opened.data(), modulus_bytes_,
                                 digest.bytes.data(), digest.size, hash, MaskGenerationOf(hash),
                                 &key_) > 0;
  }

  RsaKey key_;
  std::vector<uint8_t> modulus_;
  uint32_t modulus_bytes_ = 0;
};

}  // namespace

VerificationKey::OrFlaw VerificationKey::Rsa(ByteView modulus, ByteView exponent) {
  modulus = WithoutLeadingZeros(modulus);
  exponent = WithoutLeadingZeros(exponent);
  if (BitsIn(modulus) < kMinRsaBits) {
    return KeyFlaw{"has an RSA modulus of fewer than 2048 bits"};
  }
  if (BitsIn(modulus) > kMaxRsaBits) return KeyFlaw{"has an RSA modulus of more than 8192 bits"};
  if ((modulus.back() & 1) == 0) return KeyFlaw{"has an even RSA modulus"};
  const bool is_one = exponent.size() == 1 && exponent[0] == 1;  // Its signatures are no secret.
  if (exponent.empty() || exponent.size() > kMaxExponentBytes || (exponent.back() & 1) == 0 ||
      is_one) {
    return KeyFlaw{"has an RSA exponent that is none"};
  }
  auto key = std::make_unique<RsaVerificationKey>();
  if (!key->Import(modulus, exponent)) return KeyFlaw{"is no RSA key"};
  return OrFlaw(std::move(key));
}

}  // namespace signet::auth
