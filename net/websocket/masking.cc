#include "net/websocket/masking.h"

#include <cstring>

namespace signet::websocket {

void ApplyMask(const Mask& mask, uint64_t offset, MutableBytes bytes) {
  // Two rounds of the mask, as they meet the first eight bytes and every eight behind them.
  std::array<uint8_t, 8> turned{};
  for (size_t i = 0; i < turned.size(); ++i) turned[i] = mask[(offset + i) % mask.size()];
  uint64_t wide;
  std::memcpy(&wide, turned.data(), sizeof wide);
  uint8_t* at = bytes.data();
  size_t words = bytes.size() / sizeof wide;
  for (; words > 0; --words, at += sizeof wide) {
    uint64_t word;
    std::memcpy(&word, at, sizeof word);
    word ^= wide;
    std::memcpy(at, &word, sizeof word);
  }
  for (size_t i = 0; i < bytes.size() % sizeof wide; ++i) at[i] ^= turned[i];
}

}  // namespace signet::websocket
