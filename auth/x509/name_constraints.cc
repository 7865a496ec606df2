#include "auth/x509/name_constraints.h"

#include <algorithm>

#include "auth/x509/attribute_type.h"
#include "auth/x509/certificate.h"
#include "auth/x509/text.h"
#include "core/base/der.h"

namespace signet::auth::x509 {
namespace {

constexpr uint8_t kEmail = der::Primitive(1);
constexpr uint8_t kHost = der::Primitive(2);
constexpr uint8_t kDirectory = der::Constructed(4);
constexpr uint8_t kUri = der::Primitive(6);
constexpr uint8_t kAddress = kIpAddressTag;

// The host itself, or one below it: one or more labels in front. A dot in front of the constraint
// leaves only those.
bool IsHostWithin(std::string_view host, std::string_view base) {
  if (base.empty()) return true;
  if (host.size() < base.size()) return false;
  const std::string_view end = host.substr(host.size() - base.size());
  if (!EqualIgnoringCase(end, base)) return false;
  if (base.starts_with('.')) return host.size() > base.size();
  return host.size() == base.size() || host[host.size() - base.size() - 1] == '.';
}

// A mailbox, a host with all its mailboxes, or with a dot in front those of the hosts below.
bool IsEmailWithin(std::string_view email, std::string_view base) {
  const size_t at = email.rfind('@');
  if (at == email.npos) return false;
  const std::string_view host = email.substr(at + 1);
  if (base.empty()) return true;  // As with hosts; RFC 5280 does not say.
  const size_t base_at = base.rfind('@');
  if (base_at != base.npos) {
    return email.substr(0, at) == base.substr(0, base_at) &&
           EqualIgnoringCase(host, base.substr(base_at + 1));
  }
  return base.starts_with('.') ? IsHostWithin(host, base) : EqualIgnoringCase(host, base);
}

// The constraint is an address and a mask of its length.
bool IsAddressWithin(ByteView address, ByteView base) {
  if (base.size() != 2 * address.size()) return false;
  for (size_t i = 0; i < address.size(); ++i) {
    if (((address[i] ^ base[i]) & base[address.size() + i]) != 0) return false;
  }
  return true;
}

bool IsWithin(const GeneralName& name, const GeneralName& base) {
  switch (name.tag) {
    case kEmail:
      return IsEmailWithin(AsText(name.content), AsText(base.content));
    case kHost:
      return IsHostWithin(AsText(name.content), AsText(base.content));
    case kAddress:
      return IsAddressWithin(name.content, base.content);
    case kDirectory:
      return name.directory.IsWithin(base.directory);
    default:
      return false;
  }
}

bool IsUnderstood(const GeneralName& name) {
  if (name.tag == kEmail) return AsText(name.content).find('@') != std::string_view::npos;
  return name.tag == kHost || name.tag == kAddress || name.tag == kDirectory;
}

bool IsAllowed(const NameConstraints& constraints, const GeneralName& name) {
  bool is_limited = false;
  bool is_permitted = false;
  for (const GeneralName& base : constraints.permitted) {
    if (base.tag != name.tag) continue;
    is_limited = true;
    is_permitted = is_permitted || IsWithin(name, base);
  }
  const bool is_excluded = std::ranges::any_of(constraints.excluded, [&](const GeneralName& base) {
    return base.tag == name.tag && (!IsUnderstood(name) || IsWithin(name, base));
  });
  return !is_excluded && (!is_limited || is_permitted);
}

GeneralName MakeName(uint8_t tag, std::string_view text) {
  return {.tag = tag, .content = AsBytes(text), .directory = {}};
}

// Letters, digits, hyphens and a dot between them: `pump-7` could be a host's name, but is the kind
// of name that a device has.
bool LooksLikeHost(std::string_view name) {
  const bool has_dot = name.find('.') != name.npos && !name.starts_with('.');
  return has_dot && std::ranges::all_of(name, [](char c) {
           const char lower = Lower(c);
           return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                  c == '_' || c == '.' || c == '*';
         });
}

// GeneralSubtrees ::= SEQUENCE OF SEQUENCE { base, minimum [0] DEFAULT 0, maximum [1] OPTIONAL },
// where there has to be no other minimum, and no maximum.
bool ReadSubtrees(ByteReader list, std::vector<GeneralName>* names) {
  if (list.empty()) return false;
  while (!list.empty()) {
    ByteReader subtree;
    if (names->size() == kMaxGeneralNames || !der::Enter(&list, der::kSequence, &subtree)) {
      return false;
    }
    GeneralName& base = names->emplace_back();
    if (!ReadGeneralName(&subtree, &base) || !subtree.empty()) return false;
    const size_t size = base.content.size();
    if (base.tag == kAddress && size != 8 && size != 32) return false;
  }
  return true;
}

}  // namespace

bool ReadGeneralName(ByteReader* reader, GeneralName* name) {
  der::Element element;
  if (!der::Read(reader, &element)) return false;
  name->tag = element.tag;
  name->content = element.content;
  switch (element.tag) {
    case kEmail:
    case kHost:
    case kUri: {
      std::string ignored;
      return DecodeString(der::kIa5String, element.content, &ignored);
    }
    case kDirectory:
      return DistinguishedName::FromDer(element.content, &name->directory);
    case kAddress:
      return true;
    default:
      return (element.tag & 0xc0) == 0x80 && (element.tag & 0x1f) <= 8;
  }
}

bool ReadNameConstraints(ByteReader value, NameConstraints* constraints) {
  ByteReader list;
  if (!der::Enter(&value, der::kSequence, &list) || !value.empty() || list.empty()) return false;
  ByteReader subtrees;
  if (der::NextIs(list, der::Constructed(0)) &&
      (!der::Enter(&list, der::Constructed(0), &subtrees) ||
       !ReadSubtrees(subtrees, &constraints->permitted))) {
    return false;
  }
  if (der::NextIs(list, der::Constructed(1)) &&
      (!der::Enter(&list, der::Constructed(1), &subtrees) ||
       !ReadSubtrees(subtrees, &constraints->excluded))) {
    return false;
  }
  return list.empty();
}

bool Allows(const NameConstraints& constraints, const Certificate& certificate, bool is_leaf) {
  const DistinguishedName& subject = certificate.subject;
  const auto allowed = [&](const GeneralName& name) { return IsAllowed(constraints, name); };
  if (!subject.empty() && !allowed({.tag = kDirectory, .content = {}, .directory = subject})) {
    return false;
  }
  for (const std::string_view email : subject.ValuesOf(kEmailAddressType)) {
    if (!allowed(MakeName(kEmail, email))) return false;
  }
  if (is_leaf) {
    for (const std::string_view name : subject.ValuesOf(kCommonNameType)) {
      if (LooksLikeHost(name) && !allowed(MakeName(kHost, name))) return false;
    }
  }
  return std::ranges::all_of(certificate.alt_names, allowed);
}

}  // namespace signet::auth::x509
