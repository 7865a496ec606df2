#include "auth/jwt/claims.h"

#include <gtest/gtest.h>

namespace signet::auth {
namespace {

Expected<Claims, TokenFlaw> Read(std::string_view json) {
  const auto document = JsonDocument::Read(json, 4096);
  EXPECT_TRUE(document.ok()) << json;
  return ReadClaims(document->root());
}

std::string_view FlawOf(std::string_view json) {
  const auto claims = Read(json);
  return claims ? "" : claims.error().rule;
}

std::optional<WallTime> ExpiryOf(std::string_view number) {
  const auto claims = Read("{\"exp\":" + std::string(number) + "}");
  return claims ? claims->expires_at : std::nullopt;
}

TEST(Claims, AreAllOptional) {
  const auto claims = Read("{}");
  ASSERT_TRUE(claims.ok());
  EXPECT_EQ(claims->issuer, "");
  EXPECT_EQ(claims->subject, "");
  EXPECT_FALSE(claims->audiences || claims->expires_at || claims->not_before || claims->issued_at);
}

TEST(Claims, AreRead) {
  const auto claims =
      Read(R"({"iss":"https://i/","sub":"s","aud":["a","b"],"exp":30,"nbf":20,"iat":10,"x":[1]})");
  ASSERT_TRUE(claims.ok());
  EXPECT_EQ(claims->issuer, "https://i/");
  EXPECT_EQ(claims->subject, "s");
  EXPECT_EQ(*claims->audiences, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(claims->expires_at, WallTime::FromSeconds(30));
  EXPECT_EQ(claims->not_before, WallTime::FromSeconds(20));
  EXPECT_EQ(claims->issued_at, WallTime::FromSeconds(10));
}

TEST(Claims, TimesMayHaveFractions) {
  EXPECT_EQ(ExpiryOf("1700000000"), WallTime::FromSeconds(1'700'000'000));
  EXPECT_EQ(ExpiryOf("1700000000.0"), WallTime::FromSeconds(1'700'000'000));
  EXPECT_EQ(ExpiryOf("1.7e9"), WallTime::FromSeconds(1'700'000'000));
  EXPECT_EQ(ExpiryOf("1700000000.9999"), WallTime::FromMilliseconds(1'700'000'000'999));
  EXPECT_EQ(ExpiryOf("0"), WallTime::FromSeconds(0));
  EXPECT_EQ(ExpiryOf("-0.0"), WallTime::FromSeconds(0));
  EXPECT_EQ(ExpiryOf("1e-300"), WallTime::FromSeconds(0));
}

TEST(Claims, TimesEndAtTwoToThe53) {
  EXPECT_EQ(ExpiryOf("9007199254740992"), WallTime::FromSeconds(9'007'199'254'740'992));
  EXPECT_EQ(ExpiryOf("9007199254740992.0"), WallTime::FromSeconds(9'007'199'254'740'992));
  for (const char* number : {"9007199254740993", "9007199254740994.0", "9223372036854775807",
                             "9223372036854775808", "18446744073709551615", "1e19", "1e300"}) {
    EXPECT_EQ(ExpiryOf(number), std::nullopt) << number;
  }
}

TEST(Claims, TimesAreNumbersThatAreNotNegative) {
  for (const char* name : {"exp", "nbf", "iat"}) {
    for (const char* value : {"\"1700000000\"", "-1", "-0.5", "-9223372036854775808", "null",
                              "true", "[1]", "{}", "9007199254740993"}) {
      const std::string json = "{\"" + std::string(name) + "\":" + value + "}";
      EXPECT_EQ(FlawOf(json), "the claim " + std::string(name) + " is no time") << json;
    }
  }
}

TEST(Claims, TextsAreTexts) {
  EXPECT_EQ(FlawOf(R"({"iss":1})"), "the claim iss is no text");
  EXPECT_EQ(FlawOf(R"({"iss":null})"), "the claim iss is no text");
  EXPECT_EQ(FlawOf(R"({"sub":["s"]})"), "the claim sub is no text");
  EXPECT_EQ(FlawOf(R"({"jti":7})"), "the claim jti is no text");
}

TEST(Claims, AudienceIsATextOrAList) {
  const std::string ours[] = {"plant", "edge"};
  EXPECT_TRUE(Read(R"({"aud":"plant"})")->IsFor(ours));
  EXPECT_TRUE(Read(R"({"aud":["x","edge"]})")->IsFor(ours));
  EXPECT_FALSE(Read(R"({"aud":["x"]})")->IsFor(ours));
  EXPECT_FALSE(Read(R"({"aud":"Plant"})")->IsFor(ours));
  EXPECT_FALSE(Read(R"({"aud":"plant edge"})")->IsFor(ours));
  EXPECT_FALSE(Read(R"({"aud":""})")->IsFor(ours));
  EXPECT_FALSE(Read(R"({"aud":[]})")->IsFor(ours));
  EXPECT_FALSE(Read("{}")->IsFor(ours));
  for (const char* json : {R"({"aud":1})", R"({"aud":null})", R"({"aud":["plant",1]})",
                           R"({"aud":{"plant":true}})", R"({"aud":[["plant"]]})"}) {
    EXPECT_EQ(FlawOf(json), "the claim aud is neither a text nor a list of texts") << json;
  }
}

}  // namespace
}  // namespace signet::auth
