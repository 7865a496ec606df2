// UTF-8, against table 3-7 of the Unicode Standard. Input: the bytes.
#include <array>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/utf8.h"
#include "tests/fuzz/target.h"
#include "tests/support/bytes.h"

namespace signet::fuzz::utf8_fuzz {
namespace {

// Which bytes may stand in each place; a place that a shorter form does not have is zero alone.
struct Form {
  size_t size;
  std::array<uint8_t, 4> least;
  std::array<uint8_t, 4> most;
};

constexpr Form kForms[] = {
    {1, {0x00}, {0x7F}},
    {2, {0xC2, 0x80}, {0xDF, 0xBF}},
    {3, {0xE0, 0xA0, 0x80}, {0xE0, 0xBF, 0xBF}},
    {3, {0xE1, 0x80, 0x80}, {0xEC, 0xBF, 0xBF}},
    {3, {0xED, 0x80, 0x80}, {0xED, 0x9F, 0xBF}},
    {3, {0xEE, 0x80, 0x80}, {0xEF, 0xBF, 0xBF}},
    {4, {0xF0, 0x90, 0x80, 0x80}, {0xF0, 0xBF, 0xBF, 0xBF}},
    {4, {0xF1, 0x80, 0x80, 0x80}, {0xF3, 0xBF, 0xBF, 0xBF}},
    {4, {0xF4, 0x80, 0x80, 0x80}, {0xF4, 0x8F, 0xBF, 0xBF}},
};

bool IsOf(const Form& form, ByteView text) {
  if (text.size() < form.size) return false;
  for (size_t i = 0; i < form.size; ++i) {
    if (text[i] < form.least[i] || text[i] > form.most[i]) return false;
  }
  return true;
}

// The size of the first character; 0 if there is none that is well-formed.
size_t SizeOfFirst(ByteView text) {
  for (const Form& form : kForms) {
    if (IsOf(form, text)) return form.size;
  }
  return 0;
}

bool Reference(ByteView text) {
  while (!text.empty()) {
    const size_t size = SizeOfFirst(text);
    if (size == 0 || text[0] == 0) return false;
    text = text.subspan(size);
  }
  return true;
}

// The other way, from a code point to its bytes.
std::array<uint8_t, 4> Encode(uint32_t code_point, size_t size) {
  constexpr std::array<uint8_t, 5> kMarks = {0, 0, 0xC0, 0xE0, 0xF0};
  std::array<uint8_t, 4> bytes{};
  for (size_t i = size; i-- > 1;) {
    bytes[i] = static_cast<uint8_t>(0x80 | (code_point & 0x3F));
    code_point >>= 6;
  }
  bytes[0] = static_cast<uint8_t>(kMarks[size] | code_point);
  return bytes;
}

void CheckFirst(ByteView text) {
  const Utf8Character character = DecodeUtf8(AsText(text));
  CHECK(character.size == SizeOfFirst(text));
  if (character.size == 0) return;
  const auto bytes = Encode(character.code_point, character.size);
  CHECK(AsText(text.first(character.size)) == AsText(ByteView(bytes).first(character.size)));
}

void CheckText(ByteView text) {
  // Alone in memory, so that whoever reads whole words past the end is seen.
  const ExactCopy copy(text);
  CHECK(IsMqttUtf8(AsText(copy.view())) == Reference(text));
}

}  // namespace

FUZZ_TARGET(utf8) {
  // Words are looked at where there is room for them: each length and each beginning of a word.
  constexpr size_t kShifts = 9;
  const ByteView text(data, size);
  for (size_t shift = 0; shift < kShifts && shift < size; ++shift) {
    CheckFirst(text.subspan(shift));
    CheckText(text.first(size - shift));
    CheckText(text.subspan(shift));
  }
  return 0;
}

}  // namespace signet::fuzz::utf8_fuzz
