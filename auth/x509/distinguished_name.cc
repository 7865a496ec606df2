#include "auth/x509/distinguished_name.h"

#include <fmt/format.h>

#include <algorithm>

#include "auth/x509/attribute_type.h"
#include "auth/x509/text.h"
#include "core/base/der.h"

namespace signet::auth {
namespace {

// AttributeTypeAndValue ::= SEQUENCE { type, value }.
bool ReadAttribute(ByteReader* reader, DistinguishedName::Attribute* attribute) {
  ByteReader inner;
  ByteView type;
  der::Element value;
  if (!der::Enter(reader, der::kSequence, &inner) || !der::ReadObjectId(&inner, &type) ||
      !der::Read(&inner, &value) || !inner.empty()) {
    return false;
  }
  attribute->type = der::DottedText(type);
  return x509::DecodeString(value.tag, value.content, &attribute->value);
}

// RFC 4514, 2.4.
std::string Escape(std::string_view value) {
  constexpr std::string_view kSpecial = "\"+,;<>\\";
  std::string text;
  for (size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    const bool leads = i == 0 && (c == ' ' || c == '#');
    const bool trails = i + 1 == value.size() && c == ' ';
    if (leads || trails || kSpecial.find(c) != kSpecial.npos) text.push_back('\\');
    text.push_back(c);
  }
  return text;
}

// A UTF8String in DER, in hexadecimal: what RFC 4514 (2.4) wants where the type has no name.
std::string HexOf(std::string_view value) {
  static_assert(kMaxNameBytes < 0x10000);
  std::string text = "#0C";
  if (value.size() < 0x80) {
    text += fmt::format("{:02X}", value.size());
  } else if (value.size() < 0x100) {
    text += fmt::format("81{:02X}", value.size());
  } else {
    text += fmt::format("82{:04X}", value.size());
  }
  for (const uint8_t byte : AsBytes(value)) text += fmt::format("{:02X}", byte);
  return text;
}

std::string TextOf(const DistinguishedName::Attribute& attribute) {
  const std::string_view name = x509::NameOfType(attribute.type);
  return name.empty() ? fmt::format("{}={}", attribute.type, HexOf(attribute.value))
                      : fmt::format("{}={}", name, Escape(attribute.value));
}

// Small letters, and one blank where there are several; none at the ends.
std::string Fold(std::string_view value) {
  std::string folded;
  for (const char c : value) {
    if (c != ' ') {
      folded.push_back(x509::Lower(c));
    } else if (!folded.empty() && folded.back() != ' ') {
      folded.push_back(' ');
    }
  }
  if (folded.ends_with(' ')) folded.pop_back();
  return folded;
}

DistinguishedName::Rdn Fold(DistinguishedName::Rdn rdn) {
  for (DistinguishedName::Attribute& attribute : rdn) attribute.value = Fold(attribute.value);
  std::ranges::sort(rdn);
  return rdn;
}

}  // namespace

bool DistinguishedName::FromDer(ByteView name, DistinguishedName* parsed) {
  parsed->rdns_.clear();
  if (name.size() > kMaxNameBytes) return false;
  ByteReader reader(name);
  ByteReader list;
  if (!der::Enter(&reader, der::kSequence, &list) || !reader.empty()) return false;
  size_t count = 0;
  while (!list.empty()) {
    ByteReader set;
    if (!der::Enter(&list, der::kSet, &set) || set.empty()) return false;
    Rdn& rdn = parsed->rdns_.emplace_back();
    while (!set.empty()) {
      if (++count > kMaxNameAttributes || !ReadAttribute(&set, &rdn.emplace_back())) return false;
    }
    std::ranges::sort(rdn);
  }
  return true;
}

std::string DistinguishedName::ToText() const {
  std::string text;
  for (auto rdn = rdns_.rbegin(); rdn != rdns_.rend(); ++rdn) {
    if (!text.empty()) text.push_back(',');
    for (size_t i = 0; i < rdn->size(); ++i) {
      if (i > 0) text.push_back('+');
      text += TextOf((*rdn)[i]);
    }
  }
  return text;
}

std::vector<std::string_view> DistinguishedName::ValuesOf(std::string_view type) const {
  std::vector<std::string_view> values;
  for (const Rdn& rdn : rdns_) {
    for (const Attribute& attribute : rdn) {
      if (attribute.type == type) values.push_back(attribute.value);
    }
  }
  return values;
}

bool DistinguishedName::IsWithin(const DistinguishedName& base) const {
  if (base.rdns_.size() > rdns_.size()) return false;
  return std::ranges::equal(base.rdns_, std::span(rdns_).first(base.rdns_.size()),
                            [](const Rdn& a, const Rdn& b) { return Fold(a) == Fold(b); });
}

}  // namespace signet::auth
