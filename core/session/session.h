// Session: the state of one Client Identifier that outlives a Network Connection (MQTT 5, 4.1): its
// Subscriptions, what was sent to it and is not yet acknowledged, what waits for it, and the QoS 2
// messages it has begun to send. Lives on the Client Identifier's home shard and is used on that
// shard's thread alone. What it does over the network is core/broker's business.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/timer_wheel.h"
#include "core/session/inflight_window.h"
#include "core/session/outbound_queue.h"
#include "core/session/received_messages.h"
#include "core/session/subscription_set.h"
#include "core/session/will.h"
#include "core/topic/topic_tree.h"

namespace signet {

class Client;  // core/broker: the Network Connection, while there is one.

// A new Subscription and the shards that have noted it (core/broker/interest.h).
struct Activation {
  uint64_t token;
  ShardSet noted_by;
};
using Activations = absl::flat_hash_map<const TopicTree::Node*, Activation>;

class Session {
 public:
  Session(SessionId session_id, std::string_view name, uint8_t timer_kind)
      : id(session_id), client_id(name), timer(timer_kind, this) {}

  const SessionId id;
  const std::string client_id;

  // Null while no Network Connection is there.
  Client* client = nullptr;
  // After the end of the Network Connection; UINT32_MAX means never.
  uint32_t expiry_s = 0;
  // No longer found under its Client Identifier; it goes as soon as nothing iterates over Sessions.
  bool ending = false;
  // How its Client copes with what waits in `queue`; core/broker/brake.h.
  enum class Pace : uint8_t {
    kKeepsUp,
    kBehind,   // Publishers wait for it.
    kTooSlow,  // Nobody waits: what finds the queue full is dropped.
  } pace = Pace::kKeepsUp;
  // Shared Subscriptions that are gone and whose groups do not know it yet: what they give the
  // Session meanwhile is asked about (core/broker/sharing.h).
  uint32_t leaving = 0;
  // By which policy all that is here was allowed (core/broker/review.h).
  uint64_t policy_epoch = 0;

  SubscriptionSet subscriptions;
  InflightWindow inflight;
  OutboundQueue queue;

  ReceivedMessages received_qos2;

  // The Will of the connection that is there, or of the last one while its delay runs.
  std::unique_ptr<Will> will;
  Instant will_due = Instant::Never();
  Instant expires_at = Instant::Never();
  // Fires at the earlier of the two while no Network Connection is there.
  Timer timer;

  // Subscriptions that are being made: another shard's messages count only once it has noted them.
  std::unique_ptr<Activations> activations;

  // Scratch of a fan-out that reaches this Session by several Subscriptions.
  uint64_t fan_out = 0;
  uint32_t fan_out_index = 0;
};

}  // namespace signet
