#include "core/topic/topic_node.h"

#include <cstring>
#include <new>

#include "core/base/check.h"
#include "core/mqtt/topic_name.h"
#include "core/topic/shared_subscription.h"

namespace signet {

TopicNode* TopicNode::New(TopicNode* parent, std::string_view level) {
  CHECK(level.size() <= UINT16_MAX);
  void* memory = ::operator new(sizeof(TopicNode) + level.size());
  auto* node = new (memory) TopicNode(parent, static_cast<uint16_t>(level.size()));
  if (!level.empty()) std::memcpy(reinterpret_cast<char*>(node + 1), level.data(), level.size());
  return node;
}

void TopicNode::Delete(TopicNode* node) {
  node->~TopicNode();
  ::operator delete(node);
}

std::string TopicNode::TopicFilter() const {
  size_t size = 0;
  for (const TopicNode* node = this; node->parent_ != nullptr; node = node->parent_) {
    size += node->level_size_ + size_t{1};
  }
  if (size == 0) return {};
  std::string filter(size - 1, '/');
  size_t end = filter.size();
  for (const TopicNode* node = this; node->parent_ != nullptr; node = node->parent_) {
    end -= node->level_size_;
    filter.replace(end, node->level_size_, node->level());
    if (end > 0) --end;  // Over the '/' in front, if this is not the first level.
  }
  return filter;
}

const Subscriber* TopicNode::FindSubscriber(const Session* session) const {
  const size_t position = PositionOf(session);
  return position == kNone ? nullptr : &subscribers_[position];
}

void TopicNode::AddChild(TopicNode* child) {
  ++child_count_;
  if (child->level() == kSingleLevel) NeedExtra().single_level = child;
  if (child->level() == kMultiLevel) NeedExtra().multi_level = child;
}

void TopicNode::RemoveChild(const TopicNode* child) {
  --child_count_;
  if (extra_ == nullptr) return;
  if (extra_->single_level == child) extra_->single_level = nullptr;
  if (extra_->multi_level == child) extra_->multi_level = nullptr;
  DropUnusedExtra();
}

bool TopicNode::PutSubscriber(const Subscriber& subscriber) {
  const size_t position = PositionOf(subscriber.session);
  if (position != kNone) {
    subscribers_[position] = subscriber;
    return true;
  }
  subscribers_.push_back(subscriber);
  if (extra_ != nullptr && extra_->positions != nullptr) {
    extra_->positions->insert(static_cast<uint32_t>(subscribers_.size() - 1));
  } else if (subscribers_.size() > kIndexedSize) {
    MakeIndex();
  }
  return false;
}

void TopicNode::RemoveSubscriber(const Session* session) {
  const size_t position = PositionOf(session);
  CHECK(position != kNone);
  const size_t last = subscribers_.size() - 1;
  Positions* const index = extra_ == nullptr ? nullptr : extra_->positions.get();
  if (index != nullptr) {
    // Both leave the index while the Sessions still stand where it thinks they do.
    index->erase(session);
    if (position != last) index->erase(static_cast<const Session*>(subscribers_[last].session));
  }
  subscribers_[position] = subscribers_[last];
  subscribers_.pop_back();
  if (index != nullptr && position != last) index->insert(static_cast<uint32_t>(position));

  if (index != nullptr && subscribers_.size() <= kIndexedSize / 2) {
    extra_->positions.reset();
    DropUnusedExtra();
  }
  if (subscribers_.size() <= subscribers_.capacity() / 4) subscribers_.shrink_to_fit();
}

void TopicNode::AddShared(SharedSubscription* shared) {
  CHECK(shared->node == nullptr);
  std::vector<SharedSubscription*>& groups = NeedExtra().shared;
  shared->node = this;
  shared->position = static_cast<uint32_t>(groups.size());
  groups.push_back(shared);
}

void TopicNode::RemoveShared(SharedSubscription* shared) {
  CHECK(shared->node == this);
  std::vector<SharedSubscription*>& groups = extra_->shared;
  groups[shared->position] = groups.back();
  groups[shared->position]->position = shared->position;
  groups.pop_back();
  shared->node = nullptr;
  DropUnusedExtra();
}

size_t TopicNode::PositionOf(const Session* session) const {
  if (extra_ != nullptr && extra_->positions != nullptr) {
    const auto found = extra_->positions->find(session);
    return found == extra_->positions->end() ? kNone : *found;
  }
  for (size_t position = 0; position < subscribers_.size(); ++position) {
    if (subscribers_[position].session == session) return position;
  }
  return kNone;
}

void TopicNode::MakeIndex() {
  auto index =
      std::make_unique<Positions>(subscribers_.size(), PositionHash{this}, PositionEqual{this});
  for (uint32_t position = 0; position < subscribers_.size(); ++position) index->insert(position);
  NeedExtra().positions = std::move(index);
}

TopicNode::Extra& TopicNode::NeedExtra() {
  if (extra_ == nullptr) extra_ = std::make_unique<Extra>();
  return *extra_;
}

void TopicNode::DropUnusedExtra() {
  if (extra_->single_level == nullptr && extra_->multi_level == nullptr && extra_->shared.empty() &&
      extra_->positions == nullptr) {
    extra_.reset();
  }
}

}  // namespace signet
