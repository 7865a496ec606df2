// Valid packets of every type and version, small and with every field in use: what generic tests
// break in all ways, and what a fuzzer starts from. Each is in the shortest form that an encoder
// would choose.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/any_packet.h"

namespace signet {

struct SamplePacket {
  std::string name;
  Peer peer;
  std::vector<uint8_t> bytes;  // The fixed header takes the first two.
  // Where the packet could end as well, if its Remaining Length said so.
  std::vector<size_t> may_end;
  // Where two-byte lengths begin, and Property Lengths, which are of one byte.
  std::vector<size_t> lengths;
  std::vector<size_t> property_lengths;
};

// The packet with only the first `size` bytes of it, and a Remaining Length that is true of those.
std::vector<uint8_t> Shortened(const SamplePacket& packet, size_t size);

const std::vector<SamplePacket>& SamplePackets();

}  // namespace signet
