// Variable Byte Integers and fixed headers, against the algorithm of the standard's text. Input:
// the bytes.
#include <algorithm>
#include <array>

#include "core/base/check.h"
#include "core/mqtt/fixed_header.h"
#include "tests/fuzz/target.h"

namespace signet::fuzz::fixed_header_fuzz {
namespace {

// The pseudo code of 1.5.5, with what it leaves open: the bytes may run out.
VarInt Reference(ByteView bytes) {
  uint32_t multiplier = 1;
  VarInt result;
  for (const uint8_t byte : bytes) {
    result.value += (byte & 127) * multiplier;
    if (multiplier > 128 * 128 * 128) return {VarIntState::kMalformed};
    multiplier *= 128;
    ++result.size;
    if ((byte & 128) != 0) {
      if (result.size == 4) return {VarIntState::kMalformed};
      continue;
    }
    result.state = VarIntState::kWhole;
    result.minimal = result.size == VarIntSize(result.value);
    return result;
  }
  return {VarIntState::kNeedMore};
}

void CheckVarInt(ByteView bytes) {
  const VarInt expected = Reference(bytes);
  const VarInt parsed = ParseVarInt(bytes);
  CHECK(parsed.state == expected.state);
  if (parsed.state != VarIntState::kWhole) return;
  CHECK(parsed.value == expected.value && parsed.value <= kMaxVarInt);
  CHECK(parsed.size == expected.size && parsed.minimal == expected.minimal);

  std::array<uint8_t, 4> stored{};
  const uint8_t* end = StoreVarInt(stored.data(), parsed.value);
  const ByteView shortest(stored.data(), end);
  CHECK(shortest.size() == VarIntSize(parsed.value) && shortest.size() <= parsed.size);
  CHECK(std::ranges::equal(shortest, bytes.first(parsed.size)) == parsed.minimal);
}

bool HasValidFirstByte(uint8_t byte) {
  const int type = byte >> 4;
  const int flags = byte & 15;
  if (type == 0) return false;
  if (type == 3) return true;
  return flags == (type == 6 || type == 8 || type == 10 ? 2 : 0);  // Table 2-2.
}

void CheckHeader(ByteView bytes) {
  FixedHeader header;
  const HeaderState state = ParseFixedHeader(bytes, &header);
  if (bytes.empty()) {
    CHECK(state == HeaderState::kNeedMore);
    return;
  }
  if (!HasValidFirstByte(bytes[0])) {
    CHECK(state == HeaderState::kMalformed);
    return;
  }
  const VarInt length = Reference(bytes.subspan(1));
  CHECK((state == HeaderState::kWhole) == (length.state == VarIntState::kWhole));
  CHECK((state == HeaderState::kNeedMore) == (length.state == VarIntState::kNeedMore));
  if (state != HeaderState::kWhole) return;
  CHECK(static_cast<uint8_t>(header.type) == bytes[0] >> 4);
  CHECK(header.flags == (bytes[0] & 15) && header.header_size == 1 + length.size);
  CHECK(header.remaining_length == length.value && header.minimal_length == length.minimal);
  CHECK(header.packet_size() <= kMaxPacketSize);
}

}  // namespace

FUZZ_TARGET(fixed_header) {
  // Each prefix as well: what comes later changes nothing once the outcome is known.
  constexpr size_t kLongest = 8;
  for (size_t length = 0; length <= std::min(size, kLongest); ++length) {
    CheckVarInt({data, length});
    CheckHeader({data, length});
  }
  return 0;
}

}  // namespace signet::fuzz::fixed_header_fuzz
