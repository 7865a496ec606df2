#include "auth/x509/extensions.h"

#include <algorithm>
#include <iterator>

#include "core/base/der.h"

namespace signet::auth::x509 {
namespace {

constexpr std::string_view kClientAuth = "1.3.6.1.5.5.7.3.2";
constexpr std::string_view kAnyExtendedKeyUsage = "2.5.29.37.0";
constexpr size_t kMaxExtensions = 64;
constexpr size_t kMaxPurposes = 64;

bool ReadBasicConstraints(ByteReader value, Certificate* certificate, Rule*) {
  ByteReader list;
  if (!der::Enter(&value, der::kSequence, &list) || !value.empty()) return false;
  BasicConstraints constraints;
  if (der::NextIs(list, der::kBoolean) && !der::ReadBoolean(&list, &constraints.is_ca)) {
    return false;
  }
  if (der::NextIs(list, der::kInteger)) {
    uint32_t length;
    if (!constraints.is_ca || !der::ReadSmall(&list, &length)) return false;
    constraints.path_length = length;
  }
  certificate->basic_constraints = constraints;
  return list.empty();
}

bool ReadKeyUsage(ByteReader value, Certificate* certificate, Rule*) {
  ByteView bits;
  int unused;
  if (!der::ReadBits(&value, &bits, &unused) || !value.empty()) return false;
  if (bits.empty() || bits.size() > 2) return false;
  certificate->key_usage = bits[0];
  return true;
}

bool ReadExtendedKeyUsage(ByteReader value, Certificate* certificate, Rule*) {
  ByteReader list;
  if (!der::Enter(&value, der::kSequence, &list) || !value.empty() || list.empty()) return false;
  ExtendedKeyUsage usage;
  for (size_t count = 0; !list.empty(); ++count) {
    ByteView purpose;
    if (count == kMaxPurposes || !der::ReadObjectId(&list, &purpose)) return false;
    const std::string dotted = der::DottedText(purpose);
    usage.has_client_auth = usage.has_client_auth || dotted == kClientAuth;
    usage.has_any = usage.has_any || dotted == kAnyExtendedKeyUsage;
  }
  certificate->extended_key_usage = usage;
  return true;
}

bool ReadAltNames(ByteReader value, Certificate* certificate, Rule* rule) {
  ByteReader list;
  if (!der::Enter(&value, der::kSequence, &list) || !value.empty() || list.empty()) return false;
  *rule = Rule::kName;
  while (!list.empty()) {
    if (certificate->alt_names.size() == kMaxGeneralNames ||
        !ReadGeneralName(&list, &certificate->alt_names.emplace_back())) {
      return false;
    }
    const GeneralName& name = certificate->alt_names.back();
    const size_t size = name.content.size();
    if (name.tag == kIpAddressTag && size != 4 && size != 16) return false;
  }
  return true;
}

bool ReadConstraints(ByteReader value, Certificate* certificate, Rule*) {
  return ReadNameConstraints(value, &certificate->name_constraints.emplace());
}

// What it says does not change a verdict, so that it may as well be critical: key identifiers only
// help to find an issuer, and we ask for no certificate policy in particular.
bool Ignore(ByteReader, Certificate*, Rule*) { return true; }

struct Known {
  std::string_view object_id;
  bool (*read)(ByteReader value, Certificate* certificate, Rule* rule);
};
constexpr Known kKnown[] = {
    {"2.5.29.14", &Ignore},  // Subject Key Identifier.
    {"2.5.29.15", &ReadKeyUsage},
    {"2.5.29.17", &ReadAltNames},
    {"2.5.29.19", &ReadBasicConstraints},
    {"2.5.29.30", &ReadConstraints},
    {"2.5.29.32", &Ignore},  // Certificate Policies.
    {"2.5.29.35", &Ignore},  // Authority Key Identifier.
    {"2.5.29.37", &ReadExtendedKeyUsage},
};

bool ReadExtension(ByteReader* list, Extension* extension) {
  ByteReader reader;
  ByteView object_id;
  der::Element value;
  if (!der::Enter(list, der::kSequence, &reader) || !der::ReadObjectId(&reader, &object_id)) {
    return false;
  }
  extension->object_id = der::DottedText(object_id);
  if (der::NextIs(reader, der::kBoolean) && !der::ReadBoolean(&reader, &extension->critical)) {
    return false;
  }
  if (!der::ReadTagged(&reader, der::kOctetString, &value) || !reader.empty()) return false;
  extension->value = value.content;
  return true;
}

}  // namespace

bool ReadExtensions(ByteReader* reader, std::vector<Extension>* extensions) {
  ByteReader list;
  if (!der::Enter(reader, der::kSequence, &list) || list.empty()) return false;
  while (!list.empty()) {
    Extension extension;
    if (extensions->size() == kMaxExtensions || !ReadExtension(&list, &extension)) return false;
    if (std::ranges::count(*extensions, extension.object_id, &Extension::object_id) > 0) {
      return false;
    }
    extensions->push_back(std::move(extension));
  }
  return true;
}

bool ApplyExtensions(const std::vector<Extension>& extensions, Certificate* certificate,
                     Rule* rule) {
  for (const Extension& extension : extensions) {
    const auto* const known = std::ranges::find(kKnown, extension.object_id, &Known::object_id);
    if (known == std::end(kKnown)) {
      certificate->has_unknown_critical = certificate->has_unknown_critical || extension.critical;
      continue;
    }
    *rule = Rule::kMalformed;
    if (!known->read(ByteReader(extension.value), certificate, rule)) return false;
  }
  return true;
}

}  // namespace signet::auth::x509
