// CONNECT (MQTT 5, 3.1; MQTT 3.1.1, 3.1):
//
//   Protocol Name "MQTT", Protocol Version 4 or 5, Connect Flags, Keep Alive, [Properties]
//   Client Identifier, [[Will Properties], Will Topic, Will Payload], [User Name], [Password]
#pragma once

#include <optional>

#include "core/mqtt/packet_bytes.h"
#include "core/mqtt/properties.h"

namespace signet {

struct WillView {
  QoS qos = QoS::kAtMostOnce;
  bool retain = false;
  Properties properties;
  std::string_view topic_name;
  ByteView payload;
};

// Borrows from the packet's bytes.
struct ConnectView {
  ProtocolVersion version = ProtocolVersion::k311;
  bool clean_start = false;  // Clean Session in MQTT 3.1.1.
  uint16_t keep_alive_s = 0;
  Properties properties;
  std::string_view client_id;
  std::optional<WillView> will;
  // Claims, until an authentication method has proven them. An empty one was sent, empty.
  std::optional<std::string_view> claimed_username;
  std::optional<ByteView> password;
};

// Decodes what follows the fixed header; `reader` spans exactly the Remaining Length. Not a Result:
// what could be read before the refusal, the version above all, decides in which form CONNACK says
// no. kUnsupportedProtocolVersion: another protocol name or version; `version` is then k311 when
// the peer speaks something older than MQTT 5, or a bridge's dialect of it, and k5 when newer.
// kMalformedPacket, kProtocolError, kQuotaExceeded: as DecodeProperties, and the rules of 3.1.2
// and 3.1.3. kTopicNameInvalid: a Will Topic that is empty or holds wildcards. Whether the Client
// Identifier will do is not decided here.
ReasonCode DecodeConnect(ByteReader reader, uint32_t max_user_properties, ConnectView* connect);

// Appends the packet to `out`; the properties are taken from their `wire`.
void EncodeConnect(const ConnectView& connect, PacketBytes* out);

}  // namespace signet
