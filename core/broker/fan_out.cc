#include "core/broker/fan_out.h"

#include <bit>

#include "core/broker/retaining.h"
#include "core/broker/sharing.h"
#include "core/session/session.h"

namespace signet {
namespace {

// Whether a Subscription gets what came from `origin`: not one of a Session that ends, not its own
// message with No Local, and not yet what another shard sent before it had noted the Subscription.
bool Wants(const Subscriber& subscriber, const TopicTree::Node& node, ShardId origin,
           const Session* publisher) {
  if (subscriber.session->ending) return false;
  if (subscriber.options.no_local && subscriber.session == publisher) return false;
  const auto& activations = subscriber.session->activations;
  if (activations == nullptr) [[likely]]
    return true;
  const auto fresh = activations->find(&node);
  return fresh == activations->end() || (fresh->second.noted_by & SetOf(origin)) != 0;
}

bool RetainFlag(const Subscriber& subscriber, const MessageView& message) {
  return message.retain && subscriber.options.retain_as_published;  // [MQTT-3.3.1-12], [-13]
}

}  // namespace

bool FanOut::Publish(Outgoing& message, const Session* publisher) {
  const TopicTree::Matches& matches = tree_.Match(message.view().topic_name);
  if (matches.empty()) return false;
  ShardSet remote = 0;
  for (const TopicTree::Node* node : matches) remote |= node->remote();
  for (ShardSet left = remote; left != 0; left &= left - 1) {
    context_.Send(ShardId(static_cast<uint32_t>(std::countr_zero(left))),
                  Forward{message.Share(), message.publisher()});
    ++context_.counters.messages_forwarded;
  }
  DeliverLocally(message, matches, context_.self, publisher);
  return true;
}

void FanOut::Forwarded(const MessageView& view, const PublisherId& publisher, ShardId origin) {
  const TopicTree::Matches& matches = tree_.Match(view.topic_name);
  if (matches.empty()) return;
  Outgoing message(view, context_.now, publisher);
  DeliverLocally(message, matches, origin, nullptr);
  retaining_.NoteLive(view);
}

void FanOut::DeliverLocally(Outgoing& message, const TopicTree::Matches& matches, ShardId origin,
                            const Session* publisher) {
  const TopicTree::Node* only = nullptr;
  size_t with_subscribers = 0;
  for (const TopicTree::Node* node : matches) {
    if (node->subscribers().empty()) continue;
    only = node;
    ++with_subscribers;
  }
  if (with_subscribers == 1) {
    DeliverOne(message, *only, origin, publisher);
  } else if (with_subscribers > 1) {
    ++fan_outs_;
    for (const TopicTree::Node* node : matches) Merge(message.view(), *node, origin, publisher);
    for (const Merged& merged : merged_) {
      delivery_.Deliver(
          message, {.qos = merged.qos, .retain = merged.retain, .subscription_ids = merged.ids},
          *merged.session);
    }
    merged_.clear();
  }
  for (const TopicTree::Node* node : matches) {
    for (SharedSubscription* group : node->shared()) sharing_.Deliver(message, *group);
  }
}

// The usual case: no Session can be met twice.
void FanOut::DeliverOne(Outgoing& message, const TopicTree::Node& node, ShardId origin,
                        const Session* publisher) {
  const MessageView& view = message.view();
  for (const Subscriber& subscriber : node.subscribers()) {
    if (!Wants(subscriber, node, origin, publisher)) continue;
    const uint32_t id = subscriber.subscription_id;
    delivery_.Deliver(message,
                      {.qos = Lesser(view.qos, subscriber.options.maximum_qos),
                       .retain = RetainFlag(subscriber, view),
                       .subscription_ids = {&id, id == 0 ? 0u : 1u}},
                      *subscriber.session);
  }
}

void FanOut::Merge(const MessageView& message, const TopicTree::Node& node, ShardId origin,
                   const Session* publisher) {
  for (const Subscriber& subscriber : node.subscribers()) {
    if (!Wants(subscriber, node, origin, publisher)) continue;
    Session& session = *subscriber.session;
    if (session.fan_out != fan_outs_) {
      session.fan_out = fan_outs_;
      session.fan_out_index = static_cast<uint32_t>(merged_.size());
      merged_.push_back({.session = &session});
    }
    Merged& merged = merged_[session.fan_out_index];
    merged.qos = std::max(merged.qos, Lesser(message.qos, subscriber.options.maximum_qos));
    merged.retain |= RetainFlag(subscriber, message);
    if (subscriber.subscription_id != 0) merged.ids.push_back(subscriber.subscription_id);
  }
}

}  // namespace signet
