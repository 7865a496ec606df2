// KeySet: what an issuer publishes to check its signatures by, a JSON Web Key Set (RFC 7517, 5), as
// far as it is of use: RSA, P-256, P-384, P-521 and Ed25519 keys that are meant for signatures.
// Keys of other kinds are passed over, as the RFC wants it; a symmetric one (oct) is among them,
// for what is published is no secret. Used on one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/jwt/compact_jws.h"
#include "auth/jwt/signature.h"
#include "core/base/hash.h"

namespace signet::auth {

enum class SignatureVerdict : uint8_t {
  kGenuine,
  kForged,      // Not made by the key that the token names, or by an algorithm that is not allowed.
  kUnknownKey,  // The key that the token names is not here; or it names none, and none made it.
};

// Why a text is no key set, as the end of a sentence: `has no key that we can use`.
struct KeySetFlaw {
  std::string_view what;
};

class KeySet {
 public:
  static constexpr size_t kMaxBytes = 256 * 1024;
  static constexpr size_t kMaxKeys = 128;
  // So many a token costs at most, where several keys have its kid, or where it has none.
  static constexpr size_t kMaxTries = 4;

  // A flaw as well if it holds more than kMaxKeys, or none that is of use: nobody means to publish
  // that, and who replaces a good set by it locks everybody out.
  static Expected<KeySet, KeySetFlaw> Parse(std::string_view json);

  KeySet() = default;
  // Of keys that are configured. `algorithm` is for this one alone; nothing: all that it serves.
  void Add(std::optional<std::string> key_id, std::optional<JwtAlgorithm> algorithm,
           std::unique_ptr<VerificationKey> key);

  size_t size() const { return keys_.size(); }
  // How many keys of the text were passed over.
  size_t passed_over() const { return passed_over_; }

  // By the keys with the kid of the token, or, if it has none, by all that serve its algorithm.
  SignatureVerdict Check(const CompactJws& jws, const AlgorithmSet& allowed) const;

 private:
  struct Key {
    std::optional<JwtAlgorithm> algorithm;
    std::unique_ptr<VerificationKey> key;
  };

  // Of what is in a JWK; false if the key is not for us.
  bool AddJwk(JsonObject jwk);

  std::vector<Key> keys_;
  TextMap<std::vector<size_t>> by_key_id_;
  std::vector<size_t> all_;  // Every index, for tokens without kid.
  size_t passed_over_ = 0;
};

}  // namespace signet::auth
