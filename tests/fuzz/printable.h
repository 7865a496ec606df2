// What may stand in a log: one line of valid UTF-8 without control characters.
#pragma once

#include <string_view>

#include "core/base/utf8.h"

namespace signet::fuzz {

inline bool IsPrintableLine(std::string_view text) {
  while (!text.empty()) {
    const Utf8Character character = DecodeUtf8(text);
    if (character.size == 0 || character.code_point < 0x20 ||
        (character.code_point >= 0x7F && character.code_point < 0xA0)) {
      return false;
    }
    text.remove_prefix(character.size);
  }
  return true;
}

}  // namespace signet::fuzz
