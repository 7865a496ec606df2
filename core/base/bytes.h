// Views over bytes and the two cursors of the codec. All integers are big-endian (MQTT
// 5, 1.5.2, 1.5.3). A view borrows: it lives within one call, over a receive buffer or a
// SharedBuffer.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "core/base/check.h"

namespace signet {

using ByteView = std::span<const uint8_t>;
// Of a buffer that is ours to overwrite.
using MutableBytes = std::span<uint8_t>;

inline std::string_view AsText(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline ByteView AsBytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

inline uint16_t LoadU16(const uint8_t* at) { return static_cast<uint16_t>(at[0] << 8 | at[1]); }
inline uint32_t LoadU32(const uint8_t* at) {
  uint32_t value;
  std::memcpy(&value, at, sizeof value);
  return std::endian::native == std::endian::little ? __builtin_bswap32(value) : value;
}
inline void StoreU16(uint8_t* at, uint16_t value) {
  at[0] = static_cast<uint8_t>(value >> 8);
  at[1] = static_cast<uint8_t>(value);
}
inline void StoreU32(uint8_t* at, uint32_t value) {
  if (std::endian::native == std::endian::little) value = __builtin_bswap32(value);
  std::memcpy(at, &value, sizeof value);
}

// Reads fields from the front of a view. Each Read… returns false, and leaves the cursor where it
// was, when the bytes run out.
class ByteReader {
 public:
  ByteReader() = default;
  explicit ByteReader(ByteView bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  size_t remaining() const { return static_cast<size_t>(end_ - at_); }
  bool empty() const { return at_ == end_; }
  const uint8_t* position() const { return at_; }

  bool ReadU8(uint8_t* value) {
    if (remaining() < 1) return false;
    *value = *at_++;
    return true;
  }
  bool ReadU16(uint16_t* value) {
    if (remaining() < 2) return false;
    *value = LoadU16(at_);
    at_ += 2;
    return true;
  }
  bool ReadU32(uint32_t* value) {
    if (remaining() < 4) return false;
    *value = LoadU32(at_);
    at_ += 4;
    return true;
  }
  bool ReadBytes(size_t size, ByteView* view) {
    if (remaining() < size) return false;
    *view = {at_, size};
    at_ += size;
    return true;
  }
  // Binary Data: a two-byte length and that many bytes (MQTT 5, 1.5.6).
  bool ReadBinary(ByteView* view) {
    if (remaining() < 2) return false;
    const size_t size = LoadU16(at_);
    if (remaining() - 2 < size) return false;
    *view = {at_ + 2, size};
    at_ += 2 + size;
    return true;
  }
  // Goes past the next byte if it is this one.
  bool SkipU8(uint8_t value) {
    if (empty() || *at_ != value) return false;
    ++at_;
    return true;
  }
  // Everything that is left; the cursor then stands at the end.
  ByteView Rest() {
    const ByteView rest{at_, remaining()};
    at_ = end_;
    return rest;
  }

 private:
  const uint8_t* at_ = nullptr;
  const uint8_t* end_ = nullptr;
};

// Writes fields into memory that was reserved at the exact size: running over is our own mistake.
class ByteWriter {
 public:
  explicit ByteWriter(std::span<uint8_t> memory)
      : at_(memory.data()), end_(memory.data() + memory.size()) {}

  size_t remaining() const { return static_cast<size_t>(end_ - at_); }
  uint8_t* position() { return at_; }

  void WriteU8(uint8_t value) {
    DCHECK(remaining() >= 1);
    *at_++ = value;
  }
  void WriteU16(uint16_t value) {
    DCHECK(remaining() >= 2);
    StoreU16(at_, value);
    at_ += 2;
  }
  void WriteU32(uint32_t value) {
    DCHECK(remaining() >= 4);
    StoreU32(at_, value);
    at_ += 4;
  }
  void WriteBytes(ByteView bytes) {
    DCHECK(remaining() >= bytes.size());
    if (!bytes.empty()) std::memcpy(at_, bytes.data(), bytes.size());
    at_ += bytes.size();
  }
  // A two-byte length and the bytes; the caller has made sure that they fit 65,535.
  void WriteBinary(ByteView bytes) {
    DCHECK(bytes.size() <= UINT16_MAX);
    WriteU16(static_cast<uint16_t>(bytes.size()));
    WriteBytes(bytes);
  }
  void WriteText(std::string_view text) { WriteBinary(AsBytes(text)); }

 private:
  uint8_t* at_;
  uint8_t* end_;
};

}  // namespace signet
