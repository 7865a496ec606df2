// Fields that the decoders of several packets share. What a `bool` refuses is malformed: the bytes
// run out, or they are not of the type that the standard asks for.
#pragma once

#include <string_view>

#include "core/base/bytes.h"
#include "core/base/utf8.h"
#include "core/mqtt/fixed_header.h"
#include "core/mqtt/properties.h"
#include "core/mqtt/reason_code.h"

namespace signet {

// A UTF-8 Encoded String (1.5.4).
inline bool ReadText(ByteReader* reader, std::string_view* text) {
  ByteView bytes;
  if (!reader->ReadBinary(&bytes)) return false;
  *text = AsText(bytes);
  return IsMqttUtf8(*text);
}

// A Variable Byte Integer in as few bytes as possible [MQTT-1.5.5-1].
inline bool ReadVarInt(ByteReader* reader, uint32_t* value) {
  const VarInt parsed = ParseVarInt({reader->position(), reader->remaining()});
  if (parsed.state != VarIntState::kWhole || !parsed.minimal) return false;
  *value = parsed.value;
  ByteView skipped;
  return reader->ReadBytes(parsed.size, &skipped);
}

inline ReasonCode ReadPacketId(ByteReader* reader, PacketId* packet_id) {
  if (!reader->ReadU16(packet_id)) return ReasonCode::kMalformedPacket;
  if (*packet_id == 0) return ReasonCode::kProtocolError;  // [MQTT-2.2.1-3] [MQTT-2.2.1-4]
  return ReasonCode::kSuccess;
}

// Properties, which MQTT 3.1.1 does not have. Most packets have none, and one byte says so.
inline ReasonCode ReadProperties(ProtocolVersion version, PropertyContext context,
                                 uint32_t max_user_properties, ByteReader* reader,
                                 Properties* properties) {
  if (version == ProtocolVersion::k311) return ReasonCode::kSuccess;
  if (reader->SkipU8(0)) return ReasonCode::kSuccess;
  return DecodeProperties(context, max_user_properties, reader, properties);
}

// How SUBSCRIBE, UNSUBSCRIBE and their acknowledgements begin.
inline ReasonCode ReadPacketIdAndProperties(ProtocolVersion version, PropertyContext context,
                                            uint32_t max_user_properties, ByteReader* reader,
                                            PacketId* packet_id, Properties* properties) {
  const ReasonCode read = ReadPacketId(reader, packet_id);
  if (IsError(read)) return read;
  return ReadProperties(version, context, max_user_properties, reader, properties);
}

}  // namespace signet
