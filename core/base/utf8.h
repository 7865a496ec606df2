// UTF-8 as the Unicode Standard and RFC 3629 define it: shortest form only, no surrogates, up to
// U+10FFFF.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace signet {

struct Utf8Character {
  uint32_t code_point = 0;
  uint8_t size = 0;  // In bytes; 0 if `text` does not start with a well-formed character.
};

// The first character of `text`, which is not empty.
Utf8Character DecodeUtf8(std::string_view text);

// A UTF-8 Encoded String of MQTT: well-formed [MQTT-1.5.4-1] and without U+0000 [MQTT-1.5.4-2].
bool IsMqttUtf8(std::string_view text);

}  // namespace signet
