// VerificationKey: one key by which the signature of a JWS is checked. Which algorithms it serves
// follows from what it is, never from what a token says: the public key of RS256 is no secret of
// HS256, and a curve belongs to one ES algorithm. Used on one thread at a time.
#pragma once

#include <cstdint>
#include <memory>

#include "auth/jwt/algorithm.h"
#include "core/base/bytes.h"
#include "core/base/expected.h"
#include "core/base/secret_bytes.h"

namespace signet::auth {

// Why something is no key, as the end of a sentence: `has an RSA modulus of fewer than 2048 bits`.
struct KeyFlaw {
  std::string_view what;
};

enum class EcCurve : uint8_t { kP256, kP384, kP521 };

class VerificationKey {
 public:
  using OrFlaw = Expected<std::unique_ptr<VerificationKey>, KeyFlaw>;

  static constexpr size_t kMinRsaBits = 2048;  // RFC 7518, 3.3.
  static constexpr size_t kMaxRsaBits = 8192;

  // Big-endian, as in a JWK (RFC 7518, 6.3.1). For RS… and PS….
  static OrFlaw Rsa(ByteView modulus, ByteView exponent);
  // Coordinates in full length (RFC 7518, 6.2.1). For the ES… of the curve.
  static OrFlaw Ec(EcCurve curve, ByteView x, ByteView y);
  // The point as RFC 8032 encodes it. For EdDSA.
  static OrFlaw Ed25519(ByteView point);
  // For each HS… whose hash is no longer than the secret (RFC 7518, 3.2).
  static OrFlaw Hmac(const SecretBytes& secret);

  virtual ~VerificationKey() = default;
  virtual bool Serves(JwtAlgorithm algorithm) const = 0;
  // Whether it made this signature by this algorithm. A signature has one length for each key and
  // algorithm, and one spelling.
  bool Verify(JwtAlgorithm algorithm, ByteView message, ByteView signature) {
    return Serves(algorithm) && Check(algorithm, message, signature);
  }

 private:
  virtual bool Check(JwtAlgorithm algorithm, ByteView message, ByteView signature) = 0;
};

}  // namespace signet::auth
