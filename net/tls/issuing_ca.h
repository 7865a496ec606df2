// IssuingCa: the CA of a broker that makes its own server certificates, for listeners whose TLS is
// `Automatic` where no cluster issues them. Pure: time and keys go in, PEM comes out; who keeps the
// files is tools/broker/certificate_store.h. A value; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/secret_bytes.h"
#include "core/base/status.h"
#include "net/tls/key_algorithm.h"

namespace signet {

enum class KeyRotation : uint8_t {
  kAlways,  // A new key with every certificate.
  kNever,   // The key stays, as long as it is of the algorithm asked for.
};

// The fields of a listener's `certManagerCertificateSpec` that say what a certificate is.
struct ServerCertificateSpec {
  int64_t duration_s = 90 * 86'400;
  std::optional<int64_t> renew_before_s;  // Without it a third of the duration.
  KeyAlgorithm algorithm = KeyAlgorithm::kEc256;
  KeyRotation rotation = KeyRotation::kAlways;
  std::vector<std::string> dns;
  std::vector<std::string> ips;
};

struct IssuedCertificate {
  std::string chain_pem;
  SecretBytes key_pem;
};

class IssuingCa {
 public:
  static constexpr int64_t kCaDuration_s = 10LL * 365 * 86'400;
  // Certificates begin this much earlier, for clients whose clocks are behind.
  static constexpr int64_t kClockSkew_s = 300;
  // As cert-manager has them.
  static constexpr int64_t kLeastDuration_s = 3600;
  static constexpr int64_t kLeastRenewBefore_s = 300;

  // A new one, of P-256, for ten years.
  static StatusOr<IssuingCa> Create(int64_t now_s);
  // One that was made before. The sentence says what is wrong with it: not a pair, expired.
  static StatusOr<IssuingCa> Load(std::string certificate_pem, SecretBytes key_pem, int64_t now_s);

  const std::string& certificate_pem() const { return certificate_pem_; }
  const SecretBytes& key_pem() const { return key_pem_; }

  // `previous` is the certificate that this one follows; its key is used again if the spec says so.
  StatusOr<IssuedCertificate> Issue(const ServerCertificateSpec& spec,
                                    const IssuedCertificate* previous, int64_t now_s) const;

  // When the certificate is to be replaced: so long before its end as the spec says; at once (0)
  // if it is not what the spec asks for, not of this CA, or not a pair.
  int64_t RenewAt(const IssuedCertificate& certificate, const ServerCertificateSpec& spec) const;

 private:
  IssuingCa() = default;

  std::string certificate_pem_;
  SecretBytes key_pem_;
  std::vector<uint8_t> subject_der_;
  std::vector<uint8_t> key_id_;
  int64_t not_after_s_ = 0;
};

// Durations that cannot be: "renewBefore 91d is not shorter than duration 90d".
Status CheckSpec(const ServerCertificateSpec& spec);

}  // namespace signet
