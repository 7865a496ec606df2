#include "core/mqtt/connack.h"

#include "core/mqtt/fields.h"

namespace signet {
namespace {

constexpr uint8_t kSessionPresent = 1;
constexpr uint8_t kLastReturnCode311 = 5;  // MQTT 3.1.1, table 3.1.

bool IsConnackCode(uint8_t code, ProtocolVersion version) {
  if (version == ProtocolVersion::k311) return code <= kLastReturnCode311;
  return IsValidFor(static_cast<ReasonCode>(code), PacketType::kConnack);  // Table 3-1.
}

}  // namespace

Result<ConnackView> DecodeConnack(ByteReader reader, ProtocolVersion version,
                                  uint32_t max_user_properties) {
  ConnackView connack;
  uint8_t flags;
  if (!reader.ReadU8(&flags) || !reader.ReadU8(&connack.code)) return ReasonCode::kMalformedPacket;
  if ((flags & ~kSessionPresent) != 0) return ReasonCode::kMalformedPacket;  // [MQTT-3.2.2-1]
  connack.session_present = flags == kSessionPresent;
  if (!IsConnackCode(connack.code, version)) return ReasonCode::kProtocolError;
  if (connack.session_present && connack.code != 0) {
    return ReasonCode::kProtocolError;  // [MQTT-3.2.2-6]
  }
  const ReasonCode read = ReadProperties(version, PropertyContext::kConnack, max_user_properties,
                                         &reader, &connack.properties);
  if (IsError(read)) return read;
  if (!reader.empty()) return ReasonCode::kMalformedPacket;
  return connack;
}

void EncodeConnack(const ConnackView& connack, ProtocolVersion version, PacketBytes* out) {
  const bool has_properties = version == ProtocolVersion::k5;
  const ByteView wire = connack.properties.wire;
  const size_t size = 2 + (has_properties ? PropertiesSize(wire.size()) : 0);
  ByteWriter writer = AppendPacket(PacketType::kConnack, 0, size, out);
  writer.WriteU8(connack.session_present ? kSessionPresent : 0);
  writer.WriteU8(connack.code);
  if (has_properties) WriteProperties(wire, &writer);
}

}  // namespace signet
