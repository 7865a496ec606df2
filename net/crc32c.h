// CRC-32C (RFC 3720, 12.1), for the few bytes of a PROXY header: a table of 1 KiB, no instructions
// of a special processor.
#pragma once

#include <array>
#include <cstdint>

#include "core/base/bytes.h"

namespace signet {

// `before` is the sum of what stands in front of these bytes.
inline uint32_t Crc32c(ByteView bytes, uint32_t before = 0) {
  constexpr auto kTable = [] {
    std::array<uint32_t, 256> table{};
    for (uint32_t i = 0; i < table.size(); ++i) {
      uint32_t sum = i;
      for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ ((sum & 1) != 0 ? 0x82F63B78 : 0);
      table[i] = sum;
    }
    return table;
  }();
  uint32_t sum = ~before;
  for (const uint8_t byte : bytes) sum = (sum >> 8) ^ kTable[(sum ^ byte) & 0xFF];
  return ~sum;
}

}  // namespace signet
