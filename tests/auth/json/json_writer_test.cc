#include "auth/json/json_writer.h"

#include <gtest/gtest.h>

#include "auth/json/json_document.h"

namespace signet::auth {
namespace {

std::string Written(std::string_view text) {
  std::string json;
  AppendJsonText(text, &json);
  return json;
}

TEST(AppendJsonText, EscapesWhatWouldEndTheText) {
  EXPECT_EQ(Written("plant"), R"("plant")");
  EXPECT_EQ(Written(R"(a"b\c)"), R"("a\"b\\c")");
  EXPECT_EQ(Written("\n\t\x01\x1F\x7F"), "\"\\u000a\\u0009\\u0001\\u001f\x7F\"");
  EXPECT_EQ(Written(std::string_view("\0", 1)), R"("\u0000")");
  EXPECT_EQ(Written("Grüße"), "\"Grüße\"");
}

TEST(AppendJsonText, IsReadBackAsItWas) {
  std::string text;
  for (char c = 0; c < 0x7F; ++c) text += c;
  text += "é\u2028\U0001F512";
  EXPECT_LE(Written(text).size(), MaxJsonTextSize(text));
  const auto document = JsonDocument::Read("{\"a\":" + Written(text) + "}", 1024);
  ASSERT_TRUE(document.ok());
  std::optional<std::string_view> read;
  ASSERT_TRUE(document->root().Read("a", &read));
  EXPECT_EQ(read, text);
}

}  // namespace
}  // namespace signet::auth
