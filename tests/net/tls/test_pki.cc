#include "tests/net/tls/test_pki.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <wolfssl/wolfcrypt/asn_public.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/sha256.h>

#include <array>
#include <ctime>
#include <map>

#include "core/base/check.h"
#include "core/base/der.h"
#include "core/base/pem.h"
#include "net/tls/certificate_info.h"
#include "net/tls/private_key.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

using Der = std::vector<uint8_t>;

Der Time(int64_t at_s) {
  return der::Make(der::kUtcTime, {AsBytes(fmt::format("{:%y%m%d%H%M%S}Z", fmt::gmtime(at_s)))});
}

// The serial number's whole element, where X.509 has it: version, then serial.
Der SerialOf(const std::string& pem) {
  const Der der = ParsePem(pem)->front().der;
  const size_t version = 8;  // Behind two heads with lengths of two bytes.
  CHECK(der[1] == 0x82 && der[5] == 0x82 && der[version] == 0xa0);
  const size_t serial = version + 5;
  CHECK(der[serial] == 0x02);
  return {der.begin() + static_cast<ptrdiff_t>(serial),
          der.begin() + static_cast<ptrdiff_t>(serial + 2 + der[serial + 1])};
}

Der SignEcdsa(const SecretBytes& key_pem, ByteView body) {
  const auto key = std::move(*PrivateKey::Parse(key_pem));
  std::array<uint8_t, WC_SHA256_DIGEST_SIZE> digest;
  CHECK(wc_Sha256Hash(body.data(), static_cast<word32>(body.size()), digest.data()) == 0);
  Der signature(ECC_MAX_SIG_SIZE);
  auto size = static_cast<word32>(signature.size());
  CHECK(wc_ecc_sign_hash(digest.data(), digest.size(), signature.data(), &size, key->random(),
                         static_cast<ecc_key*>(key->raw())) == 0);
  signature.resize(size);
  return signature;
}

}  // namespace

int64_t WallClock() { return std::time(nullptr); }

TestCa::TestCa(const std::string& name, KeyAlgorithm algorithm) {
  certificate_.key = *MakeKey(algorithm);
  certificate_.pem = *MakeCertificate({.use = CertificateUse::kCa,
                                       .common_name = name,
                                       .not_before_s = WallClock() - kDay,
                                       .not_after_s = WallClock() + 365 * kDay},
                                      certificate_.key, {});
}

TestCertificate TestCa::Issue(const LeafOptions& options) const {
  TestCertificate leaf;
  leaf.key = *MakeKey(options.algorithm);
  leaf.pem = *MakeCertificate({.use = options.use,
                               .common_name = options.name,
                               .dns = options.dns,
                               .path_length = options.path_length,
                               .not_before_s = options.not_before_s,
                               .not_after_s = options.not_after_s},
                              leaf.key, {.certificate_pem = pem(), .key_pem = certificate_.key});
  return leaf;
}

// RFC 5280, 5.1.
std::string TestCa::Revoke(const std::vector<std::string>& pems, int64_t next_update_s) const {
  const Der algorithm =
      der::Make(der::kSequence, {Bytes("06 08 2a8648ce3d040302")});  // ecdsa-with-SHA256
  const CertificateInfo issuer = *ReadCertificate(ParsePem(pem())->front().der);
  Der revoked;
  for (const std::string& pem : pems) {
    const Der entry = der::Make(der::kSequence, {SerialOf(pem), Time(WallClock() - kDay)});
    revoked.insert(revoked.end(), entry.begin(), entry.end());
  }
  Der list = revoked.empty() ? Der() : der::Make(der::kSequence, {revoked});
  const Der body =
      der::Make(der::kSequence,
                {Bytes("02 01 01"), algorithm, der::Make(der::kSequence, {issuer.subject_der}),
                 Time(WallClock() - 2 * kDay), Time(next_update_s), list});
  Der signature = {0};  // No unused bits.
  const Der bits = SignEcdsa(certificate_.key, body);
  signature.insert(signature.end(), bits.begin(), bits.end());
  const Der crl =
      der::Make(der::kSequence, {body, algorithm, der::Make(der::kBitString, {signature})});
  return std::string(AsText(crl));
}

TlsIdentity IdentityOf(const TestCertificate& certificate, const std::string& name) {
  return {.name = name, .chain_pem = certificate.pem, .key_pem = certificate.key};
}

const TestCa& ServerCa() {
  static const TestCa ca("Server CA");
  return ca;
}

const TestCertificate& ServerCertificate(KeyAlgorithm algorithm) {
  static std::map<KeyAlgorithm, TestCertificate> made;
  const auto [entry, is_new] = made.try_emplace(algorithm);
  if (is_new) {
    entry->second =
        ServerCa().Issue({.name = "broker", .dns = {"broker.example"}, .algorithm = algorithm});
  }
  return entry->second;
}

}  // namespace signet
