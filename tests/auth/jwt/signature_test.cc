// Signatures that others made, and what must not pass for one. vectors/good.txt and bad.txt hold
// tokens made with Node.js, whose keys are in vectors/jwks.json.
#include "auth/jwt/signature.h"

#include <gtest/gtest.h>

#include "auth/jwt/base64url.h"
#include "auth/jwt/key_set.h"
#include "simdjson.h"
#include "tests/auth/support/signing_key.h"
#include "tests/auth/support/text_file.h"
#include "tests/support/bytes.h"

namespace signet::auth {
namespace {

const std::string kVectors = SIGNET_JWT_VECTORS;

constexpr AlgorithmSet kAll = {JwtAlgorithm::kHs256, JwtAlgorithm::kHs384, JwtAlgorithm::kHs512,
                               JwtAlgorithm::kRs256, JwtAlgorithm::kRs384, JwtAlgorithm::kRs512,
                               JwtAlgorithm::kPs256, JwtAlgorithm::kPs384, JwtAlgorithm::kPs512,
                               JwtAlgorithm::kEs256, JwtAlgorithm::kEs384, JwtAlgorithm::kEs512,
                               JwtAlgorithm::kEdDsa};

const KeySet& Keys() {
  static const KeySet keys = [] {
    auto parsed = KeySet::Parse(ReadTextFile(kVectors + "/jwks.json"));
    CHECK(parsed.ok());
    return std::move(*parsed);
  }();
  return keys;
}

const std::map<std::string, std::string>& Good() {
  static const auto tokens = ReadNamedLines(kVectors + "/good.txt");
  return tokens;
}

SignatureVerdict CheckSignature(std::string_view token) {
  const auto jws = CompactJws::Read(token);
  EXPECT_TRUE(jws.ok()) << token;
  return Keys().Check(*jws, kAll);
}

std::vector<uint8_t> Decoded(std::string_view text) {
  auto bytes = DecodeBase64Url(text);
  CHECK(bytes.has_value());
  return std::move(*bytes);
}

// The token with another signature.
std::string WithSignature(std::string_view token, std::string_view signature) {
  return std::string(token.substr(0, token.rfind('.') + 1)) + EncodeBase64Url(signature);
}

std::string SignatureOf(std::string_view token) {
  return std::string(AsText(Decoded(token.substr(token.rfind('.') + 1))));
}

// The token with another header, and its signature kept.
std::string WithHeader(std::string_view token, std::string_view header) {
  return EncodeBase64Url(header) + std::string(token.substr(token.find('.')));
}

TEST(Signature, OfEveryAlgorithmIsGenuine) {
  EXPECT_EQ(Good().size(), 12U);
  for (const auto& [name, token] : Good()) {
    EXPECT_EQ(CheckSignature(token), SignatureVerdict::kGenuine) << name;
  }
}

TEST(Signature, IsForgedWhenAnyPartIsChanged) {
  for (const auto& [name, token] : Good()) {
    std::string other_payload = token;
    const size_t payload_at = token.find('.') + 1;
    other_payload.replace(payload_at, token.rfind('.') - payload_at,
                          EncodeBase64Url(R"({"sub":"root"})"));
    EXPECT_EQ(CheckSignature(other_payload), SignatureVerdict::kForged) << name;

    const std::string signature = SignatureOf(token);
    for (size_t at = 0; at < signature.size(); at += 7) {
      std::string flipped = signature;
      flipped[at] = static_cast<char>(flipped[at] ^ 1);
      EXPECT_EQ(CheckSignature(WithSignature(token, flipped)), SignatureVerdict::kForged)
          << name << at;
    }
  }
}

TEST(Signature, HasOneLength) {
  for (const auto& [name, token] : Good()) {
    const std::string signature = SignatureOf(token);
    const std::string zero(1, '\0');
    for (const std::string& other :
         {signature + zero, zero + signature, signature.substr(1),
          signature.substr(0, signature.size() - 1), signature + signature, zero}) {
      EXPECT_EQ(CheckSignature(WithSignature(token, other)), SignatureVerdict::kForged) << name;
    }
  }
}

TEST(Signature, TrivialOnesAreForged) {
  for (const auto& [name, token] : Good()) {
    const size_t size = SignatureOf(token).size();
    for (const char byte : {'\x00', '\x01', '\xFF'}) {
      EXPECT_EQ(CheckSignature(WithSignature(token, std::string(size, byte))),
                SignatureVerdict::kForged)
          << name;
    }
  }
}

TEST(Signature, TheAttacksInTheVectorsFail) {
  const auto bad = ReadNamedLines(kVectors + "/bad.txt");
  EXPECT_EQ(bad.size(), 7U);
  for (const auto& [name, token] : bad) {
    EXPECT_EQ(CheckSignature(token), SignatureVerdict::kForged) << name;
  }
}

TEST(Signature, NoneIsNoAlgorithm) {
  for (const char* name : {"none", "None", "nOnE", "NONE", "rs256", "RS256 ", "RS1", "ES256K",
                           "HS1", "EdDSA\\u0000", "dir"}) {
    const std::string header = R"({"alg":")" + std::string(name) + R"(","kid":"rsa"})";
    EXPECT_EQ(CheckSignature(UnsignedToken(header, "{}", "x")), SignatureVerdict::kForged) << name;
  }
}

TEST(Signature, AKeyServesItsOwnAlgorithmsAlone) {
  for (const auto& [name, token] : Good()) {
    for (const auto& [kid, algorithm] : std::initializer_list<std::pair<const char*, const char*>>{
             {"rsa", "ES256"},
             {"rsa", "EdDSA"},
             {"rsa", "HS256"},
             {"P-256", "RS256"},
             {"P-256", "ES384"},
             {"P-384", "ES256"},
             {"P-521", "ES256"},
             {"P-256", "EdDSA"},
             {"P-256", "HS256"},
             {"ed25519", "ES256"},
             {"ed25519", "HS512"},
             {"ed25519", "PS256"},
         }) {
      const std::string header =
          R"({"alg":")" + std::string(algorithm) + R"(","kid":")" + kid + "\"}";
      EXPECT_EQ(CheckSignature(WithHeader(token, header)), SignatureVerdict::kForged)
          << name << " as " << algorithm << " by " << kid;
    }
  }
}

TEST(Signature, EcdsaHalvesAreBelowTheOrderOfTheCurve) {
  const std::string& token = Good().at("ES256");
  const std::string order = std::string(
      AsText(Bytes("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551")));
  const std::string signature = SignatureOf(token);
  const std::string zero(32, '\0');
  const std::string r = signature.substr(0, 32);
  const std::string s = signature.substr(32);
  for (const std::string& other :
       {r + zero, zero + s, r + order, order + s, order + order, zero + zero, s + r}) {
    EXPECT_EQ(CheckSignature(WithSignature(token, other)), SignatureVerdict::kForged);
  }
  EXPECT_EQ(CheckSignature(WithSignature(token, r + s)), SignatureVerdict::kGenuine);
}

TEST(Signature, EdDsaHasNoSecondSpelling) {
  const std::string& token = Good().at("EdDSA");
  std::string signature = SignatureOf(token);
  // S + L, which is the same number for who does not look whether S is below L (RFC 8032, 5.1.7).
  const auto order = Bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  unsigned carry = 0;
  for (size_t i = 0; i < 32; ++i) {
    carry += static_cast<uint8_t>(signature[32 + i]);
    carry += order[i];
    signature[32 + i] = static_cast<char>(carry & 0xFF);
    carry >>= 8;
  }
  EXPECT_EQ(CheckSignature(WithSignature(token, signature)), SignatureVerdict::kForged);
}

TEST(Signature, RsaHasNoSecondSpelling) {
  simdjson::dom::parser parser;
  std::string_view text;
  ASSERT_EQ(parser.load(kVectors + "/jwks.json")["keys"].at(0)["n"].get(text), simdjson::SUCCESS);
  const auto modulus = Decoded(text);
  size_t tried = 0;
  for (const char* name : {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}) {
    // The same number modulo n, where that many bytes hold it (RFC 8017, 5.2.2).
    std::string signature = SignatureOf(Good().at(name));
    ASSERT_EQ(signature.size(), modulus.size());
    unsigned carry = 0;
    for (size_t i = signature.size(); i-- > 0;) {
      carry += static_cast<uint8_t>(signature[i]);
      carry += modulus[i];
      signature[i] = static_cast<char>(carry & 0xFF);
      carry >>= 8;
    }
    if (carry != 0) continue;
    EXPECT_EQ(CheckSignature(WithSignature(Good().at(name), signature)), SignatureVerdict::kForged)
        << name;
    ++tried;
  }
  EXPECT_EQ(tried, 4U);
}

TEST(Signature, OfRfc8037) {
  const auto key = VerificationKey::Ed25519(Decoded("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
  ASSERT_TRUE(key.ok());
  const std::string input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
  const auto signature = Decoded(
      "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
  EXPECT_TRUE((*key)->Verify(JwtAlgorithm::kEdDsa, AsBytes(input), signature));
  EXPECT_FALSE((*key)->Verify(JwtAlgorithm::kEs256, AsBytes(input), signature));
  EXPECT_FALSE((*key)->Verify(JwtAlgorithm::kEdDsa, AsBytes(input + "."), signature));
}

TEST(Signature, OfRfc7515ByEcdsa) {
  const auto key =
      VerificationKey::Ec(EcCurve::kP256, Decoded("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
                          Decoded("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"));
  ASSERT_TRUE(key.ok());
  const std::string input =
      "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLm"
      "NvbS9pc19yb290Ijp0cnVlfQ";
  EXPECT_TRUE((*key)->Verify(
      JwtAlgorithm::kEs256, AsBytes(input),
      Decoded("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU"
              "1Q")));
}

TEST(Signature, OfRfc7515ByHmac) {
  const auto secret = Decoded(
      "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
  const auto key = VerificationKey::Hmac(SecretBytes(AsText(secret)));
  ASSERT_TRUE(key.ok());
  const std::string input =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogIm"
      "h0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
  auto signature = Decoded("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  EXPECT_TRUE((*key)->Verify(JwtAlgorithm::kHs256, AsBytes(input), signature));
  EXPECT_FALSE((*key)->Verify(JwtAlgorithm::kHs512, AsBytes(input), signature));
  EXPECT_FALSE((*key)->Verify(JwtAlgorithm::kRs256, AsBytes(input), signature));
  signature.pop_back();
  EXPECT_FALSE((*key)->Verify(JwtAlgorithm::kHs256, AsBytes(input), signature));
}

TEST(VerificationKey, AnHmacSecretIsAsLongAsItsHash) {
  EXPECT_FALSE(VerificationKey::Hmac(SecretBytes("emqxsecret")).ok());
  EXPECT_FALSE(VerificationKey::Hmac(SecretBytes(std::string(31, 's'))).ok());
  const auto key = VerificationKey::Hmac(SecretBytes(std::string(48, 's')));
  ASSERT_TRUE(key.ok());
  EXPECT_TRUE((*key)->Serves(JwtAlgorithm::kHs256));
  EXPECT_TRUE((*key)->Serves(JwtAlgorithm::kHs384));
  EXPECT_FALSE((*key)->Serves(JwtAlgorithm::kHs512));
  EXPECT_FALSE((*key)->Serves(JwtAlgorithm::kEdDsa));
}

std::string_view RsaFlaw(size_t bits, std::string_view exponent, uint8_t last = 1) {
  std::vector<uint8_t> modulus((bits + 7) / 8, 0xA5);
  modulus.front() = static_cast<uint8_t>(bits % 8 == 0 ? 0x80 : 1 << (bits % 8 - 1));
  modulus.back() = last;
  const auto key = VerificationKey::Rsa(modulus, Bytes(exponent));
  return key ? "" : key.error().what;
}

TEST(VerificationKey, RsaIsBounded) {
  EXPECT_EQ(RsaFlaw(2048, "010001"), "");
  EXPECT_EQ(RsaFlaw(8192, "010001"), "");
  EXPECT_EQ(RsaFlaw(2047, "010001"), "has an RSA modulus of fewer than 2048 bits");
  EXPECT_EQ(RsaFlaw(8193, "010001"), "has an RSA modulus of more than 8192 bits");
  EXPECT_EQ(RsaFlaw(2048, "010001", 2), "has an even RSA modulus");
  EXPECT_EQ(RsaFlaw(2048, "03"), "");
  EXPECT_EQ(RsaFlaw(2048, "00010001"), "");
  for (const char* exponent : {"", "00", "01", "02", "010000", "0100000001"}) {
    EXPECT_EQ(RsaFlaw(2048, exponent), "has an RSA exponent that is none") << exponent;
  }
  EXPECT_FALSE(VerificationKey::Rsa({}, Bytes("010001")).ok());
}

TEST(VerificationKey, AnEcKeyIsAPointOfItsCurve) {
  const auto x = Decoded("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
  const auto y = Decoded("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
  EXPECT_TRUE(VerificationKey::Ec(EcCurve::kP256, x, y).ok());
  EXPECT_FALSE(VerificationKey::Ec(EcCurve::kP256, y, x).ok());
  EXPECT_FALSE(VerificationKey::Ec(EcCurve::kP384, x, y).ok());
  const std::vector<uint8_t> zero(32);
  EXPECT_FALSE(VerificationKey::Ec(EcCurve::kP256, zero, zero).ok());
  EXPECT_FALSE(VerificationKey::Ec(EcCurve::kP256, ByteView(x).first(31), y).ok());
  EXPECT_FALSE(VerificationKey::Ec(EcCurve::kP256, {}, {}).ok());
}

TEST(VerificationKey, AnEd25519KeyIsAPoint) {
  EXPECT_FALSE(VerificationKey::Ed25519({}).ok());
  EXPECT_FALSE(VerificationKey::Ed25519(std::vector<uint8_t>(31, 1)).ok());
  EXPECT_FALSE(VerificationKey::Ed25519(std::vector<uint8_t>(33, 1)).ok());
  std::vector<uint8_t> no_point(32, 0);
  no_point[0] = 2;  // No x fits this y.
  EXPECT_FALSE(VerificationKey::Ed25519(no_point).ok());
}

TEST(ParseAlgorithm, KnowsTheNamesLetterByLetter) {
  EXPECT_EQ(ParseAlgorithm("RS256"), JwtAlgorithm::kRs256);
  EXPECT_EQ(ParseAlgorithm("EdDSA"), JwtAlgorithm::kEdDsa);
  EXPECT_EQ(ParseAlgorithm("HS512"), JwtAlgorithm::kHs512);
  for (const char* name : {"", "none", "rs256", "RS256\n", "EDDSA", "Ed25519"}) {
    EXPECT_EQ(ParseAlgorithm(name), std::nullopt) << name;
  }
  EXPECT_FALSE(AlgorithmSet::PublicKey().Has(JwtAlgorithm::kHs256));
  EXPECT_TRUE(AlgorithmSet::PublicKey().Has(JwtAlgorithm::kPs512));
}

}  // namespace
}  // namespace signet::auth
