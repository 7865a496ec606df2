// Certificates for tests, made when they are needed: a CA, what it issues, what it revokes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "net/tls/certificate_maker.h"
#include "net/tls/tls_settings.h"

namespace signet {

inline constexpr int64_t kDay = 86'400;

// Of the machine, since wolfSSL asks it too.
int64_t WallClock();

// A certificate and its key, both PEM.
struct TestCertificate {
  std::string pem;
  SecretBytes key;
};

struct LeafOptions {
  CertificateUse use = CertificateUse::kServer;
  std::string name = "leaf";
  std::vector<std::string> dns;
  KeyAlgorithm algorithm = KeyAlgorithm::kEc256;
  int path_length = -1;
  int64_t not_before_s = WallClock() - kDay;
  int64_t not_after_s = WallClock() + 30 * kDay;
};

class TestCa {
 public:
  explicit TestCa(const std::string& name = "Test CA",
                  KeyAlgorithm algorithm = KeyAlgorithm::kEc256);
  // One that another has issued; of any kind, a wrong one too.
  explicit TestCa(TestCertificate certificate) : certificate_(std::move(certificate)) {}
  // An intermediate CA.
  TestCa(const std::string& name, const TestCa& issuer)
      : TestCa(issuer.Issue({.use = CertificateUse::kCa, .name = name})) {}

  const std::string& pem() const { return certificate_.pem; }
  TestCertificate Issue(const LeafOptions& options = {}) const;
  // A CRL in DER with these certificates, signed with the CA's key, which has to be of P-256.
  std::string Revoke(const std::vector<std::string>& pems,
                     int64_t next_update_s = WallClock() + kDay) const;

 private:
  TestCertificate certificate_;
};

TlsIdentity IdentityOf(const TestCertificate& certificate, const std::string& name = "Secret tls");
// A server certificate for "broker.example", kept for the whole run: RSA keys are slow to make.
const TestCertificate& ServerCertificate(KeyAlgorithm algorithm = KeyAlgorithm::kEc256);
const TestCa& ServerCa();

}  // namespace signet
