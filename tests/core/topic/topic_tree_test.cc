#include "core/topic/topic_tree.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/topic/shared_subscription.h"
#include "tests/core/topic/topic_fixtures.h"

namespace signet {
namespace {

using MatchedTexts = std::vector<std::string>;

TopicTree::Node* SubscribeAll(TopicTree* tree, std::string_view filter, uintptr_t session = 1) {
  bool existed;
  return tree->Subscribe(filter, {.session = SessionNumber(session)}, &existed);
}

// Whether a tree that holds `filter` alone finds it for `topic_name`; asked twice, for the second
// answer is one that was remembered.
bool Reaches(std::string_view filter, std::string_view topic_name) {
  TopicTree tree;
  SubscribeAll(&tree, filter);
  const bool first = !tree.Match(topic_name).empty();
  EXPECT_EQ(first, !tree.Match(topic_name).empty());
  EXPECT_EQ(tree.walk_count(), 1u);
  return first;
}

TEST(TopicTree, MultiLevelWildcardTakesTheParentAndAllBelow) {  // 4.7.1.2
  EXPECT_TRUE(Reaches("sport/tennis/player1/#", "sport/tennis/player1"));
  EXPECT_TRUE(Reaches("sport/tennis/player1/#", "sport/tennis/player1/ranking"));
  EXPECT_TRUE(Reaches("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon"));
  EXPECT_TRUE(Reaches("sport/#", "sport"));
  EXPECT_TRUE(Reaches("#", "sport"));
  EXPECT_TRUE(Reaches("#", "/"));
  EXPECT_FALSE(Reaches("sport/#", "sports"));
}

TEST(TopicTree, SingleLevelWildcardTakesExactlyOneLevel) {  // 4.7.1.3
  EXPECT_TRUE(Reaches("sport/tennis/+", "sport/tennis/player1"));
  EXPECT_FALSE(Reaches("sport/tennis/+", "sport/tennis/player1/ranking"));
  EXPECT_FALSE(Reaches("sport/+", "sport"));
  EXPECT_TRUE(Reaches("sport/+", "sport/"));
  EXPECT_TRUE(Reaches("+/tennis/#", "x/tennis"));
}

TEST(TopicTree, EmptyLevelsAreLevels) {  // 4.7.1.3, 4.7.3
  EXPECT_TRUE(Reaches("+/+", "/finance"));
  EXPECT_TRUE(Reaches("/+", "/finance"));
  EXPECT_FALSE(Reaches("+", "/finance"));
  EXPECT_FALSE(Reaches("finance", "/finance"));
  EXPECT_FALSE(Reaches("a/b", "a//b"));
  EXPECT_TRUE(Reaches("a//b", "a//b"));
  EXPECT_TRUE(Reaches("a/+/b", "a//b"));
  EXPECT_FALSE(Reaches("a", "a/"));
  EXPECT_FALSE(Reaches("ACCOUNTS", "Accounts"));
}

TEST(TopicTree, WildcardsInTheFirstLevelDoNotReachServerTopics) {  // [MQTT-4.7.2-1]
  EXPECT_FALSE(Reaches("#", "$SYS/monitor/Clients"));
  EXPECT_FALSE(Reaches("+/monitor/Clients", "$SYS/monitor/Clients"));
  EXPECT_FALSE(Reaches("+/#", "$SYS"));
  EXPECT_TRUE(Reaches("$SYS/#", "$SYS/monitor/Clients"));
  EXPECT_TRUE(Reaches("$SYS/#", "$SYS"));
  EXPECT_TRUE(Reaches("$SYS/monitor/+", "$SYS/monitor/Clients"));
  EXPECT_TRUE(Reaches("a/+", "a/$SYS"));
}

TEST(TopicTree, OrderDependsOnTheFiltersAlone) {
  const MatchedTexts filters = {"a/b/c", "#",       "a/+/c", "a/#", "+/b/c",
                                "a/b/#", "a/b/c/#", "+/+/+", "+/#"};
  const MatchedTexts expected = {"#",       "a/#",   "+/#",   "a/b/#", "a/b/c",
                                 "a/b/c/#", "a/+/c", "+/b/c", "+/+/+"};
  for (size_t first = 0; first < filters.size(); ++first) {
    TopicTree tree;
    for (size_t i = 0; i < filters.size(); ++i) {
      SubscribeAll(&tree, filters[(first + i) % filters.size()]);
    }
    EXPECT_EQ(FiltersOf(tree.Match("a/b/c")), expected);
  }
}

TEST(TopicTree, SubscribingAgainReplaces) {  // [MQTT-3.8.4-3]
  TopicTree tree;
  bool existed = true;
  TopicTree::Node* node = tree.Subscribe("a/b", {.session = SessionNumber(1)}, &existed);
  EXPECT_FALSE(existed);
  const SubscriptionOptions options{.maximum_qos = QoS::kExactlyOnce, .no_local = true};
  EXPECT_EQ(tree.Subscribe("a/b", {SessionNumber(1), 7, options}, &existed), node);
  EXPECT_TRUE(existed);
  ASSERT_EQ(node->subscribers().size(), 1u);
  EXPECT_EQ(node->subscribers()[0].subscription_id, 7u);
  EXPECT_EQ(node->subscribers()[0].options, options);
  EXPECT_EQ(tree.subscription_count(), 1u);
  EXPECT_EQ(node->FindSubscriber(SessionNumber(1))->subscription_id, 7u);
  EXPECT_EQ(node->FindSubscriber(SessionNumber(2)), nullptr);
}

TEST(TopicTree, FindKnowsOnlyFiltersThatSomebodyWants) {
  TopicTree tree;
  TopicTree::Node* node = SubscribeAll(&tree, "a/+/c");
  EXPECT_EQ(tree.Find("a/+/c"), node);
  EXPECT_EQ(tree.Find("a/+"), nullptr);
  EXPECT_EQ(tree.Find("a/+/c/d"), nullptr);
  EXPECT_EQ(tree.Find("x"), nullptr);
}

TEST(TopicTree, TopicFilterIsPutTogetherAgain) {
  TopicTree tree;
  for (const char* filter : {"a", "/", "//", "/a", "a/", "#", "+/+", "a//b/+/#", "$SYS/#"}) {
    EXPECT_EQ(SubscribeAll(&tree, filter)->TopicFilter(), filter);
  }
}

TEST(TopicTree, NodesLiveAsLongAsSomethingHangsOnThem) {
  TopicTree tree;
  TopicTree::Node* shallow = SubscribeAll(&tree, "a");
  TopicTree::Node* deep = SubscribeAll(&tree, "a/b/c");
  TopicTree::Node* wild = SubscribeAll(&tree, "a/+/#");
  EXPECT_EQ(tree.node_count(), 5u);
  tree.Unsubscribe(shallow, SessionNumber(1));
  EXPECT_EQ(tree.node_count(), 5u);
  tree.Unsubscribe(deep, SessionNumber(1));
  EXPECT_EQ(tree.node_count(), 3u);
  EXPECT_EQ(FiltersOf(tree.Match("a/b/c")), MatchedTexts{"a/+/#"});
  tree.Unsubscribe(wild, SessionNumber(1));
  EXPECT_EQ(tree.node_count(), 0u);
  EXPECT_EQ(tree.subscription_count(), 0u);
  EXPECT_TRUE(tree.Match("a/b/c").empty());
}

TEST(TopicTree, ManySiblingsAreNotMistakenForEachOther) {
  constexpr int kSiblings = 5000;
  TopicTree tree;
  for (int i = 0; i < kSiblings; ++i) SubscribeAll(&tree, fmt::format("a/{}", i));
  EXPECT_EQ(tree.node_count(), 1u + kSiblings);
  for (int i = 0; i < 2 * kSiblings; ++i) {
    const std::string name = fmt::format("a/{}", i);
    ASSERT_EQ(FiltersOf(tree.Match(name)), i < kSiblings ? MatchedTexts{name} : MatchedTexts{});
  }
}

TEST(TopicTree, ManySubscribersLeaveInAnyOrder) {
  constexpr uintptr_t kSessions = 5000;
  TopicTree tree;
  TopicTree::Node* other = SubscribeAll(&tree, "news/#", kSessions);
  TopicTree::Node* node = nullptr;
  std::vector<uintptr_t> present;
  for (uintptr_t i = 0; i < kSessions; ++i) {
    node = SubscribeAll(&tree, "news", i);
    present.push_back(i);
  }
  std::mt19937_64 random(42);
  std::shuffle(present.begin(), present.end(), random);
  while (present.size() > 1) {
    tree.Unsubscribe(node, SessionNumber(present.back()));
    EXPECT_EQ(node->FindSubscriber(SessionNumber(present.back())), nullptr);
    present.pop_back();
    ASSERT_EQ(node->subscribers().size(), present.size());
    const uintptr_t any = present[random() % present.size()];
    const Subscriber* found = node->FindSubscriber(SessionNumber(any));
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->session, SessionNumber(any));
    if (present.size() % 7 == 0) {  // Comes back, so that the index is made and dropped on the way.
      SubscribeAll(&tree, "news", kSessions + 1);
      tree.Unsubscribe(node, SessionNumber(kSessions + 1));
    }
  }
  EXPECT_EQ(FiltersOf(tree.Match("news")), (MatchedTexts{"news", "news/#"}));
  tree.Unsubscribe(node, SessionNumber(present.back()));
  tree.Unsubscribe(other, SessionNumber(kSessions));
  EXPECT_EQ(tree.node_count(), 0u);
}

TEST(TopicTree, SharedGroupsAndOtherShardsAreInterestToo) {
  TopicTree tree;
  SharedSubscription first(SharedGroupId(), "first", "a/+");
  SharedSubscription second(SharedGroupId(), "second", "a/+");
  SharedSubscription third(SharedGroupId(), "third", "a/+");
  TopicTree::Node* node = tree.AddShared("a/+", &first);
  EXPECT_EQ(tree.AddShared("a/+", &second), node);
  EXPECT_EQ(tree.AddShared("a/+", &third), node);
  EXPECT_EQ(first.node, node);
  EXPECT_TRUE(node->has_local_interest());

  tree.AddRemote("a/+", ShardId(3));
  tree.AddRemote("a/+", ShardId(3));
  tree.AddRemote("a/+", ShardId(63));
  EXPECT_EQ(node->remote(), SetOf(ShardId(3)) | SetOf(ShardId(63)));

  tree.RemoveShared(node, &first);
  EXPECT_EQ(first.node, nullptr);
  ASSERT_EQ(node->shared().size(), 2u);
  tree.RemoveShared(node, &third);
  ASSERT_EQ(node->shared().size(), 1u);
  EXPECT_EQ(node->shared()[0], &second);
  tree.RemoveShared(node, &second);
  EXPECT_FALSE(node->has_local_interest());
  EXPECT_EQ(FiltersOf(tree.Match("a/b")), MatchedTexts{"a/+"});

  tree.RemoveRemote("a/+", ShardId(3));
  tree.RemoveRemote("a/+", ShardId(3));
  tree.RemoveRemote("a/+", ShardId(4));
  tree.RemoveRemote("never/was", ShardId(63));
  EXPECT_EQ(FiltersOf(tree.Match("a/b")), MatchedTexts{"a/+"});
  tree.RemoveRemote("a/+", ShardId(63));
  EXPECT_TRUE(tree.Match("a/b").empty());
  EXPECT_EQ(tree.node_count(), 0u);
}

TEST(TopicTree, DeepFiltersNeedNoStack) {
  const std::string empty_levels(65'535, '/');
  const std::string wildcards = Repeat("+/", 32'767) + "+";
  const std::string deep = Repeat("a/", 32'766) + "a";
  for (const std::string& filter : {empty_levels, wildcards, deep, deep + "/#"}) {
    TopicTree tree;
    TopicTree::Node* node = SubscribeAll(&tree, filter);
    EXPECT_EQ(tree.node_count(),
              static_cast<size_t>(1 + std::count(filter.begin(), filter.end(), '/')));
    EXPECT_EQ(node->TopicFilter(), filter);
    const bool meets_deep = filter.starts_with("a");
    EXPECT_EQ(tree.Match(deep).size(), meets_deep ? 1u : 0u);
    EXPECT_EQ(tree.Match(empty_levels).size(), filter == empty_levels ? 1u : 0u);
    EXPECT_EQ(tree.Match(empty_levels.substr(0, 32'767)).size(), filter == wildcards ? 1u : 0u);
    tree.Unsubscribe(node, SessionNumber(1));
    EXPECT_EQ(tree.node_count(), 0u);
    SubscribeAll(&tree, filter);  // The tree goes with all of it.
  }
}

TEST(TopicTree, EveryMixOfLiteralAndWildcardIsFound) {
  constexpr size_t kLevels = 10;
  TopicTree tree;
  for (size_t mix = 0; mix < 1u << kLevels; ++mix) {
    std::string filter;
    for (size_t level = 0; level < kLevels; ++level) {
      if (level > 0) filter += '/';
      filter += (mix >> level & 1) != 0 ? "+" : "a";
    }
    SubscribeAll(&tree, filter);
  }
  const MatchedTexts once = FiltersOf(tree.Match("a/a/a/a/a/a/a/a/a/a"));
  EXPECT_EQ(once.size(), 1u << kLevels);
  EXPECT_EQ(FiltersOf(tree.Match("a/a/a/a/a/a/a/a/a/a")), once);
  EXPECT_EQ(tree.walk_count(), 2u);  // Too much to be remembered.
  EXPECT_EQ(tree.Match("a/a/a/a/b/a/a/a/a/a").size(), 1u << (kLevels - 1));
}

}  // namespace
}  // namespace signet
