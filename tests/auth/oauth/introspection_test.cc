// JwtMethod with an introspection endpoint: what it is asked about, and how.
#include <array>
#include <map>
#include <numeric>
#include <string>

#include "auth/oauth/introspection_endpoint.h"
#include "tests/auth/oauth/introspection_fixture.h"

namespace signet::auth {
namespace {

using config::TokenSource;

constexpr std::string_view kAcceptedPump = "accepted pump-7 as \"\" pump-7  until 1700003600";
constexpr std::string_view kInactiveAnswer =
    "denied: the introspection endpoint says that the token is not active";

std::string OfSomebodyElse() {
  return UnsignedToken(R"({"alg":"EdDSA"})", R"({"iss":"https://elsewhere.example"})");
}

TEST_F(IntrospectionTest, AsksAsAClientOfTheServer) {
  settings_.introspection->ca_pem = "a CA";
  settings_.introspection->timeout_s = 3;
  ASSERT_EQ(Make(), "");
  Verify("an+opaque/token=");
  ASSERT_EQ(fetcher_.requests().size(), 1U);
  const HttpRequest& request = fetcher_.last();
  EXPECT_EQ(request.verb, HttpRequest::Verb::kPost);
  EXPECT_EQ(request.url, kEndpoint);
  EXPECT_EQ(request.body.text(), "token=an%2Bopaque%2Ftoken%3D&token_type_hint=access_token");
  EXPECT_EQ(fetcher_.Header("Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(fetcher_.Header("Accept"), "application/json");
  EXPECT_EQ(fetcher_.Header("Authorization"), "Basic YnJva2VyOmElM0FzZWNyZXQ=");
  EXPECT_EQ(request.trust->ca_pem, "a CA");
  EXPECT_EQ(request.trust->max_connections, IntrospectionEndpoint::kMaxConnections);
  EXPECT_EQ(request.timeout, seconds(3));
  EXPECT_LE(request.connect_timeout, seconds(3));
  EXPECT_EQ(request.max_response_bytes, kMaxIntrospectionBytes);
}

TEST_F(IntrospectionTest, ItsWordDecides) {
  EXPECT_EQ(Introspect(Good()), kAcceptedPump);
  EXPECT_EQ(Introspect(R"("active":false)"), kInactiveAnswer);
}

TEST_F(IntrospectionTest, WithoutItsWordThereIsNoVerdict) {
  EXPECT_EQ(Introspect(""),
            "unavailable: the introspection endpoint's answer does not say whether the token is "
            "active");
  for (const auto status : std::to_array<uint16_t>({401, 403, 500, 503, 302, 404})) {
    Verify("opaque");
    fetcher_.Answer(status, R"({"active":true,"sub":"pump-7","exp":1700003600})");
    EXPECT_TRUE(verdict_.starts_with("unavailable: ")) << verdict_;
  }
  Verify("opaque");
  fetcher_.Fail("login.example: no answer within 5 s");
  EXPECT_EQ(verdict_,
            "unavailable: the introspection endpoint: login.example: no answer within 5 s");
}

TEST_F(IntrospectionTest, ATokenOfAnIssuerIsCheckedHere) {
  settings_.issuers.push_back({.issuer = std::string(kIssuer), .jwks_uri = std::string(kJwksUri)});
  ASSERT_EQ(Make(), "");
  Verify(key_.Token(Payload()));
  EXPECT_EQ(fetcher_.last().url, kJwksUri);
  AnswerKeys({key_.Jwk()});
  EXPECT_EQ(verdict_, "accepted pump-7 as https://issuer.example pump-7  until 1700003600");
  EXPECT_EQ(Verify(stranger_.TokenWithHeader(R"({"alg":"EdDSA","kid":"k1"})", Payload())),
            "denied: the token's signature is wrong");
  // What is wrong with it is its issuer's to say, and nobody else's.
  EXPECT_EQ(Verify(UnsignedToken(R"({"alg":"none"})", Payload(), "")),
            "denied: the token is not signed");
  EXPECT_EQ(fetcher_.requests().size(), 1U);
}

TEST_F(IntrospectionTest, EverythingElseIsAskedAbout) {
  settings_.issuers.push_back({.issuer = std::string(kIssuer), .jwks_uri = std::string(kJwksUri)});
  ASSERT_EQ(Make(), "");
  for (const std::string& token : {OfSomebodyElse(), std::string("opaque"), std::string("a.b.c"),
                                   std::string(" "), key_.Token(Payload()) + "."}) {
    Verify(token);
    EXPECT_EQ(fetcher_.last().url, kEndpoint) << token;
    fetcher_.Answer(200, R"({"active":false})");
    EXPECT_EQ(verdict_, kInactiveAnswer);
  }
}

TEST_F(IntrospectionTest, IsForWhateverStandsWhereTokensStand) {
  EXPECT_TRUE(method_->IsRelevant(InPassword("password")));
  for (const char* name : {"JWT", "OAUTH2-JWT", "CUSTOM-JWT"}) {
    EXPECT_TRUE(method_->IsRelevant(Enhanced("x", name))) << name;
  }
  EXPECT_FALSE(method_->IsRelevant(InPassword("")));
  EXPECT_FALSE(method_->IsRelevant(Enhanced("")));
  EXPECT_FALSE(method_->IsRelevant(Enhanced("x", "K8S-SAT")));
  EXPECT_FALSE(method_->IsRelevant(Credentials{}));
  Credentials named = InPassword("");
  named.password.reset();
  EXPECT_FALSE(method_->IsRelevant(named));  // By the User Name alone, which is no place.
}

TEST_F(IntrospectionTest, TheFirstPlaceCountsUnlessAnotherHasATokenOfAnIssuer) {
  settings_.from = {TokenSource::kUsername, TokenSource::kPassword};
  settings_.issuers.push_back({.issuer = std::string(kIssuer), .jwks_uri = std::string(kJwksUri)});
  ASSERT_EQ(Make(), "");
  Credentials credentials = InPassword("second");
  credentials.username = "first";
  EXPECT_EQ(method_->Evidence(credentials).text(), "first");
  credentials.username = "";
  EXPECT_EQ(method_->Evidence(credentials).text(), "second");
  const std::string ours = key_.Token(Payload());
  credentials = InPassword(ours);
  credentials.username = "first";
  EXPECT_EQ(method_->Evidence(credentials).text(), ours);
  EXPECT_EQ(VerifyThese(credentials), "");
  EXPECT_EQ(fetcher_.last().url, kJwksUri);
}

TEST_F(IntrospectionTest, WhatIsNoTokenCostsNoQuestion) {
  constexpr std::string_view kStrange = "denied: the token has characters that no access token has";
  EXPECT_EQ(Verify("a\nb"), kStrange);
  EXPECT_EQ(Verify("\xC3\xA4"), kStrange);
  EXPECT_EQ(Verify(std::string_view("a\0", 2)), kStrange);
  const std::string longest(IntrospectionEndpoint::kMaxTokenBytes, 'a');
  EXPECT_EQ(Verify(longest + "a"), "denied: the token is too long");
  EXPECT_EQ(fetcher_.requests().size(), 0U);
  EXPECT_EQ(Introspect(Good(), longest), kAcceptedPump);
}

// An AUTH is judged by the method that let the client in, whatever it brings.
TEST_F(IntrospectionTest, AnAuthWithoutATokenIsDenied) {
  credentials_ = Again("");
  method_->Verify(credentials_, now_, [](Verdict verdict) {
    ASSERT_TRUE(std::holds_alternative<Denied>(verdict));
    EXPECT_EQ(std::get<Denied>(verdict).rule, "there is no token");
  });
  EXPECT_EQ(fetcher_.requests().size(), 0U);
}

TEST_F(IntrospectionTest, SoManyQuestionsMayBeOpen) {
  constexpr std::string_view kTooMany =
      "unavailable: too many tokens wait for the introspection endpoint";
  size_t answered = 0;
  const Credentials credentials = InPassword("opaque");
  for (size_t i = 0; i < IntrospectionEndpoint::kMaxOpen; ++i) {
    method_->Verify(credentials, now_, [&](const Verdict& /*verdict*/) { ++answered; });
  }
  EXPECT_EQ(fetcher_.open(), IntrospectionEndpoint::kMaxOpen);
  EXPECT_EQ(answered, 0U);
  EXPECT_EQ(Verify("one more"), kTooMany);
  fetcher_.Fail("no way");
  EXPECT_EQ(answered, 1U);
  EXPECT_EQ(Verify("one more"), "");
  EXPECT_EQ(Verify("and another"), kTooMany);
}

TEST_F(IntrospectionTest, MayGoWhileItIsAsked) {
  EXPECT_EQ(Verify("opaque"), "");
  method_.reset();
  fetcher_.Answer(200, R"({"active":true,"sub":"pump-7","exp":1700003600})");
  EXPECT_EQ(verdict_, "");
}

// Files that hold a secret end with a line end more often than not.
TEST_F(IntrospectionTest, ALineEndIsNoPartOfTheSecret) {
  for (const char* secret : {"a:secret\n", "a:secret\r\n"}) {
    settings_.introspection->client_secret_text = SecretBytes(secret);
    ASSERT_EQ(Make(), "");
    Verify("opaque");
    EXPECT_EQ(fetcher_.Header("Authorization"), "Basic YnJva2VyOmElM0FzZWNyZXQ=");
  }
}

TEST_F(IntrospectionTest, SettingsThatCannotBeUsedAreNamed) {
  config::Introspection& settings = *settings_.introspection;
  for (const char* empty : {"", "\n"}) {
    settings.client_secret_text = SecretBytes(empty);
    EXPECT_EQ(Make(), "the client secret for introspection is empty");
  }
  settings.client_secret_text = SecretBytes("two\nlines");
  EXPECT_EQ(Make(),
            "the client secret for introspection has characters that no client secret may have: "
            "anything but printable ASCII");
  settings.client_secret_text = SecretBytes("secret");
  settings.client_id = "br\xC3\xB6ker";
  EXPECT_EQ(Make(),
            "the clientId of introspection has characters that no client id may have: anything but "
            "printable ASCII");
}

// By name; of a latency, the number of questions.
std::map<std::string, uint64_t> ReadingsOf(const Method& method) {
  Readings readings;
  method.Report(WallTime(), &readings);
  std::map<std::string, uint64_t> values;
  for (const Reading& reading : readings.Take()) {
    const auto* latency = std::get_if<LatencyHistogram>(&reading.value);
    values[std::string(reading.family->name)] =
        latency == nullptr
            ? std::get<uint64_t>(reading.value)
            : std::accumulate(latency->counts.begin(), latency->counts.end(), uint64_t{0});
    if (latency != nullptr) values["microseconds"] = latency->sum;
  }
  return values;
}

TEST_F(IntrospectionTest, TellsHowItGoes) {
  Introspect(Good());
  Introspect(R"("active":false)");
  Introspect("");
  Verify("opaque");
  clock_.now = clock_.now + seconds(2);
  fetcher_.Fail("no way");
  Verify("opaque");
  const auto readings = ReadingsOf(*method_);
  EXPECT_EQ(readings.at("auth_server_requests_total"), 5U);
  EXPECT_EQ(readings.at("auth_server_failures_total"), 2U);
  EXPECT_EQ(readings.at("auth_server_latency_seconds"), 4U);
  EXPECT_EQ(readings.at("microseconds"), 2'000'000U);
  settings_.introspection.reset();
  settings_.issuers.push_back({.issuer = std::string(kIssuer), .jwks_uri = std::string(kJwksUri)});
  ASSERT_EQ(Make(), "");
  EXPECT_EQ(ReadingsOf(*method_).count("auth_server_requests_total"), 0U);
}

}  // namespace
}  // namespace signet::auth
