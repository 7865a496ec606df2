#include "auth/x509/certificate.h"

#include <algorithm>

#include "auth/x509/extensions.h"
#include "core/base/der.h"

namespace signet::auth::x509 {
namespace {

constexpr size_t kMaxSerialBytes = 20;  // RFC 5280, 4.1.2.2.
constexpr uint32_t kVersion3 = 2;

bool ReadVersion(ByteReader* body, uint32_t* version) {
  *version = 0;
  if (!der::NextIs(*body, der::Constructed(0))) return true;
  ByteReader inner;
  return der::Enter(body, der::Constructed(0), &inner) && der::ReadSmall(&inner, version) &&
         inner.empty() && *version > 0 && *version <= kVersion3;
}

bool ReadValidity(ByteReader* body, Certificate* certificate) {
  ByteReader validity;
  return der::Enter(body, der::kSequence, &validity) &&
         der::ReadTime(&validity, &certificate->not_before_s) &&
         der::ReadTime(&validity, &certificate->not_after_s) && validity.empty();
}

// issuerUniqueID and subjectUniqueID: nobody has them, and they change nothing.
bool SkipUniqueIds(ByteReader* body, uint32_t version) {
  for (const uint8_t tag : {der::Primitive(1), der::Primitive(2)}) {
    der::Element ignored;
    if (!der::NextIs(*body, tag)) continue;
    if (version == 0 || !der::Read(body, &ignored)) return false;
  }
  return true;
}

// TBSCertificate up to its extensions (4.1).
bool ReadBody(ByteReader* body, Certificate* certificate) {
  der::Element algorithm;
  der::Element issuer;
  der::Element subject;
  der::Element key;
  if (!ReadVersion(body, &certificate->version) || !der::ReadInteger(body, &certificate->serial) ||
      certificate->serial.size() > kMaxSerialBytes ||
      !der::ReadTagged(body, der::kSequence, &algorithm) ||
      !std::ranges::equal(algorithm.whole, certificate->data.algorithm_der) ||
      !der::ReadTagged(body, der::kSequence, &issuer) || !ReadValidity(body, certificate) ||
      !der::ReadTagged(body, der::kSequence, &subject) ||
      !der::ReadTagged(body, der::kSequence, &key)) {
    return false;
  }
  certificate->issuer_der = issuer.whole;
  certificate->subject_der = subject.whole;
  certificate->key_der = key.whole;
  return ReadPublicKey(key.whole, &certificate->key) && SkipUniqueIds(body, certificate->version);
}

}  // namespace

Expected<Certificate, Rule> Certificate::Read(ByteView der) {
  Certificate certificate;
  certificate.der = der;
  if (!ReadSigned(der, &certificate.data)) return Rule::kMalformed;
  ByteReader whole(certificate.data.signed_part);
  ByteReader body;
  if (!der::Enter(&whole, der::kSequence, &body) || !ReadBody(&body, &certificate)) {
    return Rule::kMalformed;
  }
  std::vector<Extension> extensions;
  if (der::NextIs(body, der::Constructed(3))) {
    ByteReader list;
    if (certificate.version != kVersion3 || !der::Enter(&body, der::Constructed(3), &list) ||
        !ReadExtensions(&list, &extensions) || !list.empty()) {
      return Rule::kMalformed;
    }
  }
  if (!body.empty()) return Rule::kMalformed;
  if (!DistinguishedName::FromDer(certificate.subject_der, &certificate.subject)) {
    return Rule::kName;
  }
  Rule rule = Rule::kMalformed;
  if (!ApplyExtensions(extensions, &certificate, &rule)) return rule;
  return certificate;
}

}  // namespace signet::auth::x509
