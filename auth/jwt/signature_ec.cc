// ECDSA (RFC 7518, 3.4) and EdDSA with Ed25519 (RFC 8037, 3.1).
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/ed25519.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "auth/jwt/digest.h"
#include "auth/jwt/signature.h"
#include "core/base/check.h"

namespace signet::auth {
namespace {

struct Curve {
  int id;
  uint32_t bytes;  // Of a coordinate, and of each half of a signature.
  JwtAlgorithm algorithm;
};

Curve CurveOf(EcCurve curve) {
  switch (curve) {
    case EcCurve::kP256:
      return {ECC_SECP256R1, 32, JwtAlgorithm::kEs256};
    case EcCurve::kP384:
      return {ECC_SECP384R1, 48, JwtAlgorithm::kEs384};
    case EcCurve::kP521:
      return {ECC_SECP521R1, 66, JwtAlgorithm::kEs512};
  }
  UNREACHABLE();
}

// As many bytes as a number of this curve has, from wolfCrypt's hexadecimal digits.
std::vector<uint8_t> OrderOf(const Curve& curve) {
  std::string_view digits = wc_ecc_get_curve_params(wc_ecc_get_curve_idx(curve.id))->order;
  std::vector<uint8_t> order(curve.bytes);
  for (size_t i = order.size(); i-- > 0 && !digits.empty();) {
    const std::string_view byte = digits.substr(digits.size() - std::min<size_t>(2, digits.size()));
    std::from_chars(byte.data(), byte.data() + byte.size(), order[i], 16);
    digits.remove_suffix(byte.size());
  }
  return order;
}

class EcVerificationKey : public VerificationKey {
 public:
  explicit EcVerificationKey(const Curve& curve) : curve_(curve), order_(OrderOf(curve)) {
    wc_ecc_init(&key_);
  }
  EcVerificationKey(const EcVerificationKey&) = delete;
  EcVerificationKey& operator=(const EcVerificationKey&) = delete;
  ~EcVerificationKey() override { wc_ecc_free(&key_); }

  // False if the point is not on the curve.
  bool Import(ByteView x, ByteView y) {
    return wc_ecc_import_unsigned(&key_, x.data(), y.data(), nullptr, curve_.id) == 0 &&
           wc_ecc_check_key(&key_) == 0;
  }

  bool Serves(JwtAlgorithm algorithm) const override { return algorithm == curve_.algorithm; }

 private:
  bool Check(JwtAlgorithm algorithm, ByteView message, ByteView signature) override {
    if (signature.size() != 2 * curve_.bytes) return false;
    const ByteView r = signature.first(curve_.bytes);
    const ByteView s = signature.subspan(curve_.bytes);
    if (!IsInRange(r) || !IsInRange(s)) return false;
    Digest digest;
    if (!MakeDigest(HashOf(algorithm), message, &digest)) return false;
    std::array<uint8_t, ECC_MAX_SIG_SIZE> der;
    auto der_size = static_cast<uint32_t>(der.size());
    int is_valid = 0;
    return wc_ecc_rs_raw_to_sig(r.data(), curve_.bytes, s.data(), curve_.bytes, der.data(),
                                &der_size) == 0 &&
           wc_ecc_verify_hash(der.data(), der_size, digest.bytes.data(), digest.size, &is_valid,
                              &key_) == 0 &&
           is_valid == 1;
  }

  // From 1 to below the order of the curve (FIPS 186-5, 6.4.2): 0 would verify anything by a
  // careless library, and beyond the order a value has a second spelling.
  bool IsInRange(ByteView half) const {
    return std::ranges::any_of(half, [](uint8_t byte) { return byte != 0; }) &&
           std::ranges::lexicographical_compare(half, order_);
  }

  const Curve curve_;
  const std::vector<uint8_t> order_;
  ecc_key key_;
};

class Ed25519VerificationKey : public VerificationKey {
 public:
  Ed25519VerificationKey() { wc_ed25519_init(&key_); }
  Ed25519VerificationKey(const Ed25519VerificationKey&) = delete;
  Ed25519VerificationKey& operator=(const Ed25519VerificationKey&) = delete;
  ~Ed25519VerificationKey() override { wc_ed25519_free(&key_); }

  bool Import(ByteView point) {
    return wc_ed25519_import_public(point.data(), ED25519_PUB_KEY_SIZE, &key_) == 0;
  }

  bool Serves(JwtAlgorithm algorithm) const override { return algorithm == JwtAlgorithm::kEdDsa; }

 private:
  bool Check(JwtAlgorithm, ByteView message, ByteView signature) override {
    if (signature.size() != ED25519_SIG_SIZE || message.size() > UINT32_MAX) return false;
    int is_valid = 0;
    return wc_ed25519_verify_msg(signature.data(), ED25519_SIG_SIZE, message.data(),
                                 static_cast<uint32_t>(message.size()), &is_valid, &key_) == 0 &&
           is_valid == 1;
  }

  ed25519_key key_;
};

}  // namespace

VerificationKey::OrFlaw VerificationKey::Ec(EcCurve curve, ByteView x, ByteView y) {
  const Curve traits = CurveOf(curve);
  if (x.size() != traits.bytes || y.size() != traits.bytes) {
    return KeyFlaw{"has coordinates of another length than its curve"};
  }
  auto key = std::make_unique<EcVerificationKey>(traits);
  if (!key->Import(x, y)) return KeyFlaw{"is no point of its curve"};
  return OrFlaw(std::move(key));
}

VerificationKey::OrFlaw VerificationKey::Ed25519(ByteView point) {
  if (point.size() != ED25519_PUB_KEY_SIZE) return KeyFlaw{"has no 32 bytes"};
  auto key = std::make_unique<Ed25519VerificationKey>();
  if (!key->Import(point)) return KeyFlaw{"is no point of Ed25519"};
  return OrFlaw(std::move(key));
}

}  // namespace signet::auth
