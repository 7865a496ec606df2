#include "core/mqtt/properties.h"

#include <algorithm>
#include <type_traits>

#include "core/mqtt/fields.h"
#include "core/mqtt/property_table.h"
#include "core/mqtt/topic_name.h"

namespace signet {
namespace {

// What stands behind an identifier, whatever its type: a number, or bytes without their length.
struct Value {
  uint32_t number = 0;
  ByteView bytes;

  std::string_view text() const { return AsText(bytes); }
};

bool ReadByte(ByteReader* reader, Value* value) {
  uint8_t byte;
  if (!reader->ReadU8(&byte)) return false;
  value->number = byte;
  return true;
}

bool ReadTwoBytes(ByteReader* reader, Value* value) {
  uint16_t number;
  if (!reader->ReadU16(&number)) return false;
  value->number = number;
  return true;
}

bool ReadUtf8String(ByteReader* reader, Value* value) {
  std::string_view text;
  if (!ReadText(reader, &text)) return false;
  value->bytes = AsBytes(text);
  return true;
}

bool ReadValue(PropertyType type, ByteReader* reader, Value* value) {
  switch (type) {
    case PropertyType::kByte:
      return ReadByte(reader, value);
    case PropertyType::kTwoByteInteger:
      return ReadTwoBytes(reader, value);
    case PropertyType::kFourByteInteger:
      return reader->ReadU32(&value->number);
    case PropertyType::kVariableByteInteger:
      return ReadVarInt(reader, &value->number);
    case PropertyType::kUtf8String:
      return ReadUtf8String(reader, value);
    case PropertyType::kBinaryData:
      return reader->ReadBinary(&value->bytes);
    case PropertyType::kUtf8StringPair:  // Both [MQTT-1.5.7-1].
      if (!ReadUtf8String(reader, value)) return false;
      return ReadUtf8String(reader, value);
  }
  UNREACHABLE();
}

void Store(const Value& value, const PropertyField& field, Properties* to) {
  const auto store = [&](auto member) {
    if constexpr (!std::is_same_v<decltype(member), std::monostate>) {
      using Member = std::remove_reference_t<decltype(to->*member)>;
      if constexpr (std::is_same_v<Member, std::string_view>) {
        to->*member = value.text();
      } else if constexpr (std::is_same_v<Member, ByteView>) {
        to->*member = value.bytes;
      } else {
        to->*member = static_cast<Member>(value.number);
      }
    }
  };
  std::visit(store, field);
}

// What the value must fulfil beyond its type.
ReasonCode CheckValue(PropertyId id, const PropertyRule& rule, const Value& value) {
  if (value.number < rule.minimum || value.number > rule.maximum) {
    return id == PropertyId::kTopicAlias ? ReasonCode::kTopicAliasInvalid  // [MQTT-3.3.2-8]
                                         : ReasonCode::kProtocolError;
  }
  if (id == PropertyId::kResponseTopic && HasWildcard(value.text())) {
    return ReasonCode::kProtocolError;  // [MQTT-3.3.2-14]
  }
  return ReasonCode::kSuccess;
}

// Decodes the property at the front of `reader`, which is not empty.
ReasonCode DecodeProperty(PropertyContext context, uint32_t max_user_properties, ByteReader* reader,
                          Properties* properties) {
  // The identifier is a Variable Byte Integer, but no known one takes a second byte (2.2.2.2).
  uint8_t byte;
  if (!reader->ReadU8(&byte)) return ReasonCode::kMalformedPacket;
  const PropertyRule& rule = RuleOf(byte);
  if (!rule.MayStandIn(context)) return ReasonCode::kMalformedPacket;
  const auto id = static_cast<PropertyId>(byte);
  const bool first = !properties->Has(id);
  if (!first && !rule.MayRepeatIn(context)) return ReasonCode::kProtocolError;
  if (id == PropertyId::kUserProperty) {
    if (properties->user_property_count >= max_user_properties) return ReasonCode::kQuotaExceeded;
    ++properties->user_property_count;
  }
  Value value;
  if (!ReadValue(rule.type, reader, &value)) return ReasonCode::kMalformedPacket;
  const ReasonCode checked = CheckValue(id, rule, value);
  if (IsError(checked)) return checked;
  if (first) Store(value, rule.field, properties);
  properties->Mark(id);
  return ReasonCode::kSuccess;
}

size_t BinarySize(const uint8_t* at) { return 2 + size_t{LoadU16(at)}; }

// The size of a value whose bytes have been decoded before.
size_t ValueSize(PropertyType type, ByteView bytes) {
  switch (type) {
    case PropertyType::kByte:
      return 1;
    case PropertyType::kTwoByteInteger:
      return 2;
    case PropertyType::kFourByteInteger:
      return 4;
    case PropertyType::kVariableByteInteger:
      return ParseVarInt(bytes).size;
    case PropertyType::kUtf8String:
    case PropertyType::kBinaryData:
      return BinarySize(bytes.data());
    case PropertyType::kUtf8StringPair: {
      const size_t name_size = BinarySize(bytes.data());
      return name_size + BinarySize(bytes.data() + name_size);
    }
  }
  UNREACHABLE();
}

}  // namespace

ReasonCode DecodeProperties(PropertyContext context, uint32_t max_user_properties,
                            ByteReader* reader, Properties* properties) {
  uint32_t length;
  ByteView wire;
  if (!ReadVarInt(reader, &length)) return ReasonCode::kMalformedPacket;
  if (!reader->ReadBytes(length, &wire)) return ReasonCode::kMalformedPacket;
  const uint32_t most = std::min<uint32_t>(max_user_properties, UINT16_MAX);
  ByteReader rest(wire);
  while (!rest.empty()) {
    const ReasonCode decoded = DecodeProperty(context, most, &rest, properties);
    if (IsError(decoded)) return decoded;
  }
  properties->wire = wire;
  return ReasonCode::kSuccess;
}

PropertyView TakeProperty(ByteView* wire) {
  DCHECK(!wire->empty());
  const ByteView value = wire->subspan(1);
  const size_t size = ValueSize(RuleOf(wire->front()).type, value);
  DCHECK(size <= value.size());
  const PropertyView property{static_cast<PropertyId>(wire->front()), wire->first(1 + size),
                              value.first(size)};
  *wire = wire->subspan(1 + size);
  return property;
}

}  // namespace signet
