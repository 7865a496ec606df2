// PUBACK, PUBREC, PUBREL, PUBCOMP (MQTT 5, 3.4 to 3.7): one shape, four names.
//
//   Packet Identifier, [Reason Code, [Properties]]
//
// In MQTT 5 the Reason Code may be left out when it is Success and nothing follows; MQTT 3.1.1 has
// none.
#pragma once

#include <array>

#include "core/mqtt/packet_bytes.h"
#include "core/mqtt/properties.h"

namespace signet {

struct PublishAckView {
  PacketId packet_id = 0;
  ReasonCode reason_code = ReasonCode::kSuccess;
  Properties properties;
};

// `type` is one of the four. Refuses a Reason Code that may not stand in that packet.
Result<PublishAckView> DecodePublishAck(PacketType type, ByteReader reader, ProtocolVersion version,
                                        uint32_t max_user_properties);

// The whole packet when it is Success without properties, or MQTT 3.1.1: four bytes.
std::array<uint8_t, 4> EncodeShortPublishAck(PacketType type, PacketId packet_id);

// Appends the packet in its shortest form; the properties are taken from their `wire`. In
// MQTT 3.1.1 the Reason Code is lost.
void EncodePublishAck(PacketType type, const PublishAckView& ack, ProtocolVersion version,
                      PacketBytes* out);

}  // namespace signet
