// The vocabulary that every packet shares: its type, the protocol version, QoS.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace signet {

// MQTT 5, 2.1.2. Value 15 is reserved in MQTT 3.1.1.
enum class PacketType : uint8_t {
  kConnect = 1,
  kConnack = 2,
  kPublish = 3,
  kPuback = 4,
  kPubrec = 5,
  kPubrel = 6,
  kPubcomp = 7,
  kSubscribe = 8,
  kSuback = 9,
  kUnsubscribe = 10,
  kUnsuback = 11,
  kPingreq = 12,
  kPingresp = 13,
  kDisconnect = 14,
  kAuth = 15,
};

std::string_view Name(PacketType type);

// The Protocol Version byte of CONNECT (MQTT 5, 3.1.2.2; MQTT 3.1.1, 3.1.2.2).
enum class ProtocolVersion : uint8_t { k311 = 4, k5 = 5 };

// MQTT 5, 4.3. Ordered: the lesser of two is what a Subscription gets.
enum class QoS : uint8_t { kAtMostOnce = 0, kAtLeastOnce = 1, kExactlyOnce = 2 };

constexpr QoS Lesser(QoS a, QoS b) { return std::min(a, b); }

// Never 0 for a packet that carries one [MQTT-2.2.1-3].
using PacketId = uint16_t;

}  // namespace signet
