#include "core/topic/skip_scan.h"

#include <gtest/gtest.h>

#include <set>

#include "core/mqtt/topic_name.h"
#include "tests/core/topic/topic_fixtures.h"

namespace signet {
namespace {

struct Judgement {
  SkipScan verdict;
  std::string seek;

  friend bool operator==(const Judgement&, const Judgement&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Judgement& judgement) {
    return out << static_cast<int>(judgement.verdict) << " '" << judgement.seek << "'";
  }
};

Judgement Of(std::string_view filter, std::string_view name) {
  std::string seek;
  const SkipScan verdict = Judge(filter, name, &seek);
  return {verdict, verdict == SkipScan::kSeek ? seek : ""};
}

const Judgement kMatch{SkipScan::kMatch, ""};
const Judgement kNext{SkipScan::kNext, ""};
const Judgement kEnd{SkipScan::kEnd, ""};
Judgement Seek(std::string text) { return {SkipScan::kSeek, std::move(text)}; }

TEST(SkipScan, BeginsBehindTheLiteralLevels) {
  EXPECT_EQ(FirstCandidate("a/b"), "a/b");
  EXPECT_EQ(FirstCandidate("a/+/c"), "a/");
  EXPECT_EQ(FirstCandidate("a/#"), "a");
  EXPECT_EQ(FirstCandidate("/#"), "");
  EXPECT_EQ(FirstCandidate("+/x"), "");
  EXPECT_EQ(FirstCandidate("#"), "");
  EXPECT_EQ(FirstCandidate("a/+/#"), "a/");
}

TEST(SkipScan, TakesALevelFromThereAndSeeksWhatMustFollow) {
  EXPECT_EQ(Of("a/+/c", "a/x/b"), Seek("a/x/c"));
  EXPECT_EQ(Of("a/+/c", "a/x/c"), kMatch);
  EXPECT_EQ(Of("a/+/c", "a/x/c/d"), Seek("a/x0"));
  EXPECT_EQ(Of("a/+/c", "a/x/d"), Seek("a/x0"));
  EXPECT_EQ(Of("a/+/c", "b"), kEnd);
  EXPECT_EQ(Of("a/+/c/+/e/#", "a/x/b"), Seek("a/x/c/"));
  EXPECT_EQ(Of("a/+/c/d/#", "a/x/b"), Seek("a/x/c/d"));
}

TEST(SkipScan, CharactersBeforeTheSeparatorComeBetweenALevelAndItsChildren) {
  EXPECT_EQ(Of("a/+/c", "a/x"), kNext);  // "a/x-/c" comes before "a/x/c".
  EXPECT_EQ(Of("a/#", "a"), kMatch);
  EXPECT_EQ(Of("a/#", "a-"), Seek("a/"));
  EXPECT_EQ(Of("a/#", "a-/b"), Seek("a/"));
  EXPECT_EQ(Of("a/b", "a-"), Seek("a/b"));
  EXPECT_EQ(Of("a/b", "a"), Seek("a/b"));
  EXPECT_EQ(Of("a/#", "a0"), kEnd);
  EXPECT_EQ(Of("+/b/#", "x/b-"), Seek("x/b/"));
  EXPECT_EQ(Of("+/b", "x/b-"), Seek("x0"));
}

TEST(SkipScan, PassesServerTopics) {  // [MQTT-4.7.2-1]
  EXPECT_EQ(Of("#", "$SYS/a"), Seek("%"));
  EXPECT_EQ(Of("+/a", "$SYS/a"), Seek("%"));
  EXPECT_EQ(Of("$SYS/#", "$SYS/a"), kMatch);
}

// Walks over `names` as the store does; returns what matched and counts the steps.
std::vector<std::string> Walk(std::string_view filter, const std::set<std::string>& names,
                              size_t* steps) {
  std::vector<std::string> found;
  auto at = names.lower_bound(std::string(FirstCandidate(filter)));
  for (*steps = 0; at != names.end(); ++*steps) {
    std::string seek;
    const SkipScan verdict = Judge(filter, *at, &seek);
    if (verdict == SkipScan::kEnd) break;
    if (verdict == SkipScan::kMatch) found.push_back(*at);
    if (verdict == SkipScan::kSeek) {
      EXPECT_GT(seek, *at) << filter;
      at = names.lower_bound(seek);
    } else {
      ++at;
    }
  }
  return found;
}

TEST(SkipScan, FindsWhatAComparisonOfEachNameFinds) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    RandomText text(seed);
    std::set<std::string> names;
    while (names.size() < 400) names.insert(text.TopicName());
    for (int i = 0; i < 500; ++i) {
      const std::string filter = text.TopicFilter();
      std::vector<std::string> expected;
      for (const std::string& name : names) {
        if (Matches(filter, name)) expected.push_back(name);
      }
      size_t steps;
      ASSERT_EQ(Walk(filter, names, &steps), expected) << filter;
      ASSERT_LE(steps, names.size());
    }
  }
}

TEST(SkipScan, LevelsWithoutEndAreNoTrouble) {
  const std::string name(65'535, '/');
  EXPECT_EQ(Of(Repeat("+/", 32'767) + "+", name), Seek(name.substr(0, 32'767) + "0"));
  EXPECT_EQ(Of(name, name), kMatch);
  EXPECT_EQ(Of("#", name), kMatch);
}

}  // namespace
}  // namespace signet
