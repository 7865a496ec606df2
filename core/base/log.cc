#include "core/base/log.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/utf8.h"
#include "fmt/format.h"

namespace signet {
namespace {

// Would change how the rest of a line is read: bidirectional controls, line and paragraph
// separators.
bool IsDeceptive(uint32_t code_point) {
  return (code_point >= 0x202A && code_point <= 0x202E) ||
         (code_point >= 0x2066 && code_point <= 0x2069) || code_point == 0x200E ||
         code_point == 0x200F || code_point == 0x061C || code_point == 0x2028 ||
         code_point == 0x2029 || code_point == 0xFEFF;
}

bool IsControl(uint32_t code_point) {
  return code_point < 0x20 || (code_point >= 0x7F && code_point <= 0x9F);
}

// Most of what is logged.
bool IsPlain(char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }

// How many of the first bytes are plain.
size_t CountPlain(std::string_view text) {
  return static_cast<size_t>(std::ranges::find_if_not(text, IsPlain) - text.begin());
}

}  // namespace

std::string EscapeForLog(std::string_view text, size_t max_size) {
  std::string out;
  out.reserve(std::min(text.size(), max_size) + 4);
  while (!text.empty()) {
    if (out.size() >= max_size) return out + "…";
    if (const size_t plain = std::min(CountPlain(text), max_size - out.size()); plain > 0) {
      out += text.substr(0, plain);
      text.remove_prefix(plain);
      continue;
    }
    const Utf8Character character = DecodeUtf8(text);
    if (character.size == 0) {
      out += fmt::format("\\x{:02x}", static_cast<uint8_t>(text.front()));
      text.remove_prefix(1);
      continue;
    }
    const uint32_t code_point = character.code_point;
    if (code_point == '"' || code_point == '\\') {
      out += '\\';
      out += text.front();
    } else if (code_point == '\n') {
      out += "\\n";
    } else if (IsControl(code_point) || IsDeceptive(code_point)) {
      out += fmt::format("\\u{:04x}", code_point);
    } else {
      out.append(text, 0, character.size);
    }
    text.remove_prefix(character.size);
  }
  return out;
}

bool RateLimit::Allow(Instant now) {
  const Duration each = Duration(seconds(1)) / per_second_;
  const Instant earliest = std::max(spent_until_, now);
  if (earliest + each > now + each * burst_) {
    ++suppressed_;
    return false;
  }
  spent_until_ = earliest + each;
  return true;
}

uint64_t RateLimit::TakeSuppressed() { return std::exchange(suppressed_, 0); }

}  // namespace signet
