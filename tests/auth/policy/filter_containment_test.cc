#include "auth/policy/filter_containment.h"

#include <gtest/gtest.h>

#include <bitset>
#include <string>
#include <vector>

#include "core/mqtt/topic_name.h"

namespace signet::auth {
namespace {

using Texts = std::vector<std::string>;

// All texts of 1 to `depth` of these levels.
Texts AllOf(const Texts& levels, size_t depth) {
  Texts all = levels;
  size_t begin = 0;
  for (size_t i = 1; i < depth; ++i) {
    const size_t end = all.size();
    for (; begin < end; ++begin) {
      for (const std::string& level : levels) all.push_back(all[begin] + "/" + level);
    }
  }
  return all;
}

// All filters of up to four levels on three letters, of which one makes a topic the Server's own.
Texts AllFilters() {
  const Texts plain = AllOf({"a", "b", "$", "+"}, 4);
  Texts filters = plain;
  filters.emplace_back("#");
  for (const std::string& filter : plain) {
    if (CountLevels(filter) < 4) filters.push_back(filter + "/#");
  }
  return filters;
}

// All names of up to five levels on the same letters, the empty level and one that stands for every
// other: a filter of four levels tells no more of them apart.
Texts AllNames() { return AllOf({"a", "b", "$", "", "z"}, 5); }

using Set = std::bitset<3905>;

std::vector<Set> NamesOf(const Texts& filters) {
  const Texts names = AllNames();
  EXPECT_EQ(names.size(), Set().size());
  std::vector<Set> sets(filters.size());
  for (size_t i = 0; i < filters.size(); ++i) {
    for (size_t j = 0; j < names.size(); ++j) {
      // "" is no Topic Name, but for a filter like "/#" it would be one.
      if (!names[j].empty() && Matches(filters[i], names[j])) sets[i].set(j);
    }
  }
  return sets;
}

TEST(FilterContainment, IsWhatAllTopicNamesSay) {
  const Texts filters = AllFilters();
  EXPECT_EQ(filters.size(), 340u + 1 + 84);
  const std::vector<Set> names = NamesOf(filters);
  size_t contained = 0;
  for (size_t i = 0; i < filters.size(); ++i) {
    for (size_t j = 0; j < filters.size(); ++j) {
      const bool contains = (names[j] & ~names[i]).none();
      ASSERT_EQ(Contains(filters[i], filters[j]), contains) << filters[i] << " " << filters[j];
      ASSERT_EQ(Overlap(filters[i], filters[j]), (names[i] & names[j]).any())
          << filters[i] << " " << filters[j];
      contained += contains ? 1 : 0;
    }
  }
  EXPECT_GT(contained, filters.size());
}

TEST(FilterContainment, SeesEmptyLevels) {
  EXPECT_TRUE(Contains("a/+", "a/"));
  EXPECT_FALSE(Contains("a", "a/"));
  EXPECT_FALSE(Contains("a/", "a"));
  EXPECT_TRUE(Contains("/#", "/"));
  EXPECT_TRUE(Contains("+/+", "/"));
  EXPECT_FALSE(Overlap("a/", "a"));
}

}  // namespace
}  // namespace signet::auth
