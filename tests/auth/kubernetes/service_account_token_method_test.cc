#include "auth/kubernetes/service_account_token_method.h"

#include <fmt/format.h>

#include "tests/auth/kubernetes/answers.h"
#include "tests/auth/kubernetes/method_fixture.h"

namespace signet::auth {
namespace {

constexpr std::string_view kHeader = R"({"alg":"RS256","kid":"k"})";

// A token for "plant" whose payload goes on like this.
std::string Token(std::string_view more = R"("exp":1700003600)") {
  return UnsignedToken(kHeader, fmt::format(R"({{"aud":["plant"],"sub":{},{}}})",
                                            R"("system:serviceaccount:line1:press")", more));
}

using ServiceAccountTokenMethodTest = MethodTest;

TEST_F(ServiceAccountTokenMethodTest, IsRelevantToItsAuthenticationMethod) {
  EXPECT_TRUE(method_->IsRelevant(Enhanced("")));
  Credentials credentials = Enhanced("token");
  credentials.source = Credentials::Source::kReauthenticate;
  EXPECT_TRUE(method_->IsRelevant(credentials));
  for (const char* other : {"", "K8S", "k8s-sat", "K8S-SAT ", "K8S-SATX", "OAUTH2-JWT"}) {
    credentials.authentication_method = other;
    EXPECT_FALSE(method_->IsRelevant(credentials)) << other;
  }
  EXPECT_FALSE(method_->IsRelevant(Credentials{}));
}

TEST_F(ServiceAccountTokenMethodTest, ClientsOf311SayItByTheirUsername) {
  const auto v311 = ProtocolVersion::k311;
  EXPECT_TRUE(method_->IsRelevant(UsernameForm(v311, "K8S-SAT", "t")));
  EXPECT_TRUE(method_->IsRelevant(UsernameForm(v311, "K8S-SAT/press", "t")));
  EXPECT_FALSE(method_->IsRelevant(UsernameForm(v311, "k8s-sat", "t")));
  EXPECT_FALSE(method_->IsRelevant(UsernameForm(v311, "xK8S-SAT", "t")));
  EXPECT_FALSE(method_->IsRelevant(UsernameForm(v311, "", "t")));
}

TEST_F(ServiceAccountTokenMethodTest, ThoseOf5MayOnlyIfTheSettingsSaySo) {
  const Credentials credentials = UsernameForm(ProtocolVersion::k5, "K8S-SAT", "t");
  EXPECT_FALSE(method_->IsRelevant(credentials));
  settings_.username_form = true;
  Make();
  EXPECT_TRUE(method_->IsRelevant(credentials));
  // Who names another method means that one.
  Credentials other = credentials;
  other.authentication_method = "SCRAM-SHA-256";
  EXPECT_FALSE(method_->IsRelevant(other));
}

TEST_F(ServiceAccountTokenMethodTest, TheTokenIsTheEvidence) {
  EXPECT_EQ(method_->Evidence(Enhanced("a.b.c")).text(), "a.b.c");
  EXPECT_EQ(method_->Evidence(UsernameForm(ProtocolVersion::k311, "K8S-SAT", "d.e.f")).text(),
            "d.e.f");
  Credentials both = Enhanced("a.b.c");
  both.username = "K8S-SAT";
  both.password = SecretBytes("d.e.f");
  EXPECT_EQ(method_->Evidence(both).text(), "a.b.c");
}

TEST_F(ServiceAccountTokenMethodTest, AcceptsByTokenReviewAndAccount) {
  EXPECT_EQ(Verify(Token()), "");
  ASSERT_EQ(fetcher_.requests().size(), 1U);
  EXPECT_EQ(fetcher_.last().url, "https://10.0.0.1:443/apis/authentication.k8s.io/v1/tokenreviews");
  EXPECT_EQ(fetcher_.last().verb, HttpRequest::Verb::kPost);
  EXPECT_EQ(fetcher_.last().timeout, seconds(10));
  EXPECT_EQ(fetcher_.last().trust->ca_pem, "the cluster's CA");
  EXPECT_EQ(fetcher_.Header("Authorization"), "Bearer our.own.token");
  EXPECT_NE(fetcher_.last().body.text().find(Token()), std::string_view::npos);
  fetcher_.Answer(201, TokenReviewAnswer(kGoodStatus));
  EXPECT_EQ(verdict_, "");
  ASSERT_EQ(fetcher_.requests().size(), 2U);
  EXPECT_EQ(fetcher_.last().url,
            "https://10.0.0.1:443/api/v1/namespaces/line1/serviceaccounts/press");
  EXPECT_EQ(fetcher_.last().verb, HttpRequest::Verb::kGet);
  fetcher_.Answer(200, kGoodAccount);
  EXPECT_EQ(verdict_,
            "accepted system:serviceaccount:line1:press line=L1;role=sensor; until 1700003600000");
}

TEST_F(ServiceAccountTokenMethodTest, TheUsernameFormIsJudgedTheSame) {
  VerifyThese(UsernameForm(ProtocolVersion::k311, "K8S-SAT", Token()));
  fetcher_.Answer(201, TokenReviewAnswer(kGoodStatus));
  fetcher_.Answer(200, kGoodAccount);
  EXPECT_TRUE(verdict_.starts_with("accepted system:serviceaccount:line1:press"));
  Credentials without = UsernameForm(ProtocolVersion::k311, "K8S-SAT", "");
  EXPECT_EQ(VerifyThese(without), "denied: there is no token");
  without.password.reset();
  EXPECT_EQ(VerifyThese(without), "denied: there is no token");
}

TEST_F(ServiceAccountTokenMethodTest, TheDeadlineIsExpRoundedDown) {
  Verify(Token(R"("exp":1700003600.9999)"));
  fetcher_.Answer(201, TokenReviewAnswer(kGoodStatus));
  fetcher_.Answer(200, kGoodAccount);
  EXPECT_TRUE(verdict_.ends_with(" until 1700003600999"));
}

TEST_F(ServiceAccountTokenMethodTest, OlderTokensHaveNoEnd) {
  // As the token controller put them into Secrets: neither exp nor aud.
  Verify(UnsignedToken(kHeader, R"({"iss":"kubernetes/serviceaccount",
      "kubernetes.io/serviceaccount/namespace":"line1",
      "kubernetes.io/serviceaccount/service-account.name":"press",
      "sub":"system:serviceaccount:line1:press"})"));
  fetcher_.Answer(201, TokenReviewAnswer(kGoodStatus));
  fetcher_.Answer(200, kGoodAccount);
  EXPECT_TRUE(verdict_.ends_with(" until never"));
}

TEST_F(ServiceAccountTokenMethodTest, WhatIsNoTokenCostsNoQuestion) {
  EXPECT_EQ(VerifyLocally(""), "denied: there is no token");
  EXPECT_EQ(VerifyLocally("hunter2"), "denied: the token is not three parts");
  EXPECT_EQ(VerifyLocally(Token() + Token()), "denied: the token is not three parts");
  EXPECT_EQ(VerifyLocally(std::string(CompactJws::kMaxBytes + 1, 'a')),
            "denied: the token is too long");
  EXPECT_EQ(VerifyLocally(UnsignedToken(R"({"alg":"none"})", "{}", "")),
            "denied: the token is not signed");
  EXPECT_EQ(VerifyLocally(Token(R"("exp":"1700003600")")), "denied: the claim exp is no time");
  EXPECT_EQ(VerifyLocally(Token(R"("exp":-1)")), "denied: the claim exp is no time");
  EXPECT_EQ(VerifyLocally(Token(R"("exp":9223372036854775808)")),
            "denied: the claim exp is no time");
  EXPECT_EQ(VerifyLocally(Token(R"("exp":1700003600,"aud":"plant")")),
            "denied: the token's payload is no clear JSON object");
}

TEST_F(ServiceAccountTokenMethodTest, AnExpiredTokenCostsNoQuestion) {
  EXPECT_EQ(VerifyLocally(Token(R"("exp":1700000000)")), "denied: the token has expired");  // Now.
  EXPECT_EQ(VerifyLocally(Token(R"("exp":1699999999)")), "denied: the token has expired");
  EXPECT_EQ(VerifyLocally(Token(R"("exp":0)")), "denied: the token has expired");
  EXPECT_EQ(Verify(Token(R"("exp":1700000000.001)")), "");
  EXPECT_EQ(Verify(Token(R"("exp":1700000001)")), "");
}

TEST_F(ServiceAccountTokenMethodTest, ATokenOfTheFutureCostsNoQuestion) {
  EXPECT_EQ(VerifyLocally(Token(R"("exp":1700003600,"nbf":1700000061)")),
            "denied: the token is not valid yet");
  // The clock that wrote it may be ahead of ours.
  EXPECT_EQ(Verify(Token(R"("exp":1700003600,"nbf":1700000060)")), "");
  EXPECT_EQ(Verify(Token(R"("exp":1700003600,"nbf":1700000000)")), "");
  EXPECT_EQ(Verify(Token(R"("exp":1700003600,"iat":1800000000)")), "");
}

TEST_F(ServiceAccountTokenMethodTest, AnotherAudienceCostsNoQuestion) {
  for (const char* audience : {R"("other")", "[]", R"(["other"])", R"(["Plant"])", R"("")"}) {
    EXPECT_EQ(VerifyLocally(UnsignedToken(kHeader, fmt::format(R"({{"aud":{}}})", audience))),
              "denied: the token is for another audience");
  }
}

TEST_F(ServiceAccountTokenMethodTest, WhoIsDeniedByTheReviewIsNotLookedUp) {
  Verify(Token());
  fetcher_.Answer(201, TokenReviewAnswer(R"({"user":{},"error":"token has been invalidated"})"));
  EXPECT_EQ(verdict_, "denied: the API server does not know the token: token has been invalidated");
  EXPECT_EQ(fetcher_.requests().size(), 1U);
}

TEST_F(ServiceAccountTokenMethodTest, ATokenOfAnotherSubjectIsNoVerdict) {
  Verify(Token());
  fetcher_.Answer(201, TokenReviewAnswer(Changed(kGoodStatus, "line1:press", "line1:boss")));
  EXPECT_EQ(verdict_,
            "unavailable: the API server takes the token for another account's than it says");
}

TEST_F(ServiceAccountTokenMethodTest, AFailureOfTheReviewIsNoVerdict) {
  for (const uint16_t status : std::initializer_list<uint16_t>{302, 400, 429, 500, 503}) {
    Verify(Token());
    fetcher_.Answer(status, TokenReviewAnswer(kGoodStatus));
    EXPECT_EQ(verdict_, fmt::format("unavailable: the API server answers with status {}", status));
  }
  Verify(Token());
  fetcher_.Fail("no answer within 10 s");
  EXPECT_EQ(verdict_, "unavailable: the API server: no answer within 10 s");
  Verify(Token());
  fetcher_.Answer(404, kNoAccount);
  EXPECT_EQ(verdict_, "unavailable: the API server knows no TokenReview");
  Verify(Token());
  fetcher_.Answer(201, "<html>");
  EXPECT_EQ(verdict_, "unavailable: the API server's TokenReview is no JSON");
  Verify(Token());
  fetcher_.Answer(201, TokenReviewAnswer(kGoodStatus), "text/html");
  EXPECT_EQ(verdict_, "unavailable: the API server answers with text/html in place of JSON");
}

TEST_F(ServiceAccountTokenMethodTest, AFailureOfTheLookUpIsNoVerdict) {
  for (const uint16_t status : std::initializer_list<uint16_t>{302, 429, 500, 503}) {
    Verify(Token());
    fetcher_.Answer(201, TokenReviewAnswer(kGoodStatus));
    fetcher_.Answer(status, kGoodAccount);
    EXPECT_EQ(verdict_, fmt::format("unavailable: the API server answers with status {}", status));
  }
  Verify(Token());
  fetcher_.Answer(201, TokenReviewAnswer(kGoodStatus));
  fetcher_.Answer(404, "404 page not found", "text/plain");
  EXPECT_EQ(verdict_, "unavailable: the API server knows no ServiceAccounts");
  Verify(Token());
  fetcher_.Answer(201, TokenReviewAnswer(kGoodStatus));
  fetcher_.Answer(200, "{}");
  EXPECT_EQ(verdict_, "unavailable: the API server's ServiceAccount is none");
}

TEST_F(ServiceAccountTokenMethodTest, ADeletedAccountIsDenied) {
  Verify(Token());
  fetcher_.Answer(201, TokenReviewAnswer(kGoodStatus));
  fetcher_.Answer(404, kNoAccount);
  EXPECT_EQ(verdict_, "denied: the token's service account is gone");
  // And made again meanwhile.
  Verify(Token());
  fetcher_.Answer(201, TokenReviewAnswer(kGoodStatus));
  fetcher_.Answer(200, Changed(kGoodAccount, "uid-1", "uid-2"));
  EXPECT_EQ(verdict_, "denied: the token's service account is gone");
}

TEST_F(ServiceAccountTokenMethodTest, SurvivesTheRotationOfOurToken) {
  Verify(Token());
  files_.texts["/var/run/secrets/kubernetes.io/serviceaccount/token"] = "our.next.token";
  fetcher_.Answer(401, "");
  EXPECT_EQ(fetcher_.Header("Authorization"), "Bearer our.next.token");
  fetcher_.Answer(201, TokenReviewAnswer(kGoodStatus));
  fetcher_.Answer(200, kGoodAccount);
  EXPECT_TRUE(verdict_.starts_with("accepted "));
}

TEST_F(ServiceAccountTokenMethodTest, WithoutRightsOfOurOwnThereIsNoVerdict) {
  Verify(Token());
  fetcher_.Answer(403, "");
  fetcher_.Answer(403, "");
  EXPECT_EQ(verdict_, "unavailable: the API server answers to the broker itself with status 403");
  Verify(Token());
  fetcher_.Answer(201, TokenReviewAnswer(kGoodStatus));
  fetcher_.Answer(403, "");
  fetcher_.Answer(403, "");
  EXPECT_EQ(verdict_, "unavailable: the API server answers to the broker itself with status 403");
}

TEST_F(ServiceAccountTokenMethodTest, OutsideOfAClusterThereIsNoVerdict) {
  cluster_ = {};
  Make();
  EXPECT_EQ(Verify(Token()),
            "unavailable: no API server is configured, and the broker does not run in a cluster");
  cluster_ = {.host = "10.0.0.1", .port = "443"};
  files_.texts.clear();
  Make();
  EXPECT_EQ(Verify(Token()),
            "unavailable: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt does not exist");
}

TEST_F(ServiceAccountTokenMethodTest, AnswersManyAtOnce) {
  const Credentials first = Enhanced(Token());
  const Credentials second = Enhanced(Token(R"("exp":1700007200)"));
  std::vector<std::string> identities;
  for (const Credentials* credentials : {&first, &second}) {
    method_->Verify(*credentials, kNow, [&](Verdict verdict) {
      const auto* accepted = std::get_if<Accepted>(&verdict);
      identities.push_back(accepted == nullptr ? "" : accepted->principal.identity);
    });
  }
  ASSERT_EQ(fetcher_.open(), 2U);
  fetcher_.Answer(201, TokenReviewAnswer(kGoodStatus));
  fetcher_.Answer(201, TokenReviewAnswer(R"({"user":{}})"));
  EXPECT_EQ(identities, std::vector<std::string>{""});
  fetcher_.Answer(200, kGoodAccount);
  EXPECT_EQ(identities.back(), "system:serviceaccount:line1:press");
}

TEST_F(ServiceAccountTokenMethodTest, MayGoWithItsLastAnswer) {
  const Credentials credentials = Enhanced(Token());
  method_->Verify(credentials, kNow, [this](Verdict) { method_.reset(); });
  fetcher_.Answer(201, TokenReviewAnswer(R"({"user":{}})"));
  EXPECT_EQ(method_, nullptr);
}

TEST_F(ServiceAccountTokenMethodTest, MayReauthenticate) {
  EXPECT_TRUE(method_->may_reauthenticate());
  EXPECT_FALSE(method_->yields_when_unavailable());
  EXPECT_EQ(method_->name(), "ServiceAccountToken");
}

TEST(ToApiServer, TakesTheClusterWeRunIn) {
  const ApiServerSettings server = ToApiServer({}, {.host = "10.96.0.1", .port = "443"});
  EXPECT_EQ(server.url, "https://10.96.0.1:443");
  EXPECT_EQ(server.ca_file, "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt");
  EXPECT_EQ(server.token_file, "/var/run/secrets/kubernetes.io/serviceaccount/token");
  EXPECT_EQ(ToApiServer({}, {.host = "fd00::1", .port = "6443"}).url, "https://[fd00::1]:6443");
  EXPECT_EQ(ToApiServer({}, {}).url, "");
  EXPECT_EQ(ToApiServer({}, {.host = "10.96.0.1", .port = ""}).url, "");
}

TEST(ToApiServer, TakesTheSettingsFirst) {
  config::ServiceAccountTokenSettings settings;
  settings.server = "https://api.example:6443/";
  settings.ca_file = "/etc/ca";
  settings.token_file = "/etc/token";
  settings.timeout_s = 3;
  const ApiServerSettings server = ToApiServer(settings, {.host = "10.96.0.1", .port = "443"});
  EXPECT_EQ(server.url, "https://api.example:6443");
  EXPECT_EQ(server.ca_file, "/etc/ca");
  EXPECT_EQ(server.token_file, "/etc/token");
  EXPECT_EQ(server.timeout, seconds(3));
}

}  // namespace
}  // namespace signet::auth
