#include "auth/x509/signature.h"

#include <wolfssl/wolfcrypt/asn.h>
#include <wolfssl/wolfcrypt/asn_public.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/ed25519.h>
#include <wolfssl/wolfcrypt/error-crypt.h>
#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/rsa.h>
#include <wolfssl/wolfcrypt/wc_port.h>

#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <string_view>

#include "core/base/check.h"
#include "core/base/der.h"

namespace signet::auth::x509 {
namespace {

constexpr size_t kMinRsaBits = 2048;
constexpr size_t kMaxRsaBits = 4096;
// A long one makes a verification as dear as a signature.
constexpr size_t kMaxExponentBytes = 4;

struct Algorithm {
  std::string_view object_id;
  SignatureAlgorithm algorithm;
  wc_HashType hash;
  int hash_id;
};
constexpr Algorithm kAlgorithms[] = {
    {"1.2.840.113549.1.1.11", SignatureAlgorithm::kRsaSha256, WC_HASH_TYPE_SHA256, SHA256h},
    {"1.2.840.113549.1.1.12", SignatureAlgorithm::kRsaSha384, WC_HASH_TYPE_SHA384, SHA384h},
    {"1.2.840.113549.1.1.13", SignatureAlgorithm::kRsaSha512, WC_HASH_TYPE_SHA512, SHA512h},
    {"1.2.840.10045.4.3.2", SignatureAlgorithm::kEcdsaSha256, WC_HASH_TYPE_SHA256, SHA256h},
    {"1.2.840.10045.4.3.3", SignatureAlgorithm::kEcdsaSha384, WC_HASH_TYPE_SHA384, SHA384h},
    {"1.2.840.10045.4.3.4", SignatureAlgorithm::kEcdsaSha512, WC_HASH_TYPE_SHA512, SHA512h},
    {"1.3.101.112", SignatureAlgorithm::kEd25519, WC_HASH_TYPE_NONE, 0},
};

constexpr std::string_view kRsaKey = "1.2.840.113549.1.1.1";
constexpr std::string_view kEcKey = "1.2.840.10045.2.1";
constexpr std::string_view kEd25519Key = "1.3.101.112";

struct Curve {
  std::string_view object_id;
  size_t field_bytes;
  ecc_curve_id id;
};
constexpr Curve kCurves[] = {
    {"1.2.840.10045.3.1.7", 32, ECC_SECP256R1},
    {"1.3.132.0.34", 48, ECC_SECP384R1},
    {"1.3.132.0.35", 66, ECC_SECP521R1},
};

const Algorithm* Find(SignatureAlgorithm algorithm) {
  const auto* const found = std::ranges::find(kAlgorithms, algorithm, &Algorithm::algorithm);
  return found == std::end(kAlgorithms) ? nullptr : found;
}

// wolfCrypt finds out once what the processor can.
void StartWolfCrypt() {
  static const int started = wolfCrypt_Init();
  CHECK(started == 0);
}

// AlgorithmIdentifier ::= SEQUENCE { algorithm, parameters }. Absent parameters have tag 0.
bool ReadAlgorithm(ByteReader* reader, std::string* object_id, der::Element* parameters,
                   ByteView* whole) {
  der::Element element;
  if (!der::ReadTagged(reader, der::kSequence, &element)) return false;
  *whole = element.whole;
  ByteReader inner(element.content);
  ByteView bytes;
  if (!der::ReadObjectId(&inner, &bytes)) return false;
  *object_id = der::DottedText(bytes);
  *parameters = {};
  return inner.empty() || (der::Read(&inner, parameters) && inner.empty());
}

bool IsNull(const der::Element& element) {
  return element.tag == der::kNull && element.content.empty();
}

bool ReadRsaKey(ByteView bits, PublicKey* key) {
  ByteReader reader(bits);
  ByteReader list;
  if (!der::Enter(&reader, der::kSequence, &list) || !reader.empty() ||
      !der::ReadInteger(&list, &key->modulus) || !der::ReadInteger(&list, &key->exponent) ||
      !list.empty() || ((key->modulus[0] | key->exponent[0]) & 0x80) != 0) {
    return false;
  }
  for (ByteView* number : {&key->modulus, &key->exponent}) {
    if ((*number)[0] == 0) *number = number->subspan(1);
    if (number->empty()) return false;
  }
  key->family = KeyFamily::kRsa;
  const auto top_bits = static_cast<size_t>(std::bit_width(key->modulus[0]));
  const size_t modulus_bits = (key->modulus.size() - 1) * 8 + top_bits;
  const bool odd = (key->modulus.back() & key->exponent.back() & 1) != 0;
  const bool is_one = key->exponent.size() == 1 && key->exponent[0] == 1;
  key->accepted = modulus_bits >= kMinRsaBits && modulus_bits <= kMaxRsaBits && odd && !is_one &&
                  key->exponent.size() <= kMaxExponentBytes;
  return true;
}

// ECDSA-Sig-Value ::= SEQUENCE { r, s }. wolfSSL would take it in other encodings as well.
bool IsStrictEcdsa(ByteView signature) {
  ByteReader reader(signature);
  ByteReader list;
  ByteView r;
  ByteView s;
  return der::Enter(&reader, der::kSequence, &list) && reader.empty() &&
         der::ReadInteger(&list, &r) && der::ReadInteger(&list, &s) && list.empty() &&
         ((r[0] | s[0]) & 0x80) == 0;
}

word32 SizeOf(ByteView bytes) { return static_cast<word32>(bytes.size()); }

// That the point lies on its curve is not asked: whoever could gain from it holds the key anyway.
bool VerifyEc(const PublicKey& key, ByteView digest, ByteView signature) {
  if (!IsStrictEcdsa(signature)) return false;
  const auto* const curve = std::ranges::find(kCurves, key.field_bytes, &Curve::field_bytes);
  CHECK(curve != std::end(kCurves));
  ecc_key ec;
  if (wc_ecc_init(&ec) != 0) return false;
  const std::unique_ptr<ecc_key, decltype(&wc_ecc_free)> guard(&ec, &wc_ecc_free);
  int good = 0;
  return wc_ecc_import_x963_ex(key.point.data(), SizeOf(key.point), &ec, curve->id) == 0 &&
         wc_ecc_verify_hash(signature.data(), SizeOf(signature), digest.data(), SizeOf(digest),
                            &good, &ec) == 0 &&
         good == 1;
}

// The whole block that was signed is made again and compared: nothing in it is parsed.
bool VerifyRsa(const PublicKey& key, int hash_id, ByteView digest, ByteView signature) {
  if (signature.size() != key.modulus.size()) return false;
  std::array<uint8_t, MAX_DER_DIGEST_SZ> expected;
  const word32 size = wc_EncodeSignature(expected.data(), digest.data(), SizeOf(digest), hash_id);
  RsaKey rsa;
  if (size == 0 || size > expected.size() || wc_InitRsaKey(&rsa, nullptr) != 0) return false;
  const std::unique_ptr<RsaKey, decltype(&wc_FreeRsaKey)> guard(&rsa, &wc_FreeRsaKey);
  if (wc_RsaPublicKeyDecodeRaw(key.modulus.data(), SizeOf(key.modulus), key.exponent.data(),
                               SizeOf(key.exponent), &rsa) != 0) {
    return false;
  }
  std::array<uint8_t, kMaxRsaBits / 8> block;
  const int written = wc_RsaSSL_Verify(signature.data(), SizeOf(signature), block.data(),
                                       static_cast<word32>(block.size()), &rsa);
  return written > 0 && std::ranges::equal(ByteView(block).first(static_cast<size_t>(written)),
                                           ByteView(expected).first(size));
}

bool VerifyEd25519(const PublicKey& key, ByteView message, ByteView signature) {
  if (signature.size() != ED25519_SIG_SIZE) return false;
  ed25519_key ed;
  if (wc_ed25519_init(&ed) != 0) return false;
  const std::unique_ptr<ed25519_key, decltype(&wc_ed25519_free)> guard(&ed, &wc_ed25519_free);
  int good = 0;
  return wc_ed25519_import_public(key.point.data(), SizeOf(key.point), &ed) == 0 &&
         wc_ed25519_verify_msg(signature.data(), SizeOf(signature), message.data(), SizeOf(message),
                               &good, &ed) == 0 &&
         good == 1;
}

}  // namespace

KeyFamily FamilyOf(SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::kRsaSha256:
    case SignatureAlgorithm::kRsaSha384:
    case SignatureAlgorithm::kRsaSha512:
      return KeyFamily::kRsa;
    case SignatureAlgorithm::kEcdsaSha256:
    case SignatureAlgorithm::kEcdsaSha384:
    case SignatureAlgorithm::kEcdsaSha512:
      return KeyFamily::kEc;
    case SignatureAlgorithm::kEd25519:
      return KeyFamily::kEd25519;
    case SignatureAlgorithm::kUnknown:
      break;
  }
  return KeyFamily::kUnknown;
}

bool ReadPublicKey(ByteView info, PublicKey* key) {
  ByteReader reader(info);
  ByteReader list;
  std::string object_id;
  der::Element parameters;
  ByteView whole;
  ByteView bits;
  int unused;
  if (!der::Enter(&reader, der::kSequence, &list) || !reader.empty() ||
      !ReadAlgorithm(&list, &object_id, &parameters, &whole) ||
      !der::ReadBits(&list, &bits, &unused) || unused != 0 || !list.empty()) {
    return false;
  }
  if (object_id == kRsaKey) return IsNull(parameters) && ReadRsaKey(bits, key);
  key->point = bits;
  if (object_id == kEd25519Key) {
    key->family = KeyFamily::kEd25519;
    key->accepted = bits.size() == ED25519_PUB_KEY_SIZE;
    return parameters.tag == 0 && key->accepted;
  }
  if (object_id != kEcKey) return true;
  key->family = KeyFamily::kEc;
  const std::string name = der::DottedText(parameters.content);
  const auto* const curve = std::ranges::find(kCurves, name, &Curve::object_id);
  if (parameters.tag != der::kObjectId || curve == std::end(kCurves)) return true;
  key->field_bytes = curve->field_bytes;
  key->accepted = bits.size() == 1 + 2 * curve->field_bytes && bits[0] == 0x04;
  return true;
}

bool ReadSigned(ByteView der, SignedData* data) {
  ByteReader reader(der);
  ByteReader list;
  der::Element signed_part;
  std::string object_id;
  der::Element parameters;
  int unused;
  if (!der::Enter(&reader, der::kSequence, &list) || !reader.empty() ||
      !der::ReadTagged(&list, der::kSequence, &signed_part) ||
      !ReadAlgorithm(&list, &object_id, &parameters, &data->algorithm_der) ||
      !der::ReadBits(&list, &data->signature, &unused) || unused != 0 || !list.empty()) {
    return false;
  }
  data->signed_part = signed_part.whole;
  const auto* const found = std::ranges::find(kAlgorithms, object_id, &Algorithm::object_id);
  data->algorithm =
      found == std::end(kAlgorithms) ? SignatureAlgorithm::kUnknown : found->algorithm;
  if (data->algorithm == SignatureAlgorithm::kUnknown) return true;
  // RFC 4055 (5), RFC 5758 (3.2), RFC 8410 (3).
  return FamilyOf(data->algorithm) == KeyFamily::kRsa ? IsNull(parameters) : parameters.tag == 0;
}

std::vector<uint8_t> DigestOf(const SignedData& data) {
  StartWolfCrypt();
  const Algorithm* algorithm = Find(data.algorithm);
  if (algorithm == nullptr) return {};
  if (algorithm->hash == WC_HASH_TYPE_NONE) {
    return {data.signed_part.begin(), data.signed_part.end()};
  }
  std::vector<uint8_t> digest(static_cast<size_t>(wc_HashGetDigestSize(algorithm->hash)));
  CHECK(wc_Hash(algorithm->hash, data.signed_part.data(), SizeOf(data.signed_part), digest.data(),
                SizeOf(digest)) == 0);
  return digest;
}

bool IsSignedBy(const PublicKey& key, const SignedData& data, ByteView digest) {
  const Algorithm* algorithm = Find(data.algorithm);
  if (algorithm == nullptr || !key.accepted || key.family != FamilyOf(data.algorithm)) return false;
  StartWolfCrypt();
  switch (key.family) {
    case KeyFamily::kEc:
      return VerifyEc(key, digest, data.signature);
    case KeyFamily::kRsa:
      return VerifyRsa(key, algorithm->hash_id, digest, data.signature);
    case KeyFamily::kEd25519:
      return VerifyEd25519(key, digest, data.signature);
    case KeyFamily::kUnknown:
      break;
  }
  return false;
}

}  // namespace signet::auth::x509
