#include "auth/policy/small_regex.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/check.h"
#include "tests/support/instruction_count.h"

namespace signet::auth {
namespace {

SmallRegex MustParse(std::string_view text) {
  std::optional<SmallRegex> regex = SmallRegex::Parse(text);
  EXPECT_TRUE(regex.has_value()) << text;
  CHECK(regex.has_value());
  return *regex;
}

TEST(SmallRegex, FindsWhatPerlFinds) {
  struct Row {
    const char* regex;
    std::vector<std::string> in;
    std::vector<std::string> not_in;
  };
  const std::vector<Row> rows = {
      {"", {"", "a"}, {}},
      {"b", {"b", "abc"}, {"", "a"}},
      {"^a", {"a", "ab"}, {"ba", ""}},
      {"a$", {"a", "ba"}, {"ab", "a\n"}},
      {"^$", {""}, {"a", "\n"}},
      {"^a.c$",
       {"abc",
        "a\xFF"
        "c"},
       {"a\nc", "ac"}},
      {"^(ab|c)*d$", {"d", "ababd", "cabd"}, {"ad", "abcb"}},
      {"^a|b$", {"ax", "xb"}, {"xa", "bx"}},
      {"^(?:a|)b$", {"ab", "b"}, {"aab"}},
      {"^a+b?c*?$", {"a", "aab", "abcc"}, {"b", "abb"}},
      {"^[a-c_]+$", {"abc_"}, {"d", ""}},
      {"^[^a-c]$", {"d", "\n"}, {"a", ""}},
      {"^[]x]$", {"]", "x"}, {"y"}},
      {"^[a-]$", {"a", "-"}, {"b"}},
      {"^[\\w-]+$", {"a-b_1"}, {"a b"}},
      {"^\\d\\D\\w\\W\\s\\S$", {"1aa- a"}, {"aaa- a"}},
      {"^\\.\\*\\\\$", {".*\\"}, {"ab\\"}},
      {"^a{2}$", {"aa"}, {"a", "aaa"}},
      {"^a{2,}$", {"aa", "aaaa"}, {"a"}},
      {"^(ab){1,2}$", {"ab", "abab"}, {"", "ababab"}},
      {"^a{0}b{0,1}$", {"", "b"}, {"a", "bb"}},
      {"^[0-9a-f]{4}-\\d{1,3}?$", {"00ff-7"}, {"00ff-", "0ff-7"}},
      {"(a*)*b", {"b", "aab"}, {"aa"}},
      {"x(^a)", {}, {"xa", "a"}},
  };
  for (const Row& row : rows) {
    const SmallRegex regex = MustParse(row.regex);
    for (const std::string& text : row.in)
      EXPECT_TRUE(regex.IsIn(text)) << row.regex << " " << text;
    for (const std::string& text : row.not_in) {
      EXPECT_FALSE(regex.IsIn(text)) << row.regex << " " << text;
    }
  }
}

TEST(SmallRegex, RefusesWhatTakesMoreThanLinearTimeAndWhatIsNone) {
  for (const char* text : {"(",     ")",      "a)",    "(a",      "[",      "[a",     "[]",
                           "*",     "+a",     "a**",   "\\",      "[b-a]",  "\\1",    "(?=a)",
                           "(?!a)", "(?<=a)", "(?>a)", "(*UTF8)", "(?{1})", "a{2,1}", "a{99999}"}) {
    EXPECT_FALSE(SmallRegex::Parse(text).has_value()) << text;
  }
  EXPECT_FALSE(SmallRegex::Parse(std::string(SmallRegex::kMaxTextSize + 1, 'a')).has_value());
}

TEST(SmallRegex, IsBoundedInMemory) {
  EXPECT_TRUE(SmallRegex::Parse(std::string(SmallRegex::kMaxTextSize, 'a')).has_value());
  EXPECT_FALSE(SmallRegex::Parse("(a{30}){30}(b{30}){30}(c{30}){30}(d{30}){30}").has_value());
  EXPECT_FALSE(SmallRegex::Parse("((a{99}){99}){99}").has_value());
}

// A backtracking one would take two to the power of the text's length.
TEST(SmallRegex, TakesLinearTime) {
  const SmallRegex regex = MustParse("^(a|a)*(a*)*b$");
  const auto cost = [&](size_t size) {
    const std::string text(size, 'a');
    return CountInstructions([&] { EXPECT_FALSE(regex.IsIn(text)); });
  };
  cost(200);  // What it makes of the expression once.
  const std::optional<uint64_t> few = cost(50);
  const std::optional<uint64_t> many = cost(200);
  if (!few || !many) GTEST_SKIP() << "Nobody can count instructions here.";
  EXPECT_LT(*many, *few * 6);
}

}  // namespace
}  // namespace signet::auth
