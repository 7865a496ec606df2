#include "core/mqtt/publish_ack.h"

#include "core/mqtt/fields.h"

namespace signet {
namespace {

PropertyContext ContextOf(PacketType type) {
  switch (type) {
    case PacketType::kPuback:
      return PropertyContext::kPuback;
    case PacketType::kPubrec:
      return PropertyContext::kPubrec;
    case PacketType::kPubrel:
      return PropertyContext::kPubrel;
    case PacketType::kPubcomp:
      return PropertyContext::kPubcomp;
    default:
      UNREACHABLE();
  }
}

ReasonCode DecodeAck(PacketType type, ByteReader reader, ProtocolVersion version,
                     uint32_t max_user_properties, PublishAckView* ack) {
  const ReasonCode read = ReadPacketId(&reader, &ack->packet_id);
  if (IsError(read)) return read;
  if (reader.empty()) return ReasonCode::kSuccess;
  if (version == ProtocolVersion::k311) return ReasonCode::kMalformedPacket;
  uint8_t code;
  if (!reader.ReadU8(&code)) return ReasonCode::kMalformedPacket;
  ack->reason_code = static_cast<ReasonCode>(code);
  // [MQTT-3.4.2-1] [MQTT-3.5.2-1] [MQTT-3.6.2-1] [MQTT-3.7.2-1]
  if (!IsValidFor(ack->reason_code, type)) return ReasonCode::kProtocolError;
  if (reader.empty()) return ReasonCode::kSuccess;  // No Property Length either (3.4.2.2.1).
  const ReasonCode decoded =
      DecodeProperties(ContextOf(type), max_user_properties, &reader, &ack->properties);
  if (IsError(decoded)) return decoded;
  return reader.empty() ? ReasonCode::kSuccess : ReasonCode::kMalformedPacket;
}

}  // namespace

// As frequent as PUBLISH itself at QoS 1: the view is built where the caller will find it.
Result<PublishAckView> DecodePublishAck(PacketType type, ByteReader reader, ProtocolVersion version,
                                        uint32_t max_user_properties) {
  Result<PublishAckView> result(std::in_place);
  const ReasonCode decoded = DecodeAck(type, reader, version, max_user_properties, &result.value());
  if (IsError(decoded)) result = decoded;
  return result;
}

std::array<uint8_t, 4> EncodeShortPublishAck(PacketType type, PacketId packet_id) {
  return {static_cast<uint8_t>(static_cast<uint8_t>(type) << 4 | ReservedFlags(type)), 2,
          static_cast<uint8_t>(packet_id >> 8), static_cast<uint8_t>(packet_id)};
}

void EncodePublishAck(PacketType type, const PublishAckView& ack, ProtocolVersion version,
                      PacketBytes* out) {
  const ByteView wire = ack.properties.wire;
  const bool has_properties = version == ProtocolVersion::k5 && !wire.empty();
  const bool has_code =
      version == ProtocolVersion::k5 && (has_properties || ack.reason_code != ReasonCode::kSuccess);
  const size_t size = 2 + (has_code ? 1 : 0) + (has_properties ? PropertiesSize(wire.size()) : 0);
  ByteWriter writer = AppendPacket(type, ReservedFlags(type), size, out);
  writer.WriteU16(ack.packet_id);
  if (has_code) writer.WriteU8(static_cast<uint8_t>(ack.reason_code));
  if (has_properties) WriteProperties(wire, &writer);
}

}  // namespace signet
