// Table 2-4 of MQTT 5: which property has which type and may stand where; besides, the range that
// its own section gives to its value, and where it goes in Properties. Decoding is driven by it.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "core/mqtt/properties.h"

namespace signet {

enum class PropertyType : uint8_t {
  kByte,
  kTwoByteInteger,
  kFourByteInteger,
  kVariableByteInteger,
  kUtf8String,
  kBinaryData,
  kUtf8StringPair,
};

// The member that takes the value; a User Property has none.
using PropertyField =
    std::variant<std::monostate, bool Properties::*, uint8_t Properties::*, uint16_t Properties::*,
                 uint32_t Properties::*, std::string_view Properties::*, ByteView Properties::*>;

struct PropertyRule {
  PropertyType type{};
  PropertyField field;
  uint16_t contexts = 0;    // Where it may stand; none: there is no such property.
  uint16_t repeats_in = 0;  // Where it may stand more than once.
  // Of integers.
  uint32_t minimum = 0;
  uint32_t maximum = UINT32_MAX;

  static constexpr uint16_t Bit(PropertyContext context) {
    return static_cast<uint16_t>(1u << static_cast<uint8_t>(context));
  }
  bool MayStandIn(PropertyContext context) const { return (contexts & Bit(context)) != 0; }
  bool MayRepeatIn(PropertyContext context) const { return (repeats_in & Bit(context)) != 0; }
};

// The rule of any byte, whether or not the standard knows it as an identifier.
const PropertyRule& RuleOf(uint8_t id);

}  // namespace signet
