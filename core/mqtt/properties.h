// Properties (MQTT 5, 2.2.2): a length and then, in any order, an identifier and a value each.
//
//   Property Length   Variable Byte Integer
//   Identifier        Variable Byte Integer, in practice one byte
//   value             Byte, Two or Four Byte Integer, Variable Byte Integer, UTF-8 String, Binary
//   Data or
//                     UTF-8 String Pair, as the identifier says (table 2-4)
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/mqtt/reason_code.h"

namespace signet {

enum class PropertyId : uint8_t {
  kPayloadFormatIndicator = 0x01,
  kMessageExpiryInterval = 0x02,
  kContentType = 0x03,
  kResponseTopic = 0x08,
  kCorrelationData = 0x09,
  kSubscriptionIdentifier = 0x0B,
  kSessionExpiryInterval = 0x11,
  kAssignedClientIdentifier = 0x12,
  kServerKeepAlive = 0x13,
  kAuthenticationMethod = 0x15,
  kAuthenticationData = 0x16,
  kRequestProblemInformation = 0x17,
  kWillDelayInterval = 0x18,
  kRequestResponseInformation = 0x19,
  kResponseInformation = 0x1A,
  kServerReference = 0x1C,
  kReasonString = 0x1F,
  kReceiveMaximum = 0x21,
  kTopicAliasMaximum = 0x22,
  kTopicAlias = 0x23,
  kMaximumQos = 0x24,
  kRetainAvailable = 0x25,
  kUserProperty = 0x26,
  kMaximumPacketSize = 0x27,
  kWildcardSubscriptionAvailable = 0x28,
  kSubscriptionIdentifierAvailable = 0x29,
  kSharedSubscriptionAvailable = 0x2A,
};

// Where a set of properties stands: a packet, or the Will within CONNECT.
enum class PropertyContext : uint8_t {
  kConnect,
  kWill,
  kConnack,
  kPublish,
  kPuback,
  kPubrec,
  kPubrel,
  kPubcomp,
  kSubscribe,
  kSuback,
  kUnsubscribe,
  kUnsuback,
  kDisconnect,
  kAuth,
};

// Properties as decoded. A field means something only when Has() says so, but each is initialised
// with what its absence means. Views borrow from what was decoded.
struct Properties {
  bool Has(PropertyId id) const { return (present >> static_cast<uint8_t>(id) & 1) != 0; }
  void Mark(PropertyId id) { present |= uint64_t{1} << static_cast<uint8_t>(id); }

  uint64_t present = 0;

  uint32_t message_expiry_s = 0;
  uint32_t session_expiry_s = 0;
  uint32_t will_delay_s = 0;
  uint32_t maximum_packet_size = 0;
  uint32_t subscription_id = 0;  // The first one; PUBLISH from a Server may carry several.
  uint16_t receive_maximum = 65'535;
  uint16_t topic_alias_maximum = 0;
  uint16_t topic_alias = 0;
  uint16_t server_keep_alive_s = 0;
  uint8_t payload_format_indicator = 0;
  uint8_t maximum_qos = 2;
  bool request_problem_information = true;
  bool request_response_information = false;
  bool retain_available = true;
  bool wildcard_subscription_available = true;
  bool subscription_identifier_available = true;
  bool shared_subscription_available = true;
  uint16_t user_property_count = 0;

  std::string_view content_type;
  std::string_view response_topic;
  ByteView correlation_data;
  std::string_view authentication_method;
  ByteView authentication_data;
  std::string_view assigned_client_id;
  std::string_view response_information;
  std::string_view server_reference;
  std::string_view reason_string;

  // All of them as they stood on the wire, without the Property Length. Valid once decoded.
  ByteView wire;
};

// Decodes the Property Length and the properties at the front of `reader`.
// kMalformedPacket: lengths that lie, an unknown identifier or one that `context` does not allow, a
// string that is not MQTT UTF-8. kProtocolError: one that may stand only once stands twice, a value
// outside its range, a Response Topic with wildcards. kTopicAliasInvalid: Topic Alias 0.
// kQuotaExceeded: more than `max_user_properties` User Properties, or than 65,535. kSuccess
// otherwise.
ReasonCode DecodeProperties(PropertyContext context, uint32_t max_user_properties,
                            ByteReader* reader, Properties* properties);

// One property of a wire form that has been decoded before, so its lengths are known to be true.
struct PropertyView {
  PropertyId id;
  ByteView wire;   // Identifier and value.
  ByteView value;  // The value as it stands on the wire, lengths of strings included.
};

// Takes the first property off `wire`, which is not empty.
PropertyView TakeProperty(ByteView* wire);

// Properties in their wire form, built one by one; the packet that carries them adds the length.
class PropertyBuffer {
 public:
  void AddU8(PropertyId id, uint8_t value);
  void AddU16(PropertyId id, uint16_t value);
  void AddU32(PropertyId id, uint32_t value);
  void AddVarInt(PropertyId id, uint32_t value);
  // At most 65,535 bytes.
  void AddText(PropertyId id, std::string_view value);
  void AddBinary(PropertyId id, ByteView value);
  void AddUserProperty(std::string_view name, std::string_view value);
  // As they came, identifiers included.
  void AddWire(ByteView wire) { bytes_.insert(bytes_.end(), wire.begin(), wire.end()); }

  // Valid until the next call that is not const.
  ByteView wire() const { return bytes_; }
  void Clear() { bytes_.clear(); }

 private:
  std::vector<uint8_t> bytes_;
};

}  // namespace signet
