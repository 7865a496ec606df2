#include "auth/x509/text.h"

#include <algorithm>

#include "core/base/der.h"
#include "core/base/utf8.h"

namespace signet::auth::x509 {
namespace {

bool IsControl(uint32_t code_point) {
  return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0);
}

bool IsCleanAscii(ByteView bytes) {
  return std::ranges::all_of(bytes, [](uint8_t byte) { return byte < 0x80 && !IsControl(byte); });
}

char Continuation(uint32_t bits) { return static_cast<char>(0x80 | (bits & 0x3f)); }

// IsCleanUtf8() then says whether there is such a character.
void AppendUtf8(uint32_t code_point, std::string* text) {
  if (code_point < 0x80) {
    text->push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    text->push_back(static_cast<char>(0xc0 | code_point >> 6));
    text->push_back(Continuation(code_point));
  } else if (code_point < 0x10000) {
    text->push_back(static_cast<char>(0xe0 | code_point >> 12));
    text->push_back(Continuation(code_point >> 6));
    text->push_back(Continuation(code_point));
  } else {
    text->push_back(static_cast<char>(0xf0 | code_point >> 18));
    text->push_back(Continuation(code_point >> 12));
    text->push_back(Continuation(code_point >> 6));
    text->push_back(Continuation(code_point));
  }
}

// BMPString and UniversalString: characters of two or four bytes.
bool Widen(ByteView content, size_t size, std::string* text) {
  if (content.size() % size != 0) return false;
  for (size_t at = 0; at < content.size(); at += size) {
    const uint32_t code_point = size == 2 ? LoadU16(&content[at]) : LoadU32(&content[at]);
    if (code_point > 0x10ffff) return false;
    AppendUtf8(code_point, text);
  }
  return true;
}

}  // namespace

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return Lower(x) == Lower(y); });
}

bool IsCleanUtf8(std::string_view text) {
  while (!text.empty()) {
    const Utf8Character character = DecodeUtf8(text);
    if (character.size == 0 || IsControl(character.code_point)) return false;
    text.remove_prefix(character.size);
  }
  return true;
}

bool DecodeString(uint8_t tag, ByteView content, std::string* text) {
  text->clear();
  switch (tag) {
    case der::kUtf8String:
      *text = AsText(content);
      return IsCleanUtf8(*text);
    case der::kNumericString:
    case der::kPrintableString:
    case der::kTeletexString:
    case der::kIa5String:
    case der::kVisibleString:
      *text = AsText(content);
      return IsCleanAscii(content);
    case der::kBmpString:
      return Widen(content, 2, text) && IsCleanUtf8(*text);
    case der::kUniversalString:
      return Widen(content, 4, text) && IsCleanUtf8(*text);
    default:
      return false;
  }
}

std::string SerialText(ByteView serial) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const uint8_t byte : serial) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0x0F];
  }
  const size_t first = text.find_first_not_of('0');
  return first == std::string::npos ? "0" : text.substr(first);
}

}  // namespace signet::auth::x509
