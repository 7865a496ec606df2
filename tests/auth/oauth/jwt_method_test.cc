// JwtMethod as a whole: issuers, their keys, and what a verdict is worth for how long.
#include "auth/oauth/jwt_method.h"

#include <fmt/format.h>

#include "core/base/pem.h"
#include "tests/auth/oauth/jwt_fixture.h"
#include "tests/auth/support/text_file.h"

namespace signet::auth {
namespace {

using JwtMethodTest = JwtTest;
using config::JwtAlgorithm;

constexpr std::string_view kAcceptedUser =
    "accepted pump-7 as https://issuer.example pump-7  until 1700003600";
constexpr std::string_view kForged = "denied: the token's signature is wrong";
constexpr std::string_view kUnknown = "denied: the token is signed by no key of its issuer";
constexpr std::string_view kHs256 = R"({"alg":"HS256"})";

std::string PemOf(std::string_view name) {
  return ReadTextFile(fmt::format("{}/{}.pem", SIGNET_OAUTH_VECTORS, name));
}

TEST_F(JwtMethodTest, MayBeProvenAgain) {
  EXPECT_EQ(method_->name(), "JWT");
  EXPECT_TRUE(method_->may_reauthenticate());
  EXPECT_FALSE(method_->yields_when_unavailable());
  EXPECT_FALSE(method_->keeps_credentials());
}

TEST_F(JwtMethodTest, AsksForKeysOnce) {
  EXPECT_EQ(Verify(key_.Token(Payload())), "");
  EXPECT_EQ(fetcher_.last().url, kJwksUri);
  EXPECT_EQ(fetcher_.Header("Authorization"), "");
  AnswerKeys({key_.Jwk()});
  EXPECT_EQ(verdict_, kAcceptedUser);
  EXPECT_EQ(Verify(key_.Token(Payload(R"(,"jti":"2")"))), kAcceptedUser);
  EXPECT_EQ(fetcher_.requests().size(), 1U);
}

TEST_F(JwtMethodTest, AnIssuersServerHasItsOwnCaAndTime) {
  settings_.issuers[0].ca_pem = "a CA";
  settings_.jwks.timeout_s = 3;
  ASSERT_EQ(Make(), "");
  Verify(key_.Token(Payload()));
  EXPECT_EQ(fetcher_.last().trust->ca_pem, "a CA");
  EXPECT_EQ(fetcher_.last().timeout, seconds(3));
  EXPECT_LE(fetcher_.last().max_response_bytes, 1024U * 1024);
}

TEST_F(JwtMethodTest, DiscoveryFindsTheKeys) {
  settings_.issuers[0].jwks_uri.clear();
  settings_.issuers[0].discovery = true;
  ASSERT_EQ(Make(), "");
  EXPECT_EQ(Verify(key_.Token(Payload())), "");
  EXPECT_EQ(fetcher_.last().url, "https://issuer.example/.well-known/openid-configuration");
  fetcher_.Answer(200,
                  R"({"issuer":"https://issuer.example","jwks_uri":"https://keys.example/1"})");
  EXPECT_EQ(fetcher_.last().url, "https://keys.example/1");
  AnswerKeys({key_.Jwk()});
  EXPECT_EQ(verdict_, kAcceptedUser);
}

TEST_F(JwtMethodTest, DiscoveryOfAnotherIssuerIsNone) {
  settings_.issuers[0].jwks_uri.clear();
  settings_.issuers[0].discovery = true;
  ASSERT_EQ(Make(), "");
  Verify(key_.Token(Payload()));
  fetcher_.Answer(200,
                  R"({"issuer":"https://issuer.example/","jwks_uri":"https://keys.example/"})");
  EXPECT_EQ(verdict_,
            "unavailable: the discovery document is of another issuer, https://issuer.example/");
}

TEST_F(JwtMethodTest, WithoutKeysThereIsNoVerdict) {
  Verify(key_.Token(Payload()));
  fetcher_.Answer(500, "");
  EXPECT_EQ(verdict_, "unavailable: the issuer's keys: the server answers with status 500");
  for (const char* body :
       {"<html>", "{}", R"({"keys":[]})", R"({"keys":[{"kty":"oct","kid":"k1","k":"AAAA"}]})"}) {
    now_ = WallTime::FromSeconds(now_.seconds() + 10);
    Verify(key_.Token(Payload()));
    fetcher_.Answer(200, body);
    EXPECT_TRUE(verdict_.starts_with("unavailable: the issuer's key set ")) << body << verdict_;
  }
}

TEST_F(JwtMethodTest, AForgedTokenIsDenied) {
  EXPECT_EQ(VerifyKnown(Payload()), kAcceptedUser);
  EXPECT_EQ(Verify(stranger_.TokenWithHeader(R"({"alg":"EdDSA","kid":"k1"})", Payload())), kForged);
  EXPECT_EQ(
      Verify(UnsignedToken(R"({"alg":"EdDSA","kid":"k1"})", Payload(), std::string(64, '\0'))),
      kForged);
  EXPECT_EQ(Verify(UnsignedToken(R"({"alg":"none"})", Payload(), "")),
            "denied: the token is not signed");
  EXPECT_EQ(Verify(key_.Token(Payload()) + "="), "denied: the token's signature is no base64url");
  EXPECT_EQ(Verify(key_.Token(Payload()) + "\n"), "denied: the token's signature is no base64url");
}

TEST_F(JwtMethodTest, SecretsAreFoundByKidOrTried) {
  settings_.issuers[0].hmac_secrets = {{"first", SecretBytes(kSecret)},
                                       {"second", SecretBytes(std::string(32, 's'))}};
  ASSERT_EQ(Make(), "");
  EXPECT_EQ(Verify(HmacToken(kSecret, kHs256, Payload())), kAcceptedUser);
  EXPECT_EQ(known_until_, WallTime::Never());
  EXPECT_EQ(Verify(HmacToken(std::string(32, 's'), kHs256, Payload())), kAcceptedUser);
  constexpr std::string_view kFirst = R"({"alg":"HS256","kid":"first"})";
  EXPECT_EQ(Verify(HmacToken(kSecret, kFirst, Payload())), kAcceptedUser);
  EXPECT_EQ(Verify(HmacToken(std::string(32, 's'), kFirst, Payload())), kForged);
  EXPECT_EQ(Verify(HmacToken(kSecret, R"({"alg":"HS256","kid":"x"})", Payload())), kUnknown);
  EXPECT_EQ(Verify(HmacToken(std::string(40, 'x'), kHs256, Payload())), kUnknown);
  EXPECT_EQ(fetcher_.requests().size(), 0U);
}

TEST_F(JwtMethodTest, SecretsMayBeBase64) {
  settings_.issuers[0].hmac_encoding = config::SecretEncoding::kBase64;
  settings_.issuers[0].hmac_secrets = {
      {"k", SecretBytes("c3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3M=\n")}};
  ASSERT_EQ(Make(), "");
  EXPECT_EQ(Verify(HmacToken(std::string(32, 's'), kHs256, Payload())), kAcceptedUser);
  settings_.issuers[0].hmac_secrets = {{"k", SecretBytes("not base64!")}};
  EXPECT_EQ(Make(), "the key k of the issuer https://issuer.example is not base64");
}

TEST_F(JwtMethodTest, APublicKeyIsNoSecret) {
  settings_.algorithms = {JwtAlgorithm::kHs256, JwtAlgorithm::kRs256};
  settings_.issuers[0].jwks_uri.clear();
  settings_.issuers[0].public_keys_pem = {{"rsa", PemOf("rsa")}};
  settings_.issuers[0].hmac_secrets = {{"first", SecretBytes(kSecret)}};
  ASSERT_EQ(Make(), "");
  const std::string pem = PemOf("rsa");
  constexpr std::string_view kRsa = R"({"alg":"HS256","kid":"rsa"})";
  EXPECT_EQ(Verify(HmacToken(pem, kHs256, Payload())), kUnknown);
  EXPECT_EQ(Verify(HmacToken(pem, kRsa, Payload())), kUnknown);
  EXPECT_EQ(Verify(HmacToken(pem.substr(0, pem.size() - 1), kRsa, Payload())), kUnknown);
  const auto blocks = ParsePem(pem);
  ASSERT_TRUE(blocks.ok());
  EXPECT_EQ(Verify(HmacToken(AsText(blocks->at(0).der), kRsa, Payload())), kUnknown);
}

TEST_F(JwtMethodTest, NorIsAPublishedOne) {
  EXPECT_EQ(VerifyKnown(Payload()), kAcceptedUser);
  constexpr std::string_view kPublished = R"({"alg":"HS256","kid":"k1"})";
  EXPECT_EQ(Verify(HmacToken(key_.Jwk(), kPublished, Payload())), kUnknown);
  EXPECT_EQ(Verify(HmacToken(key_.Jwk(), kHs256, Payload())), kUnknown);
}

// CVE-2018-0114. Nor is what its header points to asked for.
TEST_F(JwtMethodTest, AKeyThatATokenBringsAlongProvesNothing) {
  EXPECT_EQ(VerifyKnown(Payload()), kAcceptedUser);
  const auto with = [&](std::string_view member) {
    return Verify(stranger_.TokenWithHeader(
        fmt::format(R"({{"alg":"EdDSA","kid":"k1",{}}})", member), Payload()));
  };
  EXPECT_EQ(with("\"jwk\":" + stranger_.Jwk()), kForged);
  EXPECT_EQ(with(R"("jku":"https://evil.example/keys")"), kForged);
  EXPECT_EQ(with(R"("x5u":"https://evil.example/chain")"), kForged);
  EXPECT_EQ(with(R"("x5c":["MIIB"])"), kForged);
  EXPECT_EQ(fetcher_.requests().size(), 1U);
}

TEST_F(JwtMethodTest, PublicKeysMayBeConfigured) {
  settings_.algorithms = {JwtAlgorithm::kRs256, JwtAlgorithm::kEs256, JwtAlgorithm::kEdDsa};
  settings_.issuers[0].jwks_uri.clear();
  for (const char* name : {"rsa", "p256", "ed25519"}) {
    settings_.issuers[0].public_keys_pem.emplace(name, PemOf(name));
  }
  ASSERT_EQ(Make(), "");
  const auto tokens = ReadNamedLines(SIGNET_OAUTH_VECTORS "/tokens.txt");
  for (const char* name : {"rsa", "p256", "ed25519"}) {
    EXPECT_EQ(Verify(tokens.at(name)),
              "accepted pump-7 as https://issuer.example pump-7  until 4102444800")
        << name;
  }
  // Its algorithm is not allowed.
  EXPECT_EQ(Verify(tokens.at("p384")), kForged);
  EXPECT_EQ(Verify(key_.Token(Payload())), kUnknown);
}

// Those that are configured are at hand; those that are published are looked for beside them.
TEST_F(JwtMethodTest, ConfiguredKeysStandBesidePublishedOnes) {
  settings_.issuers[0].public_keys_pem = {{"ed25519", PemOf("ed25519")}};
  ASSERT_EQ(Make(), "");
  EXPECT_TRUE(Verify(ReadNamedLines(SIGNET_OAUTH_VECTORS "/tokens.txt").at("ed25519"))
                  .starts_with("accepted"));
  EXPECT_EQ(fetcher_.requests().size(), 0U);
  EXPECT_EQ(VerifyKnown(Payload()), kAcceptedUser);
}

TEST_F(JwtMethodTest, AKeyThatCannotBeUsedIsNamed) {
  struct Case {
    std::string secret;
    std::string public_key;
    std::string sentence;
  };
  for (const Case& each :
       {Case{"short", "", "the key k of the issuer https://issuer.example has fewer than 32 bytes"},
        Case{"", "none", "the key k of the issuer https://issuer.example is not one block of PEM"},
        Case{"", PemOf("p256"),
             "the key k of the issuer https://issuer.example serves none of the algorithms that "
             "are allowed"}}) {
    config::JwtIssuer& issuer = settings_.issuers[0];
    issuer.hmac_secrets.clear();
    issuer.public_keys_pem.clear();
    if (!each.secret.empty()) issuer.hmac_secrets["k"] = SecretBytes(each.secret);
    if (!each.public_key.empty()) issuer.public_keys_pem["k"] = each.public_key;
    EXPECT_EQ(Make(), each.sentence);
  }
}

TEST_F(JwtMethodTest, EachIssuerIsBelievedByItsOwnKeys) {
  settings_.issuers.push_back({.issuer = "second", .jwks_uri = "https://second.example/keys"});
  ASSERT_EQ(Make(), "");
  EXPECT_EQ(VerifyKnown(Payload()), kAcceptedUser);
  const std::string of_second = Changed(kIssuer, "second");
  EXPECT_EQ(Verify(stranger_.Token(of_second)), "");
  EXPECT_EQ(fetcher_.last().url, "https://second.example/keys");
  AnswerKeys({stranger_.Jwk()});
  EXPECT_EQ(verdict_, "accepted pump-7 as second pump-7  until 1700003600");
  EXPECT_EQ(Verify(key_.Token(of_second)), kUnknown);
  EXPECT_EQ(Verify(stranger_.Token(Payload())), kUnknown);
}

TEST_F(JwtMethodTest, OfOneIssuerTheAudienceChooses) {
  settings_.issuers[0].audiences = {"a"};
  settings_.issuers.push_back(
      {.issuer = std::string(kIssuer), .audiences = {"b"}, .jwks_uri = "https://issuer.example/b"});
  ASSERT_EQ(Make(), "");
  Verify(stranger_.Token(Payload(R"(,"aud":"b")")));
  EXPECT_EQ(fetcher_.last().url, "https://issuer.example/b");
  AnswerKeys({stranger_.Jwk()});
  EXPECT_EQ(verdict_, kAcceptedUser);
  EXPECT_EQ(VerifyKnown(Payload(R"(,"aud":["a"])")), kAcceptedUser);
  EXPECT_EQ(Verify(key_.Token(Payload(R"(,"aud":"c")"))),
            "denied: the token is for another audience");
}

TEST_F(JwtMethodTest, AnIssuerWithoutANameBelievesAnyThatItsKeysHaveSigned) {
  settings_.issuers[0].issuer.clear();
  ASSERT_EQ(Make(), "");
  EXPECT_EQ(VerifyKnown(Changed(kIssuer, "anybody")),
            "accepted pump-7 as anybody pump-7  until 1700003600");
  EXPECT_EQ(VerifyKnown(R"({"sub":"pump-7","exp":1700003600})"),
            "accepted pump-7 as \"\" pump-7  until 1700003600");
}

TEST_F(JwtMethodTest, MayGoWhileKeysAreFetched) {
  EXPECT_EQ(Verify(key_.Token(Payload())), "");
  method_.reset();
  AnswerKeys({key_.Jwk()});
  EXPECT_EQ(verdict_, "");
}

}  // namespace
}  // namespace signet::auth
