#include "tests/auth/x509/test_key.h"

#include <wolfssl/wolfcrypt/asn.h>
#include <wolfssl/wolfcrypt/asn_public.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/ed25519.h>
#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/random.h>
#include <wolfssl/wolfcrypt/rsa.h>

#include <map>
#include <utility>

#include "core/base/check.h"

namespace signet::forge {
namespace {

constexpr std::string_view kRsa = "1.2.840.113549.1.1.1";
constexpr std::string_view kEc = "1.2.840.10045.2.1";
constexpr std::string_view kEd25519 = "1.3.101.112";

WC_RNG* Random() {
  static WC_RNG* const random = [] {
    static WC_RNG made;
    CHECK(wc_InitRng(&made) == 0);
    return &made;
  }();
  return random;
}

word32 SizeOf(ByteView bytes) { return static_cast<word32>(bytes.size()); }

Der DigestOf(Hash hash, ByteView message) {
  constexpr wc_HashType kTypes[] = {WC_HASH_TYPE_SHA, WC_HASH_TYPE_SHA256, WC_HASH_TYPE_SHA384,
                                    WC_HASH_TYPE_SHA512};
  const wc_HashType type = kTypes[static_cast<size_t>(hash)];
  Der digest(static_cast<size_t>(wc_HashGetDigestSize(type)));
  CHECK(wc_Hash(type, message.data(), SizeOf(message), digest.data(), SizeOf(digest)) == 0);
  return digest;
}

class EcKey : public TestKey {
 public:
  EcKey(ecc_curve_id id, std::string_view curve, int field_bytes) : curve_(curve) {
    CHECK(wc_ecc_init(&key_) == 0);
    CHECK(wc_ecc_make_key_ex(Random(), field_bytes, &key_, id) == 0);
  }
  ~EcKey() override { wc_ecc_free(&key_); }

  Der Info() const override {
    Der point(256);
    word32 size = SizeOf(point);
    CHECK(wc_ecc_export_x963(&key_, point.data(), &size) == 0);
    point.resize(size);
    return Sequence({Sequence({ObjectId(kEc), ObjectId(curve_)}), BitString(point)});
  }
  Der Algorithm(Hash hash) const override {
    constexpr std::string_view kIds[] = {"1.2.840.10045.4.1", "1.2.840.10045.4.3.2",
                                         "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4"};
    return Sequence({ObjectId(kIds[static_cast<size_t>(hash)])});
  }
  Der Sign(Hash hash, ByteView message) const override {
    const Der digest = DigestOf(hash, message);
    Der signature(256);
    word32 size = SizeOf(signature);
    CHECK(wc_ecc_sign_hash(digest.data(), SizeOf(digest), signature.data(), &size, Random(),
                           &key_) == 0);
    signature.resize(size);
    return signature;
  }

 private:
  const std::string_view curve_;
  mutable ecc_key key_;
};

class RsaKeyPair : public TestKey {
 public:
  explicit RsaKeyPair(int bits) {
    CHECK(wc_InitRsaKey(&key_, nullptr) == 0);
    CHECK(wc_MakeRsaKey(&key_, bits, WC_RSA_EXPONENT, Random()) == 0);
    CHECK(wc_RsaSetRNG(&key_, Random()) == 0);
  }
  ~RsaKeyPair() override { wc_FreeRsaKey(&key_); }

  Der Info() const override {
    Der modulus(512);
    Der exponent(16);
    word32 modulus_size = SizeOf(modulus);
    word32 exponent_size = SizeOf(exponent);
    CHECK(wc_RsaFlattenPublicKey(&key_, exponent.data(), &exponent_size, modulus.data(),
                                 &modulus_size) == 0);
    return RsaInfo(ByteView(modulus).first(modulus_size), ByteView(exponent).first(exponent_size));
  }
  Der Algorithm(Hash hash) const override {
    constexpr std::string_view kIds[] = {"1.2.840.113549.1.1.5", "1.2.840.113549.1.1.11",
                                         "1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13"};
    return Sequence({ObjectId(kIds[static_cast<size_t>(hash)]), Element(0x05, ByteView())});
  }
  Der Sign(Hash hash, ByteView message) const override {
    constexpr int kIds[] = {SHAh, SHA256h, SHA384h, SHA512h};
    const Der digest = DigestOf(hash, message);
    Der block(128);
    block.resize(wc_EncodeSignature(block.data(), digest.data(), SizeOf(digest),
                                    kIds[static_cast<size_t>(hash)]));
    Der signature(512);
    const int size = wc_RsaSSL_Sign(block.data(), SizeOf(block), signature.data(),
                                    SizeOf(signature), &key_, Random());
    CHECK(size > 0);
    signature.resize(static_cast<size_t>(size));
    return signature;
  }

 private:
  mutable RsaKey key_;
};

class Ed25519Key : public TestKey {
 public:
  Ed25519Key() {
    CHECK(wc_ed25519_init(&key_) == 0);
    CHECK(wc_ed25519_make_key(Random(), ED25519_KEY_SIZE, &key_) == 0);
  }
  ~Ed25519Key() override { wc_ed25519_free(&key_); }

  Der Info() const override {
    Der point(ED25519_PUB_KEY_SIZE);
    word32 size = SizeOf(point);
    CHECK(wc_ed25519_export_public(&key_, point.data(), &size) == 0);
    return Sequence({Algorithm(Hash::kSha512), BitString(point)});
  }
  Der Algorithm(Hash) const override { return Sequence({ObjectId(kEd25519)}); }
  Der Sign(Hash, ByteView message) const override {
    Der signature(ED25519_SIG_SIZE);
    word32 size = SizeOf(signature);
    CHECK(wc_ed25519_sign_msg(message.data(), SizeOf(message), signature.data(), &size, &key_) ==
          0);
    return signature;
  }

 private:
  mutable ed25519_key key_;
};

std::unique_ptr<TestKey> MakeKey(KeyKind kind) {
  switch (kind) {
    case KeyKind::kP256:
      return std::make_unique<EcKey>(ECC_SECP256R1, "1.2.840.10045.3.1.7", 32);
    case KeyKind::kP384:
      return std::make_unique<EcKey>(ECC_SECP384R1, "1.3.132.0.34", 48);
    case KeyKind::kP521:
      return std::make_unique<EcKey>(ECC_SECP521R1, "1.3.132.0.35", 66);
    case KeyKind::kRsa2048:
      return std::make_unique<RsaKeyPair>(2048);
    case KeyKind::kRsa3072:
      return std::make_unique<RsaKeyPair>(3072);
    case KeyKind::kEd25519:
      break;
  }
  return std::make_unique<Ed25519Key>();
}

}  // namespace

const TestKey& KeyOf(KeyKind kind, int number) {
  static std::map<std::pair<KeyKind, int>, std::unique_ptr<TestKey>> kept;
  std::unique_ptr<TestKey>& key = kept[{kind, number}];
  if (key == nullptr) key = MakeKey(kind);
  return *key;
}

Der RsaInfo(ByteView modulus, ByteView exponent) {
  Der numbers;
  for (const ByteView number : {modulus, exponent}) {
    Der digits{0};
    digits.insert(digits.end(), number.begin(), number.end());
    if ((digits[1] & 0x80) == 0) digits.erase(digits.begin());
    Append(Element(0x02, digits), &numbers);
  }
  return Sequence(
      {Sequence({ObjectId(kRsa), Element(0x05, ByteView())}), BitString(Element(0x30, numbers))});
}

Der RsaInfo(size_t bits) {
  const Der modulus(bits / 8, 0xc5);
  const Der exponent{1, 0, 1};
  return RsaInfo(modulus, exponent);
}

Der EcInfo(std::string_view curve, size_t field_bytes) {
  Der point(1 + 2 * field_bytes, 0x11);
  point[0] = 0x04;
  return Sequence({Sequence({ObjectId(kEc), ObjectId(curve)}), BitString(point)});
}

}  // namespace signet::forge
