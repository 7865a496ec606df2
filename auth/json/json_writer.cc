#include "auth/json/json_writer.h"

#include <cstdint>

namespace signet::auth {

void AppendJsonText(std::string_view text, std::string* json) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  *json += '"';
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (c == '"' || c == '\\') {
      *json += '\\';
      *json += c;
    } else if (byte < 0x20) {
      *json += "\\u00";
      *json += kHexDigits[byte >> 4];
      *json += kHexDigits[byte & 15];
    } else {
      *json += c;
    }
  }
  *json += '"';
}

}  // namespace signet::auth
