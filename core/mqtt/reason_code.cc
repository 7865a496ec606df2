#include "core/mqtt/reason_code.h"

#include <array>

namespace signet {
namespace {

// Packet types as a set, one bit each.
constexpr uint16_t Bit(PacketType type) {
  return static_cast<uint16_t>(1u << static_cast<uint8_t>(type));
}
constexpr uint16_t kConnack = Bit(PacketType::kConnack);
constexpr uint16_t kPuback = Bit(PacketType::kPuback) | Bit(PacketType::kPubrec);
constexpr uint16_t kPubrel = Bit(PacketType::kPubrel) | Bit(PacketType::kPubcomp);
constexpr uint16_t kSuback = Bit(PacketType::kSuback);
constexpr uint16_t kUnsuback = Bit(PacketType::kUnsuback);
constexpr uint16_t kDisconnect = Bit(PacketType::kDisconnect);
constexpr uint16_t kAuth = Bit(PacketType::kAuth);

struct Row {
  std::string_view name;
  uint8_t code;
  uint16_t packets;
};

// Table 2-6. The tables of the single packets say the same but for 0x8C, which is missing from that
// of DISCONNECT (table 3-10), although a failed re-authentication needs it (4.12.1). kPuback stands
// for PUBREC and kPubrel for PUBCOMP too: no code tells them apart.
constexpr Row kRows[] = {
    {"Success", 0x00, kConnack | kPuback | kPubrel | kSuback | kUnsuback | kDisconnect | kAuth},
    {"Granted QoS 1", 0x01, kSuback},
    {"Granted QoS 2", 0x02, kSuback},
    {"Disconnect with Will Message", 0x04, kDisconnect},
    {"No matching subscribers", 0x10, kPuback},
    {"No subscription existed", 0x11, kUnsuback},
    {"Continue authentication", 0x18, kAuth},
    {"Re-authenticate", 0x19, kAuth},
    {"Unspecified error", 0x80, kConnack | kPuback | kSuback | kUnsuback | kDisconnect},
    {"Malformed Packet", 0x81, kConnack | kDisconnect},
    {"Protocol Error", 0x82, kConnack | kDisconnect},
    {"Implementation specific error", 0x83, kConnack | kPuback | kSuback | kUnsuback | kDisconnect},
    {"Unsupported Protocol Version", 0x84, kConnack},
    {"Client Identifier not valid", 0x85, kConnack},
    {"Bad User Name or Password", 0x86, kConnack},
    {"Not authorized", 0x87, kConnack | kPuback | kSuback | kUnsuback | kDisconnect},
    {"Server unavailable", 0x88, kConnack},
    {"Server busy", 0x89, kConnack | kDisconnect},
    {"Banned", 0x8A, kConnack},
    {"Server shutting down", 0x8B, kDisconnect},
    {"Bad authentication method", 0x8C, kConnack | kDisconnect},
    {"Keep Alive timeout", 0x8D, kDisconnect},
    {"Session taken over", 0x8E, kDisconnect},
    {"Topic Filter invalid", 0x8F, kSuback | kUnsuback | kDisconnect},
    {"Topic Name invalid", 0x90, kConnack | kPuback | kDisconnect},
    {"Packet Identifier in use", 0x91, kPuback | kSuback | kUnsuback},
    {"Packet Identifier not found", 0x92, kPubrel},
    {"Receive Maximum exceeded", 0x93, kDisconnect},
    {"Topic Alias invalid", 0x94, kDisconnect},
    {"Packet too large", 0x95, kConnack | kDisconnect},
    {"Message rate too high", 0x96, kDisconnect},
    {"Quota exceeded", 0x97, kConnack | kPuback | kSuback | kDisconnect},
    {"Administrative action", 0x98, kDisconnect},
    {"Payload format invalid", 0x99, kConnack | kPuback | kDisconnect},
    {"Retain not supported", 0x9A, kConnack | kDisconnect},
    {"QoS not supported", 0x9B, kConnack | kDisconnect},
    {"Use another server", 0x9C, kConnack | kDisconnect},
    {"Server moved", 0x9D, kConnack | kDisconnect},
    {"Shared Subscriptions not supported", 0x9E, kSuback | kDisconnect},
    {"Connection rate exceeded", 0x9F, kConnack | kDisconnect},
    {"Maximum connect time", 0xA0, kDisconnect},
    {"Subscription Identifiers not supported", 0xA1, kSuback | kDisconnect},
    {"Wildcard Subscriptions not supported", 0xA2, kSuback | kDisconnect},
};

// By code; what the standard does not list has no packets.
constexpr auto kByCode = [] {
  std::array<Row, 256> by_code{};
  for (Row& row : by_code) row.name = "Unknown";
  for (const Row& row : kRows) by_code[row.code] = row;
  return by_code;
}();

}  // namespace

std::string_view Name(ReasonCode code) { return kByCode[static_cast<uint8_t>(code)].name; }

bool IsValidFor(ReasonCode code, PacketType type) {
  return (kByCode[static_cast<uint8_t>(code)].packets & Bit(type)) != 0;
}

uint8_t ConnectReturnCode311(ReasonCode code) {
  constexpr uint8_t kAccepted = 0;
  constexpr uint8_t kUnacceptableProtocolVersion = 1;
  constexpr uint8_t kIdentifierRejected = 2;
  constexpr uint8_t kServerUnavailable = 3;
  constexpr uint8_t kBadUserNameOrPassword = 4;
  constexpr uint8_t kNotAuthorized = 5;
  switch (code) {
    case ReasonCode::kUnsupportedProtocolVersion:
      return kUnacceptableProtocolVersion;
    case ReasonCode::kClientIdentifierNotValid:
      return kIdentifierRejected;
    case ReasonCode::kBadUserNameOrPassword:
      return kBadUserNameOrPassword;
    // What passes by itself: a Client that is told "not authorized" would not come again.
    case ReasonCode::kServerUnavailable:
    case ReasonCode::kServerBusy:
    case ReasonCode::kServerShuttingDown:
    case ReasonCode::kQuotaExceeded:
    case ReasonCode::kConnectionRateExceeded:
      return kServerUnavailable;
    default:
      return IsError(code) ? kNotAuthorized : kAccepted;
  }
}

}  // namespace signet
