// Properties in each context. Input: the context, the most User Properties, the bytes. What is
// decoded is what stands on the wire, read property by property; built anew it is the same bytes.
#include <map>
#include <type_traits>

#include "core/mqtt/fields.h"
#include "core/mqtt/properties.h"
#include "core/mqtt/property_table.h"
#include "core/mqtt/travelling_properties.h"
#include "tests/fuzz/round_trip.h"
#include "tests/fuzz/target.h"

namespace signet::fuzz::properties_fuzz {
namespace {

// A value by its type, from its wire form, which is known to be whole.
struct Value {
  uint32_t number = 0;
  ByteView bytes;
  ByteView second;  // Of a pair.
};

Value ValueOf(const PropertyView& property) {
  Value value;
  ByteReader reader(property.value);
  switch (RuleOf(static_cast<uint8_t>(property.id)).type) {
    case PropertyType::kByte:
    case PropertyType::kTwoByteInteger:
    case PropertyType::kFourByteInteger:
      for (const uint8_t byte : reader.Rest()) value.number = value.number << 8 | byte;
      break;
    case PropertyType::kVariableByteInteger:
      CHECK(ReadVarInt(&reader, &value.number));
      break;
    case PropertyType::kUtf8String:
    case PropertyType::kBinaryData:
      CHECK(reader.ReadBinary(&value.bytes));
      break;
    case PropertyType::kUtf8StringPair:
      CHECK(reader.ReadBinary(&value.bytes) && reader.ReadBinary(&value.second));
      CHECK(IsMqttUtf8(AsText(value.second)));
      break;
  }
  CHECK(reader.empty());
  return value;
}

void Add(PropertyId id, const Value& value, PropertyBuffer* buffer) {
  switch (RuleOf(static_cast<uint8_t>(id)).type) {
    case PropertyType::kByte:
      return buffer->AddU8(id, static_cast<uint8_t>(value.number));
    case PropertyType::kTwoByteInteger:
      return buffer->AddU16(id, static_cast<uint16_t>(value.number));
    case PropertyType::kFourByteInteger:
      return buffer->AddU32(id, value.number);
    case PropertyType::kVariableByteInteger:
      return buffer->AddVarInt(id, value.number);
    case PropertyType::kUtf8String:
      return buffer->AddText(id, AsText(value.bytes));
    case PropertyType::kBinaryData:
      return buffer->AddBinary(id, value.bytes);
    case PropertyType::kUtf8StringPair:
      return buffer->AddUserProperty(AsText(value.bytes), AsText(value.second));
  }
}

void CheckField(const Properties& properties, PropertyId id, const Value& value) {
  const auto check = [&](auto member) {
    if constexpr (!std::is_same_v<decltype(member), std::monostate>) {
      using Member = std::remove_cvref_t<decltype(properties.*member)>;
      if constexpr (std::is_same_v<Member, std::string_view>) {
        CHECK(properties.*member == AsText(value.bytes));
        CHECK(IsMqttUtf8(properties.*member));
      } else if constexpr (std::is_same_v<Member, ByteView>) {
        CHECK(AsText(properties.*member) == AsText(value.bytes));
      } else {
        CHECK(properties.*member == static_cast<Member>(value.number));
      }
    }
  };
  std::visit(check, RuleOf(static_cast<uint8_t>(id)).field);
}

bool ConcernsOneHop(PropertyId id) {
  return id == PropertyId::kTopicAlias || id == PropertyId::kMessageExpiryInterval ||
         id == PropertyId::kWillDelayInterval || id == PropertyId::kSubscriptionIdentifier;
}

void CheckDecoded(PropertyContext context, const Properties& properties) {
  std::map<PropertyId, Value> first;
  PropertyBuffer all;
  PropertyBuffer travelling;
  uint32_t user_properties = 0;
  for (ByteView rest = properties.wire; !rest.empty();) {
    const PropertyView property = TakeProperty(&rest);
    const PropertyRule& rule = RuleOf(static_cast<uint8_t>(property.id));
    const Value value = ValueOf(property);
    CHECK(rule.MayStandIn(context));
    CHECK(value.number >= rule.minimum && value.number <= rule.maximum);
    CHECK(first.emplace(property.id, value).second || rule.MayRepeatIn(context));
    user_properties += property.id == PropertyId::kUserProperty ? 1 : 0;
    Add(property.id, value, &all);
    if (!ConcernsOneHop(property.id)) Add(property.id, value, &travelling);
  }
  uint64_t present = 0;
  for (const auto& [id, value] : first) {
    present |= uint64_t{1} << static_cast<uint8_t>(id);
    CheckField(properties, id, value);
  }
  CHECK(properties.present == present);
  CHECK(properties.user_property_count == user_properties);
  CHECK(AsText(all.wire()) == AsText(properties.wire));
  std::vector<uint8_t> scratch;
  CHECK(AsText(TravellingProperties(properties, &scratch)) == AsText(travelling.wire()));
}

}  // namespace

FUZZ_TARGET(properties) {
  constexpr size_t kContexts = static_cast<size_t>(PropertyContext::kAuth) + 1;
  Input input(data, size);
  const auto context = static_cast<PropertyContext>(input.Byte() % kContexts);
  const uint8_t most = input.Byte();
  const ByteView bytes = input.Rest();
  ByteReader reader(bytes);
  Properties properties;
  if (IsError(DecodeProperties(context, most, &reader, &properties))) return 0;

  CheckAllWithin(bytes, FieldsOf(properties));
  CHECK(properties.user_property_count <= most);
  // Nothing of what follows them has been taken.
  CHECK(bytes.size() - reader.remaining() == PropertiesSize(properties.wire.size()));
  CheckDecoded(context, properties);
  return 0;
}

}  // namespace signet::fuzz::properties_fuzz
