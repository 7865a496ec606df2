// PacketBytes: where encoders put packets that are rare or short-lived; PUBLISH and its
// acknowledgements, which are neither, have ways of their own (publish_encoder.h, publish_ack.h).
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/bytes.h"
#include "core/mqtt/control_packet.h"
#include "core/mqtt/fixed_header.h"

namespace signet {

using PacketBytes = std::vector<uint8_t>;

// Appends `size` bytes and gives a writer over exactly those; it is valid until `out` grows again.
ByteWriter AppendBytes(size_t size, PacketBytes* out);

// Appends a fixed header and `remaining_length` bytes, at most kMaxVarInt, and gives a writer over
// exactly those bytes.
ByteWriter AppendPacket(PacketType type, uint8_t flags, size_t remaining_length, PacketBytes* out);

// At most kMaxVarInt.
void WriteVarInt(uint32_t value, ByteWriter* writer);

// The size of a Property Length and the properties behind it, and both written.
constexpr size_t PropertiesSize(size_t wire_size) {
  return VarIntSize(static_cast<uint32_t>(wire_size)) + wire_size;
}
void WriteProperties(ByteView wire, ByteWriter* writer);

}  // namespace signet
