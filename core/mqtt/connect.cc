#include "core/mqtt/connect.h"

#include "core/mqtt/fields.h"
#include "core/mqtt/topic_name.h"

namespace signet {
namespace {

constexpr std::string_view kProtocolName = "MQTT";

// Connect Flags (3.1.2.3).
constexpr uint8_t kReserved = 0x01;
constexpr uint8_t kCleanStart = 0x02;
constexpr uint8_t kWill = 0x04;
constexpr uint8_t kWillQos = 0x18;
constexpr uint8_t kWillQosShift = 3;
constexpr uint8_t kWillRetain = 0x20;
constexpr uint8_t kPassword = 0x40;
constexpr uint8_t kUserName = 0x80;

bool Has(uint8_t flags, uint8_t flag) { return (flags & flag) != 0; }

// A bridge of Mosquitto sets the highest bit of its version, and falls back to the version without
// it when it is refused in that version's form.
constexpr uint8_t kBridge = 0x80;

ReasonCode ReadVersion(ByteReader* reader, ProtocolVersion* version) {
  ByteView name;
  uint8_t number;
  if (!reader->ReadBinary(&name)) return ReasonCode::kMalformedPacket;
  if (AsText(name) != kProtocolName) {
    return ReasonCode::kUnsupportedProtocolVersion;  // [MQTT-3.1.2-1]
  }
  if (!reader->ReadU8(&number)) return ReasonCode::kMalformedPacket;
  const bool is_5 = (number & ~kBridge) >= static_cast<uint8_t>(ProtocolVersion::k5);
  *version = is_5 ? ProtocolVersion::k5 : ProtocolVersion::k311;
  if (number != static_cast<uint8_t>(*version)) {
    return ReasonCode::kUnsupportedProtocolVersion;  // [MQTT-3.1.2-2]
  }
  return ReasonCode::kSuccess;
}

ReasonCode CheckFlags(uint8_t flags, ProtocolVersion version) {
  if (Has(flags, kReserved)) return ReasonCode::kMalformedPacket;           // [MQTT-3.1.2-3]
  if ((flags & kWillQos) == kWillQos) return ReasonCode::kMalformedPacket;  // [MQTT-3.1.2-12]
  if (!Has(flags, kWill) && Has(flags, kWillQos | kWillRetain)) {
    return ReasonCode::kProtocolError;  // [MQTT-3.1.2-11] [MQTT-3.1.2-13]
  }
  if (version == ProtocolVersion::k311 && Has(flags, kPassword) && !Has(flags, kUserName)) {
    return ReasonCode::kProtocolError;  // MQTT 3.1.1: MQTT-3.1.2-22. MQTT 5 allows it (3.1.2.9).
  }
  return ReasonCode::kSuccess;
}

ReasonCode ReadConnectProperties(ByteReader* reader, uint32_t max_user_properties,
                                 ConnectView* connect) {
  Properties& properties = connect->properties;
  const ReasonCode read = ReadProperties(connect->version, PropertyContext::kConnect,
                                         max_user_properties, reader, &properties);
  if (IsError(read)) return read;
  if (properties.Has(PropertyId::kAuthenticationData) &&
      !properties.Has(PropertyId::kAuthenticationMethod)) {
    return ReasonCode::kProtocolError;  // 3.1.2.11.10
  }
  return ReasonCode::kSuccess;
}

ReasonCode ReadWill(uint8_t flags, ByteReader* reader, uint32_t max_user_properties,
                    ConnectView* connect) {
  WillView& will = connect->will.emplace();
  will.qos = static_cast<QoS>((flags & kWillQos) >> kWillQosShift);
  will.retain = Has(flags, kWillRetain);
  const ReasonCode read = ReadProperties(connect->version, PropertyContext::kWill,
                                         max_user_properties, reader, &will.properties);
  if (IsError(read)) return read;
  if (!ReadText(reader, &will.topic_name)) return ReasonCode::kMalformedPacket;  // [MQTT-3.1.3-11]
  if (!reader->ReadBinary(&will.payload)) return ReasonCode::kMalformedPacket;
  // It will be the Topic Name of a PUBLISH [MQTT-3.3.2-2] [MQTT-4.7.3-1].
  return IsTopicName(will.topic_name) ? ReasonCode::kSuccess : ReasonCode::kTopicNameInvalid;
}

bool ReadUserName(ByteReader* reader, ConnectView* connect) {
  return ReadText(reader, &connect->claimed_username.emplace());  // [MQTT-3.1.3-12]
}

bool ReadPassword(ByteReader* reader, ConnectView* connect) {
  return reader->ReadBinary(&connect->password.emplace());
}

uint8_t FlagsOf(const ConnectView& connect) {
  uint8_t flags = 0;
  if (connect.clean_start) flags |= kCleanStart;
  if (connect.claimed_username) flags |= kUserName;
  if (connect.password) flags |= kPassword;
  if (!connect.will) return flags;
  flags |= kWill;
  if (connect.will->retain) flags |= kWillRetain;
  return static_cast<uint8_t>(flags | static_cast<uint8_t>(connect.will->qos) << kWillQosShift);
}

size_t RemainingLengthOf(const ConnectView& connect) {
  const auto properties_size = [&](const Properties& properties) {
    return connect.version == ProtocolVersion::k5 ? PropertiesSize(properties.wire.size()) : 0;
  };
  size_t size = 2 + kProtocolName.size() + 1 + 1 + 2 + properties_size(connect.properties);
  size += 2 + connect.client_id.size();
  if (connect.will) {
    size += properties_size(connect.will->properties) + 2 + connect.will->topic_name.size() + 2 +
            connect.will->payload.size();
  }
  if (connect.claimed_username) size += 2 + connect.claimed_username->size();
  if (connect.password) size += 2 + connect.password->size();
  return size;
}

}  // namespace

ReasonCode DecodeConnect(ByteReader reader, uint32_t max_user_properties, ConnectView* connect) {
  *connect = {};
  ReasonCode read = ReadVersion(&reader, &connect->version);
  if (IsError(read)) return read;
  uint8_t flags;
  if (!reader.ReadU8(&flags)) return ReasonCode::kMalformedPacket;
  read = CheckFlags(flags, connect->version);
  if (IsError(read)) return read;
  connect->clean_start = Has(flags, kCleanStart);
  if (!reader.ReadU16(&connect->keep_alive_s)) return ReasonCode::kMalformedPacket;
  read = ReadConnectProperties(&reader, max_user_properties, connect);
  if (IsError(read)) return read;

  // In this order [MQTT-3.1.3-1], and never without a Client Identifier [MQTT-3.1.3-3].
  if (!ReadText(&reader, &connect->client_id)) return ReasonCode::kMalformedPacket;
  if (Has(flags, kWill)) {
    read = ReadWill(flags, &reader, max_user_properties, connect);
    if (IsError(read)) return read;
  }
  if (Has(flags, kUserName) && !ReadUserName(&reader, connect)) return ReasonCode::kMalformedPacket;
  if (Has(flags, kPassword) && !ReadPassword(&reader, connect)) return ReasonCode::kMalformedPacket;
  return reader.empty() ? ReasonCode::kSuccess : ReasonCode::kMalformedPacket;
}

void EncodeConnect(const ConnectView& connect, PacketBytes* out) {
  const bool has_properties = connect.version == ProtocolVersion::k5;
  ByteWriter writer = AppendPacket(PacketType::kConnect, 0, RemainingLengthOf(connect), out);
  writer.WriteText(kProtocolName);
  writer.WriteU8(static_cast<uint8_t>(connect.version));
  writer.WriteU8(FlagsOf(connect));
  writer.WriteU16(connect.keep_alive_s);
  if (has_properties) WriteProperties(connect.properties.wire, &writer);
  writer.WriteText(connect.client_id);
  if (connect.will) {
    if (has_properties) WriteProperties(connect.will->properties.wire, &writer);
    writer.WriteText(connect.will->topic_name);
    writer.WriteBinary(connect.will->payload);
  }
  if (connect.claimed_username) writer.WriteText(*connect.claimed_username);
  if (connect.password) writer.WriteBinary(*connect.password);
}

}  // namespace signet
