// AUTH (MQTT 5, 3.15 and 4.12): enhanced authentication and re-authentication.
#include "core/broker/client.h"
#include "core/broker/shard_broker.h"
#include "core/mqtt/auth_packet.h"

namespace signet {

void Client::OnAuth(const Packet& packet) {
  if (!is_v5()) return Refuse(ReasonCode::kMalformedPacket, "packet type 15, which is reserved");
  const auto auth = DecodeAuth(ByteReader(packet.body),
                               static_cast<uint32_t>(broker_.context_.limits.user_properties));
  if (!auth.ok()) return Refuse(auth.error(), "AUTH");
  // No client is connected by an Authentication Method, and without one AUTH is not allowed
  // [MQTT-4.12.0-6].
  Refuse(ReasonCode::kProtocolError, "AUTH without an Authentication Method in CONNECT");
}

}  // namespace signet
