#include "tests/system/paho_c/property_list.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <span>

namespace signet {
namespace {

// Paho copies the text; it merely lacks the const.
MQTTLenString Borrow(std::string_view text) {
  return {.len = static_cast<int>(text.size()), .data = const_cast<char*>(text.data())};
}

std::string_view ViewOf(const MQTTLenString& text) {
  return {text.data, static_cast<size_t>(text.len)};
}

uint32_t NumberIn(const MQTTProperty& property) {
  switch (MQTTProperty_getType(property.identifier)) {
    case MQTTPROPERTY_TYPE_BYTE:
      return property.value.byte;
    case MQTTPROPERTY_TYPE_TWO_BYTE_INTEGER:
      return property.value.integer2;
    default:
      return property.value.integer4;
  }
}

std::string ValueIn(const MQTTProperty& property) {
  switch (MQTTProperty_getType(property.identifier)) {
    case MQTTPROPERTY_TYPE_BINARY_DATA:
    case MQTTPROPERTY_TYPE_UTF_8_ENCODED_STRING:
      return std::string(ViewOf(property.value.data));
    case MQTTPROPERTY_TYPE_UTF_8_STRING_PAIR:
      return fmt::format("{}:{}", ViewOf(property.value.data), ViewOf(property.value.value));
    default:
      return fmt::format("{}", NumberIn(property));
  }
}

std::span<const MQTTProperty> All(const MQTTProperties& properties) {
  return {properties.array, static_cast<size_t>(properties.count)};
}

}  // namespace

PropertyList& PropertyList::Add(MQTTPropertyCodes code, uint32_t number) {
  MQTTProperty property{};
  property.identifier = code;
  switch (MQTTProperty_getType(code)) {
    case MQTTPROPERTY_TYPE_BYTE:
      property.value.byte = static_cast<unsigned char>(number);
      break;
    case MQTTPROPERTY_TYPE_TWO_BYTE_INTEGER:
      property.value.integer2 = static_cast<unsigned short>(number);
      break;
    default:
      property.value.integer4 = number;
  }
  EXPECT_EQ(MQTTProperties_add(&list_, &property), 0);
  return *this;
}

PropertyList& PropertyList::Add(MQTTPropertyCodes code, std::string_view text) {
  MQTTProperty property{};
  property.identifier = code;
  property.value.data = Borrow(text);
  EXPECT_EQ(MQTTProperties_add(&list_, &property), 0);
  return *this;
}

PropertyList& PropertyList::AddUserProperty(std::string_view name, std::string_view value) {
  MQTTProperty property{};
  property.identifier = MQTTPROPERTY_CODE_USER_PROPERTY;
  property.value.data = Borrow(name);
  property.value.value = Borrow(value);
  EXPECT_EQ(MQTTProperties_add(&list_, &property), 0);
  return *this;
}

std::vector<std::string> Describe(const MQTTProperties& properties) {
  std::vector<std::string> lines;
  for (const MQTTProperty& property : All(properties)) {
    lines.push_back(fmt::format("{}={}", MQTTPropertyName(property.identifier), ValueIn(property)));
  }
  return lines;
}

uint32_t NumberOf(const MQTTProperties& properties, MQTTPropertyCodes code) {
  for (const MQTTProperty& property : All(properties)) {
    if (property.identifier == code) return NumberIn(property);
  }
  return 0;
}

}  // namespace signet
