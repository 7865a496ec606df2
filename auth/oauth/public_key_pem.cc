#include "auth/oauth/public_key_pem.h"

#include <vector>

#include "auth/x509/certificate.h"
#include "auth/x509/signature.h"
#include "core/base/pem.h"

namespace signet::auth {
namespace {

constexpr KeyFlaw kNotOurs{"is of a kind that we do not use"};

VerificationKey::OrFlaw OnCurve(EcCurve curve, const x509::PublicKey& key) {
  const ByteView coordinates = key.point.subspan(1);  // Behind the byte that says uncompressed.
  return VerificationKey::Ec(curve, coordinates.first(key.field_bytes),
                             coordinates.subspan(key.field_bytes));
}

VerificationKey::OrFlaw ToVerificationKey(const x509::PublicKey& key) {
  switch (key.family) {
    case x509::KeyFamily::kRsa:
      return VerificationKey::Rsa(key.modulus, key.exponent);
    case x509::KeyFamily::kEd25519:
      return VerificationKey::Ed25519(key.point);
    case x509::KeyFamily::kEc:
      if (!key.accepted) return kNotOurs;  // Another curve, or a compressed point.
      if (key.field_bytes == 32) return OnCurve(EcCurve::kP256, key);
      if (key.field_bytes == 48) return OnCurve(EcCurve::kP384, key);
      return OnCurve(EcCurve::kP521, key);
    case x509::KeyFamily::kUnknown:
      break;
  }
  return kNotOurs;
}

}  // namespace

VerificationKey::OrFlaw ReadPublicKeyPem(std::string_view pem) {
  const StatusOr<std::vector<PemBlock>> blocks = ParsePem(pem);
  if (!blocks.ok() || blocks->size() != 1) return KeyFlaw{"is not one block of PEM"};
  const PemBlock& block = blocks->front();
  if (block.label == "CERTIFICATE") {
    const Expected<x509::Certificate, x509::Rule> certificate = x509::Certificate::Read(block.der);
    if (!certificate.ok()) return KeyFlaw{"is no certificate that we can read"};
    return ToVerificationKey(certificate->key);
  }
  x509::PublicKey key;
  if (block.label != "PUBLIC KEY" || !x509::ReadPublicKey(block.der, &key)) {
    return KeyFlaw{"is no public key"};
  }
  return ToVerificationKey(key);
}

}  // namespace signet::auth
