// Public keys and signatures of certificates and CRLs. Which are accepted is decided here alone:
//   EC       P-256, P-384, P-521, with ECDSA and SHA-256, -384 or -512
//   RSA      2048 to 4096 bits, with PKCS #1 v1.5 and SHA-256, -384 or -512
//   Ed25519
// Everything else, such as SHA-1, MD5 and RSA-PSS in certificates, is read and then refused. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/bytes.h"

namespace signet::auth::x509 {

enum class KeyFamily : uint8_t { kUnknown, kEc, kRsa, kEd25519 };

enum class SignatureAlgorithm : uint8_t {
  kUnknown,
  kRsaSha256,
  kRsaSha384,
  kRsaSha512,
  kEcdsaSha256,
  kEcdsaSha384,
  kEcdsaSha512,
  kEd25519,
};
KeyFamily FamilyOf(SignatureAlgorithm algorithm);

// Borrows from the certificate.
struct PublicKey {
  KeyFamily family = KeyFamily::kUnknown;
  bool accepted = false;   // By its curve or length.
  size_t field_bytes = 0;  // Of EC: 32, 48, 66.
  ByteView point;          // Of EC (uncompressed) and Ed25519.
  ByteView modulus;        // Of RSA.
  ByteView exponent;
};

// A SubjectPublicKeyInfo. False if it is malformed; an unknown kind of key is not.
bool ReadPublicKey(ByteView info, PublicKey* key);

// What certificates and CRLs have in common: SEQUENCE { what is signed, by which algorithm, the
// signature } (RFC 5280, 4.1.1). Borrows.
struct SignedData {
  ByteView signed_part;
  ByteView algorithm_der;  // Must stand inside the signed part as well.
  SignatureAlgorithm algorithm = SignatureAlgorithm::kUnknown;
  ByteView signature;
};
bool ReadSigned(ByteView der, SignedData* data);

// What a key really signs: a hash, or for Ed25519 all of it.
std::vector<uint8_t> DigestOf(const SignedData& data);
// Whether `key` made the signature of `data`, whose DigestOf() is `digest`.
bool IsSignedBy(const PublicKey& key, const SignedData& data, ByteView digest);

}  // namespace signet::auth::x509
