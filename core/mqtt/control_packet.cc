#include "core/mqtt/control_packet.h"

#include <array>

namespace signet {

std::string_view Name(PacketType type) {
  static constexpr std::array<std::string_view, 16> kNames = {
      "Reserved", "CONNECT",  "CONNACK",    "PUBLISH", "PUBACK",      "PUBREC",
      "PUBREL",   "PUBCOMP",  "SUBSCRIBE",  "SUBACK",  "UNSUBSCRIBE", "UNSUBACK",
      "PINGREQ",  "PINGRESP", "DISCONNECT", "AUTH"};
  const auto number = static_cast<uint8_t>(type);
  return number < kNames.size() ? kNames[number] : "Unknown";
}

}  // namespace signet
