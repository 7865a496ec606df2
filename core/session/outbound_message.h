// OutboundMessage: one Application Message on its way to one Client, with what its Subscriptions
// made of it.
#pragma once

#include <cstdint>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "core/mqtt/application_message.h"

namespace signet {

// The Subscription Identifiers of all Subscriptions that matched [MQTT-3.3.4-3] [MQTT-3.3.4-4].
using SubscriptionIds = absl::InlinedVector<uint32_t, 2>;

struct OutboundMessage {
  MessageRef message;
  SubscriptionIds subscription_ids;
  QoS qos = QoS::kAtMostOnce;
  bool retain = false;

  // Counted where messages wait. The identifiers are this copy's own, and may be more than all the
  // rest.
  size_t size() const { return message->size() + subscription_ids.size() * sizeof(uint32_t); }
};

}  // namespace signet
