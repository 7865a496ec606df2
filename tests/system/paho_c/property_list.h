// PropertyList: what Paho's C client takes as properties of a packet, and gives back in the end.
#pragma once

#include <MQTTAsync.h>  // MQTTProperties.h by itself is not made for C++.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace signet {

class PropertyList {
 public:
  PropertyList() = default;
  PropertyList(const PropertyList&) = delete;
  PropertyList& operator=(const PropertyList&) = delete;
  ~PropertyList() { MQTTProperties_free(&list_); }

  PropertyList& Add(MQTTPropertyCodes code, uint32_t number);
  PropertyList& Add(MQTTPropertyCodes code, std::string_view text);
  PropertyList& AddUserProperty(std::string_view name, std::string_view value);

  // Borrowed; Paho copies what it keeps.
  const MQTTProperties& get() const { return list_; }

 private:
  MQTTProperties list_ = MQTTProperties_initializer;
};

// Each as "NAME=value", in order; a User Property as "USER_PROPERTY=name:value".
std::vector<std::string> Describe(const MQTTProperties& properties);

// The value of a numeric property, or 0.
uint32_t NumberOf(const MQTTProperties& properties, MQTTPropertyCodes code);

}  // namespace signet
