// ServiceAccountTokenMethod with validation Offline.
#include <fmt/format.h>

#include <set>
#include <string>

#include "tests/auth/kubernetes/method_fixture.h"

namespace signet::auth {
namespace {

constexpr std::string_view kIssuer = "https://kubernetes.default.svc";
constexpr std::string_view kPayload = R"({"iss":"https://kubernetes.default.svc","aud":["plant"],
  "exp":1700003600,"nbf":1700000000,"iat":1700000000,"sub":"system:serviceaccount:line1:press",
  "kubernetes.io":{"namespace":"line1","serviceaccount":{"name":"press","uid":"uid-1"}}})";

std::string Payload(std::string_view from = "", std::string_view to = "") {
  const size_t at = kPayload.find(from);
  EXPECT_NE(at, kPayload.npos) << from;
  return std::string(kPayload).replace(at, from.size(), to);
}

class OfflineTest : public MethodTest {
 protected:
  OfflineTest() {
    settings_.validation = config::TokenValidation::kOffline;
    Make();
  }

  // Answers what the API server is asked.
  void AnswerKeys(const std::string& key_set) {
    fetcher_.Answer(200, R"({"issuer":"https://kubernetes.default.svc",
        "jwks_uri":"https://192.0.2.1:6443/openid/v1/jwks"})");
    fetcher_.Answer(200, key_set, "application/jwk-set+json");
  }
  // What is said of a token by the key that is known.
  std::string VerifyKnown(std::string_view payload) {
    Verify(key_.Token(payload));
    if (fetcher_.open() > 0) AnswerKeys(KeySetOf({key_.Jwk()}));
    return verdict_;
  }

  const SigningKey key_{"k1"};
  const SigningKey stranger_{"k2"};
};

constexpr std::string_view kAccepted =
    "accepted system:serviceaccount:line1:press  until 1700003600000";

// Their keys, shown by whose they are; an issuer that is not named by who is asked for it.
TEST_F(OfflineTest, TellsOfItsKeys) {
  const auto issuers = [this] {
    Readings readings;
    method_->Report(now_, &readings);
    std::set<std::string> found;
    for (const Reading& reading : readings.Take()) found.insert(reading.issuer);
    return found;
  };
  EXPECT_EQ(issuers(), std::set<std::string>{"https://10.0.0.1:443"});
  settings_.issuer = "https://issuer.example";
  Make();
  EXPECT_EQ(issuers(), std::set<std::string>{"https://issuer.example"});
  settings_ = {};
  Make();
  EXPECT_EQ(issuers(), std::set<std::string>{});
}

TEST_F(OfflineTest, AsksTheApiServerForItsKeysAlone) {
  EXPECT_EQ(Verify(key_.Token(kPayload)), "");
  EXPECT_EQ(fetcher_.last().url, "https://10.0.0.1:443/.well-known/openid-configuration");
  EXPECT_EQ(fetcher_.Header("Authorization"), "Bearer our.own.token");
  fetcher_.Answer(200, R"({"issuer":"https://kubernetes.default.svc","jwks_uri":"https://b/c"})");
  EXPECT_EQ(fetcher_.last().url, "https://10.0.0.1:443/openid/v1/jwks");
  EXPECT_EQ(fetcher_.Header("Accept"), "application/json, application/jwk-set+json");
  EXPECT_EQ(fetcher_.Header("Authorization"), "Bearer our.own.token");
  fetcher_.Answer(200, KeySetOf({key_.Jwk()}), "application/jwk-set+json");
  EXPECT_EQ(verdict_, kAccepted);
  EXPECT_EQ(Verify(key_.Token(kPayload)), kAccepted);
  EXPECT_EQ(fetcher_.requests().size(), 2U);
}

TEST_F(OfflineTest, AForgedTokenIsDenied) {
  EXPECT_EQ(VerifyKnown(kPayload), kAccepted);
  EXPECT_EQ(Verify(stranger_.TokenWithHeader(R"({"alg":"EdDSA","kid":"k1"})", kPayload)),
            "denied: the token's signature is wrong");
  EXPECT_EQ(Verify(UnsignedToken(R"({"alg":"none","kid":"k1"})", kPayload, "x")),
            "denied: the token's signature is wrong");
  EXPECT_EQ(Verify(UnsignedToken(R"({"alg":"HS256","kid":"k1"})", kPayload, "x")),
            "denied: the token's signature is wrong");
  EXPECT_EQ(Verify(stranger_.Token(kPayload)),
            "denied: the token is signed by no key of the issuer");
}

TEST_F(OfflineTest, WithoutKeysThereIsNoVerdict) {
  Verify(key_.Token(kPayload));
  fetcher_.Fail("cannot connect");
  EXPECT_EQ(verdict_, "unavailable: discovery of the issuer: the API server: cannot connect");
  files_.texts.clear();
  Make();
  EXPECT_EQ(Verify(key_.Token(kPayload)),
            "unavailable: discovery of the issuer: "
            "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt does not exist");
}

TEST_F(OfflineTest, LooksAtTheTokenFirst) {
  EXPECT_EQ(VerifyLocally(key_.Token(Payload("1700003600", "1700000000"))),
            "denied: the token has expired");
  EXPECT_EQ(VerifyLocally(key_.Token(Payload(R"("nbf":1700000000)", R"("nbf":1700000061)"))),
            "denied: the token is not valid yet");
  EXPECT_EQ(VerifyLocally(key_.Token(Payload("plant", "other"))),
            "denied: the token is for another audience");
  EXPECT_EQ(VerifyLocally(key_.Token(Payload(R"("exp":1700003600,)"))),
            "denied: the token has no end");
  EXPECT_EQ(VerifyLocally(key_.Token(Payload(R"("aud":["plant"],)"))),
            "denied: the token is for no audience");
}

TEST_F(OfflineTest, TheIssuerIsTheOneWhoseKeysTheseAre) {
  for (const char* other : {"https://kubernetes.default.svc/", "https://evil.example", ""}) {
    EXPECT_EQ(VerifyKnown(Payload(kIssuer, other)), "denied: the token is of another issuer")
        << other;
  }
  EXPECT_EQ(VerifyKnown(Payload(R"("iss":"https://kubernetes.default.svc",)")),
            "denied: the token is of another issuer");
}

TEST_F(OfflineTest, OnlyServiceAccountsComeIn) {
  constexpr std::string_view kNobody = "denied: the token is of no service account";
  EXPECT_EQ(VerifyKnown(Payload("system:serviceaccount:line1:press", "system:admin")), kNobody);
  EXPECT_EQ(
      VerifyKnown(Payload("system:serviceaccount:line1:press", "system:serviceaccount:line1:boss")),
      kNobody);
  EXPECT_EQ(VerifyKnown(Payload(R"("namespace":"line1")", R"("namespace":"line2")")), kNobody);
  EXPECT_EQ(VerifyKnown(Payload("kubernetes.io", "kubernetes.example")), kNobody);
  EXPECT_EQ(VerifyKnown(Payload(R"("name":"press")", R"("name":["press"])")),
            "denied: the claim kubernetes.io is not as Kubernetes makes it");
}

TEST_F(OfflineTest, AnIssuerThatIsNamedIsAskedWithoutOurToken) {
  settings_.issuer = "https://oidc.example/id/7";
  Make();
  const std::string payload = Payload(kIssuer, settings_.issuer);
  Verify(key_.Token(payload));
  EXPECT_EQ(fetcher_.last().url, "https://oidc.example/id/7/.well-known/openid-configuration");
  EXPECT_EQ(fetcher_.Header("Authorization"), "");
  EXPECT_EQ(fetcher_.last().trust->ca_pem, "");
  fetcher_.Answer(200, R"({"issuer":"https://oidc.example/id/7",
                           "jwks_uri":"https://oidc.example/id/7/keys"})");
  EXPECT_EQ(fetcher_.last().url, "https://oidc.example/id/7/keys");
  EXPECT_EQ(fetcher_.Header("Authorization"), "");
  fetcher_.Answer(200, KeySetOf({key_.Jwk()}));
  EXPECT_EQ(verdict_, kAccepted);
  EXPECT_EQ(files_.reads, 0);
}

TEST_F(OfflineTest, AnIssuerThatIsNamedMayHaveACaOfItsOwn) {
  settings_.issuer = "https://oidc.example";
  settings_.ca_file = "/etc/issuer-ca";
  Make();
  const std::string token = key_.Token(Payload(kIssuer, settings_.issuer));
  EXPECT_EQ(Verify(token), "unavailable: discovery of the issuer: /etc/issuer-ca does not exist");
  files_.texts["/etc/issuer-ca"] = "";
  Make();
  EXPECT_EQ(Verify(token), "unavailable: discovery of the issuer: /etc/issuer-ca is empty");
  files_.texts["/etc/issuer-ca"] = "a CA";
  Make();
  Verify(token);
  EXPECT_EQ(fetcher_.last().trust->ca_pem, "a CA");
}

TEST_F(OfflineTest, MayGoWhileKeysAreFetchedBesideAnAnswer) {
  EXPECT_EQ(VerifyKnown(kPayload), kAccepted);
  std::string later;
  const Credentials credentials = Enhanced(key_.Token(kPayload));
  method_->Verify(credentials, WallTime::FromSeconds(kNow.seconds() + 300),
                  [&](Verdict verdict) { later = verdict.index() == 0 ? "accepted" : "refused"; });
  EXPECT_EQ(later, "accepted");
  ASSERT_EQ(fetcher_.open(), 1U);
  method_.reset();
  fetcher_.Answer(200, "{}");
  EXPECT_EQ(fetcher_.open(), 0U);
}

}  // namespace
}  // namespace signet::auth
