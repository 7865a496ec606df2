// Writes JSON by appending; what is written into may be a secret's memory, so it is the caller's.
#pragma once

#include <string>
#include <string_view>

namespace signet::auth {

// The text in quotation marks, with all escapes that RFC 8259, 7, asks for. `text` is UTF-8.
void AppendJsonText(std::string_view text, std::string* json);

// At most how long that becomes: who reserves it leaves no copies of a secret behind.
constexpr size_t MaxJsonTextSize(std::string_view text) { return 6 * text.size() + 2; }

}  // namespace signet::auth
