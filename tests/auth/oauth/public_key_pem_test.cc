// Keys and tokens that others made: vectors/ holds keys in PEM as Python's cryptography writes
// them, and a token that each of those has signed.
#include "auth/oauth/public_key_pem.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "auth/jwt/key_set.h"
#include "tests/auth/support/text_file.h"

namespace signet::auth {
namespace {

const std::string kVectors = SIGNET_OAUTH_VECTORS;

std::string Pem(std::string_view name) {
  return ReadTextFile(fmt::format("{}/{}.pem", kVectors, name));
}

SignatureVerdict Check(std::string_view pem_name, const std::string& token) {
  VerificationKey::OrFlaw key = ReadPublicKeyPem(Pem(pem_name));
  EXPECT_TRUE(key.ok()) << pem_name;
  if (!key.ok()) return SignatureVerdict::kUnknownKey;
  const auto jws = CompactJws::Read(token);
  CHECK(jws.ok());
  KeySet keys;
  keys.Add(jws->key_id(), std::nullopt, std::move(*key));
  return keys.Check(*jws, AlgorithmSet::PublicKey());
}

std::string FlawOf(std::string_view pem) {
  const VerificationKey::OrFlaw key = ReadPublicKeyPem(pem);
  return key.ok() ? "" : std::string(key.error().what);
}

TEST(ReadPublicKeyPem, OfEachKindChecksItsTokens) {
  const auto tokens = ReadNamedLines(kVectors + "/tokens.txt");
  EXPECT_EQ(tokens.size(), 5U);
  for (const auto& [name, token] : tokens) {
    EXPECT_EQ(Check(name, token), SignatureVerdict::kGenuine) << name;
    for (const auto& [other, unused] : tokens) {
      if (other == name) continue;
      EXPECT_EQ(Check(other, token), SignatureVerdict::kForged) << other;
    }
  }
}

TEST(ReadPublicKeyPem, OfACertificateIsItsKeyWhateverElseItSays) {
  const auto tokens = ReadNamedLines(kVectors + "/tokens.txt");
  EXPECT_EQ(Check("p256-certificate", tokens.at("p256")), SignatureVerdict::kGenuine);
}

TEST(ReadPublicKeyPem, RefusesKeysThatAreNotUsed) {
  EXPECT_EQ(FlawOf(Pem("secp256k1")), "is of a kind that we do not use");
  EXPECT_EQ(FlawOf(Pem("rsa-1024")), "has an RSA modulus of fewer than 2048 bits");
}

TEST(ReadPublicKeyPem, IsOneBlock) {
  EXPECT_EQ(FlawOf(""), "is not one block of PEM");
  EXPECT_EQ(FlawOf(Pem("rsa") + Pem("p256")), "is not one block of PEM");
  EXPECT_EQ(FlawOf("-----BEGIN PUBLIC KEY-----\n???\n-----END PUBLIC KEY-----\n"),
            "is not one block of PEM");
}

TEST(ReadPublicKeyPem, RefusesWhatIsNoKey) {
  EXPECT_EQ(FlawOf("-----BEGIN PUBLIC KEY-----\na2V5\n-----END PUBLIC KEY-----\n"),
            "is no public key");
  EXPECT_EQ(FlawOf("-----BEGIN CERTIFICATE-----\na2V5\n-----END CERTIFICATE-----\n"),
            "is no certificate that we can read");
  EXPECT_EQ(FlawOf("-----BEGIN RSA PUBLIC KEY-----\na2V5\n-----END RSA PUBLIC KEY-----\n"),
            "is no public key");
}

}  // namespace
}  // namespace signet::auth
