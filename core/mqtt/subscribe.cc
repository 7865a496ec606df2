#include "core/mqtt/subscribe.h"

#include "core/mqtt/fields.h"

namespace signet {
namespace {

constexpr uint8_t kInvalid = 3;  // Of two-bit fields that know 0, 1 and 2.
constexpr uint8_t kFailure311 = 0x80;

uint8_t QosBits(uint8_t options) { return options & 3; }
uint8_t RetainHandlingBits(uint8_t options) { return options >> 4 & 3; }

ReasonCode CheckOptions(uint8_t options, ProtocolVersion version) {
  if (version == ProtocolVersion::k311) {
    // MQTT 3.1.1: MQTT-3-8.3-4: reserved bits and QoS 3 alike.
    return options < kInvalid ? ReasonCode::kSuccess : ReasonCode::kMalformedPacket;
  }
  if ((options & 0xC0) != 0) return ReasonCode::kMalformedPacket;  // [MQTT-3.8.3-5]
  if (QosBits(options) == kInvalid) return ReasonCode::kProtocolError;
  if (RetainHandlingBits(options) == kInvalid) return ReasonCode::kProtocolError;
  return ReasonCode::kSuccess;
}

ReasonCode CheckEntries(ByteReader reader, ProtocolVersion version, uint32_t* count) {
  if (reader.empty()) return ReasonCode::kProtocolError;  // [MQTT-3.8.3-2]
  for (*count = 0; !reader.empty(); ++*count) {
    std::string_view topic_filter;
    uint8_t options;
    if (!ReadText(&reader, &topic_filter)) return ReasonCode::kMalformedPacket;  // [MQTT-3.8.3-1]
    if (topic_filter.empty()) return ReasonCode::kProtocolError;                 // [MQTT-4.7.3-1]
    if (!reader.ReadU8(&options)) return ReasonCode::kMalformedPacket;
    const ReasonCode checked = CheckOptions(options, version);
    if (IsError(checked)) return checked;
  }
  return ReasonCode::kSuccess;
}

SubscriptionOptions OptionsOf(uint8_t byte) {
  return {.maximum_qos = static_cast<QoS>(QosBits(byte)),
          .no_local = (byte & 4) != 0,
          .retain_as_published = (byte & 8) != 0,
          .retain_handling = static_cast<RetainHandling>(RetainHandlingBits(byte))};
}

uint8_t ByteOf(const SubscriptionOptions& options) {
  return static_cast<uint8_t>(static_cast<uint8_t>(options.maximum_qos) |
                              (options.no_local ? 4 : 0) | (options.retain_as_published ? 8 : 0) |
                              static_cast<uint8_t>(options.retain_handling) << 4);
}

}  // namespace

Result<SubscribeView> DecodeSubscribe(ByteReader reader, ProtocolVersion version,
                                      uint32_t max_user_properties) {
  SubscribeView subscribe;
  const ReasonCode read =
      ReadPacketIdAndProperties(version, PropertyContext::kSubscribe, max_user_properties, &reader,
                                &subscribe.packet_id, &subscribe.properties);
  if (IsError(read)) return read;
  const ReasonCode checked = CheckEntries(reader, version, &subscribe.count);
  if (IsError(checked)) return checked;
  subscribe.entries = reader.Rest();
  return subscribe;
}

SubscribeEntry TakeSubscribeEntry(ByteView* entries) {
  ByteReader reader(*entries);
  ByteView topic_filter;
  uint8_t options = 0;
  const bool whole = reader.ReadBinary(&topic_filter) && reader.ReadU8(&options);
  DCHECK(whole);
  *entries = reader.Rest();
  return {AsText(topic_filter), OptionsOf(options)};
}

void AppendSubscribeEntry(const SubscribeEntry& entry, PacketBytes* entries) {
  ByteWriter writer = AppendBytes(2 + entry.topic_filter.size() + 1, entries);
  writer.WriteText(entry.topic_filter);
  writer.WriteU8(ByteOf(entry.options));
}

void EncodeSubscribe(const SubscribeView& subscribe, ProtocolVersion version, PacketBytes* out) {
  const bool has_properties = version == ProtocolVersion::k5;
  const ByteView wire = subscribe.properties.wire;
  const size_t size =
      2 + (has_properties ? PropertiesSize(wire.size()) : 0) + subscribe.entries.size();
  ByteWriter writer =
      AppendPacket(PacketType::kSubscribe, ReservedFlags(PacketType::kSubscribe), size, out);
  writer.WriteU16(subscribe.packet_id);
  if (has_properties) WriteProperties(wire, &writer);
  writer.WriteBytes(subscribe.entries);
}

Result<SubackView> DecodeSuback(ByteReader reader, ProtocolVersion version,
                                uint32_t max_user_properties) {
  SubackView suback;
  const ReasonCode read =
      ReadPacketIdAndProperties(version, PropertyContext::kSuback, max_user_properties, &reader,
                                &suback.packet_id, &suback.properties);
  if (IsError(read)) return read;
  suback.codes = reader.Rest();
  if (suback.codes.empty()) return ReasonCode::kProtocolError;  // [MQTT-3.8.4-6]
  for (const uint8_t code : suback.codes) {
    const bool valid = version == ProtocolVersion::k311
                           ? code < kInvalid || code == kFailure311
                           : IsValidFor(static_cast<ReasonCode>(code), PacketType::kSuback);
    if (!valid) return ReasonCode::kProtocolError;  // [MQTT-3.9.3-2]
  }
  return suback;
}

void EncodeSuback(const SubackView& suback, ProtocolVersion version, PacketBytes* out) {
  const bool has_properties = version == ProtocolVersion::k5;
  const ByteView wire = suback.properties.wire;
  const size_t size = 2 + (has_properties ? PropertiesSize(wire.size()) : 0) + suback.codes.size();
  ByteWriter writer = AppendPacket(PacketType::kSuback, 0, size, out);
  writer.WriteU16(suback.packet_id);
  if (has_properties) WriteProperties(wire, &writer);
  for (const uint8_t code : suback.codes) {
    const bool failed = IsError(static_cast<ReasonCode>(code));
    writer.WriteU8(failed && version == ProtocolVersion::k311 ? kFailure311 : code);
  }
}

}  // namespace signet
