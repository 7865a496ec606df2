// RetainedStore::Scan: what it finds, what it looks at, and what happens when the store changes
// meanwhile.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "core/mqtt/topic_name.h"
#include "tests/core/topic/retained_fixtures.h"
#include "tests/core/topic/topic_fixtures.h"

namespace signet {
namespace {

using Texts = std::vector<std::string>;

constexpr RetainedStore::Limits kAmple = {.messages = 1'000'000, .bytes = 1 << 30};

TEST(RetainedScan, FollowsTheRulesOfTopicFilters) {  // 4.7
  RetainedStore store(kAmple);
  for (const char* name : {"a", "a/", "a/b", "a/b/c", "a-b", "a-b/c", "/a", "$SYS", "$SYS/a"}) {
    store.Set(MakeMessage(name));
  }
  EXPECT_EQ(ScanAll(store, "a").topic_names, Texts{"a"});
  EXPECT_EQ(ScanAll(store, "a/#").topic_names, (Texts{"a", "a/", "a/b", "a/b/c"}));
  EXPECT_EQ(ScanAll(store, "a/+").topic_names, (Texts{"a/", "a/b"}));
  EXPECT_EQ(ScanAll(store, "+").topic_names, (Texts{"a", "a-b"}));
  EXPECT_EQ(ScanAll(store, "+/+").topic_names, (Texts{"/a", "a-b/c", "a/", "a/b"}));
  EXPECT_EQ(ScanAll(store, "+/#").topic_names,
            (Texts{"/a", "a", "a-b", "a-b/c", "a/", "a/b", "a/b/c"}));
  EXPECT_EQ(ScanAll(store, "$SYS/#").topic_names, (Texts{"$SYS", "$SYS/a"}));
  EXPECT_EQ(ScanAll(store, "$SYS/+").topic_names, Texts{"$SYS/a"});
  EXPECT_EQ(ScanAll(store, "b/#").topic_names, Texts{});
}

TEST(RetainedScan, AVisitorThatRefusesIsAskedAgain) {
  RetainedStore store(kAmple);
  for (const char* name : {"a", "b", "c"}) store.Set(MakeMessage(name));
  RetainedStore::Cursor cursor;
  Texts visited;
  for (bool willing = false; !cursor.done; willing = !willing) {
    store.Scan("+", At(0), 100, &cursor, [&](const MessageRef& message) {
      if (willing) visited.emplace_back(message->View().topic_name);
      return std::exchange(willing, false);
    });
  }
  EXPECT_EQ(visited, (Texts{"a", "b", "c"}));
  EXPECT_EQ(ScanSlice(store, "+", 100, &cursor).steps, 0u);
}

TEST(RetainedScan, StopsAfterSoManySteps) {
  RetainedStore store(kAmple);
  for (int i = 0; i < 100; ++i) store.Set(MakeMessage(fmt::format("a/{}", i), "p", At(i % 2)));
  RetainedStore::Cursor cursor;
  Texts all;
  while (!cursor.done) {
    const Slice slice = ScanSlice(store, "a/+", 7, &cursor, At(0));
    EXPECT_LE(slice.steps, 7u);
    all.insert(all.end(), slice.topic_names.begin(), slice.topic_names.end());
  }
  EXPECT_EQ(all.size(), 50u);
}

TEST(RetainedScan, LooksAtFewOfManyTopicNames) {
  RetainedStore store(kAmple);
  for (int first = 0; first < 100; ++first) {
    for (int second = 0; second < 1000; ++second) {
      const std::string name = fmt::format("d{}/v{}", first, second);
      store.Set(MakeMessage(name));
    }
    if (first % 2 == 0) store.Set(MakeMessage(fmt::format("d{}/x", first)));
  }
  ASSERT_EQ(store.size(), 100'050u);
  const auto steps = [&](std::string_view filter, size_t matches) {
    const Slice slice = ScanAll(store, filter);
    EXPECT_EQ(slice.topic_names.size(), matches) << filter;
    return slice.steps;
  };
  EXPECT_LE(steps("+/x", 50),
            201u);  // Each first level: what stands there, and what is there for x.
  EXPECT_LE(steps("+/v500", 100), 301u);  // … and what lies behind it.
  EXPECT_LE(steps("+/v500/#", 100), 401u);
  EXPECT_LE(steps("d50/v1", 1), 2u);
  EXPECT_LE(steps("d50/+", 1001), 1002u);
  EXPECT_LE(steps("d50/#", 1001), 1003u);
  EXPECT_LE(steps("d50/+/none", 0), 1002u);
  EXPECT_LE(steps("+", 0), 101u);
  EXPECT_LE(steps("none/+/x/#", 0), 1u);
}

TEST(RetainedScan, PassesDeepTreesBelowAMatch) {
  RetainedStore store(kAmple);
  for (int first = 0; first < 10; ++first) {
    const std::string name = fmt::format("a/{}", first);
    store.Set(MakeMessage(name + "/c"));
    for (int i = 0; i < 1000; ++i) store.Set(MakeMessage(fmt::format("{}/c/{}", name, i)));
  }
  const Slice slice = ScanAll(store, "a/+/c");
  EXPECT_EQ(slice.topic_names.size(), 10u);
  EXPECT_LE(slice.steps, 20u);
}

TEST(RetainedScan, LevelsWithoutEndAreNoTrouble) {
  RetainedStore store(kAmple);
  const std::string slashes(65'535, '/');
  store.Set(MakeMessage(slashes));
  store.Set(MakeMessage(slashes.substr(1)));
  EXPECT_EQ(ScanAll(store, "#").topic_names.size(), 2u);
  EXPECT_EQ(ScanAll(store, Repeat("+/", 32'000) + "+").topic_names.size(), 0u);
  EXPECT_EQ(ScanAll(store, slashes).topic_names, Texts{slashes});
}

// Slices of random size, and between them random changes, against a comparison of each Topic Name.
class ChangingStore {
 public:
  explicit ChangingStore(uint64_t seed) : text_(seed) {
    for (int i = 0; i < 300; ++i) Change();
  }

  void ScanWhileItChanges(const std::string& filter) {
    std::set<std::string> throughout;
    std::set<std::string> ever;
    for (const std::string& name : names_) {
      if (Matches(filter, name)) throughout.insert(name);
    }
    ever = throughout;
    Texts visited;
    RetainedStore::Cursor cursor;
    while (!cursor.done) {
      const size_t max_steps = 1 + text_.Below(10);
      const size_t max_visits = 1 + text_.Below(10);
      size_t visits = 0;
      const size_t steps =
          store_.Scan(filter, At(0), max_steps, &cursor, [&](const MessageRef& message) {
            if (++visits > max_visits) return false;
            visited.emplace_back(message->View().topic_name);
            return true;
          });
      ASSERT_LE(steps, max_steps);
      for (size_t i = text_.Below(8); i > 0; --i) {
        const std::string name = Change();
        if (Matches(filter, name)) ever.insert(name);
        if (!names_.contains(name)) throughout.erase(name);
      }
    }
    for (size_t i = 1; i < visited.size(); ++i) ASSERT_LT(visited[i - 1], visited[i]) << filter;
    const std::set<std::string> seen(visited.begin(), visited.end());
    for (const std::string& name : throughout) ASSERT_TRUE(seen.contains(name)) << filter;
    for (const std::string& name : seen) ASSERT_TRUE(ever.contains(name)) << filter;
  }

  std::string AnyFilter() { return text_.TopicFilter(); }

 private:
  // Sets or removes something; returns its Topic Name.
  std::string Change() {
    if (names_.size() > 250 && text_.OneIn(2)) {
      const auto chosen =
          std::next(names_.begin(), static_cast<ptrdiff_t>(text_.Below(names_.size())));
      std::string name = *chosen;
      names_.erase(chosen);
      store_.Set(MakeMessage(name, ""));
      return name;
    }
    std::string name = text_.TopicName();
    names_.insert(name);
    store_.Set(MakeMessage(name, std::string(1 + text_.Below(20), 'p')));
    return name;
  }

  RandomText text_;
  std::set<std::string> names_;
  RetainedStore store_{kAmple};
};

TEST(RetainedScan, MissesNothingAndRepeatsNothingWhileTheStoreChanges) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    ChangingStore store(seed);
    for (int i = 0; i < 200; ++i) {
      store.ScanWhileItChanges(store.AnyFilter());
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace signet
