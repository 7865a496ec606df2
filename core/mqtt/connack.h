// CONNACK (MQTT 5, 3.2):  Connect Acknowledge Flags, Reason Code, [Properties]
#pragma once

#include "core/mqtt/packet_bytes.h"
#include "core/mqtt/properties.h"

namespace signet {

struct ConnackView {
  bool session_present = false;
  // In MQTT 3.1.1 its return code, 0 to 5, as it stands on the wire: see ConnectReturnCode311.
  uint8_t code = 0;
  Properties properties;
};

Result<ConnackView> DecodeConnack(ByteReader reader, ProtocolVersion version,
                                  uint32_t max_user_properties);
// Appends the packet to `out`; the properties are taken from their `wire` and left out in
// MQTT 3.1.1.
void EncodeConnack(const ConnackView& connack, ProtocolVersion version, PacketBytes* out);

}  // namespace signet
