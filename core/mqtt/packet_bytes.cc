#include "core/mqtt/packet_bytes.h"

namespace signet {

ByteWriter AppendBytes(size_t size, PacketBytes* out) {
  const size_t start = out->size();
  out->resize(start + size);
  return ByteWriter({out->data() + start, size});
}

ByteWriter AppendPacket(PacketType type, uint8_t flags, size_t remaining_length, PacketBytes* out) {
  CHECK(remaining_length <= kMaxVarInt);
  const auto length = static_cast<uint32_t>(remaining_length);
  ByteWriter writer = AppendBytes(1 + VarIntSize(length) + length, out);
  writer.WriteU8(static_cast<uint8_t>(static_cast<uint8_t>(type) << 4 | flags));
  WriteVarInt(length, &writer);
  return writer;
}

void WriteVarInt(uint32_t value, ByteWriter* writer) {
  DCHECK(value <= kMaxVarInt);
  uint8_t bytes[4];
  const uint8_t* end = StoreVarInt(bytes, value);
  writer->WriteBytes({bytes, end});
}

void WriteProperties(ByteView wire, ByteWriter* writer) {
  WriteVarInt(static_cast<uint32_t>(wire.size()), writer);
  writer->WriteBytes(wire);
}

}  // namespace signet
