#include "tests/auth/x509/forge.h"

#include <algorithm>

#include "core/base/check.h"

namespace signet::forge {
namespace {

// Extension; `critical` is left out if false.
Der MakeExtension(const ExtensionSpec& spec) {
  return spec.critical
             ? Sequence({ObjectId(spec.object_id), Boolean(true), OctetString(spec.value)})
             : Sequence({ObjectId(spec.object_id), OctetString(spec.value)});
}

Der MakeAll(const std::vector<ExtensionSpec>& specs) {
  Der list;
  for (const ExtensionSpec& spec : specs) Append(MakeExtension(spec), &list);
  return Element(0x30, list);
}

Der SignedBy(const TestKey& signer, Hash hash, const Der& algorithm, const Der& body,
             bool breaks_signature, const std::function<void(Der*)>& change = {}) {
  Der signature = signer.Sign(hash, body);
  if (change) change(&signature);
  if (breaks_signature) signature.back() = static_cast<uint8_t>(signature.back() ^ 1);
  return Sequence({body, algorithm, BitString(signature)});
}

}  // namespace

void CertificateSpec::Remove(std::string_view object_id) {
  std::erase_if(extensions, [&](const ExtensionSpec& e) { return e.object_id == object_id; });
}

void CertificateSpec::Set(ExtensionSpec extension) {
  Remove(extension.object_id);
  extensions.push_back(std::move(extension));
}

Der Make(const CertificateSpec& spec) {
  CHECK(spec.signer != nullptr);
  const Der algorithm = spec.algorithm.value_or(spec.signer->Algorithm(spec.hash));
  Der body;
  if (spec.version > 0) Append(Element(0xa0, {Integer(spec.version)}), &body);
  Append(spec.serial, &body);
  Append(spec.inner_algorithm.value_or(algorithm), &body);
  Append(spec.issuer, &body);
  Append(spec.validity.value_or(Sequence({Time(spec.not_before_s), Time(spec.not_after_s)})),
         &body);
  Append(spec.subject, &body);
  Append(spec.key_info ? *spec.key_info : spec.key->Info(), &body);
  if (!spec.extensions.empty()) Append(Element(0xa3, {MakeAll(spec.extensions)}), &body);
  return SignedBy(*spec.signer, spec.hash, algorithm, Element(0x30, body), spec.breaks_signature,
                  spec.change_signature);
}

Der Make(const CrlSpec& spec) {
  const Der algorithm = spec.signer->Algorithm(spec.hash);
  Der body = Integer(1);
  Append(algorithm, &body);
  Append(spec.issuer, &body);
  Append(Time(spec.this_update_s), &body);
  if (spec.next_update_s) Append(Time(*spec.next_update_s), &body);
  Der entries;
  for (const Der& serial : spec.serials) {
    Der entry = serial;
    Append(Time(spec.this_update_s), &entry);
    if (!spec.entry_extensions.empty()) Append(MakeAll(spec.entry_extensions), &entry);
    Append(Element(0x30, entry), &entries);
  }
  if (!entries.empty()) Append(Element(0x30, entries), &body);
  if (!spec.extensions.empty()) Append(Element(0xa0, {MakeAll(spec.extensions)}), &body);
  return SignedBy(*spec.signer, spec.hash, algorithm, Element(0x30, body), spec.breaks_signature);
}

ExtensionSpec BasicConstraints(bool is_ca, std::optional<uint64_t> path_length) {
  Der content;
  if (is_ca) Append(Boolean(true), &content);
  if (path_length) Append(Integer(*path_length), &content);
  return {.object_id = "2.5.29.19", .value = Element(0x30, content), .critical = true};
}

ExtensionSpec KeyUsage(uint8_t bits) {
  uint8_t unused = 0;
  while (unused < 7 && (bits >> unused & 1) == 0) ++unused;
  const Der bytes{bits};
  return {.object_id = "2.5.29.15", .value = BitString(bytes, unused), .critical = true};
}

ExtensionSpec ExtendedKeyUsage(std::initializer_list<std::string_view> purposes) {
  Der content;
  for (const std::string_view purpose : purposes) Append(ObjectId(purpose), &content);
  return {.object_id = "2.5.29.37", .value = Element(0x30, content)};
}

ExtensionSpec AltNames(std::initializer_list<Der> names) {
  return {.object_id = "2.5.29.17", .value = Sequence(names)};
}

ExtensionSpec NameConstraints(std::initializer_list<Der> permitted,
                              std::initializer_list<Der> excluded) {
  Der content;
  uint8_t tag = 0xa0;
  for (const auto& names : {permitted, excluded}) {
    Der list;
    for (const Der& name : names) Append(Sequence({name}), &list);
    if (!list.empty()) Append(Element(tag, list), &content);
    ++tag;
  }
  return {.object_id = "2.5.29.30", .value = Element(0x30, content), .critical = true};
}

ExtensionSpec Unknown(bool critical) {
  return {.object_id = "1.3.6.1.4.1.55555.1.1", .value = Text(0x0c, "?"), .critical = critical};
}

}  // namespace signet::forge
