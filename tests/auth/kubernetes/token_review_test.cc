// The rules by which an answer of the API server is believed; (a) to (c) are those of its API
// reference: status.audiences must be looked at, an error speaks against what else is said.
#include "auth/kubernetes/token_review.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "auth/json/json_document.h"
#include "tests/auth/kubernetes/answers.h"

namespace signet::auth {
namespace {

const std::vector<std::string> kAudiences = {"aio-internal", "plant"};
constexpr std::string_view kToken = "aaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbb.cccccccccccccccc";

// The outcome in words.
std::string ReadReview(std::string_view body) {
  const TokenReviewOutcome outcome = ReadTokenReview(body, kToken, kAudiences);
  if (const auto* account = std::get_if<ReviewedAccount>(&outcome)) {
    return fmt::format("{} {}", account->name.ToUsername(), account->uid);
  }
  if (const auto* denied = std::get_if<Denied>(&outcome)) return "denied: " + denied->rule;
  return "unavailable: " + std::get<Unavailable>(outcome).why;
}

std::string ReadStatus(std::string_view status) { return ReadReview(TokenReviewAnswer(status)); }

constexpr std::string_view kUnknownToken = "denied: the API server does not know the token";
constexpr std::string_view kOtherAudience =
    "denied: the API server does not say that the token is for our audience";

TEST(TokenReview, AcceptsAClearAnswer) {
  EXPECT_EQ(ReadStatus(kGoodStatus), "system:serviceaccount:line1:press uid-1");
}

TEST(TokenReview, OneSharedAudienceIsEnough) {
  EXPECT_EQ(ReadStatus(Changed(kGoodStatus, R"(["plant"])", R"(["other","aio-internal"])")),
            "system:serviceaccount:line1:press uid-1");
}

TEST(TokenReview, RefusesWhatIsNotForOurAudience) {
  for (const char* audiences : {R"([])", R"(["other"])", R"(["Plant"])", R"([""])",
                                R"(["https://kubernetes.default.svc"])"}) {
    EXPECT_EQ(ReadStatus(Changed(kGoodStatus, R"(["plant"])", audiences)), kOtherAudience);
  }
  // An API server that does not know of audiences.
  EXPECT_EQ(ReadStatus(Changed(kGoodStatus, R"("audiences":["plant"],)", "")), kOtherAudience);
}

TEST(TokenReview, RefusesWhoIsNotAuthenticated) {
  EXPECT_EQ(ReadStatus("{}"), kUnknownToken);
  EXPECT_EQ(ReadStatus(R"({"user":{}})"), kUnknownToken);
  EXPECT_EQ(ReadStatus(R"({"authenticated":false})"), kUnknownToken);
  EXPECT_EQ(ReadStatus(Changed(kGoodStatus, "true", "false")), kUnknownToken);
  EXPECT_EQ(ReadStatus(Changed(kGoodStatus, R"("authenticated":true,)", "")), kUnknownToken);
}

TEST(TokenReview, SaysWhyInTheWordsOfTheApiServer) {
  EXPECT_EQ(ReadStatus(R"({"user":{},"error":"invalid bearer token, Token has\nexpired."})"),
            std::string(kUnknownToken) + R"(: invalid bearer token, Token has\nexpired.)");
}

TEST(TokenReview, NeverRepeatsThePartsOfAToken) {
  const std::string part(kToken.substr(17, 20));
  EXPECT_EQ(ReadStatus(R"({"error":"cannot parse )" + part + "\"}"), kUnknownToken);
  EXPECT_EQ(ReadStatus(R"({"error":"cannot parse )" + std::string(kToken) + "\"}"), kUnknownToken);
  EXPECT_LT(ReadStatus(R"({"error":")" + std::string(100'000, 'x') + "\"}").size(), 600U);
}

TEST(TokenReview, AnErrorIsNeverAnAcceptance) {
  EXPECT_EQ(ReadStatus(Changed(kGoodStatus, R"("user")", R"("error":"etcd is slow","user")")),
            "unavailable: the API server's TokenReview says that the token is good, and that it is "
            "not");
  EXPECT_EQ(ReadStatus(Changed(kGoodStatus, R"("user")", R"("error":"","user")")),
            "system:serviceaccount:line1:press uid-1");
}

TEST(TokenReview, IsOfServiceAccountsAlone) {
  for (const char* username : {"admin", "system:serviceaccount:line1", "system:node:worker",
                               "system:serviceaccount:line1:../../secrets", ""}) {
    EXPECT_EQ(ReadStatus(Changed(kGoodStatus, "system:serviceaccount:line1:press", username)),
              "denied: the token is of no service account");
  }
}

TEST(TokenReview, SaysWhoseTheTokenIs) {
  constexpr std::string_view kNobody =
      "unavailable: the API server's TokenReview does not say whose token it is";
  EXPECT_EQ(ReadStatus(R"({"authenticated":true,"audiences":["plant"]})"), kNobody);
  EXPECT_EQ(ReadStatus(R"({"authenticated":true,"audiences":["plant"],"user":{}})"), kNobody);
  EXPECT_EQ(ReadStatus(Changed(kGoodStatus, R"(,"uid":"uid-1")", "")), kNobody);
  constexpr std::string_view kNoUid =
      "unavailable: the API server's TokenReview gives the service account no uid, or an endless "
      "one";
  EXPECT_EQ(ReadStatus(Changed(kGoodStatus, "uid-1", "")), kNoUid);
  EXPECT_EQ(ReadStatus(Changed(kGoodStatus, "uid-1", std::string(129, 'u'))), kNoUid);
}

TEST(TokenReview, WrongTypesAreNoVerdict) {
  constexpr std::string_view kWrong =
      "unavailable: the API server's TokenReview has a status that is not as it should be";
  for (const char* status :
       {R"({"authenticated":"true"})", R"({"authenticated":1})", R"({"authenticated":null})",
        R"({"authenticated":true,"error":1})", R"({"authenticated":true,"audiences":"plant"})",
        R"({"authenticated":true,"audiences":[1]})", R"({"authenticated":true,"user":"u"})",
        R"({"authenticated":true,"user":{"username":1}})",
        R"({"authenticated":true,"user":{"uid":["u"]}})"}) {
    EXPECT_EQ(ReadStatus(status), kWrong) << status;
  }
}

TEST(TokenReview, WhatIsNoTokenReviewIsNoVerdict) {
  const std::string good = TokenReviewAnswer(kGoodStatus);
  constexpr std::string_view kPrefix = "unavailable: the API server's TokenReview ";
  EXPECT_EQ(ReadReview(""), std::string(kPrefix) + "is no JSON");
  EXPECT_EQ(ReadReview("<html>"), std::string(kPrefix) + "is no JSON");
  EXPECT_EQ(ReadReview("[]"), std::string(kPrefix) + "is no JSON object");
  EXPECT_EQ(ReadReview("{}"), std::string(kPrefix) + "is none of authentication.k8s.io/v1");
  EXPECT_EQ(ReadReview(Changed(good, "TokenReview", "Status")),
            std::string(kPrefix) + "is none of authentication.k8s.io/v1");
  EXPECT_EQ(ReadReview(Changed(good, "io/v1", "io/v1beta1")),
            std::string(kPrefix) + "is none of authentication.k8s.io/v1");
  EXPECT_EQ(ReadReview(Changed(good, "\"status\"", "\"other\"")),
            std::string(kPrefix) + "has no status");
  EXPECT_EQ(ReadStatus("null"), std::string(kPrefix) + "has no status");
  EXPECT_EQ(ReadStatus(Changed(kGoodStatus, R"("user")", R"("authenticated":true,"user")")),
            std::string(kPrefix) + "has a member twice");
  EXPECT_EQ(ReadReview(good + std::string(kMaxTokenReviewBytes, ' ')),
            std::string(kPrefix) + "is too long");
}

TEST(TokenReview, NoTruncationIsAccepted) {
  const std::string good = TokenReviewAnswer(kGoodStatus);
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(ReadReview(good.substr(0, size)),
              "unavailable: the API server's TokenReview is no JSON")
        << size;
  }
}

TEST(TokenReviewRequest, AsksForTheTokenAndOurAudiences) {
  EXPECT_EQ(TokenReviewRequest("a.b.c", kAudiences).text(),
            R"({"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview",)"
            R"("spec":{"audiences":["aio-internal","plant"],"token":"a.b.c"}})");
}

TEST(TokenReviewRequest, NothingBreaksOutOfATextInIt) {
  const std::vector<std::string> audiences = {R"(a"],"token":"x)", "b\\", "c\n"};
  const SecretBytes body = TokenReviewRequest(R"(t","audiences":[])", audiences);
  const auto document = JsonDocument::Read(body.text(), 4096);
  ASSERT_TRUE(document.ok()) << body.text();
  std::optional<JsonObject> spec;
  std::optional<std::vector<std::string_view>> read;
  std::optional<std::string_view> token;
  ASSERT_TRUE(document->root().Read("spec", &spec) && spec->Read("audiences", &read) &&
              spec->Read("token", &token));
  EXPECT_EQ(*read, (std::vector<std::string_view>(audiences.begin(), audiences.end())));
  EXPECT_EQ(token, R"(t","audiences":[])");
}

}  // namespace
}  // namespace signet::auth
