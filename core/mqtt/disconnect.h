// DISCONNECT (MQTT 5, 3.14):  [Reason Code, [Properties]]; empty in MQTT 3.1.1, where only Clients
// send it.
#pragma once

#include "core/mqtt/packet_bytes.h"
#include "core/mqtt/properties.h"
#include "core/mqtt/publish.h"

namespace signet {

struct DisconnectView {
  ReasonCode reason_code = ReasonCode::kSuccess;
  Properties properties;
};

// Refuses Reason Codes that `sender` may not use in DISCONNECT, and a Session Expiry Interval from
// a Server [MQTT-3.14.2-2].
Result<DisconnectView> DecodeDisconnect(ByteReader reader, ProtocolVersion version, Sender sender,
                                        uint32_t max_user_properties);
// Appends the packet in its shortest form; the properties are taken from their `wire`.
void EncodeDisconnect(const DisconnectView& disconnect, ProtocolVersion version, PacketBytes* out);

}  // namespace signet
