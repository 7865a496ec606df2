// Counters: what one shard has counted since its start; summed over the shards when somebody asks.
// Plain numbers: written on the shard's thread, read there.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace signet {

struct Counters {
  uint64_t connections_accepted = 0;
  uint64_t connections_closed = 0;
  uint64_t connects_refused = 0;
  uint64_t grants_ended = 0;  // Clients whose credential had ended.
  uint64_t sessions_taken_over = 0;
  uint64_t sessions_resumed = 0;
  uint64_t sessions_expired = 0;
  uint64_t packets_received = 0;
  uint64_t packets_malformed = 0;
  uint64_t messages_received = 0;
  uint64_t messages_delivered = 0;
  uint64_t messages_forwarded = 0;
  uint64_t messages_queued = 0;
  // QoS 0 messages that a slow client did not get.
  uint64_t dropped_slow = 0;
  // QoS 1 and 2 messages at queued_messages or queued_bytes.
  uint64_t dropped_queue_full = 0;
  // Messages larger than a client's Maximum Packet Size [MQTT-3.1.2-25].
  uint64_t dropped_too_large = 0;
  // Messages of a Shared Subscription that no member could take.
  uint64_t dropped_no_member = 0;
  uint64_t wills_published = 0;
  uint64_t input_paused = 0;
  // Messages whose publisher was made to wait for a Session that falls behind, and Clients that
  // were found too slow to be waited for.
  uint64_t publishers_held = 0;
  uint64_t clients_too_slow = 0;
  // What policies do not allow, by action; the Will of a CONNECT is a Publish.
  uint64_t denied_connect = 0;
  uint64_t denied_publish = 0;
  uint64_t denied_subscribe = 0;
  // What its author may not publish any more when it is due: Wills, and Retained Messages for each
  // time that somebody would have got one.
  uint64_t wills_withheld = 0;
  uint64_t retained_withheld = 0;
  // Taken back, for a policy or what a client has proven has changed: Network Connections,
  // Subscriptions, and messages that waited.
  uint64_t revoked_clients = 0;
  uint64_t revoked_subscriptions = 0;
  uint64_t revoked_messages = 0;
  uint64_t kicked = 0;  // Clients that an operator has sent away.

  Counters& operator+=(const Counters& other);
};

struct CounterInfo {
  std::string_view name;
  uint64_t Counters::*value;
};

std::span<const CounterInfo> AllCounters();

}  // namespace signet
