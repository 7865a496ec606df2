#include "net/tls/certificate_maker.h"

#include <arpa/inet.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <wolfssl/wolfcrypt/asn_public.h>
#include <wolfssl/wolfcrypt/sha256.h>

#include <algorithm>
#include <memory>

#include "core/base/bytes.h"
#include "core/base/der.h"
#include "core/base/log.h"
#include "core/base/pem.h"
#include "net/tls/certificate_info.h"
#include "net/tls/private_key.h"
#include "net/tls/random.h"

namespace signet {
namespace {

using DerBytes = std::vector<uint8_t>;

constexpr int64_t kYear2050 = 2'524'608'000;  // UTCTime ends before it (RFC 5280, 4.1.2.5).
constexpr size_t kSerialSize = 16;
constexpr size_t kKeyIdSize = 20;
constexpr size_t kMaxNameSize = 64;         // ub-common-name, ub-organization-name.
constexpr size_t kMaxBodySize = 24 * 1024;  // What a certificate may say: some 900 names.
constexpr size_t kMaxSignatureSize = 4 * 1024;

// The insides of object identifiers, and of extension values that are always the same.
constexpr uint8_t kCommonName[] = {0x55, 0x04, 0x03};
constexpr uint8_t kOrganizationName[] = {0x55, 0x04, 0x0a};
constexpr uint8_t kSubjectKeyId = 0x0e;  // The last number of 2.5.29.x.
constexpr uint8_t kKeyUsage = 0x0f;
constexpr uint8_t kSubjectAltNameArc = 0x11;
constexpr uint8_t kBasicConstraints = 0x13;
constexpr uint8_t kAuthorityKeyId = 0x23;
constexpr uint8_t kExtendedKeyUsage = 0x25;
constexpr uint8_t kServerAuth[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01};
constexpr uint8_t kClientAuth[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02};
constexpr uint8_t kCertAndCrlSign[] = {0x01, 0x06};  // Bits 5 and 6, one bit unused.
constexpr uint8_t kDigitalSignature[] = {0x07, 0x80};
constexpr uint8_t kTrue[] = {0xff};
constexpr uint8_t kVersion3[] = {0x02};
constexpr uint8_t kDnsNameTag = der::Primitive(2);  // RFC 5280, 4.2.1.6.
constexpr uint8_t kIpAddressTag = der::Primitive(7);

// AlgorithmIdentifier, whole.
DerBytes SignatureAlgorithm(KeyAlgorithm algorithm) {
  switch (algorithm) {
    case KeyAlgorithm::kEc256:
      return {0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};
    case KeyAlgorithm::kEc384:
      return {0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03};
    case KeyAlgorithm::kEc521:
      return {0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04};
    case KeyAlgorithm::kEd25519:
      return {0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70};
    default:  // sha256WithRSAEncryption, with its NULL.
      return {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
              0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0};
  }
}

void Append(ByteView bytes, DerBytes* der) { der->insert(der->end(), bytes.begin(), bytes.end()); }

DerBytes Time(int64_t at_s) {
  const std::tm time = fmt::gmtime(at_s);
  if (at_s < kYear2050) {
    return der::Make(der::kUtcTime, {AsBytes(fmt::format("{:%y%m%d%H%M%S}Z", time))});
  }
  return der::Make(der::kGeneralizedTime, {AsBytes(fmt::format("{:%Y%m%d%H%M%S}Z", time))});
}

DerBytes Name(const CertificateRequest& request) {
  DerBytes name;
  const auto append = [&](ByteView type, const std::string& value) {
    if (value.empty()) return;
    const DerBytes pair = der::Make(
        der::kSequence,
        {der::Make(der::kObjectId, {type}), der::Make(der::kUtf8String, {AsBytes(value)})});
    Append(der::Make(der::kSet, {pair}), &name);
  };
  append(kOrganizationName, request.organization);
  append(kCommonName, request.common_name);
  return der::Make(der::kSequence, {name});
}

void AppendExtension(uint8_t number, bool critical, ByteView value, DerBytes* extensions) {
  const uint8_t id[] = {0x55, 0x1d, number};
  DerBytes flag;
  if (critical) flag = der::Make(der::kBoolean, {kTrue});
  Append(der::Make(der::kSequence,
                   {der::Make(der::kObjectId, {id}), flag, der::Make(der::kOctetString, {value})}),
         extensions);
}

bool IsDnsName(std::string_view name) {
  return !name.empty() && name.size() <= 253 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '*';
  });
}

Status AppendNames(const CertificateRequest& request, DerBytes* extensions) {
  DerBytes names;
  for (const std::string& name : request.dns) {
    if (!IsDnsName(name)) {
      return Status::Error(fmt::format("{} is not a DNS name", EscapeForLog(name)));
    }
    Append(der::Make(kDnsNameTag, {AsBytes(name)}), &names);
  }
  for (const std::string& text : request.ips) {
    const DerBytes address = ParseIp(text);
    if (address.empty()) {
      return Status::Error(fmt::format("{} is not an IP address", EscapeForLog(text)));
    }
    Append(der::Make(kIpAddressTag, {address}), &names);
    if (names.size() > kMaxBodySize) break;
  }
  if (names.size() > kMaxBodySize - 1024) {
    return Status::Error("there are more DNS names and IP addresses than a certificate can hold");
  }
  if (!names.empty()) {
    AppendExtension(kSubjectAltNameArc, false, der::Make(der::kSequence, {names}), extensions);
  }
  return Status::Ok();
}

void AppendUse(const CertificateRequest& request, DerBytes* extensions) {
  if (request.use == CertificateUse::kCa) {
    DerBytes length;
    if (request.path_length >= 0) {
      const uint8_t digit[] = {static_cast<uint8_t>(request.path_length & 0x7f)};
      length = der::Make(der::kInteger, {digit});
    }
    AppendExtension(kBasicConstraints, true,
                    der::Make(der::kSequence, {der::Make(der::kBoolean, {kTrue}), length}),
                    extensions);
    AppendExtension(kKeyUsage, true, der::Make(der::kBitString, {kCertAndCrlSign}), extensions);
    return;
  }
  AppendExtension(kKeyUsage, true, der::Make(der::kBitString, {kDigitalSignature}), extensions);
  const ByteView purpose = request.use == CertificateUse::kServer ? kServerAuth : kClientAuth;
  AppendExtension(kExtendedKeyUsage, false,
                  der::Make(der::kSequence, {der::Make(der::kObjectId, {purpose})}), extensions);
}

// Of the bits of the public key (RFC 7093, 2, method 1).
DerBytes KeyId(PrivateKey* key) {
  const DerBytes info = key->PublicKeyInfo();
  ByteReader reader(info);
  ByteReader body;
  der::Element bits;
  if (!der::Enter(&reader, der::kSequence, &body) || !der::Read(&body, &bits) ||
      !der::Read(&body, &bits) || bits.content.empty()) {
    return {};
  }
  const ByteView hashed = bits.content.subspan(1);
  DerBytes digest(WC_SHA256_DIGEST_SIZE);
  if (wc_Sha256Hash(hashed.data(), static_cast<word32>(hashed.size()), digest.data()) != 0) {
    return {};
  }
  digest.resize(kKeyIdSize);
  return digest;
}

// The Name of a certificate's subject, whole; empty if it is none.
DerBytes SubjectOf(const std::string& pem) {
  StatusOr<std::vector<PemBlock>> blocks = ParsePem(pem);
  if (!blocks.ok() || blocks->empty()) return {};
  const StatusOr<CertificateInfo> info = ReadCertificate(blocks->front().der);
  return info.ok() ? der::Make(der::kSequence, {info->subject_der}) : DerBytes();
}

// TBSCertificate (RFC 5280, 4.1).
Status MakeBody(const CertificateRequest& request, ByteView issuer, PrivateKey* key,
                PrivateKey* signer, DerBytes* body) {
  uint8_t serial[kSerialSize];
  const DerBytes key_id = KeyId(key);
  const DerBytes signer_id = KeyId(signer);
  if (!FillRandom(serial) || key_id.empty() || signer_id.empty()) {
    return Status::Error("a certificate could not be made");
  }
  serial[0] = static_cast<uint8_t>((serial[0] & 0x7f) | 0x40);  // Positive, and of full length.
  DerBytes extensions;
  AppendUse(request, &extensions);
  AppendExtension(kSubjectKeyId, false, der::Make(der::kOctetString, {key_id}), &extensions);
  AppendExtension(kAuthorityKeyId, false,
                  der::Make(der::kSequence, {der::Make(der::Primitive(0), {signer_id})}),
                  &extensions);
  if (Status status = AppendNames(request, &extensions); !status.ok()) return status;
  *body = der::Make(
      der::kSequence,
      {der::Make(der::Constructed(0), {der::Make(der::kInteger, {kVersion3})}),
       der::Make(der::kInteger, {serial}), SignatureAlgorithm(signer->algorithm()), issuer,
       der::Make(der::kSequence, {Time(request.not_before_s), Time(request.not_after_s)}),
       Name(request), key->PublicKeyInfo(),
       der::Make(der::Constructed(3), {der::Make(der::kSequence, {extensions})})});
  return Status::Ok();
}

// The whole certificate, or nothing.
DerBytes Sign(const DerBytes& body, PrivateKey* signer) {
  DerBytes der = body;
  der.resize(body.size() + kMaxSignatureSize);
  const int size = wc_SignCert_ex(static_cast<int>(body.size()), signer->signature_type(),
                                  der.data(), static_cast<word32>(der.size()),
                                  signer->cert_key_type(), signer->raw(), signer->random());
  der.resize(static_cast<size_t>(std::max(size, 0)));
  return der;
}

std::string ToPem(ByteView der) {
  std::string pem(der.size() * 3 / 2 + 128, '\0');
  const int size =
      wc_DerToPem(der.data(), static_cast<word32>(der.size()), reinterpret_cast<byte*>(pem.data()),
                  static_cast<word32>(pem.size()), CERT_TYPE);
  pem.resize(static_cast<size_t>(std::max(size, 0)));
  return pem;
}

}  // namespace

StatusOr<SecretBytes> MakeKey(KeyAlgorithm algorithm) {
  StatusOr<std::unique_ptr<PrivateKey>> key = PrivateKey::Make(algorithm);
  if (!key.ok()) return key.error();
  return (*key)->ToPem();
}

StatusOr<KeyAlgorithm> AlgorithmOf(const SecretBytes& key_pem) {
  StatusOr<std::unique_ptr<PrivateKey>> key = PrivateKey::Parse(key_pem);
  if (!key.ok()) return key.error();
  return (*key)->algorithm();
}

StatusOr<std::vector<uint8_t>> KeyIdOf(const SecretBytes& key_pem) {
  StatusOr<std::unique_ptr<PrivateKey>> key = PrivateKey::Parse(key_pem);
  if (!key.ok()) return key.error();
  return KeyId(key->get());
}

std::vector<uint8_t> ParseIp(const std::string& text) {
  uint8_t address[16];
  if (inet_pton(AF_INET, text.c_str(), address) == 1) return {address, address + 4};
  if (inet_pton(AF_INET6, text.c_str(), address) == 1) return {address, address + 16};
  return {};
}

StatusOr<std::string> MakeCertificate(const CertificateRequest& request, const SecretBytes& key_pem,
                                      const CertificateIssuer& issuer) {
  const bool signs_itself = issuer.certificate_pem.empty();
  StatusOr<std::unique_ptr<PrivateKey>> key = PrivateKey::Parse(key_pem);
  if (!key.ok()) return Status::Error("the certificate's key " + key.error().sentence());
  StatusOr<std::unique_ptr<PrivateKey>> signer =
      PrivateKey::Parse(signs_itself ? key_pem : issuer.key_pem);
  if (!signer.ok()) return Status::Error("the CA's key " + signer.error().sentence());

  if (request.common_name.size() > kMaxNameSize || request.organization.size() > kMaxNameSize) {
    return Status::Error(fmt::format("a certificate's name has at most {} bytes", kMaxNameSize));
  }
  const DerBytes issuer_name = signs_itself ? Name(request) : SubjectOf(issuer.certificate_pem);
  if (issuer_name.empty()) return Status::Error("the CA's certificate is not one in PEM");
  DerBytes body;
  if (Status status = MakeBody(request, issuer_name, key->get(), signer->get(), &body);
      !status.ok()) {
    return status;
  }
  const DerBytes der = Sign(body, signer->get());
  std::string pem = der.empty() ? std::string() : ToPem(der);
  if (pem.empty()) return Status::Error("a certificate could not be signed");
  return pem;
}

}  // namespace signet
