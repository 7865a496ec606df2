#include "core/mqtt/fixed_header.h"

#include <algorithm>

namespace signet {

VarInt ParseVarInt(ByteView bytes) {
  constexpr size_t kMaxSize = 4;
  if (!bytes.empty() && bytes[0] < 0x80) return {VarIntState::kWhole, 1, true, bytes[0]};
  const size_t available = std::min(bytes.size(), kMaxSize);
  uint32_t value = 0;
  for (size_t i = 0; i < available; ++i) {
    const uint8_t byte = bytes[i];
    value |= (byte & 0x7Fu) << (7 * i);
    if ((byte & 0x80) != 0) continue;
    // Padding shows in the last byte: it adds nothing to what the bytes before it say.
    const bool minimal = byte != 0 || i == 0;
    return {VarIntState::kWhole, static_cast<uint8_t>(i + 1), minimal, value};
  }
  return {available == kMaxSize ? VarIntState::kMalformed : VarIntState::kNeedMore};
}

HeaderState ParseFixedHeader(ByteView bytes, FixedHeader* header) {
  if (bytes.empty()) return HeaderState::kNeedMore;
  const uint8_t number = bytes[0] >> 4;
  if (number == 0) return HeaderState::kMalformed;  // Table 2-1.
  header->type = static_cast<PacketType>(number);
  header->flags = bytes[0] & 0x0F;
  if (header->type != PacketType::kPublish && header->flags != ReservedFlags(header->type)) {
    return HeaderState::kMalformed;  // [MQTT-2.1.3-1]
  }
  const VarInt length = ParseVarInt(bytes.subspan(1));
  if (length.state == VarIntState::kNeedMore) return HeaderState::kNeedMore;
  if (length.state == VarIntState::kMalformed) return HeaderState::kMalformed;
  header->minimal_length = length.minimal;
  header->header_size = static_cast<uint8_t>(1 + length.size);
  header->remaining_length = length.value;
  return HeaderState::kWhole;
}

}  // namespace signet
