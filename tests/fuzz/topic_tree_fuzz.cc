// TopicTree against a list of filters each of which is matched by itself. Input: lines, each of a
// byte that says what to do for whom, and a Topic Filter or Topic Name.
#include <algorithm>
#include <bit>
#include <map>
#include <set>

#include "core/mqtt/topic_name.h"
#include "core/topic/topic_tree.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/reference.h"
#include "tests/fuzz/target.h"

namespace signet::fuzz::topic_tree_fuzz {
namespace {

constexpr size_t kSessions = 8;

// The tree passes Sessions on and never looks into them, so any distinct addresses will do.
Session* SessionNumber(size_t number) { return std::bit_cast<Session*>((number + 1) * 64); }

class Model {
 public:
  void Subscribe(std::string_view filter, size_t who) {
    bool existed;
    const TopicTree::Node* node = tree_.Subscribe(
        filter, {.session = SessionNumber(who), .subscription_id = ++id_}, &existed);
    auto& ids = model_[std::string(filter)].ids;
    CHECK(existed == ids.contains(SessionNumber(who)));
    CHECK(node->TopicFilter() == filter);
    ids[SessionNumber(who)] = id_;
  }
  void Unsubscribe(std::string_view filter, size_t who) {
    const auto entry = model_.find(filter);
    if (entry == model_.end() || !entry->second.ids.contains(SessionNumber(who))) return;
    tree_.Unsubscribe(tree_.Find(filter), SessionNumber(who));
    entry->second.ids.erase(SessionNumber(who));
    DropIfEmpty(entry);
  }
  void AddRemote(std::string_view filter, size_t who) {
    const ShardId shard(static_cast<uint32_t>(who));
    tree_.AddRemote(filter, shard);
    model_[std::string(filter)].remote |= SetOf(shard);
  }
  // Also where there is no such mark: the news may be late.
  void RemoveRemote(std::string_view filter, size_t who) {
    const ShardId shard(static_cast<uint32_t>(who));
    tree_.RemoveRemote(filter, shard);
    const auto entry = model_.find(filter);
    if (entry == model_.end()) return;
    entry->second.remote &= ~SetOf(shard);
    DropIfEmpty(entry);
  }
  void Match(std::string_view name) {
    std::vector<std::string> expected;
    for (const auto& [filter, interest] : model_) {
      if (FilterMatches(filter, name)) expected.push_back(filter);
    }
    std::vector<std::string> found;
    for (const TopicTree::Node* node : tree_.Match(name)) {
      found.push_back(node->TopicFilter());
      CheckNode(*node);
    }
    std::ranges::sort(found);
    CHECK(found == expected);
  }
  void CheckSizes() {
    size_t subscriptions = 0;
    std::set<std::string> paths;
    for (const auto& [filter, interest] : model_) {
      CHECK(tree_.Find(filter) != nullptr);
      subscriptions += interest.ids.size();
      for (size_t at = filter.find('/'); at != std::string::npos; at = filter.find('/', at + 1)) {
        paths.insert(filter.substr(0, at));
      }
      paths.insert(filter);
    }
    CHECK(tree_.subscription_count() == subscriptions);
    CHECK(tree_.node_count() == paths.size());
  }
  void RemoveEverything() {
    while (!model_.empty()) {
      const std::string filter = model_.begin()->first;
      const Interest interest = model_.begin()->second;
      for (size_t who = 0; who < kSessions; ++who) Unsubscribe(filter, who);
      for (size_t who = 0; who < kSessions; ++who) RemoveRemote(filter, who);
    }
    CHECK(tree_.node_count() == 0 && tree_.subscription_count() == 0);
  }

 private:
  struct Interest {
    std::map<const Session*, uint32_t> ids;
    ShardSet remote = 0;
  };
  using Interests = std::map<std::string, Interest, std::less<>>;

  void DropIfEmpty(Interests::iterator entry) {
    if (entry->second.ids.empty() && entry->second.remote == 0) model_.erase(entry);
  }
  void CheckNode(const TopicTree::Node& node) const {
    const Interest& interest = model_.find(node.TopicFilter())->second;
    CHECK(node.remote() == interest.remote);
    CHECK(node.subscribers().size() == interest.ids.size());
    for (const Subscriber& subscriber : node.subscribers()) {
      CHECK(interest.ids.at(subscriber.session) == subscriber.subscription_id);
    }
  }

  // A small cache, so that Topic Names push each other out.
  TopicTree tree_{4};
  Interests model_;
  uint32_t id_ = 0;
};

void Step(uint8_t what, std::string_view text, Model* model) {
  if (text.empty() || text.size() > UINT16_MAX) return;
  const size_t who = what >> 3 & (kSessions - 1);
  const bool wants_filter = (what & 7) < 5;
  if (wants_filter ? !IsValidFilter(text) : !IsTopicName(text)) return;
  switch (what & 7) {
    case 0:
    case 1:
      return model->Subscribe(text, who);
    case 2:
      return model->Unsubscribe(text, who);
    case 3:
      return model->AddRemote(text, who);
    case 4:
      return model->RemoveRemote(text, who);
    default:
      return model->Match(text);
  }
}

}  // namespace

FUZZ_TARGET(topic_tree) {
  Input input(data, size);
  Model model;
  while (!input.empty()) {
    const uint8_t what = input.Byte();
    Step(what, input.Line(), &model);
  }
  model.CheckSizes();
  model.RemoveEverything();
  return 0;
}

}  // namespace signet::fuzz::topic_tree_fuzz
