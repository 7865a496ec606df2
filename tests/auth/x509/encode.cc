#include "tests/auth/x509/encode.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <charconv>
#include <map>
#include <string>

#include "core/base/check.h"

namespace signet::forge {
namespace {

constexpr int64_t k2050 = 2'524'608'000;

void AppendArc(uint64_t arc, Der* bytes) {
  Der digits{static_cast<uint8_t>(arc & 0x7f)};
  while ((arc >>= 7) != 0) digits.insert(digits.begin(), static_cast<uint8_t>(0x80 | (arc & 0x7f)));
  Append(digits, bytes);
}

std::string_view TypeOf(std::string_view name) {
  static const std::map<std::string_view, std::string_view> kTypes = {
      {"CN", "2.5.4.3"}, {"C", "2.5.4.6"}, {"O", "2.5.4.10"}, {"OU", "2.5.4.11"}};
  return kTypes.at(name);
}

}  // namespace

void Append(const Der& part, Der* whole) { whole->insert(whole->end(), part.begin(), part.end()); }

Der Element(uint8_t tag, ByteView content) {
  Der element{tag};
  const size_t size = content.size();
  if (size >= 0x10000) {
    element.push_back(0x83);
    element.push_back(static_cast<uint8_t>(size >> 16));
  } else if (size >= 0x100) {
    element.push_back(0x82);
  } else if (size >= 0x80) {
    element.push_back(0x81);
  }
  if (size >= 0x100) element.push_back(static_cast<uint8_t>(size >> 8 & 0xff));
  element.push_back(static_cast<uint8_t>(size & 0xff));
  element.insert(element.end(), content.begin(), content.end());
  return element;
}

Der Element(uint8_t tag, std::initializer_list<Der> parts) {
  Der content;
  for (const Der& part : parts) Append(part, &content);
  return Element(tag, content);
}

Der Text(uint8_t tag, std::string_view text) { return Element(tag, AsBytes(text)); }

Der ObjectId(std::string_view dotted) {
  std::vector<uint64_t> arcs;
  const char* at = dotted.data();
  const char* const end = at + dotted.size();
  while (at < end) {
    const auto result = std::from_chars(at, end, arcs.emplace_back());
    CHECK(result.ec == std::errc());
    at = result.ptr + 1;
  }
  CHECK(arcs.size() >= 2);
  Der bytes;
  AppendArc(arcs[0] * 40 + arcs[1], &bytes);
  for (size_t i = 2; i < arcs.size(); ++i) AppendArc(arcs[i], &bytes);
  return Element(0x06, bytes);
}

Der Integer(uint64_t value) {
  Der digits;
  do {
    digits.insert(digits.begin(), static_cast<uint8_t>(value & 0xff));
  } while ((value >>= 8) != 0);
  if ((digits[0] & 0x80) != 0) digits.insert(digits.begin(), 0);
  return Element(0x02, digits);
}

Der Boolean(bool value) { return {0x01, 0x01, static_cast<uint8_t>(value ? 0xff : 0)}; }

Der BitString(ByteView bytes, uint8_t unused_bits) {
  Der content{unused_bits};
  content.insert(content.end(), bytes.begin(), bytes.end());
  return Element(0x03, content);
}

Der OctetString(ByteView bytes) { return Element(0x04, bytes); }

Der Time(int64_t seconds) {
  const std::tm time = fmt::gmtime(seconds);
  return seconds < k2050 ? Text(0x17, fmt::format("{:%y%m%d%H%M%S}Z", time))
                         : Text(0x18, fmt::format("{:%Y%m%d%H%M%S}Z", time));
}

Der Sequence(std::initializer_list<Der> parts) { return Element(0x30, parts); }

Der Attribute(std::string_view type, uint8_t tag, std::string_view value) {
  return Sequence({ObjectId(type), Text(tag, value)});
}

Der NameOf(std::initializer_list<std::initializer_list<Der>> rdns) {
  Der content;
  for (const auto& rdn : rdns) Append(Element(0x31, rdn), &content);
  return Element(0x30, content);
}

Der Name(std::initializer_list<std::pair<std::string_view, std::string_view>> attributes) {
  Der content;
  for (const auto& [type, value] : attributes) {
    Append(Element(0x31, {Attribute(TypeOf(type), 0x0c, value)}), &content);
  }
  return Element(0x30, content);
}

Der Dns(std::string_view name) { return Text(0x82, name); }
Der Email(std::string_view address) { return Text(0x81, address); }
Der Uri(std::string_view uri) { return Text(0x86, uri); }
Der Ip(std::initializer_list<uint8_t> bytes) { return Element(0x87, Der(bytes)); }
Der Directory(const Der& name) { return Element(0xa4, name); }
Der OtherName() {
  return Element(0xa0, {ObjectId("1.3.6.1.4.1.311.20.2.3"), Element(0xa0, {Text(0x0c, "user")})});
}

std::string Pem(std::string_view label, ByteView der) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text = fmt::format("-----BEGIN {}-----\n", label);
  for (size_t at = 0; at < der.size(); at += 3) {
    uint32_t bits = 0;
    for (size_t i = 0; i < 3; ++i) bits = bits << 8 | (at + i < der.size() ? der[at + i] : 0u);
    for (size_t i = 0; i < 4; ++i) {
      text.push_back(at + i <= der.size() ? kDigits[bits >> (18 - 6 * i) & 0x3f] : '=');
    }
    if (at % 48 == 45 || at + 3 >= der.size()) text.push_back('\n');
  }
  return text + fmt::format("-----END {}-----\n", label);
}

}  // namespace signet::forge
