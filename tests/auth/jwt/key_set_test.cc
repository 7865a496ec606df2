#include "auth/jwt/key_set.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/auth/support/signing_key.h"

namespace signet::auth {
namespace {

constexpr AlgorithmSet kPublic = AlgorithmSet::PublicKey();

std::string_view FlawOfKeySet(std::string_view json) {
  const auto keys = KeySet::Parse(json);
  return keys ? "" : keys.error().what;
}

KeySet Parsed(std::string_view json) {
  auto keys = KeySet::Parse(json);
  EXPECT_TRUE(keys.ok()) << json;
  return keys ? std::move(*keys) : KeySet();
}

SignatureVerdict Check(const KeySet& keys, const std::string& token,
                       const AlgorithmSet& allowed = kPublic) {
  const auto jws = CompactJws::Read(token);
  EXPECT_TRUE(jws.ok());
  return keys.Check(*jws, allowed);
}

// A key set of one good key, and of another one that has these members.
KeySet Beside(std::string_view jwk) {
  static const SigningKey good("good");
  return Parsed(KeySetOf({good.Jwk(), std::string(jwk)}));
}

// With further members, or members in place of others.
std::string Changed(std::string jwk, std::string_view from, std::string_view to) {
  const size_t at = jwk.find(from);
  EXPECT_NE(at, jwk.npos);
  return jwk.replace(at, from.size(), to);
}

TEST(KeySet, FindsTheKeyByItsId) {
  const SigningKey a("a");
  const SigningKey b("b");
  const KeySet keys = Parsed(KeySetOf({a.Jwk(), b.Jwk()}));
  EXPECT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys.passed_over(), 0U);
  EXPECT_EQ(Check(keys, a.Token("{}")), SignatureVerdict::kGenuine);
  EXPECT_EQ(Check(keys, b.Token("{}")), SignatureVerdict::kGenuine);
  EXPECT_EQ(Check(keys, a.TokenWithHeader(R"({"alg":"EdDSA","kid":"b"})", "{}")),
            SignatureVerdict::kForged);
  EXPECT_EQ(Check(keys, a.TokenWithHeader(R"({"alg":"EdDSA","kid":"c"})", "{}")),
            SignatureVerdict::kUnknownKey);
  EXPECT_EQ(Check(keys, a.TokenWithHeader(R"({"alg":"EdDSA","kid":""})", "{}")),
            SignatureVerdict::kUnknownKey);
  EXPECT_EQ(Check(keys, a.TokenWithHeader(R"({"alg":"EdDSA","kid":"' OR 1=1 --"})", "{}")),
            SignatureVerdict::kUnknownKey);
}

TEST(KeySet, ATokenWithoutAKeyIdIsTriedByAll) {
  const SigningKey a("a");
  const SigningKey b("b");
  const SigningKey stranger("a");
  const KeySet keys = Parsed(KeySetOf({a.Jwk(), b.Jwk()}));
  EXPECT_EQ(Check(keys, b.TokenWithHeader(R"({"alg":"EdDSA"})", "{}")), SignatureVerdict::kGenuine);
  EXPECT_EQ(Check(keys, stranger.TokenWithHeader(R"({"alg":"EdDSA"})", "{}")),
            SignatureVerdict::kUnknownKey);
}

TEST(KeySet, SeveralKeysMayHaveOneId) {
  const SigningKey a("twin");
  const SigningKey b("twin");
  const SigningKey stranger("twin");
  const KeySet keys = Parsed(KeySetOf({a.Jwk(), b.Jwk()}));
  EXPECT_EQ(Check(keys, a.Token("{}")), SignatureVerdict::kGenuine);
  EXPECT_EQ(Check(keys, b.Token("{}")), SignatureVerdict::kGenuine);
  EXPECT_EQ(Check(keys, stranger.Token("{}")), SignatureVerdict::kForged);
}

TEST(KeySet, ATokenCostsSoManyTriesAtMost) {
  std::vector<std::unique_ptr<SigningKey>> signers;
  std::string jwks;
  for (size_t i = 0; i <= KeySet::kMaxTries; ++i) {
    signers.push_back(std::make_unique<SigningKey>("same"));
    jwks += (i == 0 ? "" : ",") + signers.back()->Jwk();
  }
  const KeySet keys = Parsed("{\"keys\":[" + jwks + "]}");
  EXPECT_EQ(Check(keys, signers[KeySet::kMaxTries - 1]->Token("{}")), SignatureVerdict::kGenuine);
  EXPECT_EQ(Check(keys, signers[KeySet::kMaxTries]->Token("{}")), SignatureVerdict::kForged);
}

TEST(KeySet, ChecksByAllowedAlgorithmsAlone) {
  const SigningKey a("a");
  const KeySet keys = Parsed(KeySetOf({a.Jwk()}));
  EXPECT_EQ(Check(keys, a.Token("{}"), {JwtAlgorithm::kRs256}), SignatureVerdict::kForged);
  EXPECT_EQ(Check(keys, a.Token("{}"), {}), SignatureVerdict::kForged);
}

TEST(KeySet, AKeyServesTheAlgorithmItIsMeantFor) {
  const SigningKey a("a");
  const std::string with_own = Changed(a.Jwk(), R"("use")", R"("alg":"EdDSA","use")");
  EXPECT_EQ(Check(Parsed(KeySetOf({with_own})), a.Token("{}")), SignatureVerdict::kGenuine);
  // One that its type cannot serve, that we do not know, or that is no text.
  for (const char* member : {R"("alg":"RS256","use")", R"("alg":"HS256","use")",
                             R"("alg":"none","use")", R"("alg":1,"use")"}) {
    EXPECT_EQ(Beside(Changed(a.Jwk(), R"("use")", member)).passed_over(), 1U) << member;
  }
}

TEST(KeySet, PassesOverWhatIsNotForSignatures) {
  const SigningKey a("a");
  for (const char* member :
       {R"("use":"enc")", R"("use":"SIG")", R"("use":1)", R"("key_ops":["sign"])",
        R"("key_ops":[])", R"("key_ops":"verify")", R"("use":"sig","key_ops":["encrypt"])"}) {
    const KeySet keys = Beside(Changed(a.Jwk(), R"("use":"sig")", member));
    EXPECT_EQ(keys.passed_over(), 1U) << member;
    EXPECT_EQ(Check(keys, a.Token("{}")), SignatureVerdict::kUnknownKey) << member;
  }
  for (const char* member :
       {R"("key_ops":["verify"])", R"("use":"sig","key_ops":["verify"])", R"("x5t":"whatever")"}) {
    EXPECT_EQ(Beside(Changed(a.Jwk(), R"("use":"sig")", member)).passed_over(), 0U) << member;
  }
}

TEST(KeySet, PassesOverSymmetricAndPrivateKeys) {
  const SigningKey a("a");
  EXPECT_EQ(Beside(R"({"kty":"oct","kid":"o","k":"c2VjcmV0LXRoYXQtaXMtcHVibGlzaGVkLWFuZC1sb25n"})")
                .passed_over(),
            1U);
  EXPECT_EQ(Beside(Changed(a.Jwk(), R"("use")", R"("d":"AAAA","use")")).passed_over(), 1U);
}

TEST(KeySet, PassesOverKeysThatAreNoneOfOurs) {
  for (const char* jwk : {
           "{}",
           R"({"kty":"RSA"})",
           R"({"kty":"RSA","n":"AQAB","e":"AQAB"})",
           R"({"kty":"RSA","n":1,"e":"AQAB"})",
           R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})",
           R"({"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"})",
           R"({"kty":"EC","crv":"P-256","x":"AA=","y":"AA"})",
           R"({"kty":"EC","crv":"P-256"})",
           R"({"kty":"OKP","crv":"Ed448","x":"AA"})",
           R"({"kty":"OKP","crv":"X25519","x":"AA"})",
           R"({"kty":"OKP","crv":"Ed25519"})",
           R"({"kty":"okp","crv":"Ed25519","x":"AA"})",
           R"({"kty":["OKP"]})",
           R"({"kty":"OKP","crv":"Ed25519","kid":1,"x":"AA"})",
       }) {
    const KeySet keys = Beside(jwk);
    EXPECT_EQ(keys.size(), 1U) << jwk;
    EXPECT_EQ(keys.passed_over(), 1U) << jwk;
  }
}

TEST(KeySet, RefusesWhatIsNone) {
  EXPECT_EQ(FlawOfKeySet(""), "is no JSON");
  EXPECT_EQ(FlawOfKeySet("<html>Sign in</html>"), "is no JSON");
  EXPECT_EQ(FlawOfKeySet("[]"), "is no JSON object");
  EXPECT_EQ(FlawOfKeySet("{}"), "has no list of keys");
  EXPECT_EQ(FlawOfKeySet(R"({"keys":{}})"), "has no list of keys");
  EXPECT_EQ(FlawOfKeySet(R"({"keys":[1]})"), "has a key that is no object");
  EXPECT_EQ(FlawOfKeySet(R"({"keys":[]})"), "has no key that we can use");
  EXPECT_EQ(FlawOfKeySet(R"({"keys":[{"kty":"oct","k":"AAAA"}]})"), "has no key that we can use");
  EXPECT_EQ(FlawOfKeySet(R"({"keys":[],"keys":[]})"), "has a member twice");
}

TEST(KeySet, IsBounded) {
  const SigningKey a("a");
  std::string most = a.Jwk();
  for (size_t i = 1; i < KeySet::kMaxKeys; ++i) most += "," + a.Jwk();
  EXPECT_EQ(FlawOfKeySet("{\"keys\":[" + most + "]}"), "");
  EXPECT_EQ(FlawOfKeySet("{\"keys\":[" + most + "," + a.Jwk() + "]}"), "has too many keys");
  const std::string padding(KeySet::kMaxBytes, ' ');
  EXPECT_EQ(FlawOfKeySet(KeySetOf({a.Jwk()}) + padding), "is too long");
}

TEST(KeySet, MayBeMadeOfConfiguredKeys) {
  const std::string secret(64, 's');
  auto key = VerificationKey::Hmac(SecretBytes(secret));
  ASSERT_TRUE(key.ok());
  KeySet keys;
  keys.Add("s", JwtAlgorithm::kHs256, std::move(*key));
  const std::string other_alg = UnsignedToken(R"({"alg":"HS512","kid":"s"})", "{}");
  EXPECT_EQ(Check(keys, other_alg, {JwtAlgorithm::kHs256, JwtAlgorithm::kHs512}),
            SignatureVerdict::kForged);
}

}  // namespace
}  // namespace signet::auth
