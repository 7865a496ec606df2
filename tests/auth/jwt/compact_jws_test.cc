#include "auth/jwt/compact_jws.h"

#include <gtest/gtest.h>

#include "auth/jwt/base64url.h"
#include "tests/auth/support/signing_key.h"
#include "tests/support/bytes.h"

namespace signet::auth {
namespace {

constexpr std::string_view kHeader = R"({"alg":"RS256","kid":"k1","typ":"JWT"})";

std::string_view FlawOfToken(std::string_view token) {
  const auto jws = CompactJws::Read(token);
  return jws ? "" : jws.error().rule;
}

std::string_view HeaderFlaw(std::string_view header) {
  static std::string token;
  token = UnsignedToken(header, "{}");
  return FlawOfToken(token);
}

TEST(DecodeBase64Url, KnowsTheVectorsOfRfc4648) {
  EXPECT_EQ(DecodeBase64Url(""), Bytes(""));
  EXPECT_EQ(DecodeBase64Url("Zg"), Bytes("'f'"));
  EXPECT_EQ(DecodeBase64Url("Zm8"), Bytes("'fo'"));
  EXPECT_EQ(DecodeBase64Url("Zm9v"), Bytes("'foo'"));
  EXPECT_EQ(DecodeBase64Url("Zm9vYmFy"), Bytes("'foobar'"));
  EXPECT_EQ(DecodeBase64Url("-_-_"), Bytes("fb ff bf"));
}

TEST(DecodeBase64Url, HasOneSpellingForEachValue) {
  EXPECT_EQ(DecodeBase64Url("Zh"), std::nullopt);   // A stray bit.
  EXPECT_EQ(DecodeBase64Url("Zm9"), std::nullopt);  // Likewise.
  EXPECT_EQ(DecodeBase64Url("Z"), std::nullopt);
  EXPECT_EQ(DecodeBase64Url("Zm9vZ"), std::nullopt);
  for (const char* text : {"Zg==", "Zg=", "Zm8=", "Zm9v\n", " Zm9", "Zm 9", "Zm+v", "Zm/v", "Zm9.",
                           "\xFF\xFF\xFF\xFF"}) {
    EXPECT_EQ(DecodeBase64Url(text), std::nullopt) << text;
  }
  EXPECT_EQ(DecodeBase64Url(std::string_view("Zm\0v", 4)), std::nullopt);
}

TEST(CompactJws, IsTakenApart) {
  const std::string token = UnsignedToken(kHeader, R"({"sub":"pump"})", "signed");
  const auto jws = CompactJws::Read(token);
  ASSERT_TRUE(jws.ok());
  EXPECT_EQ(jws->algorithm(), "RS256");
  EXPECT_EQ(jws->key_id(), "k1");
  EXPECT_EQ(jws->type(), "JWT");
  EXPECT_EQ(AsText(jws->signature()), "signed");
  EXPECT_EQ(AsText(jws->signing_input()), token.substr(0, token.rfind('.')));
  std::optional<std::string_view> subject;
  ASSERT_TRUE(jws->payload().Read("sub", &subject));
  EXPECT_EQ(subject, "pump");
}

TEST(CompactJws, HasThreeParts) {
  const std::string token = UnsignedToken(kHeader, "{}");
  EXPECT_EQ(FlawOfToken(""), "there is no token");
  EXPECT_EQ(FlawOfToken("token"), "the token is not three parts");
  EXPECT_EQ(FlawOfToken(token.substr(0, token.rfind('.'))), "the token is not three parts");
  EXPECT_EQ(FlawOfToken(token + ".e30"), "the token is not three parts");
  EXPECT_EQ(FlawOfToken(token + token), "the token is not three parts");  // Two in one password.
  EXPECT_EQ(FlawOfToken(token + " " + token), "the token is not three parts");
  EXPECT_EQ(FlawOfToken("a.b.c.d.e"), "the token is not three parts");  // JWE.
}

TEST(CompactJws, RefusesWhatIsNoBase64Url) {
  const std::string token = UnsignedToken(kHeader, "{}");
  EXPECT_EQ(FlawOfToken(token + "="), "the token's signature is no base64url");
  EXPECT_EQ(FlawOfToken(token + "\n"), "the token's signature is no base64url");
  EXPECT_EQ(FlawOfToken(" " + token), "the token's header is no base64url");
  EXPECT_EQ(FlawOfToken(EncodeBase64Url(kHeader) + ".e3=.AAAA"),
            "the token's payload is no base64url");
  EXPECT_EQ(FlawOfToken(EncodeBase64Url(kHeader) + ".e31.AAAA"),
            "the token's payload is no base64url");
}

TEST(CompactJws, RefusesUnsignedTokens) {
  EXPECT_EQ(FlawOfToken(UnsignedToken(kHeader, "{}", "")), "the token is not signed");
  EXPECT_EQ(FlawOfToken(UnsignedToken(R"({"alg":"none"})", "{}", "")), "the token is not signed");
}

TEST(CompactJws, RefusesWhatIsNoJsonObject) {
  for (const char* text : {"", "[]", "null", "1", "{", "{\"a\":1,\"a\":1}", "{}{}"}) {
    EXPECT_EQ(FlawOfToken(UnsignedToken(text, "{}")), "the token's header is no clear JSON object");
    EXPECT_EQ(FlawOfToken(UnsignedToken(kHeader, text)),
              "the token's payload is no clear JSON object");
  }
}

TEST(CompactJws, RefusesClaimsThatStandTwice) {
  EXPECT_EQ(FlawOfToken(UnsignedToken(kHeader, R"({"exp":1,"sub":"a","\u0065xp":2})")),
            "the token's payload is no clear JSON object");
  EXPECT_EQ(FlawOfToken(UnsignedToken(R"({"alg":"RS256","alg":"none"})", "{}")),
            "the token's header is no clear JSON object");
}

TEST(CompactJws, RefusesCriticalExtensions) {
  EXPECT_EQ(HeaderFlaw(R"({"alg":"RS256","crit":["b64"],"b64":false})"),
            "the token has critical extensions");
  EXPECT_EQ(HeaderFlaw(R"({"alg":"RS256","crit":[]})"), "the token has critical extensions");
}

TEST(CompactJws, NamesAnAlgorithm) {
  for (const char* header : {"{}", R"({"alg":""})", R"({"alg":null})", R"({"alg":["RS256"]})",
                             R"({"alg":1})", R"({"ALG":"RS256"})"}) {
    EXPECT_EQ(HeaderFlaw(header), "the token names no algorithm") << header;
  }
}

TEST(CompactJws, HasAKeyIdThatIsAShortTextOrNone) {
  EXPECT_EQ(HeaderFlaw(R"({"alg":"RS256"})"), "");
  EXPECT_EQ(HeaderFlaw(R"({"alg":"RS256","kid":""})"), "");
  EXPECT_EQ(HeaderFlaw(R"({"alg":"RS256","kid":"../../dev/null"})"), "");
  EXPECT_EQ(HeaderFlaw(R"({"alg":"RS256","kid":1})"), "the token's kid is no text, or too long");
  EXPECT_EQ(HeaderFlaw(R"({"alg":"RS256","kid":null})"), "the token's kid is no text, or too long");
  const std::string longest(CompactJws::kMaxKeyIdBytes, 'k');
  EXPECT_EQ(HeaderFlaw(R"({"alg":"RS256","kid":")" + longest + "\"}"), "");
  EXPECT_EQ(HeaderFlaw(R"({"alg":"RS256","kid":"k)" + longest + "\"}"),
            "the token's kid is no text, or too long");
  EXPECT_EQ(HeaderFlaw(R"({"alg":"RS256","typ":1})"), "the token's typ is no text");
}

TEST(CompactJws, BoundsItsSize) {
  const std::string frame = UnsignedToken(kHeader, "{}", "abc");
  const std::string largest = frame + std::string(CompactJws::kMaxBytes - frame.size(), 'A');
  ASSERT_EQ(largest.size(), CompactJws::kMaxBytes);
  EXPECT_NE(FlawOfToken(largest), "the token is too long");
  EXPECT_EQ(FlawOfToken(largest + "A"), "the token is too long");
}

TEST(CompactJws, NoTruncationIsTakenForTheWhole) {
  const std::string token = UnsignedToken(kHeader, R"({"sub":"pump"})", "signed");
  const size_t signature_at = token.rfind('.') + 1;
  for (size_t size = 0; size < token.size(); ++size) {
    const auto jws = CompactJws::Read(std::string_view(token).substr(0, size));
    EXPECT_TRUE(!jws.ok() || size > signature_at) << size;  // Whose signature then is wrong.
  }
}

}  // namespace
}  // namespace signet::auth
