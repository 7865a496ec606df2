#include "core/mqtt/packet_bytes.h"
#include "core/mqtt/properties.h"

namespace signet {
namespace {

// The writer stands behind the identifier.
ByteWriter AppendProperty(PropertyId id, size_t value_size, PacketBytes* bytes) {
  ByteWriter writer = AppendBytes(1 + value_size, bytes);
  writer.WriteU8(static_cast<uint8_t>(id));
  return writer;
}

}  // namespace

void PropertyBuffer::AddU8(PropertyId id, uint8_t value) {
  AppendProperty(id, 1, &bytes_).WriteU8(value);
}

void PropertyBuffer::AddU16(PropertyId id, uint16_t value) {
  AppendProperty(id, 2, &bytes_).WriteU16(value);
}

void PropertyBuffer::AddU32(PropertyId id, uint32_t value) {
  AppendProperty(id, 4, &bytes_).WriteU32(value);
}

void PropertyBuffer::AddVarInt(PropertyId id, uint32_t value) {
  ByteWriter writer = AppendProperty(id, VarIntSize(value), &bytes_);
  WriteVarInt(value, &writer);
}

void PropertyBuffer::AddText(PropertyId id, std::string_view value) {
  AddBinary(id, AsBytes(value));
}

void PropertyBuffer::AddBinary(PropertyId id, ByteView value) {
  AppendProperty(id, 2 + value.size(), &bytes_).WriteBinary(value);
}

void PropertyBuffer::AddUserProperty(std::string_view name, std::string_view value) {
  ByteWriter writer =
      AppendProperty(PropertyId::kUserProperty, 2 + name.size() + 2 + value.size(), &bytes_);
  writer.WriteText(name);
  writer.WriteText(value);
}

}  // namespace signet
