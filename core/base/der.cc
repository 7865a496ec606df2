#include "core/base/der.h"

#include <algorithm>
#include <chrono>

#include "core/base/check.h"
#include "fmt/format.h"

namespace signet::der {
namespace {

constexpr uint8_t kLongTag = 0x1f;

// Two digits at `at`, or -1.
int Pair(ByteView text, size_t at) {
  const int tens = text[at] - '0';
  const int ones = text[at + 1] - '0';
  if (tens < 0 || tens > 9 || ones < 0 || ones > 9) return -1;
  return tens * 10 + ones;
}

// MMDDHHMMSSZ.
bool ReadRest(int year, ByteView text, int64_t* seconds) {
  int parts[5];
  for (size_t i = 0; i < 5; ++i) parts[i] = Pair(text, 2 * i);
  if (std::ranges::any_of(parts, [](int part) { return part < 0; }) || text[10] != 'Z') {
    return false;
  }
  const std::chrono::year_month_day day{std::chrono::year(year),
                                        std::chrono::month(static_cast<unsigned>(parts[0])),
                                        std::chrono::day(static_cast<unsigned>(parts[1]))};
  if (!day.ok() || parts[2] > 23 || parts[3] > 59 || parts[4] > 59) return false;
  const auto days = std::chrono::sys_days(day).time_since_epoch().count();
  *seconds = int64_t{days} * 86'400 + parts[2] * 3600 + parts[3] * 60 + parts[4];
  return true;
}

}  // namespace

bool Read(ByteReader* reader, Element* element) {
  const uint8_t* const begin = reader->position();
  uint8_t first;
  if (!reader->ReadU8(&element->tag) || !reader->ReadU8(&first)) return false;
  if ((element->tag & kLongTag) == kLongTag) return false;
  size_t size = first;
  if (first >= 0x80) {
    const size_t digits = first & 0x7f;
    if (digits == 0 || digits > 4) return false;
    size = 0;
    for (size_t i = 0; i < digits; ++i) {
      uint8_t digit;
      if (!reader->ReadU8(&digit) || (i == 0 && digit == 0)) return false;
      size = size << 8 | digit;
    }
    if (size < 0x80) return false;
  }
  if (!reader->ReadBytes(size, &element->content)) return false;
  element->whole = ByteView(begin, reader->position());
  return true;
}

bool ReadTagged(ByteReader* reader, uint8_t tag, Element* element) {
  return Read(reader, element) && element->tag == tag;
}

bool Enter(ByteReader* reader, uint8_t tag, ByteReader* inner) {
  Element element;
  if (!ReadTagged(reader, tag, &element)) return false;
  *inner = ByteReader(element.content);
  return true;
}

bool NextIs(const ByteReader& reader, uint8_t tag) {
  return !reader.empty() && *reader.position() == tag;
}

bool ReadObjectId(ByteReader* reader, ByteView* object_id) {
  Element element;
  if (!ReadTagged(reader, kObjectId, &element) || DottedText(element.content).empty()) return false;
  *object_id = element.content;
  return true;
}

bool ReadInteger(ByteReader* reader, ByteView* digits) {
  Element element;
  if (!ReadTagged(reader, kInteger, &element) || element.content.empty()) return false;
  const ByteView content = element.content;
  if (content.size() > 1) {
    const bool has_sign = (content[1] & 0x80) != 0;
    if ((content[0] == 0x00 && !has_sign) || (content[0] == 0xff && has_sign)) return false;
  }
  *digits = content;
  return true;
}

bool ReadSmall(ByteReader* reader, uint32_t* value) {
  ByteView digits;
  if (!ReadInteger(reader, &digits) || digits.size() > 4 || (digits[0] & 0x80) != 0) return false;
  *value = 0;
  for (const uint8_t digit : digits) *value = *value << 8 | digit;
  return true;
}

bool ReadBoolean(ByteReader* reader, bool* value) {
  Element element;
  if (!ReadTagged(reader, kBoolean, &element) || element.content.size() != 1) return false;
  *value = element.content[0] == 0xff;
  return *value || element.content[0] == 0;
}

bool ReadBits(ByteReader* reader, ByteView* bytes, int* unused_bits) {
  Element element;
  if (!ReadTagged(reader, kBitString, &element) || element.content.empty()) return false;
  const uint8_t unused = element.content[0];
  *bytes = element.content.subspan(1);
  *unused_bits = unused;
  if (unused == 0) return true;
  return unused < 8 && !bytes->empty() && (bytes->back() & ((1 << unused) - 1)) == 0;
}

bool ReadTime(ByteReader* reader, int64_t* seconds) {
  Element element;
  if (!Read(reader, &element)) return false;
  const ByteView text = element.content;
  if (element.tag == kUtcTime && text.size() == 13) {
    const int year = Pair(text, 0);
    return year >= 0 && ReadRest(year < 50 ? 2000 + year : 1900 + year, text.subspan(2), seconds);
  }
  if (element.tag == kGeneralizedTime && text.size() == 15) {
    const int century = Pair(text, 0);
    const int year = Pair(text, 2);
    return century >= 0 && year >= 0 && ReadRest(century * 100 + year, text.subspan(4), seconds);
  }
  return false;
}

std::string DottedText(ByteView object_id) {
  if (object_id.empty() || object_id.size() > kMaxObjectIdBytes || (object_id.back() & 0x80) != 0) {
    return {};
  }
  std::string text;
  uint64_t arc = 0;
  bool begins = true;
  for (const uint8_t byte : object_id) {
    if ((begins && byte == 0x80) || arc > UINT64_MAX >> 7) return {};
    arc = arc << 7 | (byte & 0x7f);
    begins = (byte & 0x80) == 0;
    if (!begins) continue;
    if (text.empty()) {  // The first byte holds two arcs.
      const uint64_t root = std::min<uint64_t>(arc / 40, 2);
      text = fmt::format("{}.{}", root, arc - root * 40);
    } else {
      text += fmt::format(".{}", arc);
    }
    arc = 0;
  }
  return text;
}

std::vector<uint8_t> Make(uint8_t tag, std::initializer_list<ByteView> parts) {
  size_t size = 0;
  for (const ByteView part : parts) size += part.size();
  CHECK(size <= UINT16_MAX);
  const size_t digits = size < 0x80 ? 0 : size < 0x100 ? 1 : 2;
  std::vector<uint8_t> element(2 + digits + size);
  ByteWriter writer(element);
  writer.WriteU8(tag);
  if (digits > 0) writer.WriteU8(static_cast<uint8_t>(0x80 | digits));
  if (digits == 2) writer.WriteU8(static_cast<uint8_t>(size >> 8));
  writer.WriteU8(static_cast<uint8_t>(size & 0xff));
  for (const ByteView part : parts) writer.WriteBytes(part);
  return element;
}

}  // namespace signet::der
