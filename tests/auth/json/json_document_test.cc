#include "auth/json/json_document.h"

#include <gtest/gtest.h>

#include <string>

namespace signet::auth {
namespace {

constexpr size_t kBytes = 1024;

std::string_view FlawOf(std::string_view text) {
  const auto document = JsonDocument::Read(text, kBytes);
  return document ? "" : document.error().what;
}

JsonDocument Good(std::string_view text) {
  auto document = JsonDocument::Read(text, kBytes);
  EXPECT_TRUE(document.ok()) << text;
  return std::move(*document);
}

std::string Repeat(std::string_view text, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST(JsonDocument, TakesObjectsAlone) {
  EXPECT_EQ(FlawOf("{}"), "");
  EXPECT_EQ(FlawOf(" \t\r\n{ \"a\" : [ 1 , true , null ] } "), "");
  for (const char* other : {"[]", "\"a\"", "1", "true", "null"}) {
    EXPECT_EQ(FlawOf(other), "is no JSON object") << other;
  }
}

TEST(JsonDocument, RefusesWhatIsNoJson) {
  for (const char* text : {"",
                           " ",
                           "{",
                           "}",
                           "{]",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{'a':1}",
                           "{} {}",
                           "{}x",
                           "{\"a\":01}",
                           "{\"a\":1.}",
                           "{\"a\":+1}",
                           "{\"a\":NaN}",
                           "{\"a\":Infinity}",
                           "{\"a\":1e999}",
                           "{\"a\":\"\n\"}",
                           "{\"a\":\"\\x\"}",
                           "{\"a\":\"\\ud800\"}",
                           "{\"a\":\"\xC0\x80\"}",
                           "{\"a\":\"\xED\xA0\x80\"}",
                           "\xEF\xBB\xBF{}",
                           "<html></html>"}) {
    EXPECT_EQ(FlawOf(text), "is no JSON") << text;
  }
}

TEST(JsonDocument, RefusesEveryTruncation) {
  const std::string whole = R"({"a":{"b":["c",1.5,null,true]},"d":"\u00e9"})";
  EXPECT_EQ(FlawOf(whole), "");
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(FlawOf(whole.substr(0, size)), "is no JSON") << size;
  }
}

TEST(JsonDocument, RefusesAMemberTwice) {
  EXPECT_EQ(FlawOf(R"({"a":1,"a":1})"), "has a member twice");
  EXPECT_EQ(FlawOf(R"({"a":1,"b":2,"\u0061":3})"), "has a member twice");  // Spelled otherwise.
  EXPECT_EQ(FlawOf(R"({"c":[{"d":{"a":1,"b":2,"a":3}}]})"), "has a member twice");
  EXPECT_EQ(FlawOf(R"({"a":{"a":1},"A":1})"), "");
}

TEST(JsonDocument, BoundsDepth) {
  const size_t inner = JsonDocument::kMaxDepth - 1;
  EXPECT_EQ(FlawOf("{\"a\":" + Repeat("[", inner) + Repeat("]", inner) + "}"), "");
  EXPECT_EQ(FlawOf("{\"a\":" + Repeat("[", inner + 1) + Repeat("]", inner + 1) + "}"),
            "is nested too deeply");
  EXPECT_EQ(FlawOf(Repeat("{\"a\":", inner + 1) + "{}" + Repeat("}", inner + 1)),
            "is nested too deeply");
}

TEST(JsonDocument, BoundsSize) {
  const std::string text = "{\"a\":\"" + std::string(kBytes, 'x') + "\"}";
  EXPECT_EQ(FlawOf(text), "is too long");
  EXPECT_TRUE(JsonDocument::Read(text, text.size()).ok());
  EXPECT_FALSE(JsonDocument::Read(text, text.size() - 1).ok());
}

TEST(JsonObject, TellsAbsentFromWrong) {
  const JsonDocument document = Good(R"({"text":"t","bool":true,"null":null,"object":{"x":"y"}})");
  std::optional<std::string_view> text;
  EXPECT_TRUE(document.root().Read("absent", &text));
  EXPECT_FALSE(text);
  EXPECT_FALSE(document.root().Read("bool", &text));
  EXPECT_FALSE(document.root().Read("null", &text));
  EXPECT_FALSE(text);
  EXPECT_TRUE(document.root().Read("text", &text));
  EXPECT_EQ(text, "t");
  std::optional<bool> flag;
  EXPECT_FALSE(document.root().Read("text", &flag));
  EXPECT_TRUE(document.root().Read("bool", &flag));
  EXPECT_EQ(flag, true);
  std::optional<JsonObject> object;
  EXPECT_FALSE(document.root().Read("text", &object));
  ASSERT_TRUE(document.root().Read("object", &object) && object);
  EXPECT_TRUE(object->Has("x"));
  EXPECT_FALSE(object->Has("X"));
}

TEST(JsonObject, ReadsListsOfTextsAlone) {
  const JsonDocument document = Good(R"({"none":[],"two":["a","b"],"mixed":["a",1],"text":"a"})");
  std::optional<std::vector<std::string_view>> texts;
  EXPECT_FALSE(document.root().Read("mixed", &texts));
  EXPECT_FALSE(document.root().Read("text", &texts));
  EXPECT_FALSE(texts);
  ASSERT_TRUE(document.root().Read("none", &texts) && texts);
  EXPECT_TRUE(texts->empty());
  ASSERT_TRUE(document.root().Read("two", &texts) && texts);
  EXPECT_EQ(*texts, (std::vector<std::string_view>{"a", "b"}));
}

TEST(JsonDocument, KeepsItsViewsWhenItIsMoved) {
  JsonDocument document = Good(R"({"a":"a text that is longer than a short one may be"})");
  std::optional<std::string_view> text;
  ASSERT_TRUE(document.root().Read("a", &text));
  const JsonDocument moved = std::move(document);
  EXPECT_EQ(text, "a text that is longer than a short one may be");
  ASSERT_TRUE(moved.root().Read("a", &text));
}

}  // namespace
}  // namespace signet::auth
