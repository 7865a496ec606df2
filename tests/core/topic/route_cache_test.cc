#include "core/topic/route_cache.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstring>

#include "core/topic/shared_subscription.h"
#include "core/topic/topic_tree.h"
#include "tests/core/topic/topic_fixtures.h"

namespace signet {
namespace {

class RouteCacheTest : public testing::Test {
 protected:
  TopicTree::Node* Subscribe(std::string_view filter, uintptr_t session = 1) {
    bool existed;
    return tree_.Subscribe(filter, {.session = SessionNumber(session)}, &existed);
  }
  // Whether the tree answers from memory.
  bool Remembers(std::string_view topic_name) {
    const uint64_t before = tree_.walk_count();
    tree_.Match(topic_name);
    return tree_.walk_count() == before;
  }

  TopicTree tree_;
};

TEST_F(RouteCacheTest, RemembersWhatReachesNobodyToo) {
  EXPECT_FALSE(Remembers("a/b"));
  EXPECT_TRUE(Remembers("a/b"));
  Subscribe("a/b");
  EXPECT_FALSE(Remembers("a/b"));
  EXPECT_TRUE(Remembers("a/b"));
}

TEST_F(RouteCacheTest, OnlyTheFirstAndTheLastOfAFilterInvalidate) {
  TopicTree::Node* node = Subscribe("a/b", 1);
  EXPECT_FALSE(Remembers("a/b"));
  Subscribe("a/b", 2);
  tree_.AddRemote("a/b", ShardId(1));
  SharedSubscription group(SharedGroupId(), "group", "a/b");
  tree_.AddShared("a/b", &group);
  EXPECT_TRUE(Remembers("a/b"));
  EXPECT_EQ(tree_.Match("a/b")[0]->subscribers().size(), 2u);
  EXPECT_EQ(tree_.Match("a/b")[0]->remote(), SetOf(ShardId(1)));

  tree_.Unsubscribe(node, SessionNumber(1));
  tree_.Unsubscribe(node, SessionNumber(2));
  tree_.RemoveRemote("a/b", ShardId(1));
  EXPECT_TRUE(Remembers("a/b"));
  tree_.RemoveShared(node, &group);
  EXPECT_FALSE(Remembers("a/b"));
  EXPECT_TRUE(tree_.Match("a/b").empty());
}

TEST_F(RouteCacheTest, AnotherFirstLevelIsNotDisturbed) {
  Subscribe("kept/x");
  EXPECT_FALSE(Remembers("kept/x"));
  Subscribe("kept/y");  // The same first level.
  EXPECT_FALSE(Remembers("kept/x"));
  // One in 256 first levels shares the bucket by chance.
  int disturbed = 0;
  for (int i = 0; i < 200; ++i) {
    Subscribe(fmt::format("other{}/#", i));
    if (!Remembers("kept/x")) ++disturbed;
  }
  EXPECT_LT(disturbed, 10);
}

TEST_F(RouteCacheTest, WildcardsInTheFirstLevelDisturbEverybody) {
  for (const char* filter : {"#", "+/x", "+"}) {
    Remembers("kept/x");
    EXPECT_TRUE(Remembers("kept/x"));
    TopicTree::Node* node = Subscribe(filter);
    EXPECT_FALSE(Remembers("kept/x")) << filter;
    tree_.Unsubscribe(node, SessionNumber(1));
    EXPECT_FALSE(Remembers("kept/x")) << filter;
  }
}

TEST_F(RouteCacheTest, LongTopicNamesAreLookedUpEachTime) {
  const std::string longest(RouteCache::kMaxTopicNameSize, 'a');
  EXPECT_FALSE(Remembers(longest));
  EXPECT_TRUE(Remembers(longest));
  EXPECT_FALSE(Remembers(longest + "a"));
  EXPECT_FALSE(Remembers(longest + "a"));
}

TEST(RouteCache, AFullSetForgetsOneThatWasNotAskedForLast) {
  RouteCache cache(4);
  for (const char* name : {"first", "second", "third", "fourth"}) cache.Remember(name, {});
  for (const char* name : {"first", "second", "third", "fourth", "second"}) {
    EXPECT_NE(cache.Find(name), nullptr);
  }
  cache.Remember("fifth", {});
  EXPECT_NE(cache.Find("second"), nullptr);
  EXPECT_NE(cache.Find("fifth"), nullptr);
  int left = 0;
  for (const char* name : {"first", "third", "fourth"}) left += cache.Find(name) != nullptr ? 1 : 0;
  EXPECT_EQ(left, 2);
}

// A first level that does not share the bucket of "kept"; which ones do differs from run to run.
std::string FirstLevelOfAnotherBucket() {
  for (int i = 0;; ++i) {
    std::string level = fmt::format("other{}", i);
    RouteCache cache(4);
    cache.Remember("kept/a", {});
    cache.Invalidate(level);
    if (cache.Find("kept/a") != nullptr) return level;
  }
}

TEST(RouteCache, TakesThePlaceOfWhatIsStaleFirst) {
  const std::string stale = FirstLevelOfAnotherBucket();
  RouteCache cache(4);
  for (const char* name : {"kept/a", "kept/b", "kept/c"}) cache.Remember(name, {});
  cache.Remember(stale + "/a", {});
  cache.Invalidate(stale);
  EXPECT_EQ(cache.Find(stale + "/a"), nullptr);
  cache.Remember("new/a", {});
  for (const char* name : {"kept/a", "kept/b", "kept/c", "new/a"}) {
    EXPECT_NE(cache.Find(name), nullptr) << name;
  }
}

// Two names of 16 bytes whose hashes are the same: the second half makes up for the first.
TEST(RouteCache, NamesThatShareAHashAreNotMistaken) {
  const auto state_after = [](std::string_view half) {
    uint64_t word;
    std::memcpy(&word, half.data(), sizeof word);
    return std::rotl((std::rotl(uint64_t{16}, 29) ^ word) * 0x9E3779B97F4A7C15, 29);
  };
  const std::string first = "site/one/states1";
  std::string second = "site/twoXXXXXXXX";
  uint64_t word;
  std::memcpy(&word, first.data() + 8, sizeof word);
  word ^= state_after(first) ^ state_after(second);
  std::memcpy(second.data() + 8, &word, sizeof word);
  ASSERT_NE(first, second);
  ASSERT_EQ(RouteCache::HashOfName(first), RouteCache::HashOfName(second));

  RouteCache cache(4096);
  cache.Remember(first, {});
  EXPECT_EQ(cache.Find(second), nullptr);
  cache.Remember(second, {});
  EXPECT_NE(cache.Find(first), nullptr);
  EXPECT_NE(cache.Find(second), nullptr);
}

}  // namespace
}  // namespace signet
