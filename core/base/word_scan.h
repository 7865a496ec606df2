// Looking at text eight bytes at a time, which is several times cheaper than byte by byte; Topic
// Names, which are looked at for every PUBLISH, are long enough for that.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace signet {

constexpr uint64_t kEveryByte = 0x0101010101010101;  // Times a byte: eight of that byte.
constexpr uint64_t kHighBits = 0x80 * kEveryByte;

// Whether one of the eight bytes is zero.
constexpr bool HasZeroByte(uint64_t word) { return ((word - kEveryByte) & ~word & kHighBits) != 0; }

namespace internal {

template <typename Word>
Word LoadWord(const char* at) {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// A word of what `text`, of one to seven bytes, consists of: some of them twice.
inline uint64_t WordOfShort(std::string_view text) {
  const char* at = text.data();
  const size_t size = text.size();
  if (size >= 4) {
    return uint64_t{LoadWord<uint32_t>(at)} << 32 | LoadWord<uint32_t>(at + size - 4);
  }
  const auto byte = [&](size_t i) { return uint64_t{static_cast<uint8_t>(at[i])}; };
  return byte(0) * (kEveryByte << 16) | byte(size / 2) << 8 | byte(size - 1);
}

}  // namespace internal

// Whether test(word) holds for words that together consist of all bytes of `text` and of no others;
// a byte may come twice, and in any place.
template <typename Test>
bool AllWords(std::string_view text, Test test) {
  if (text.size() < 8) return text.empty() || test(internal::WordOfShort(text));
  const char* const last = text.data() + text.size() - 8;
  for (const char* at = text.data(); at < last; at += 8) {
    if (!test(internal::LoadWord<uint64_t>(at))) return false;
  }
  return test(internal::LoadWord<uint64_t>(last));
}

}  // namespace signet
