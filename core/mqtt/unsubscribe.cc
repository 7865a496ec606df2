#include "core/mqtt/unsubscribe.h"

#include "core/mqtt/fields.h"

namespace signet {
namespace {

ReasonCode CheckFilters(ByteReader reader, uint32_t* count) {
  if (reader.empty()) return ReasonCode::kProtocolError;  // [MQTT-3.10.3-2]
  for (*count = 0; !reader.empty(); ++*count) {
    std::string_view topic_filter;
    if (!ReadText(&reader, &topic_filter)) return ReasonCode::kMalformedPacket;  // [MQTT-3.10.3-1]
    if (topic_filter.empty()) return ReasonCode::kProtocolError;                 // [MQTT-4.7.3-1]
  }
  return ReasonCode::kSuccess;
}

}  // namespace

Result<UnsubscribeView> DecodeUnsubscribe(ByteReader reader, ProtocolVersion version,
                                          uint32_t max_user_properties) {
  UnsubscribeView unsubscribe;
  const ReasonCode read =
      ReadPacketIdAndProperties(version, PropertyContext::kUnsubscribe, max_user_properties,
                                &reader, &unsubscribe.packet_id, &unsubscribe.properties);
  if (IsError(read)) return read;
  const ReasonCode checked = CheckFilters(reader, &unsubscribe.count);
  if (IsError(checked)) return checked;
  unsubscribe.entries = reader.Rest();
  return unsubscribe;
}

std::string_view TakeUnsubscribeEntry(ByteView* entries) {
  ByteReader reader(*entries);
  ByteView topic_filter;
  const bool whole = reader.ReadBinary(&topic_filter);
  DCHECK(whole);
  *entries = reader.Rest();
  return AsText(topic_filter);
}

void AppendUnsubscribeEntry(std::string_view topic_filter, PacketBytes* entries) {
  ByteWriter writer = AppendBytes(2 + topic_filter.size(), entries);
  writer.WriteText(topic_filter);
}

void EncodeUnsubscribe(const UnsubscribeView& unsubscribe, ProtocolVersion version,
                       PacketBytes* out) {
  const bool has_properties = version == ProtocolVersion::k5;
  const ByteView wire = unsubscribe.properties.wire;
  const size_t size =
      2 + (has_properties ? PropertiesSize(wire.size()) : 0) + unsubscribe.entries.size();
  ByteWriter writer =
      AppendPacket(PacketType::kUnsubscribe, ReservedFlags(PacketType::kUnsubscribe), size, out);
  writer.WriteU16(unsubscribe.packet_id);
  if (has_properties) WriteProperties(wire, &writer);
  writer.WriteBytes(unsubscribe.entries);
}

Result<UnsubackView> DecodeUnsuback(ByteReader reader, ProtocolVersion version,
                                    uint32_t max_user_properties) {
  UnsubackView unsuback;
  const ReasonCode read =
      ReadPacketIdAndProperties(version, PropertyContext::kUnsuback, max_user_properties, &reader,
                                &unsuback.packet_id, &unsuback.properties);
  if (IsError(read)) return read;
  unsuback.codes = reader.Rest();
  if (version == ProtocolVersion::k311) {
    if (!unsuback.codes.empty()) return ReasonCode::kMalformedPacket;
    return unsuback;
  }
  if (unsuback.codes.empty()) return ReasonCode::kProtocolError;  // 3.11.3: one for each filter.
  for (const uint8_t code : unsuback.codes) {
    if (!IsValidFor(static_cast<ReasonCode>(code), PacketType::kUnsuback)) {
      return ReasonCode::kProtocolError;  // [MQTT-3.11.3-2]
    }
  }
  return unsuback;
}

void EncodeUnsuback(const UnsubackView& unsuback, ProtocolVersion version, PacketBytes* out) {
  const ByteView wire = unsuback.properties.wire;
  const bool has_codes = version == ProtocolVersion::k5;
  const size_t size = 2 + (has_codes ? PropertiesSize(wire.size()) + unsuback.codes.size() : 0);
  ByteWriter writer = AppendPacket(PacketType::kUnsuback, 0, size, out);
  writer.WriteU16(unsuback.packet_id);
  if (!has_codes) return;
  WriteProperties(wire, &writer);
  writer.WriteBytes(unsuback.codes);
}

}  // namespace signet
