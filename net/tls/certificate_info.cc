#include "net/tls/certificate_info.h"

#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/asn.h>

#include <algorithm>
#include <ctime>
#include <memory>

#include "core/base/der.h"
#include "core/base/log.h"

namespace signet {
namespace {

constexpr uint8_t kSubjectAltName[] = {0x55, 0x1d, 0x11};  // 2.5.29.17.
constexpr uint8_t kDnsName = der::Primitive(2);            // RFC 5280, 4.2.1.6.
constexpr uint8_t kIpAddress = der::Primitive(7);

int64_t ToUnixTime(const byte* date, int size, uint8_t format) {
  // "YYMMDDHHMMSSZ", "YYYYMMDDHHMMSSZ": the library does not look at the length.
  if (size < (format == der::kUtcTime ? 13 : 15)) return 0;
  std::tm time = {};
  if (wc_GetDateAsCalendarTime(date, size, format, &time) != 0) return 0;
  return timegm(&time);
}

// `date` is a whole element: tag, length, digits.
int64_t ToUnixTime(const byte* date, int size) {
  const byte* digits = nullptr;
  byte format = 0;
  int digits_size = 0;
  if (date == nullptr || wc_GetDateInfo(date, size, &digits, &format, &digits_size) != 0) return 0;
  return ToUnixTime(digits, digits_size, format);
}

std::vector<uint8_t> Copy(const byte* bytes, int size) {
  return size > 0 ? std::vector<uint8_t>(bytes, bytes + size) : std::vector<uint8_t>();
}

std::string Lower(std::string_view name) {
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

// The extensions: the last part of what is signed, [3] (RFC 5280, 4.1).
bool EnterExtensions(ByteView certificate, ByteReader* list) {
  ByteReader reader(certificate);
  ByteReader whole;
  ByteReader body;
  if (!der::Enter(&reader, der::kSequence, &whole) || !der::Enter(&whole, der::kSequence, &body)) {
    return false;
  }
  der::Element element;
  while (der::Read(&body, &element)) {
    if (element.tag != der::Constructed(3)) continue;
    ByteReader inner(element.content);
    return der::Enter(&inner, der::kSequence, list);
  }
  return false;
}

// Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue }.
void ReadAltNames(ByteView certificate, CertificateInfo* info) {
  ByteReader list;
  if (!EnterExtensions(certificate, &list)) return;
  ByteReader extension;
  while (der::Enter(&list, der::kSequence, &extension)) {
    der::Element element;
    if (!der::Read(&extension, &element) || !std::ranges::equal(element.content, kSubjectAltName)) {
      continue;
    }
    while (der::Read(&extension, &element) && element.tag != der::kOctetString) {
    }
    ByteReader value(element.content);
    ByteReader names;
    if (!der::Enter(&value, der::kSequence, &names)) return;
    while (der::Read(&names, &element)) {
      if (element.tag == kDnsName) info->dns_names.push_back(Lower(AsText(element.content)));
      if (element.tag == kIpAddress) {
        info->ips.emplace_back(element.content.begin(), element.content.end());
      }
    }
    return;
  }
}

}  // namespace

StatusOr<CertificateInfo> ReadCertificate(ByteView der) {
  const auto size = static_cast<word32>(der.size());
  const auto parsed = std::make_unique<DecodedCert>();
  wc_InitDecodedCert(parsed.get(), der.data(), size, nullptr);
  const std::unique_ptr<DecodedCert, decltype(&wc_FreeDecodedCert)> guard(parsed.get(),
                                                                          &wc_FreeDecodedCert);
  if (wc_ParseCert(parsed.get(), CERT_TYPE, NO_VERIFY, nullptr) != 0) {
    return Status::Error("it is not an X.509 certificate");
  }
  CertificateInfo info;
  info.subject = EscapeForLog(parsed->subject);
  info.subject_der = Copy(parsed->subjectRaw, parsed->subjectRawLen);
  info.issuer_der = Copy(parsed->issuerRaw, parsed->issuerRawLen);
  info.not_before_s = ToUnixTime(parsed->beforeDate, parsed->beforeDateLen);
  info.not_after_s = ToUnixTime(parsed->afterDate, parsed->afterDateLen);
  if (parsed->extSubjKeyIdSet) info.subject_key_id = Copy(parsed->extSubjKeyId, KEYID_SIZE);
  if (parsed->extAuthKeyIdSet) info.authority_key_id = Copy(parsed->extAuthKeyId, KEYID_SIZE);
  info.is_ca = parsed->isCA != 0;
  ReadAltNames(der, &info);
  return info;
}

// RFC 5280, 5.1: version, signature, issuer, thisUpdate, nextUpdate.
StatusOr<CrlInfo> ReadCrl(ByteView der) {
  const Status error = Status::Error("it is not an X.509 CRL");
  ByteReader reader(der);
  ByteReader list;
  ByteReader body;
  if (!der::Enter(&reader, der::kSequence, &list) || !der::Enter(&list, der::kSequence, &body)) {
    return error;
  }
  der::Element element;
  if (!der::Read(&body, &element)) return error;
  if (element.tag == der::kInteger && !der::Read(&body, &element)) return error;
  if (element.tag != der::kSequence || !der::Read(&body, &element)) return error;
  if (element.tag != der::kSequence) return error;
  CrlInfo info;
  info.issuer_der.assign(element.content.begin(), element.content.end());
  if (!der::Read(&body, &element)) return error;
  if (der::Read(&body, &element) &&
      (element.tag == der::kUtcTime || element.tag == der::kGeneralizedTime)) {
    info.next_update_s =
        ToUnixTime(element.content.data(), static_cast<int>(element.content.size()), element.tag);
  }
  return info;
}

}  // namespace signet
