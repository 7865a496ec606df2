#include "core/base/base64.h"

#include <gtest/gtest.h>

#include "core/base/bytes.h"

namespace signet {
namespace {

std::string Encoded(std::string_view text) {
  std::string base64;
  AppendBase64(AsBytes(text), &base64);
  EXPECT_EQ(base64.size(), Base64Size(text.size()));
  return base64;
}

// RFC 4648, 10.
TEST(AppendBase64, WritesTheVectorsOfTheStandard) {
  EXPECT_EQ(Encoded(""), "");
  EXPECT_EQ(Encoded("f"), "Zg==");
  EXPECT_EQ(Encoded("fo"), "Zm8=");
  EXPECT_EQ(Encoded("foo"), "Zm9v");
  EXPECT_EQ(Encoded("foob"), "Zm9vYg==");
  EXPECT_EQ(Encoded("fooba"), "Zm9vYmE=");
  EXPECT_EQ(Encoded("foobar"), "Zm9vYmFy");
}

TEST(AppendBase64, UsesTheStandardAlphabet) { EXPECT_EQ(Encoded("\xFB\xEF\xFF"), "++//"); }

TEST(AppendBase64, IsReadBackAsItWas) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    bytes += static_cast<char>(i);
    const auto decoded = DecodeBase64(Encoded(bytes));
    ASSERT_TRUE(decoded.ok());
    EXPECT_EQ(decoded->text(), bytes);
  }
}

TEST(AppendBase64, AddsToWhatIsThere) {
  std::string text = "data:";
  AppendBase64(AsBytes("a"), &text);
  EXPECT_EQ(text, "data:YQ==");
}

}  // namespace
}  // namespace signet
