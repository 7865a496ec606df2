#include "core/mqtt/publish.h"

#include "core/mqtt/fields.h"
#include "core/mqtt/topic_name.h"

namespace signet {
namespace {

constexpr uint8_t kReservedQos = 3;

ReasonCode Decode(uint8_t flags, ByteReader reader, ProtocolVersion version, Sender sender,
                  uint32_t max_user_properties, PublishView* publish) {
  const uint8_t qos = flags >> 1 & 3;
  if (qos == kReservedQos) return ReasonCode::kMalformedPacket;  // [MQTT-3.3.1-4]
  publish->dup = (flags & 8) != 0;
  publish->qos = static_cast<QoS>(qos);
  publish->retain = (flags & 1) != 0;
  // DUP at QoS 0 breaks [MQTT-3.3.1-2], and invalid flags make a Malformed Packet (2.1.3).
  if (publish->dup && qos == 0) return ReasonCode::kMalformedPacket;

  if (!ReadText(&reader, &publish->topic_name)) return ReasonCode::kMalformedPacket;
  if (HasWildcard(publish->topic_name)) return ReasonCode::kTopicNameInvalid;  // [MQTT-3.3.2-2]
  if (qos != 0) {
    const ReasonCode read = ReadPacketId(&reader, &publish->packet_id);
    if (IsError(read)) return read;
  }
  Properties& properties = publish->properties;
  const ReasonCode read =
      ReadProperties(version, PropertyContext::kPublish, max_user_properties, &reader, &properties);
  if (IsError(read)) return read;
  if (publish->topic_name.empty() && !properties.Has(PropertyId::kTopicAlias)) {
    return ReasonCode::kProtocolError;  // 3.3.2.1; MQTT 3.1.1: MQTT-4.7.3-1.
  }
  if (sender == Sender::kClient && properties.Has(PropertyId::kSubscriptionIdentifier)) {
    return ReasonCode::kProtocolError;  // [MQTT-3.3.4-6]
  }
  publish->payload = reader.Rest();
  return ReasonCode::kSuccess;
}

}  // namespace

// Every message comes through here: the view, which is large, is built where the caller will find
// it.
Result<PublishView> DecodePublish(uint8_t flags, ByteReader reader, ProtocolVersion version,
                                  Sender sender, uint32_t max_user_properties) {
  Result<PublishView> result(std::in_place);
  const ReasonCode decoded =
      Decode(flags, reader, version, sender, max_user_properties, &result.value());
  if (IsError(decoded)) result = decoded;
  return result;
}

void EncodePublish(const PublishView& publish, ProtocolVersion version, PacketBytes* out) {
  const bool has_packet_id = publish.qos != QoS::kAtMostOnce;
  const bool has_properties = version == ProtocolVersion::k5;
  const ByteView wire = publish.properties.wire;
  const size_t size = 2 + publish.topic_name.size() + (has_packet_id ? 2 : 0) +
                      (has_properties ? PropertiesSize(wire.size()) : 0) + publish.payload.size();
  const uint8_t flags = PublishFlags(publish.dup, publish.qos, publish.retain);
  ByteWriter writer = AppendPacket(PacketType::kPublish, flags, size, out);
  writer.WriteText(publish.topic_name);
  if (has_packet_id) writer.WriteU16(publish.packet_id);
  if (has_properties) WriteProperties(wire, &writer);
  writer.WriteBytes(publish.payload);
}

}  // namespace signet
