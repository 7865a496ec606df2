// A JSON Web Key Set. What is taken is bounded, and every one of its keys can be used.
// Input: the text.
#include "auth/jwt/key_set.h"
#include "core/base/check.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/printable.h"
#include "tests/fuzz/target.h"

FUZZ_TARGET(key_set) {
  using signet::auth::CompactJws;
  using signet::auth::KeySet;
  using signet::auth::SignatureVerdict;
  const auto keys = KeySet::Parse(signet::AsText({data, size}));
  if (!keys) {
    CHECK(signet::fuzz::IsPrintableLine(keys.error().what));
    return 0;
  }
  CHECK(keys->size() >= 1 && keys->size() + keys->passed_over() <= KeySet::kMaxKeys);
  // {"alg":"ES256"}, {"alg":"RS256"} and {"alg":"EdDSA"}, with 64 bytes of signature.
  for (const char* header :
       {"eyJhbGciOiJFUzI1NiJ9", "eyJhbGciOiJSUzI1NiJ9", "eyJhbGciOiJFZERTQSJ9"}) {
    const std::string token = std::string(header) + ".e30." + std::string(86, 'A');
    const auto jws = CompactJws::Read(token);
    CHECK(jws.ok());
    CHECK(keys->Check(*jws, signet::auth::AlgorithmSet::PublicKey()) != SignatureVerdict::kGenuine);
  }
  return 0;
}
