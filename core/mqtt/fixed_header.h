// The fixed header, which says where a packet ends (MQTT 5, 2.1):
//
//   byte 1     packet type (7-4), flags (3-0)
//   byte 2...  Remaining Length: a Variable Byte Integer of one to four bytes
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/bytes.h"
#include "core/mqtt/control_packet.h"

namespace signet {

// MQTT 5, 1.5.5.
constexpr uint32_t kMaxVarInt = 268'435'455;

// The largest packet there can be: that many bytes behind a fixed header of five.
constexpr uint32_t kMaxPacketSize = kMaxVarInt + 5;

constexpr size_t VarIntSize(uint32_t value) {
  return value < 128 ? 1 : value < 16'384 ? 2 : value < 2'097'152 ? 3 : 4;
}

// Writes `value`, which is at most kMaxVarInt, at `at`; returns one past its last byte.
inline uint8_t* StoreVarInt(uint8_t* at, uint32_t value) {
  while (value >= 0x80) {
    *at++ = static_cast<uint8_t>(value | 0x80);
    value >>= 7;
  }
  *at++ = static_cast<uint8_t>(value);
  return at;
}

enum class VarIntState : uint8_t { kWhole, kNeedMore, kMalformed };

struct VarInt {
  VarIntState state = VarIntState::kMalformed;
  uint8_t size = 0;     // In bytes, when whole.
  bool minimal = true;  // Encoded in as few bytes as possible [MQTT-1.5.5-1].
  uint32_t value = 0;
};

// Reads the Variable Byte Integer at the front of `bytes`. A fourth byte with the continuation bit
// set is malformed, whether or not more bytes are there.
VarInt ParseVarInt(ByteView bytes);

// What bits 3-0 hold in every packet but PUBLISH (table 2-2).
constexpr uint8_t ReservedFlags(PacketType type) {
  return type == PacketType::kPubrel || type == PacketType::kSubscribe ||
                 type == PacketType::kUnsubscribe
             ? 2
             : 0;
}

struct FixedHeader {
  PacketType type{};
  uint8_t flags = 0;
  bool minimal_length = true;  // MQTT 3.1.1 tolerates a padded Remaining Length, MQTT 5 does not.
  uint8_t header_size = 0;     // Bytes of the fixed header itself.
  uint32_t remaining_length = 0;  // Bytes behind it.

  size_t packet_size() const { return size_t{header_size} + remaining_length; }
};

enum class HeaderState : uint8_t { kWhole, kNeedMore, kMalformed };

// Reads the fixed header at the front of `bytes`. Malformed are packet type 0, reserved flags with
// another value than the standard's [MQTT-2.1.3-1], and a Remaining Length of more than four bytes;
// each is reported as soon as it can be seen. The flags of PUBLISH are left to DecodePublish.
HeaderState ParseFixedHeader(ByteView bytes, FixedHeader* header);

}  // namespace signet
