// SUBSCRIBE and SUBACK (MQTT 5, 3.8 and 3.9):
//
//   SUBSCRIBE   Packet Identifier, [Properties], one or more of (Topic Filter, Subscription
//   Options) SUBACK      Packet Identifier, [Properties], as many Reason Codes
#pragma once

#include "core/mqtt/packet_bytes.h"
#include "core/mqtt/properties.h"

namespace signet {

// MQTT 5, 3.8.3.1.
enum class RetainHandling : uint8_t {
  kSendAtSubscribe = 0,
  kSendIfNew = 1,  // Only if the Subscription did not exist.
  kDoNotSend = 2,
};

struct SubscriptionOptions {
  QoS maximum_qos = QoS::kAtMostOnce;
  bool no_local = false;
  bool retain_as_published = false;
  RetainHandling retain_handling = RetainHandling::kSendAtSubscribe;

  friend bool operator==(const SubscriptionOptions&, const SubscriptionOptions&) = default;
};

// Borrows from the packet's bytes.
struct SubscribeView {
  PacketId packet_id = 0;
  Properties properties;
  // `count` pairs of Topic Filter and options, whose shape has been checked: each filter is MQTT
  // UTF-8 and not empty, no reserved option bit is set. Whether it is a valid Topic Filter is
  // ParseTopicFilter's matter.
  ByteView entries;
  uint32_t count = 0;
};

struct SubscribeEntry {
  std::string_view topic_filter;
  SubscriptionOptions options;
};

Result<SubscribeView> DecodeSubscribe(ByteReader reader, ProtocolVersion version,
                                      uint32_t max_user_properties);
// Takes the first pair off `entries`, which is not empty and has been decoded before.
SubscribeEntry TakeSubscribeEntry(ByteView* entries);

// For clients: appends a pair to entries under construction, and a packet with them to `out`.
void AppendSubscribeEntry(const SubscribeEntry& entry, PacketBytes* entries);
void EncodeSubscribe(const SubscribeView& subscribe, ProtocolVersion version, PacketBytes* out);

struct SubackView {
  PacketId packet_id = 0;
  Properties properties;
  ByteView codes;  // Reason Codes; in MQTT 3.1.1 return codes 0, 1, 2 or 0x80.
};

Result<SubackView> DecodeSuback(ByteReader reader, ProtocolVersion version,
                                uint32_t max_user_properties);
// Every error becomes 0x80 in MQTT 3.1.1 [MQTT 3.1.1: MQTT-3.9.3-2].
void EncodeSuback(const SubackView& suback, ProtocolVersion version, PacketBytes* out);

}  // namespace signet
