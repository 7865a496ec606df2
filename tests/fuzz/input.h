// Input: what a fuzzer gives, taken apart from the front. When it runs out it gives zeros and empty
// views, so that every input is a whole one. Borrows for the length of one run.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/bytes.h"
#include "tests/support/any_packet.h"

namespace signet::fuzz {

class Input {
 public:
  Input(const uint8_t* data, size_t size) : rest_(data, size) {}

  bool empty() const { return rest_.empty(); }

  uint8_t Byte() {
    if (rest_.empty()) return 0;
    const uint8_t byte = rest_.front();
    rest_ = rest_.subspan(1);
    return byte;
  }
  ByteView Bytes(size_t size) {
    const ByteView bytes = rest_.first(std::min(size, rest_.size()));
    rest_ = rest_.subspan(bytes.size());
    return bytes;
  }
  ByteView Rest() { return Bytes(rest_.size()); }
  // Up to the next line feed, which is dropped.
  std::string_view Line() {
    const auto end = std::find(rest_.begin(), rest_.end(), '\n');
    const std::string_view line = AsText(Bytes(static_cast<size_t>(end - rest_.begin())));
    Byte();
    return line;
  }
  // Who speaks which version: the two lowest bits of a byte, whose others are left in `choice`.
  Peer Speaker(uint8_t* choice) {
    const uint8_t byte = Byte();
    *choice = byte >> 2;
    return {.version = (byte & 1) != 0 ? ProtocolVersion::k311 : ProtocolVersion::k5,
            .sender = (byte & 2) != 0 ? Sender::kServer : Sender::kClient};
  }
  Peer Speaker() {
    uint8_t ignored;
    return Speaker(&ignored);
  }

 private:
  ByteView rest_;
};

}  // namespace signet::fuzz
