#include "auth/oauth/introspection_request.h"

#include <gtest/gtest.h>

#include <string>

namespace signet::auth {
namespace {

TEST(IntrospectionRequest, AsksAboutAnAccessToken) {
  EXPECT_EQ(IntrospectionBody("2YotnFZFEjr1zCsicMWpAA").text(),
            "token=2YotnFZFEjr1zCsicMWpAA&token_type_hint=access_token");
}

TEST(IntrospectionRequest, ATokenAddsNoFieldOfItsOwn) {
  EXPECT_EQ(IntrospectionBody("a&token=b+c d%41=/~").text(),
            "token=a%26token%3Db%2Bc+d%2541%3D%2F%7E&token_type_hint=access_token");
  EXPECT_EQ(IntrospectionBody("\r\n\xC3\xA4").text(),
            "token=%0D%0A%C3%A4&token_type_hint=access_token");
}

// RFC 6749, B: what a server reads is what was written.
TEST(IntrospectionRequest, EveryCharacterComesAcross) {
  constexpr std::string_view kBegin = "token=";
  for (int code = 0; code < 256; ++code) {
    const auto c = static_cast<char>(code);
    const SecretBytes body = IntrospectionBody(std::string(1, c));
    const std::string_view text = body.text();
    const std::string_view value = text.substr(kBegin.size(), text.find('&') - kBegin.size());
    if (value.size() == 1) {
      EXPECT_EQ(value, c == ' ' ? "+" : std::string(1, c));
      EXPECT_NE(value, "%");
    } else {
      ASSERT_EQ(value.size(), 3U);
      EXPECT_EQ(value[0], '%');
      EXPECT_EQ(std::stoi(std::string(value.substr(1)), nullptr, 16), code);
    }
  }
}

TEST(BasicAuthorization, IsThatOfTheRfc) {
  // RFC 6749, 2.3.1.
  EXPECT_EQ(BasicAuthorization("s6BhdRkqt3", "7Fjfp0ZBr1KtDRbnfVdmIw").text(),
            "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3");
}

// base64 of a%3Ab:c+d%2B%25.
TEST(BasicAuthorization, EncodesAsAFormFirst) {
  EXPECT_EQ(BasicAuthorization("a:b", "c d+%").text(), "Basic YSUzQWI6YytkJTJCJTI1");
}

TEST(IsOAuthText, IsPrintableAscii) {
  EXPECT_TRUE(IsOAuthText(""));
  EXPECT_TRUE(IsOAuthText(" abc~"));
  for (const char* other : {"\n", "a\tb", "\x7F", "\xC3\xA4", "a\r"}) {
    EXPECT_FALSE(IsOAuthText(other)) << other;
  }
  EXPECT_FALSE(IsOAuthText(std::string_view("a\0b", 3)));
}

}  // namespace
}  // namespace signet::auth
