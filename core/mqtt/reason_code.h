// Reason Codes (MQTT 5, 2.4) and in which packets each may stand. MQTT 3.1.1 knows CONNACK return
// codes and SUBACK failure only; the conversions are here too.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/expected.h"
#include "core/mqtt/control_packet.h"

namespace signet {

enum class ReasonCode : uint8_t {
  kSuccess = 0x00,  // Also: Normal disconnection, Granted QoS 0.
  kGrantedQos1 = 0x01,
  kGrantedQos2 = 0x02,
  kDisconnectWithWillMessage = 0x04,
  kNoMatchingSubscribers = 0x10,
  kNoSubscriptionExisted = 0x11,
  kContinueAuthentication = 0x18,
  kReauthenticate = 0x19,
  kUnspecifiedError = 0x80,
  kMalformedPacket = 0x81,
  kProtocolError = 0x82,
  kImplementationSpecificError = 0x83,
  kUnsupportedProtocolVersion = 0x84,
  kClientIdentifierNotValid = 0x85,
  kBadUserNameOrPassword = 0x86,
  kNotAuthorized = 0x87,
  kServerUnavailable = 0x88,
  kServerBusy = 0x89,
  kBanned = 0x8A,
  kServerShuttingDown = 0x8B,
  kBadAuthenticationMethod = 0x8C,
  kKeepAliveTimeout = 0x8D,
  kSessionTakenOver = 0x8E,
  kTopicFilterInvalid = 0x8F,
  kTopicNameInvalid = 0x90,
  kPacketIdentifierInUse = 0x91,
  kPacketIdentifierNotFound = 0x92,
  kReceiveMaximumExceeded = 0x93,
  kTopicAliasInvalid = 0x94,
  kPacketTooLarge = 0x95,
  kMessageRateTooHigh = 0x96,
  kQuotaExceeded = 0x97,
  kAdministrativeAction = 0x98,
  kPayloadFormatInvalid = 0x99,
  kRetainNotSupported = 0x9A,
  kQosNotSupported = 0x9B,
  kUseAnotherServer = 0x9C,
  kServerMoved = 0x9D,
  kSharedSubscriptionsNotSupported = 0x9E,
  kConnectionRateExceeded = 0x9F,
  kMaximumConnectTime = 0xA0,
  kSubscriptionIdentifiersNotSupported = 0xA1,
  kWildcardSubscriptionsNotSupported = 0xA2,
};

// What a decoder gives: the packet, or why it is refused.
template <typename T>
using Result = Expected<T, ReasonCode>;

// 0x80 and above.
constexpr bool IsError(ReasonCode code) { return static_cast<uint8_t>(code) >= 0x80; }

// The name that the standard gives it; "Unknown" for a byte that it does not list.
std::string_view Name(ReasonCode code);

// Whether `code` may stand in a packet of `type` (the tables 2-6, 3-13 and their like of MQTT 5),
// whoever sends it.
bool IsValidFor(ReasonCode code, PacketType type);

// The CONNACK return code of MQTT 3.1.1 (table 3.1) that comes closest: 1 to 5, or 0 for success.
// Of what has none of its own, what passes by itself is 3 and all else 5 (azure-iot-operations,
// 5.3, rule 4).
uint8_t ConnectReturnCode311(ReasonCode code);

}  // namespace signet
