#include "net/tls/private_key.h"

#include <fmt/format.h>
#include <wolfssl/wolfcrypt/asn.h>
#include <wolfssl/wolfcrypt/asn_public.h>

#include <algorithm>
#include <array>

#include "core/base/check.h"

namespace signet {
namespace {

constexpr long kRsaExponent = 65537;
constexpr size_t kMaxKeyDer = 8 * 1024;  // An RSA key of 8192 bits takes some 4,700 bytes.
constexpr size_t kMaxPublicKeyDer = 2 * 1024;

// Of the stack, and wiped.
struct KeyBuffer {
  KeyBuffer() = default;
  KeyBuffer(const KeyBuffer&) = delete;
  KeyBuffer& operator=(const KeyBuffer&) = delete;
  ~KeyBuffer() { explicit_bzero(bytes.data(), bytes.size()); }

  std::array<uint8_t, kMaxKeyDer> bytes;
};

int RsaBits(KeyAlgorithm algorithm) {
  switch (algorithm) {
    case KeyAlgorithm::kRsa2048:
      return 2048;
    case KeyAlgorithm::kRsa4096:
      return 4096;
    default:
      return 8192;
  }
}

word32 Size(ByteView bytes) { return static_cast<word32>(bytes.size()); }

}  // namespace

PrivateKey::PrivateKey() {
  CHECK(wc_InitRng(&random_) == 0);
  CHECK(wc_ecc_init(&ecc_) == 0);
  CHECK(wc_ed25519_init(&ed25519_) == 0);
  CHECK(wc_InitRsaKey(&rsa_, nullptr) == 0);
  wc_RsaSetRNG(&rsa_, &random_);
}

PrivateKey::~PrivateKey() {
  wc_FreeRsaKey(&rsa_);
  wc_ed25519_free(&ed25519_);
  wc_ecc_free(&ecc_);
  wc_FreeRng(&random_);
}

StatusOr<std::unique_ptr<PrivateKey>> PrivateKey::Make(KeyAlgorithm algorithm) {
  std::unique_ptr<PrivateKey> key(new PrivateKey);
  if (!key->Generate(algorithm)) return Status::Error("a private key could not be made");
  return key;
}

bool PrivateKey::Generate(KeyAlgorithm algorithm) {
  algorithm_ = algorithm;
  switch (algorithm) {
    case KeyAlgorithm::kEc256:
      return wc_ecc_make_key_ex(&random_, 32, &ecc_, ECC_SECP256R1) == 0;
    case KeyAlgorithm::kEc384:
      return wc_ecc_make_key_ex(&random_, 48, &ecc_, ECC_SECP384R1) == 0;
    case KeyAlgorithm::kEc521:
      return wc_ecc_make_key_ex(&random_, 66, &ecc_, ECC_SECP521R1) == 0;
    case KeyAlgorithm::kEd25519:
      kind_ = Kind::kEd25519;
      return wc_ed25519_make_key(&random_, ED25519_KEY_SIZE, &ed25519_) == 0;
    case KeyAlgorithm::kRsa2048:
    case KeyAlgorithm::kRsa4096:
    case KeyAlgorithm::kRsa8192:
      kind_ = Kind::kRsa;
      return wc_MakeRsaKey(&rsa_, RsaBits(algorithm), kRsaExponent, &random_) == 0;
  }
  return false;
}

StatusOr<std::unique_ptr<PrivateKey>> PrivateKey::Parse(const SecretBytes& pem) {
  std::unique_ptr<PrivateKey> key(new PrivateKey);
  KeyBuffer der;
  const int size = wc_KeyPemToDer(pem.bytes().data(), static_cast<int>(pem.bytes().size()),
                                  der.bytes.data(), static_cast<int>(der.bytes.size()), nullptr);
  if (size <= 0 || !key->Decode(ByteView(der.bytes).first(static_cast<size_t>(size)))) {
    return Status::Error("is not a private key in PEM without a password (RSA, EC or Ed25519)");
  }
  return key;
}

bool PrivateKey::Decode(ByteView der) {
  return DecodeEcc(der) || DecodeEd25519(der) || DecodeRsa(der);
}

bool PrivateKey::DecodeEcc(ByteView der) {
  word32 at = 0;
  if (wc_EccPrivateKeyDecode(der.data(), &at, &ecc_, Size(der)) != 0) return false;
  kind_ = Kind::kEcc;
  switch (wc_ecc_get_curve_id(ecc_.idx)) {
    case ECC_SECP256R1:
      algorithm_ = KeyAlgorithm::kEc256;
      break;
    case ECC_SECP384R1:
      algorithm_ = KeyAlgorithm::kEc384;
      break;
    case ECC_SECP521R1:
      algorithm_ = KeyAlgorithm::kEc521;
      break;
    default:
      return false;
  }
  // The older form may leave the public key out.
  return ecc_.type != ECC_PRIVATEKEY_ONLY || wc_ecc_make_pub(&ecc_, nullptr) == 0;
}

bool PrivateKey::DecodeEd25519(ByteView der) {
  word32 at = 0;
  if (wc_Ed25519PrivateKeyDecode(der.data(), &at, &ed25519_, Size(der)) != 0) return false;
  kind_ = Kind::kEd25519;
  algorithm_ = KeyAlgorithm::kEd25519;
  if (ed25519_.pubKeySet) return true;
  std::array<uint8_t, ED25519_PUB_KEY_SIZE> made;
  return wc_ed25519_make_public(&ed25519_, made.data(), Size(made)) == 0 &&
         wc_ed25519_import_public(made.data(), Size(made), &ed25519_) == 0;
}

bool PrivateKey::DecodeRsa(ByteView der) {
  word32 at = 0;
  if (wc_RsaPrivateKeyDecode(der.data(), &at, &rsa_, Size(der)) != 0) return false;
  kind_ = Kind::kRsa;
  switch (wc_RsaEncryptSize(&rsa_)) {
    case 2048 / 8:
      algorithm_ = KeyAlgorithm::kRsa2048;
      return true;
    case 4096 / 8:
      algorithm_ = KeyAlgorithm::kRsa4096;
      return true;
    case 8192 / 8:
      algorithm_ = KeyAlgorithm::kRsa8192;
      return true;
    default:
      return false;
  }
}

int PrivateKey::ToDer(MutableBytes der) {
  word32 size = Size(der);
  switch (kind_) {
    case Kind::kEcc:
      return wc_EccKeyToPKCS8(&ecc_, der.data(), &size);
    case Kind::kEd25519:
      return wc_Ed25519PrivateKeyToDer(&ed25519_, der.data(), size);
    case Kind::kRsa:
      break;
  }
  KeyBuffer inner;
  const int inner_size = wc_RsaKeyToDer(&rsa_, inner.bytes.data(), Size(inner.bytes));
  if (inner_size <= 0) return inner_size;
  return wc_CreatePKCS8Key(der.data(), &size, inner.bytes.data(), static_cast<word32>(inner_size),
                           RSAk, nullptr, 0);
}

StatusOr<SecretBytes> PrivateKey::ToPem() {
  KeyBuffer der;
  KeyBuffer pem;
  const int der_size = ToDer(der.bytes);
  const int size = der_size <= 0
                       ? -1
                       : wc_DerToPem(der.bytes.data(), static_cast<word32>(der_size),
                                     pem.bytes.data(), Size(pem.bytes), PKCS8_PRIVATEKEY_TYPE);
  if (size <= 0) return Status::Error("a private key could not be written");
  return SecretBytes(AsText(ByteView(pem.bytes).first(static_cast<size_t>(size))));
}

std::vector<uint8_t> PrivateKey::PublicKeyInfo() {
  std::vector<uint8_t> der(kMaxPublicKeyDer);
  const word32 room = Size(der);
  int size = 0;
  switch (kind_) {
    case Kind::kEcc:
      size = wc_EccPublicKeyToDer(&ecc_, der.data(), room, 1);
      break;
    case Kind::kEd25519:
      size = wc_Ed25519PublicKeyToDer(&ed25519_, der.data(), room, 1);
      break;
    case Kind::kRsa:
      size = wc_RsaKeyToPublicDer(&rsa_, der.data(), room);
      break;
  }
  der.resize(static_cast<size_t>(std::max(size, 0)));
  return der;
}

int PrivateKey::cert_key_type() const {
  switch (kind_) {
    case Kind::kEcc:
      return ECC_TYPE;
    case Kind::kEd25519:
      return ED25519_TYPE;
    case Kind::kRsa:
      break;
  }
  return RSA_TYPE;
}

int PrivateKey::signature_type() const {
  switch (algorithm_) {
    case KeyAlgorithm::kEc256:
      return CTC_SHA256wECDSA;
    case KeyAlgorithm::kEc384:
      return CTC_SHA384wECDSA;
    case KeyAlgorithm::kEc521:
      return CTC_SHA512wECDSA;
    case KeyAlgorithm::kEd25519:
      return CTC_ED25519;
    default:
      return CTC_SHA256wRSA;
  }
}

void* PrivateKey::raw() {
  switch (kind_) {
    case Kind::kEcc:
      return &ecc_;
    case Kind::kEd25519:
      return &ed25519_;
    case Kind::kRsa:
      break;
  }
  return &rsa_;
}

}  // namespace signet
