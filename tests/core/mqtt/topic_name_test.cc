#include "core/mqtt/topic_name.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace signet {
namespace {

std::string Repeat(std::string_view text, size_t times) {
  std::string repeated;
  for (size_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

TEST(IsTopicName, WantsACharacterAndNoWildcard) {  // [MQTT-4.7.3-1] [MQTT-3.3.2-2]
  for (const char* name : {"a", "/", "//", "a/b", " ", "$SYS", "Accounts payable"}) {
    EXPECT_TRUE(IsTopicName(name)) << name;
  }
  for (const char* name : {"", "#", "+", "a/#", "a/+/b", "a#", "+a"}) {
    EXPECT_FALSE(IsTopicName(name)) << name;
  }
}

// Characters that differ from a wildcard in one bit, and others.
constexpr std::string_view kNeighbours = "\"!'\x33\x03\x63\xA3*)/;\x0B\x6B\xAB$,a\x01\x7F\x80\xFF";

TEST(HasWildcard, FindsOneInEveryPlaceOfEveryLength) {
  for (size_t size = 0; size <= 40; ++size) {
    for (const char other : kNeighbours) {
      std::string text(size, other);
      ASSERT_FALSE(HasWildcard(text)) << size << " of " << int{other};
      for (size_t i = 0; i < size; ++i) {
        for (const char wildcard : {'+', '#'}) {
          text[i] = wildcard;
          ASSERT_TRUE(HasWildcard(text)) << i << " of " << size;
          text[i] = other;
        }
      }
    }
  }
}

struct FilterCase {
  std::string_view text;
  bool valid;
};

// The examples of 4.7.1, and the ways of breaking [MQTT-4.7.1-1] and [MQTT-4.7.1-2].
constexpr FilterCase kFilters[] = {
    {"", false},  // [MQTT-4.7.3-1]
    {"a", true},
    {"/", true},
    {"//", true},
    {"a/b", true},
    {"/a", true},
    {"a/", true},
    {"sport/tennis/player1/#", true},
    {"sport/#", true},
    {"#", true},
    {"/#", true},
    {"//#", true},
    {"sport/tennis#", false},
    {"sport/tennis/#/ranking", false},
    {"#/", false},
    {"##", false},
    {"#a", false},
    {"a/#/", false},
    {"+", true},
    {"+/", true},
    {"/+", true},
    {"+/+", true},
    {"+/tennis/#", true},
    {"+/#", true},
    {"sport/+/player1", true},
    {"sport+", false},
    {"+sport", false},
    {"sport/+a", false},
    {"++", false},
    {"+/++", false},
    {"+#", false},
    {"#+", false},
    {"a/+#", false},
    {"$SYS/#", true},
    {"$SYS/monitor/+", true},
    {"$", true},
    {"Accounts payable", true},
    {"\xEF\xBB\xBF", true},
};

TEST(ParseTopicFilter, AcceptsJustTheValidOnes) {
  for (const FilterCase& filter : kFilters) {
    const auto parsed = ParseTopicFilter(filter.text);
    EXPECT_EQ(parsed.ok(), filter.valid) << filter.text;
    if (parsed.ok()) {
      EXPECT_EQ(parsed->filter, filter.text);
      EXPECT_FALSE(parsed->is_shared());
    } else {
      EXPECT_EQ(parsed.error(), ReasonCode::kTopicFilterInvalid);
    }
  }
}

// The two rules once more, by character instead of by level.
bool IsValidByCharacter(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const bool begins_level = i == 0 || text[i - 1] == '/';
    const bool is_last = i + 1 == text.size();
    const bool ends_level = is_last || text[i + 1] == '/';
    if (text[i] == '#' && !(begins_level && is_last)) return false;
    if (text[i] == '+' && !(begins_level && ends_level)) return false;
  }
  return !text.empty();
}

TEST(ParseTopicFilter, AgreesWithTheRulesOnEveryShortText) {
  constexpr std::string_view kAlphabet = "a/+#";
  for (size_t size = 0; size <= 6; ++size) {
    for (size_t number = 0; number < size_t{1} << (2 * size); ++number) {
      std::string text;
      for (size_t i = 0; i < size; ++i) text += kAlphabet[number >> (2 * i) & 3];
      ASSERT_EQ(ParseTopicFilter(text).ok(), IsValidByCharacter(text)) << text;
      const std::string shared_text = "$share/g/" + text;
      const auto shared = ParseTopicFilter(shared_text);
      ASSERT_EQ(shared.ok(), IsValidByCharacter(text)) << text;
      if (shared.ok()) {
        ASSERT_EQ(shared->filter, text);
      }
    }
  }
}

TEST(ParseTopicFilter, SplitsASharedSubscription) {  // 4.8.2
  const auto tennis = ParseTopicFilter("$share/consumer1/sport/tennis/+");
  ASSERT_TRUE(tennis.ok());
  EXPECT_TRUE(tennis->is_shared());
  EXPECT_EQ(tennis->share_name, "consumer1");
  EXPECT_EQ(tennis->filter, "sport/tennis/+");
  const auto finance = ParseTopicFilter("$share/consumer1//finance");
  ASSERT_TRUE(finance.ok());
  EXPECT_EQ(finance->filter, "/finance");
  const auto separator = ParseTopicFilter("$share/g//");
  ASSERT_TRUE(separator.ok());
  EXPECT_EQ(separator->filter, "/");
  const auto nested = ParseTopicFilter("$share/g/$share/h/x");
  ASSERT_TRUE(nested.ok());
  EXPECT_EQ(nested->share_name, "g");
  EXPECT_EQ(nested->filter, "$share/h/x");
}

// Moquette #958: a malformed $share ended the process.
TEST(ParseTopicFilter, RefusesABrokenSharedSubscription) {  // [MQTT-4.8.2-1] [MQTT-4.8.2-2]
  for (const char* text :
       {"$share/", "$share//", "$share//a", "$share/g", "$share/g/", "$share/+/a", "$share/#/a",
        "$share/g+/a", "$share/#", "$share/+", "$share/g/a#", "$share/g/#/a", "$share/g/+a"}) {
    const auto parsed = ParseTopicFilter(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error(), ReasonCode::kTopicFilterInvalid);
  }
}

TEST(ParseTopicFilter, TakesWhatOnlyLooksSharedForAPlainFilter) {
  for (const char* text : {"$share", "$shared/g/a", "$SHARE/g/a", "/$share/g/a", "$Share/"}) {
    const auto parsed = ParseTopicFilter(text);
    ASSERT_TRUE(parsed.ok()) << text;
    EXPECT_FALSE(parsed->is_shared());
    EXPECT_EQ(parsed->filter, text);
  }
}

TEST(ParseTopicFilter, TakesTheLongestTextAndItsLevels) {  // CVE-2019-11779: no recursion.
  EXPECT_TRUE(ParseTopicFilter(Repeat("/", 65'535)).ok());
  EXPECT_TRUE(ParseTopicFilter(Repeat("+/", 32'767)).ok());
  EXPECT_FALSE(ParseTopicFilter(Repeat("/", 65'533) + "a#").ok());
}

TEST(Levels, AreCountedAndTakenOneByOne) {
  for (const char* text : {"", "a", "/", "a/b", "/a", "a/", "//", "a//b/"}) {
    std::string_view rest = text;
    std::string joined;
    size_t count = 0;
    for (bool more = true; more; ++count) {
      if (count > 0) joined += '/';
      joined += TakeLevel(&rest, &more);
    }
    EXPECT_EQ(joined, text);
    EXPECT_EQ(count, CountLevels(text)) << text;
    EXPECT_TRUE(rest.empty());
  }
}

struct MatchCase {
  std::string_view filter;
  std::string_view name;
  bool matches;
};

// The examples that 4.7 gives.
constexpr MatchCase kMatches[] = {
    {"sport/tennis/player1/#", "sport/tennis/player1", true},
    {"sport/tennis/player1/#", "sport/tennis/player1/ranking", true},
    {"sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true},
    {"sport/#", "sport", true},
    {"sport/tennis/+", "sport/tennis/player1", true},
    {"sport/tennis/+", "sport/tennis/player1/ranking", false},
    {"sport/+", "sport", false},
    {"sport/+", "sport/", true},
    {"+/+", "/finance", true},
    {"/+", "/finance", true},
    {"+", "/finance", false},
    {"#", "$SYS/monitor/Clients", false},
    {"+/monitor/Clients", "$SYS/monitor/Clients", false},
    {"$SYS/#", "$SYS/monitor/Clients", true},
    {"$SYS/#", "$SYS", true},
    {"$SYS/monitor/+", "$SYS/monitor/Clients", true},
    {"ACCOUNTS", "Accounts", false},
    {"/finance", "finance", false},
    {"a/$b", "a/$b", true},
    {"+/$b", "a/$b", true},  // '$' means something in the first level only.
    {"a/+", "a/$b", true},
    {"\xC3\xA9", "e\xCC\x81", false},  // [MQTT-4.7.3-4]: é composed and decomposed.
};

TEST(Matches, FollowsTheStandardsExamples) {
  for (const MatchCase& match : kMatches) {
    EXPECT_EQ(Matches(match.filter, match.name), match.matches)
        << match.filter << " against " << match.name;
  }
}

using Levels = std::vector<std::string_view>;

std::string Join(const Levels& levels) {
  std::string text;
  for (size_t i = 0; i < levels.size(); ++i) {
    if (i > 0) text += '/';
    text += levels[i];
  }
  return text;
}

// Calls visit(levels) for all sequences of one to `most` of `choices`.
template <typename Visit>  // NOLINTNEXTLINE(misc-no-recursion): four deep.
void ForEachSequence(const Levels& choices, size_t most, Levels* levels, const Visit& visit) {
  if (!levels->empty()) visit(*levels);
  if (levels->size() == most) return;
  for (const std::string_view choice : choices) {
    levels->push_back(choice);
    ForEachSequence(choices, most, levels, visit);
    levels->pop_back();
  }
}

// Whether the filter's levels from `i` on match the name's from `j` on.
// NOLINTNEXTLINE(misc-no-recursion): four deep, and plainer than a loop, as an oracle should be.
bool MatchFrom(const Levels& filter, size_t i, const Levels& name, size_t j) {
  if (i == filter.size()) return j == name.size();
  if (filter[i] == "#") return true;
  if (j == name.size()) return false;
  return (filter[i] == "+" || filter[i] == name[j]) && MatchFrom(filter, i + 1, name, j + 1);
}

bool MatchByLevels(const Levels& filter, const Levels& name) {
  const bool hidden = name[0].starts_with('$') && (filter[0] == "+" || filter[0] == "#");
  return !hidden && MatchFrom(filter, 0, name, 0);
}

TEST(Matches, AgreesWithARecursiveOracleOnAllShortFiltersAndNames) {
  std::vector<std::pair<std::string, Levels>> names;
  Levels levels;
  ForEachSequence({"", "a", "b", "$"}, 4, &levels, [&](const Levels& name) {
    if (IsTopicName(Join(name))) names.emplace_back(Join(name), name);
  });
  ASSERT_EQ(names.size(), 4 + 16 + 64 + 256 - 1);
  size_t matched = 0;
  ForEachSequence({"", "a", "$", "+", "#"}, 4, &levels, [&](const Levels& filter) {
    const std::string text = Join(filter);
    if (!ParseTopicFilter(text).ok()) return;
    for (const auto& [name_text, name] : names) {
      const bool expected = MatchByLevels(filter, name);
      ASSERT_EQ(Matches(text, name_text), expected) << text << " against " << name_text;
      matched += expected ? 1 : 0;
    }
  });
  EXPECT_GT(matched, 5'000u);
}

TEST(Matches, TakesTheLongestTexts) {
  const std::string name = Repeat("/", 65'535);
  EXPECT_TRUE(Matches("#", name));
  EXPECT_TRUE(Matches(Repeat("+/", 32'767) + "#", name));
  EXPECT_FALSE(Matches(Repeat("+/", 32'766) + "+", name));
  EXPECT_TRUE(Matches(name, name));
}

}  // namespace
}  // namespace signet
