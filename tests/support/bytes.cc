#include "tests/support/bytes.h"

#include <algorithm>

#include "core/base/check.h"
#include "fmt/format.h"

namespace signet {
namespace {

uint8_t Digit(char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  const size_t digit = kDigits.find(lower);
  CHECK(digit != std::string_view::npos);
  return static_cast<uint8_t>(digit);
}

}  // namespace

std::vector<uint8_t> Bytes(std::string_view text) {
  std::vector<uint8_t> bytes;
  while (!text.empty()) {
    if (text.front() == ' ') {
      text.remove_prefix(1);
    } else if (text.front() == '\'') {
      const size_t end = text.find('\'', 1);
      CHECK(end != std::string_view::npos);
      bytes.insert(bytes.end(), text.begin() + 1, text.begin() + static_cast<ptrdiff_t>(end));
      text.remove_prefix(end + 1);
    } else {
      CHECK(text.size() >= 2);
      bytes.push_back(static_cast<uint8_t>(Digit(text[0]) << 4 | Digit(text[1])));
      text.remove_prefix(2);
    }
  }
  return bytes;
}

std::string Hex(ByteView bytes) { return fmt::format("{:02x}", fmt::join(bytes, " ")); }

std::vector<uint8_t> Concat(std::initializer_list<ByteView> parts) {
  std::vector<uint8_t> whole;
  for (const ByteView part : parts) whole.insert(whole.end(), part.begin(), part.end());
  return whole;
}

std::vector<uint8_t> WithLength(ByteView bytes) {
  CHECK(bytes.size() <= UINT16_MAX);
  const uint8_t length[] = {static_cast<uint8_t>(bytes.size() >> 8),
                            static_cast<uint8_t>(bytes.size())};
  return Concat({length, bytes});
}

ExactCopy::ExactCopy(ByteView bytes)
    : memory_(std::make_unique<uint8_t[]>(bytes.size())), size_(bytes.size()) {
  std::copy(bytes.begin(), bytes.end(), memory_.get());
}

}  // namespace signet
