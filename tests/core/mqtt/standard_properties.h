// Table 2-4 of MQTT 5 as the standard prints it, written down for the tests apart from the table
// that the decoder is driven by (core/mqtt/property_table.cc); and the rules that other sections
// give to single properties.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/mqtt/properties.h"

namespace signet {

struct StandardProperty {
  uint8_t id;
  std::string_view name;
  std::string_view type;
  std::string_view packets;
};

inline constexpr StandardProperty kStandardProperties[] = {
    {0x01, "Payload Format Indicator", "Byte", "PUBLISH, Will Properties"},
    {0x02, "Message Expiry Interval", "Four Byte Integer", "PUBLISH, Will Properties"},
    {0x03, "Content Type", "UTF-8 Encoded String", "PUBLISH, Will Properties"},
    {0x08, "Response Topic", "UTF-8 Encoded String", "PUBLISH, Will Properties"},
    {0x09, "Correlation Data", "Binary Data", "PUBLISH, Will Properties"},
    {0x0B, "Subscription Identifier", "Variable Byte Integer", "PUBLISH, SUBSCRIBE"},
    {0x11, "Session Expiry Interval", "Four Byte Integer", "CONNECT, CONNACK, DISCONNECT"},
    {0x12, "Assigned Client Identifier", "UTF-8 Encoded String", "CONNACK"},
    {0x13, "Server Keep Alive", "Two Byte Integer", "CONNACK"},
    {0x15, "Authentication Method", "UTF-8 Encoded String", "CONNECT, CONNACK, AUTH"},
    {0x16, "Authentication Data", "Binary Data", "CONNECT, CONNACK, AUTH"},
    {0x17, "Request Problem Information", "Byte", "CONNECT"},
    {0x18, "Will Delay Interval", "Four Byte Integer", "Will Properties"},
    {0x19, "Request Response Information", "Byte", "CONNECT"},
    {0x1A, "Response Information", "UTF-8 Encoded String", "CONNACK"},
    {0x1C, "Server Reference", "UTF-8 Encoded String", "CONNACK, DISCONNECT"},
    {0x1F, "Reason String", "UTF-8 Encoded String",
     "CONNACK, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK, DISCONNECT, AUTH"},
    {0x21, "Receive Maximum", "Two Byte Integer", "CONNECT, CONNACK"},
    {0x22, "Topic Alias Maximum", "Two Byte Integer", "CONNECT, CONNACK"},
    {0x23, "Topic Alias", "Two Byte Integer", "PUBLISH"},
    {0x24, "Maximum QoS", "Byte", "CONNACK"},
    {0x25, "Retain Available", "Byte", "CONNACK"},
    {0x26, "User Property", "UTF-8 String Pair",
     "CONNECT, CONNACK, PUBLISH, Will Properties, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBSCRIBE, "
     "SUBACK, UNSUBSCRIBE, UNSUBACK, DISCONNECT, AUTH"},
    {0x27, "Maximum Packet Size", "Four Byte Integer", "CONNECT, CONNACK"},
    {0x28, "Wildcard Subscription Available", "Byte", "CONNACK"},
    {0x29, "Subscription Identifier Available", "Byte", "CONNACK"},
    {0x2A, "Shared Subscription Available", "Byte", "CONNACK"},
};
static_assert(std::size(kStandardProperties) == 27);

// In the words of the table.
struct StandardContext {
  PropertyContext context;
  std::string_view name;
};

inline constexpr StandardContext kStandardContexts[] = {
    {PropertyContext::kConnect, "CONNECT"},         {PropertyContext::kWill, "Will Properties"},
    {PropertyContext::kConnack, "CONNACK"},         {PropertyContext::kPublish, "PUBLISH"},
    {PropertyContext::kPuback, "PUBACK"},           {PropertyContext::kPubrec, "PUBREC"},
    {PropertyContext::kPubrel, "PUBREL"},           {PropertyContext::kPubcomp, "PUBCOMP"},
    {PropertyContext::kSubscribe, "SUBSCRIBE"},     {PropertyContext::kSuback, "SUBACK"},
    {PropertyContext::kUnsubscribe, "UNSUBSCRIBE"}, {PropertyContext::kUnsuback, "UNSUBACK"},
    {PropertyContext::kDisconnect, "DISCONNECT"},   {PropertyContext::kAuth, "AUTH"},
};
static_assert(std::size(kStandardContexts) == 14);

// Whether `packets`, a list with commas, names `packet`; no name of a packet may be found within
// another's.
constexpr bool Lists(std::string_view packets, std::string_view packet) {
  while (!packets.empty()) {
    const size_t comma = packets.find(", ");
    if (packets.substr(0, comma) == packet) return true;
    packets.remove_prefix(comma == std::string_view::npos ? packets.size() : comma + 2);
  }
  return false;
}

constexpr bool MayStandIn(const StandardProperty& property, const StandardContext& context) {
  return Lists(property.packets, context.name);
}

// User Property everywhere; Subscription Identifier where several Subscriptions may have matched
// (3.3.2.3.8).
constexpr bool MayRepeatIn(const StandardProperty& property, const StandardContext& context) {
  return property.name == "User Property" ||
         (property.name == "Subscription Identifier" && context.name == "PUBLISH");
}

}  // namespace signet
