#include "auth/x509/attribute_type.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <iterator>

#include "auth/x509/text.h"
#include "core/base/der.h"

namespace signet::auth::x509 {
namespace {

struct Type {
  std::string_view name;  // As openssl writes it.
  std::string_view long_name;
  std::string_view dotted;
};

constexpr Type kTypes[] = {
    {"CN", "commonName", kCommonNameType},
    {"SN", "surname", "2.5.4.4"},
    {"serialNumber", "serialNumber", "2.5.4.5"},
    {"C", "countryName", "2.5.4.6"},
    {"L", "localityName", "2.5.4.7"},
    {"ST", "stateOrProvinceName", "2.5.4.8"},
    {"street", "streetAddress", "2.5.4.9"},
    {"O", "organizationName", "2.5.4.10"},
    {"OU", "organizationalUnitName", "2.5.4.11"},
    {"title", "title", "2.5.4.12"},
    {"description", "description", "2.5.4.13"},
    {"businessCategory", "businessCategory", "2.5.4.15"},
    {"postalCode", "postalCode", "2.5.4.17"},
    {"telephoneNumber", "telephoneNumber", "2.5.4.20"},
    {"name", "name", "2.5.4.41"},
    {"GN", "givenName", "2.5.4.42"},
    {"initials", "initials", "2.5.4.43"},
    {"generationQualifier", "generationQualifier", "2.5.4.44"},
    {"dnQualifier", "dnQualifier", "2.5.4.46"},
    {"pseudonym", "pseudonym", "2.5.4.65"},
    {"organizationIdentifier", "organizationIdentifier", "2.5.4.97"},
    {"UID", "userId", "0.9.2342.19200300.100.1.1"},
    {"DC", "domainComponent", "0.9.2342.19200300.100.1.25"},
    {"emailAddress", "emailAddress", kEmailAddressType},
    {"unstructuredName", "unstructuredName", "1.2.840.113549.1.9.2"},
};

constexpr std::string_view kOidPrefix = "OID.";

// An arc, without zeros in front; the dot behind it is dropped.
bool TakeArc(std::string_view* text, uint64_t* arc) {
  const size_t size = std::min(text->find('.'), text->size());
  const std::string_view digits = text->substr(0, size);
  if (digits.empty() || (digits.size() > 1 && digits.front() == '0')) return false;
  const char* const end = digits.data() + size;
  const auto result = std::from_chars(digits.data(), end, *arc);
  if (result.ec != std::errc() || result.ptr != end) return false;
  text->remove_prefix(std::min(size + 1, text->size()));
  return true;
}

// Whether der::DottedText() could have given it (X.660, 6.2 and X.690, 8.19).
bool IsDotted(std::string_view text) {
  uint64_t root;
  uint64_t arc;
  if (text.ends_with('.') || !TakeArc(&text, &root) || !TakeArc(&text, &arc)) return false;
  if (root > 2 || (root < 2 && arc >= 40) || arc > UINT64_MAX - 80) return false;
  arc += root * 40;
  size_t bytes = 0;
  while (true) {
    bytes += (static_cast<size_t>(std::bit_width(arc | 1)) + 6) / 7;
    if (bytes > der::kMaxObjectIdBytes) return false;
    if (text.empty()) return true;
    if (!TakeArc(&text, &arc)) return false;
  }
}

}  // namespace

std::string TypeFromName(std::string_view name) {
  const bool has_prefix = name.size() > kOidPrefix.size() &&
                          EqualIgnoringCase(name.substr(0, kOidPrefix.size()), kOidPrefix);
  if (has_prefix) name.remove_prefix(kOidPrefix.size());
  if (IsDotted(name)) return std::string(name);
  if (has_prefix) return {};
  const auto* const found = std::ranges::find_if(kTypes, [&](const Type& type) {
    return EqualIgnoringCase(name, type.name) || EqualIgnoringCase(name, type.long_name);
  });
  return found == std::end(kTypes) ? std::string() : std::string(found->dotted);
}

std::string_view NameOfType(std::string_view dotted) {
  const auto* const found = std::ranges::find(kTypes, dotted, &Type::dotted);
  return found == std::end(kTypes) ? std::string_view() : found->name;
}

}  // namespace signet::auth::x509
