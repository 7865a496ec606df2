// PUBLISH (MQTT 5, 3.3):
//
//   fixed header flags: DUP (3), QoS (2-1), RETAIN (0)
//   Topic Name, [Packet Identifier, if QoS > 0], [Properties], payload
#pragma once

#include "core/mqtt/packet_bytes.h"
#include "core/mqtt/properties.h"

namespace signet {

// Borrows from the packet's bytes.
struct PublishView {
  bool dup = false;
  QoS qos = QoS::kAtMostOnce;
  bool retain = false;
  PacketId packet_id = 0;  // 0 at QoS 0.
  // Empty only when a Topic Alias stands in its place.
  std::string_view topic_name;
  Properties properties;
  ByteView payload;
};

// Who sent it: a Client's PUBLISH may carry no Subscription Identifier [MQTT-3.3.4-6], a Server's
// may.
enum class Sender : uint8_t { kClient, kServer };

// Decodes what follows the fixed header; `reader` spans exactly the Remaining Length. `flags` are
// those of the fixed header. Allocates nothing. kTopicNameInvalid: wildcards in the Topic Name
// [MQTT-3.3.2-2]; kTopicAliasInvalid: Topic Alias 0 [MQTT-3.3.2-8]; kQuotaExceeded: as
// DecodeProperties; kProtocolError, kMalformedPacket: the other rules.
Result<PublishView> DecodePublish(uint8_t flags, ByteReader reader, ProtocolVersion version,
                                  Sender sender, uint32_t max_user_properties);

// Appends the packet to `out`; the properties are taken from their `wire`. For clients: a Server's
// fan-out goes through PublishEncoder.
void EncodePublish(const PublishView& publish, ProtocolVersion version, PacketBytes* out);

constexpr uint8_t PublishFlags(bool dup, QoS qos, bool retain) {
  return static_cast<uint8_t>((dup ? 8 : 0) | static_cast<uint8_t>(qos) << 1 | (retain ? 1 : 0));
}

}  // namespace signet
