#include "net/tls/issuing_ca.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "net/tls/certificate_info.h"
#include "net/tls/certificate_maker.h"
#include "net/tls/tls_names.h"

namespace signet {
namespace {

constexpr std::string_view kOrganization = "Signet";

using Names = std::set<std::string, std::less<>>;  // Without regard to their order.

std::string LowerCase(std::string name) {
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return name;
}

bool HasNames(const CertificateInfo& certificate, const ServerCertificateSpec& spec) {
  Names dns;
  Names ips;
  Names ips_held;
  for (const std::string& name : spec.dns) dns.insert(LowerCase(name));
  for (const std::string& ip : spec.ips) ips.emplace(AsText(ParseIp(ip)));
  for (const std::vector<uint8_t>& ip : certificate.ips) ips_held.emplace(AsText(ip));
  return Names(certificate.dns_names.begin(), certificate.dns_names.end()) == dns &&
         ips_held == ips;
}

// The first certificate of a chain, if the key is its own.
StatusOr<CertificateInfo> ReadPair(const std::string& pem, const SecretBytes& key_pem) {
  StatusOr<std::vector<CertificateInfo>> chain = ReadChain(pem);
  if (!chain.ok()) return chain.error();
  const StatusOr<std::vector<uint8_t>> key_id = KeyIdOf(key_pem);
  if (!key_id.ok()) return Status::Error("its key " + key_id.error().sentence());
  if (*key_id != chain->front().subject_key_id) {
    return Status::Error("its key belongs to another certificate");
  }
  return std::move(chain->front());
}

}  // namespace

Status CheckSpec(const ServerCertificateSpec& spec) {
  if (spec.duration_s < IssuingCa::kLeastDuration_s || spec.duration_s > IssuingCa::kCaDuration_s) {
    return Status::Error("duration is between an hour and ten years");
  }
  if (!spec.renew_before_s) return Status::Ok();
  if (*spec.renew_before_s < IssuingCa::kLeastRenewBefore_s) {
    return Status::Error("renewBefore is at least five minutes");
  }
  if (*spec.renew_before_s >= spec.duration_s) {
    return Status::Error("renewBefore is shorter than duration");
  }
  return Status::Ok();
}

StatusOr<IssuingCa> IssuingCa::Create(int64_t now_s) {
  StatusOr<SecretBytes> key = MakeKey(KeyAlgorithm::kEc256);
  if (!key.ok()) return key.error();
  StatusOr<std::string> certificate = MakeCertificate({.use = CertificateUse::kCa,
                                                       .common_name = "Signet issuing CA",
                                                       .organization = std::string(kOrganization),
                                                       .path_length = 0,
                                                       .not_before_s = now_s - kClockSkew_s,
                                                       .not_after_s = now_s + kCaDuration_s},
                                                      *key, {});
  if (!certificate.ok()) return certificate.error();
  return Load(std::move(*certificate), std::move(*key), now_s);
}

StatusOr<IssuingCa> IssuingCa::Load(std::string certificate_pem, SecretBytes key_pem,
                                    int64_t now_s) {
  StatusOr<CertificateInfo> info = ReadPair(certificate_pem, key_pem);
  if (!info.ok()) return info.error();
  if (!info->is_ca) return Status::Error("it is not a CA's certificate");
  if (const std::string dates = WrongDates(*info, now_s); !dates.empty()) {
    return Status::Error("it " + dates);
  }
  IssuingCa ca;
  ca.certificate_pem_ = std::move(certificate_pem);
  ca.key_pem_ = std::move(key_pem);
  ca.subject_der_ = std::move(info->subject_der);
  ca.key_id_ = std::move(info->subject_key_id);
  ca.not_after_s_ = info->not_after_s;
  return ca;
}

StatusOr<IssuedCertificate> IssuingCa::Issue(const ServerCertificateSpec& spec,
                                             const IssuedCertificate* previous,
                                             int64_t now_s) const {
  if (Status status = CheckSpec(spec); !status.ok()) return status;
  IssuedCertificate issued;
  if (spec.rotation == KeyRotation::kNever && previous != nullptr) {
    const StatusOr<KeyAlgorithm> algorithm = AlgorithmOf(previous->key_pem);
    if (algorithm.ok() && *algorithm == spec.algorithm) issued.key_pem = previous->key_pem;
  }
  if (issued.key_pem.empty()) {
    StatusOr<SecretBytes> key = MakeKey(spec.algorithm);
    if (!key.ok()) return key.error();
    issued.key_pem = std::move(*key);
  }
  // Names stand in the Subject Alternative Name; the common name is for people.
  StatusOr<std::string> certificate =
      MakeCertificate({.use = CertificateUse::kServer,
                       .common_name = "Signet broker",
                       .organization = std::string(kOrganization),
                       .dns = spec.dns,
                       .ips = spec.ips,
                       .not_before_s = now_s - kClockSkew_s,
                       // Nobody believes it longer than its CA.
                       .not_after_s = std::min(now_s + spec.duration_s, not_after_s_)},
                      issued.key_pem, {.certificate_pem = certificate_pem_, .key_pem = key_pem_});
  if (!certificate.ok()) return certificate.error();
  issued.chain_pem = std::move(*certificate);
  return issued;
}

int64_t IssuingCa::RenewAt(const IssuedCertificate& certificate,
                           const ServerCertificateSpec& spec) const {
  const StatusOr<CertificateInfo> info = ReadPair(certificate.chain_pem, certificate.key_pem);
  if (!info.ok() || info->issuer_der != subject_der_ || info->authority_key_id != key_id_ ||
      !HasNames(*info, spec)) {
    return 0;
  }
  const StatusOr<KeyAlgorithm> algorithm = AlgorithmOf(certificate.key_pem);
  if (!algorithm.ok() || *algorithm != spec.algorithm) return 0;
  // When the CA itself ends, a new certificate would end as soon.
  if (info->not_after_s >= not_after_s_) return info->not_after_s;
  const int64_t whole = info->not_after_s - info->not_before_s - kClockSkew_s;
  return info->not_after_s - spec.renew_before_s.value_or(whole / 3);
}

}  // namespace signet
