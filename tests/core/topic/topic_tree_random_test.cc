// The tree against a list of filters, each of which is compared with every Topic Name by itself.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>

#include "core/mqtt/topic_name.h"
#include "core/topic/shared_subscription.h"
#include "core/topic/topic_tree.h"
#include "tests/core/topic/topic_fixtures.h"

namespace signet {
namespace {

constexpr size_t kRandomSessions = 50;
constexpr size_t kNames = 60;

struct Interest {
  std::map<Session*, uint32_t> subscription_ids;
  std::vector<std::unique_ptr<SharedSubscription>> shared;
  ShardSet remote = 0;

  bool empty() const { return subscription_ids.empty() && shared.empty() && remote == 0; }
};

class Model {
 public:
  // The cache is small, so that Topic Names push each other out.
  Model(uint64_t seed, size_t cache_entries) : text_(seed), tree_(cache_entries) {
    for (size_t i = 0; i < kNames; ++i) names_.push_back(text_.TopicName());
  }

  void Change() {
    const size_t what = text_.Below(10);
    if (what < 4) return Subscribe();
    if (what < 6) return Unsubscribe();
    if (what < 7) return AddShared();
    if (what < 8) return RemoveShared();
    ChangeRemote();
  }

  void Check() {
    const std::string name = names_[text_.Below(names_.size())];
    const TopicTree::Matches& matches = tree_.Match(name);
    found_ = FiltersOf(matches);
    std::vector<std::string> expected;
    for (const auto& [filter, interest] : model_) {
      if (Matches(filter, name)) expected.push_back(filter);
    }
    ASSERT_EQ(Sorted(found_), expected) << name;
    for (const TopicTree::Node* node : matches) CheckNode(*node);
  }

  void RemoveEverything() {
    while (!model_.empty()) {
      const std::string filter = model_.begin()->first;
      Interest& interest = model_.begin()->second;
      TopicTree::Node* node = tree_.Find(filter);
      ASSERT_NE(node, nullptr);
      for (const auto& group : interest.shared) tree_.RemoveShared(node, group.get());
      interest.shared.clear();
      const auto subscription_ids = interest.subscription_ids;
      const ShardSet remote = interest.remote;
      model_.erase(model_.begin());
      for (uint32_t shard = 0; shard < kMaxShards; ++shard) {
        if ((remote & SetOf(ShardId(shard))) != 0) tree_.RemoveRemote(filter, ShardId(shard));
      }
      for (const auto& [session, id] : subscription_ids) tree_.Unsubscribe(node, session);
    }
    EXPECT_EQ(tree_.node_count(), 0u);
    EXPECT_EQ(tree_.subscription_count(), 0u);
    for (const std::string& name : names_) EXPECT_TRUE(tree_.Match(name).empty());
  }

  // In the order in which the last Check() found them.
  const std::vector<std::string>& found() const { return found_; }
  uint64_t walk_count() const { return tree_.walk_count(); }

 private:
  void CheckNode(const TopicTree::Node& node) {
    const Interest& interest = model_.at(node.TopicFilter());
    std::map<Session*, uint32_t> subscription_ids;
    for (const Subscriber& subscriber : node.subscribers()) {
      subscription_ids[subscriber.session] = subscriber.subscription_id;
    }
    ASSERT_EQ(node.subscribers().size(), interest.subscription_ids.size());
    ASSERT_EQ(subscription_ids, interest.subscription_ids);
    ASSERT_EQ(node.remote(), interest.remote);
    ASSERT_EQ(node.shared().size(), interest.shared.size());
    std::set<const SharedSubscription*> groups(node.shared().begin(), node.shared().end());
    for (const auto& group : interest.shared) ASSERT_TRUE(groups.contains(group.get()));
  }

  void Subscribe() {
    const std::string filter = text_.OneIn(3) ? "a/+" : text_.TopicFilter();  // One gets popular.
    Session* session = SessionNumber(text_.Below(kRandomSessions));
    const auto id = static_cast<uint32_t>(text_.Below(1000));
    bool existed;
    const TopicTree::Node* node = tree_.Subscribe(filter, {session, id, {}}, &existed);
    EXPECT_EQ(node->TopicFilter(), filter);
    EXPECT_EQ(existed, model_[filter].subscription_ids.contains(session));
    model_[filter].subscription_ids[session] = id;
  }

  void Unsubscribe() {
    const auto entry = AnyEntry();
    if (entry == model_.end() || entry->second.subscription_ids.empty()) return;
    auto& ids = entry->second.subscription_ids;
    const auto chosen = std::next(ids.begin(), static_cast<ptrdiff_t>(text_.Below(ids.size())));
    tree_.Unsubscribe(tree_.Find(entry->first), chosen->first);
    ids.erase(chosen);
    DropIfEmpty(entry);
  }

  void AddShared() {
    const std::string filter = text_.TopicFilter();
    auto group = std::make_unique<SharedSubscription>(SharedGroupId(), "group", filter);
    tree_.AddShared(filter, group.get());
    model_[filter].shared.push_back(std::move(group));
  }

  void RemoveShared() {
    const auto entry = AnyEntry();
    if (entry == model_.end() || entry->second.shared.empty()) return;
    auto& groups = entry->second.shared;
    std::swap(groups[text_.Below(groups.size())], groups.back());
    tree_.RemoveShared(groups.back()->node, groups.back().get());
    groups.pop_back();
    DropIfEmpty(entry);
  }

  void ChangeRemote() {
    const ShardId shard(static_cast<uint32_t>(text_.Below(kMaxShards)));
    if (text_.OneIn(2)) {
      const std::string filter = text_.TopicFilter();
      tree_.AddRemote(filter, shard);
      model_[filter].remote |= SetOf(shard);
      return;
    }
    const auto entry = AnyEntry();
    if (entry == model_.end()) return;
    tree_.RemoveRemote(entry->first, shard);
    entry->second.remote &= ~SetOf(shard);
    DropIfEmpty(entry);
  }

  std::map<std::string, Interest>::iterator AnyEntry() {
    if (model_.empty()) return model_.end();
    return std::next(model_.begin(), static_cast<ptrdiff_t>(text_.Below(model_.size())));
  }
  void DropIfEmpty(std::map<std::string, Interest>::iterator entry) {
    if (entry->second.empty()) model_.erase(entry);
  }

  RandomText text_;
  std::vector<std::string> names_;
  std::map<std::string, Interest> model_;
  TopicTree tree_;
  std::vector<std::string> found_;
};

TEST(TopicTreeAgainstList, FindsTheSameWhateverComesAndGoes) {
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(seed);
    Model model(seed, seed % 2 == 0 ? 4 : 4096);
    uint64_t checks = 0;
    for (int step = 0; step < 1000; ++step) {
      model.Change();
      for (int i = 0; i < 3; ++i, ++checks) model.Check();
      if (testing::Test::HasFatalFailure()) return;
    }
    for (int i = 0; i < 300; ++i, ++checks) model.Check();  // Nothing changes: hits.
    EXPECT_LT(model.walk_count(), checks);
    model.RemoveEverything();
  }
}

// Addresses, and with them the hashes, differ from tree to tree; what they answer must not.
TEST(TopicTreeAgainstList, TwoTreesWithOneHistoryAnswerAlike) {
  Model first(7, 4096);
  Model second(7, 4);
  for (int step = 0; step < 1000; ++step) {
    first.Change();
    second.Change();
    first.Check();
    second.Check();
    ASSERT_EQ(first.found(), second.found());
  }
}

}  // namespace
}  // namespace signet
