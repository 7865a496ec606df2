// DistinguishedName::Parse().
#include <fmt/format.h>

#include <algorithm>

#include "auth/x509/attribute_type.h"
#include "auth/x509/distinguished_name.h"
#include "auth/x509/text.h"
#include "core/base/der.h"
#include "core/base/log.h"

namespace signet::auth {
namespace {

constexpr size_t kShownBytes = 60;

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = x509::Lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

class NameParser {
 public:
  explicit NameParser(std::string_view text) : rest_(text) {}

  Status Run(std::vector<DistinguishedName::Rdn>* rdns) {
    DistinguishedName::Rdn rdn;
    size_t count = 0;
    while (true) {
      if (++count > kMaxNameAttributes) return Status::Error("it has too many attributes");
      if (Status status = ReadAttributeText(&rdn.emplace_back()); !status.ok()) return status;
      SkipBlanks();
      if (Skip('+')) continue;
      std::ranges::sort(rdn);
      rdns->push_back(std::move(rdn));
      rdn.clear();
      if (rest_.empty()) return Status::Ok();
      if (!Skip(',')) return Unexpected();
    }
  }

 private:
  Status ReadAttributeText(DistinguishedName::Attribute* attribute) {
    SkipBlanks();
    const size_t end = rest_.find_first_of("=,+");
    if (end == rest_.npos || rest_[end] != '=') {
      return Status::Error(fmt::format("\"{}\" is not of the form TYPE = VALUE", Shown(rest_)));
    }
    std::string_view type = rest_.substr(0, end);
    while (type.ends_with(' ')) type.remove_suffix(1);
    attribute->type = x509::TypeFromName(type);
    if (attribute->type.empty()) {
      return Status::Error(fmt::format("there is no attribute type \"{}\"", Shown(type)));
    }
    rest_.remove_prefix(end + 1);
    SkipBlanks();
    Status status = rest_.starts_with('#')   ? ReadHex(&attribute->value)
                    : rest_.starts_with('"') ? ReadQuoted(&attribute->value)
                                             : ReadPlain(&attribute->value);
    if (!status.ok()) return status;
    if (!x509::IsCleanUtf8(attribute->value)) {
      return Status::Error(
          fmt::format("the value of {} is not UTF-8, or has a control character", Shown(type)));
    }
    return Status::Ok();
  }

  // Up to a separator; blanks at the end do not count unless they are escaped.
  Status ReadPlain(std::string* value) {
    size_t kept = 0;
    while (!rest_.empty() && rest_.front() != ',' && rest_.front() != '+') {
      const char c = rest_.front();
      if (c == '\\') {
        if (!ReadEscape(value)) return Unexpected();
        kept = value->size();
        continue;
      }
      if (c == '"' || c == ';' || c == '<' || c == '>') return Unexpected();
      value->push_back(c);
      rest_.remove_prefix(1);
      if (c != ' ') kept = value->size();
    }
    value->resize(kept);
    return Status::Ok();
  }

  Status ReadQuoted(std::string* value) {
    rest_.remove_prefix(1);
    while (!rest_.empty() && rest_.front() != '"') {
      if (rest_.front() == '\\') {
        if (!ReadEscape(value)) return Unexpected();
        continue;
      }
      value->push_back(rest_.front());
      rest_.remove_prefix(1);
    }
    if (!Skip('"')) return Status::Error("a quoted value has no end");
    return Status::Ok();
  }

  // `\,` and its like, or `\C3`: a byte.
  bool ReadEscape(std::string* value) {
    constexpr std::string_view kEscapable = " \"#+,;<=>\\";
    if (rest_.size() < 2) return false;
    if (kEscapable.find(rest_[1]) != kEscapable.npos) {
      value->push_back(rest_[1]);
      rest_.remove_prefix(2);
      return true;
    }
    uint8_t byte;
    if (!ReadByte(rest_.substr(1), &byte)) return false;
    value->push_back(static_cast<char>(byte));
    rest_.remove_prefix(3);
    return true;
  }

  // The value's DER.
  Status ReadHex(std::string* value) {
    rest_.remove_prefix(1);
    std::vector<uint8_t> bytes;
    uint8_t byte;
    while (ReadByte(rest_, &byte)) {
      bytes.push_back(byte);
      rest_.remove_prefix(2);
    }
    ByteReader reader(bytes);
    der::Element element;
    if (!der::Read(&reader, &element) || !reader.empty() ||
        !x509::DecodeString(element.tag, element.content, value)) {
      return Status::Error("a value that begins with # is not a string in DER");
    }
    return Status::Ok();
  }

  static bool ReadByte(std::string_view text, uint8_t* byte) {
    if (text.size() < 2) return false;
    const int high = HexDigit(text[0]);
    const int low = HexDigit(text[1]);
    if (high < 0 || low < 0) return false;
    *byte = static_cast<uint8_t>(high << 4 | low);
    return true;
  }

  bool Skip(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void SkipBlanks() {
    while (Skip(' ')) {
    }
  }
  static std::string Shown(std::string_view text) { return EscapeForLog(text, kShownBytes); }
  Status Unexpected() const {
    return Status::Error(
        fmt::format("\"{}\" is not expected there; an escape may be missing", Shown(rest_)));
  }

  std::string_view rest_;
};

}  // namespace

StatusOr<DistinguishedName> DistinguishedName::Parse(std::string_view text) {
  if (text.size() > kMaxNameBytes) return Status::Error("it is too long");
  DistinguishedName name;
  if (Status status = NameParser(text).Run(&name.rdns_); !status.ok()) return status;
  return name;
}

}  // namespace signet::auth
