#include "auth/kubernetes/service_account.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/auth/kubernetes/answers.h"

namespace signet::auth {
namespace {

const ServiceAccountName kPress{.namespace_name = "line1", .name = "press"};

// The outcome in words.
std::string Read(std::string_view body, std::string_view uid = "uid-1") {
  const ServiceAccountOutcome outcome = ReadServiceAccount(body, kPress, uid);
  if (const auto* denied = std::get_if<Denied>(&outcome)) return "denied: " + denied->rule;
  if (const auto* none = std::get_if<Unavailable>(&outcome)) return "unavailable: " + none->why;
  std::string words;
  for (const auto& [name, value] : std::get<Attributes>(outcome)) {
    words += fmt::format("{}={};", name, value);
  }
  return words;
}

std::string ReadAnnotations(std::string_view annotations) {
  return Read(
      fmt::format(R"({{"kind":"ServiceAccount","metadata":{{"name":"press","namespace":"line1",)"
                  R"("uid":"uid-1","annotations":{}}}}})",
                  annotations));
}

constexpr std::string_view kUnavailable = "unavailable: the API server's ServiceAccount ";

TEST(ServiceAccount, GivesItsAnnotationsSorted) {
  EXPECT_EQ(Read(kGoodAccount), "line=L1;role=sensor;");
}

TEST(ServiceAccount, MayHaveNone) {
  EXPECT_EQ(ReadAnnotations("{}"), "");
  EXPECT_EQ(
      Read(
          R"({"kind":"ServiceAccount","metadata":{"name":"press","namespace":"line1","uid":"uid-1"}})"),
      "");
  EXPECT_EQ(ReadAnnotations(R"({"other/role":"x","aio-broker-auth":"x","role":"x",
                                "aio-broker-auth/":"x","x/aio-broker-auth/role":"x"})"),
            "");
}

TEST(ServiceAccount, TheOlderPrefixCountsWhereTheNewerIsSilent) {
  EXPECT_EQ(ReadAnnotations(R"({"aio-mq-broker-auth/role":"old","aio-mq-broker-auth/line":"L0",
                                "aio-broker-auth/role":"new"})"),
            "line=L0;role=new;");
}

TEST(ServiceAccount, ValuesAreTexts) {
  EXPECT_EQ(ReadAnnotations(R"({"aio-broker-auth/a":"","aio-broker-auth/b":"x/+/#\n*"})"),
            "a=;b=x/+/#\n*;");
  EXPECT_EQ(ReadAnnotations(R"({"aio-broker-auth/a":1})"),
            std::string(kUnavailable) + "has an annotation that is no text");
  EXPECT_EQ(ReadAnnotations(R"({"aio-mq-broker-auth/a":null})"),
            std::string(kUnavailable) + "has an annotation that is no text");
  EXPECT_EQ(ReadAnnotations(R"({"other/a":1})"), "");
}

TEST(ServiceAccount, WithTooManyAttributesLetsNobodyIn) {
  constexpr std::string_view kTooMany =
      "denied: the service account has too many attributes, or too long ones";
  const auto with = [](size_t count, size_t bytes) {
    std::string annotations;
    for (size_t i = 0; i < count; ++i) {
      annotations += fmt::format(R"({}"aio-broker-auth/{:03}":"{}")", i == 0 ? "" : ",", i,
                                 std::string(bytes - 3, 'x'));
    }
    return ReadAnnotations("{" + annotations + "}");
  };
  EXPECT_NE(with(kMaxAttributes, 10), kTooMany);
  EXPECT_EQ(with(kMaxAttributes + 1, 10), kTooMany);
  EXPECT_NE(with(16, kMaxAttributeBytes / 16), kTooMany);
  EXPECT_EQ(with(16, kMaxAttributeBytes / 16 + 1), kTooMany);
}

TEST(ServiceAccount, OfAnotherUidIsAnotherOne) {
  EXPECT_EQ(Read(kGoodAccount, "uid-2"), "denied: the token's service account is gone");
  EXPECT_EQ(Read(kGoodAccount, "uid-"), "denied: the token's service account is gone");
  EXPECT_EQ(Read(kGoodAccount, "UID-1"), "denied: the token's service account is gone");
}

TEST(ServiceAccount, IsTheOneThatWasAskedFor) {
  constexpr std::string_view kOther = "is not the one that was asked for";
  EXPECT_EQ(Read(Changed(kGoodAccount, "\"press\"", "\"other\"")),
            std::string(kUnavailable).append(kOther));
  EXPECT_EQ(Read(Changed(kGoodAccount, "\"line1\"", "\"line2\"")),
            std::string(kUnavailable).append(kOther));
  EXPECT_EQ(Read(Changed(kGoodAccount, R"("name":"press",)", "")),
            std::string(kUnavailable).append(kOther));
}

TEST(ServiceAccount, WhatIsNoneIsNoVerdict) {
  EXPECT_EQ(Read(""), std::string(kUnavailable) + "is no JSON");
  EXPECT_EQ(Read("{}"), std::string(kUnavailable) + "is none");
  EXPECT_EQ(Read(Changed(kGoodAccount, "ServiceAccount", "Pod")),
            std::string(kUnavailable) + "is none");
  EXPECT_EQ(Read(R"({"kind":"ServiceAccount"})"), std::string(kUnavailable) + "is none");
  EXPECT_EQ(Read(R"({"kind":"ServiceAccount","metadata":[]})"),
            std::string(kUnavailable) + "is none");
  for (const char* uid : {R"("uid":1)", R"("x":"uid-1")", R"("uid":null)"}) {
    EXPECT_EQ(Read(Changed(kGoodAccount, R"("uid":"uid-1")", uid)),
              std::string(kUnavailable) + "has metadata that are not as they should be");
  }
  EXPECT_EQ(ReadAnnotations("[]"),
            std::string(kUnavailable) + "has metadata that are not as they should be");
  EXPECT_EQ(Read(Changed(kGoodAccount, "aio-broker-auth/line", "aio-broker-auth/role")),
            std::string(kUnavailable) + "has a member twice");
  EXPECT_EQ(Read(std::string(kGoodAccount) + std::string(kMaxServiceAccountBytes, ' ')),
            std::string(kUnavailable) + "is too long");
}

TEST(ServiceAccount, IsNotFoundByTheWordOfTheApiServerAlone) {
  EXPECT_TRUE(IsNotFound(kNoAccount));
  EXPECT_FALSE(IsNotFound(""));
  EXPECT_FALSE(IsNotFound("404 page not found\n"));
  EXPECT_FALSE(IsNotFound("{}"));
  EXPECT_FALSE(IsNotFound(Changed(kNoAccount, "\"NotFound\"", "\"Forbidden\"")));
  EXPECT_FALSE(IsNotFound(Changed(kNoAccount, "\"serviceaccounts\"", "\"namespaces\"")));
  EXPECT_FALSE(IsNotFound(Changed(kNoAccount, "\"Status\"", "\"Pod\"")));
  // So it says when the path is unknown.
  EXPECT_FALSE(IsNotFound(R"({"kind":"Status","reason":"NotFound","details":{},"code":404})"));
}

TEST(ServiceAccount, HasAPath) {
  EXPECT_EQ(ServiceAccountPath(kPress), "/api/v1/namespaces/line1/serviceaccounts/press");
}

}  // namespace
}  // namespace signet::auth
