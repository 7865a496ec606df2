// AUTH (MQTT 5, 3.15):  [Reason Code, [Properties]]; MQTT 3.1.1 has no such packet.
#pragma once

#include "core/mqtt/packet_bytes.h"
#include "core/mqtt/properties.h"

namespace signet {

struct AuthView {
  ReasonCode reason_code = ReasonCode::kSuccess;
  Properties properties;
};

// Refuses Reason Codes other than Success, Continue authentication and Re-authenticate, and a
// packet without an Authentication Method, unless it is Success with no property at all.
Result<AuthView> DecodeAuth(ByteReader reader, uint32_t max_user_properties);
// Appends the packet in its shortest form; the properties are taken from their `wire`.
void EncodeAuth(const AuthView& auth, PacketBytes* out);

}  // namespace signet
