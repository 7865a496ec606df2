#include "core/base/utf8.h"

#include "core/base/word_scan.h"

namespace signet {

Utf8Character DecodeUtf8(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const auto continues = [&](size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
  const auto bits = [&](size_t i) { return static_cast<uint32_t>(byte(i) & 0x3F); };
  const uint32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  if (first < 0xC2) return {};  // A continuation byte, or an overlong form.
  if (first < 0xE0) {
    if (!continues(1)) return {};
    return {(first & 0x1F) << 6 | bits(1), 2};
  }
  if (first < 0xF0) {
    if (!continues(1) || !continues(2)) return {};
    const uint32_t code_point = (first & 0x0F) << 12 | bits(1) << 6 | bits(2);
    if (code_point < 0x800 || (code_point >= 0xD800 && code_point <= 0xDFFF)) return {};
    return {code_point, 3};
  }
  if (first < 0xF5) {
    if (!continues(1) || !continues(2) || !continues(3)) return {};
    const uint32_t code_point = (first & 0x07) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3);
    if (code_point < 0x10000 || code_point > 0x10FFFF) return {};
    return {code_point, 4};
  }
  return {};
}

bool IsMqttUtf8(std::string_view text) {
  // All ASCII and no zero, as nearly all Topic Names are: no byte has its high bit, nor gets it by
  // a decrement.
  const auto is_plain = [](uint64_t word) {
    return ((word | (word - kEveryByte)) & kHighBits) == 0;
  };
  if (AllWords(text, is_plain)) return true;
  while (!text.empty()) {
    const Utf8Character character = DecodeUtf8(text);
    if (character.size == 0 || character.code_point == 0) return false;
    text.remove_prefix(character.size);
  }
  return true;
}

}  // namespace signet
