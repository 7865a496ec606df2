// Makes X.509 certificates: the broker's own CA and what it issues. Pure: keys and time go in, PEM
// comes out. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/secret_bytes.h"
#include "core/base/status.h"
#include "net/tls/key_algorithm.h"

namespace signet {

enum class CertificateUse : uint8_t { kCa, kServer, kClient };

struct CertificateRequest {
  CertificateUse use = CertificateUse::kServer;
  std::string common_name;  // UTF-8, 1 to 64 bytes.
  std::string organization;
  std::vector<std::string> dns;  // Names, "*.example" among them.
  std::vector<std::string> ips;  // As text, version 4 or 6.
  // How many CAs may stand below a CA; negative for any number.
  int path_length = -1;
  int64_t not_before_s = 0;  // Seconds since 1970.
  int64_t not_after_s = 0;
};

// Who signs. With an empty certificate the request signs itself, with its own key.
struct CertificateIssuer {
  std::string certificate_pem;
  SecretBytes key_pem;
};

// A new key: PKCS #8 in PEM. RSA takes its time: seconds for 8192 bits.
StatusOr<SecretBytes> MakeKey(KeyAlgorithm algorithm);

StatusOr<KeyAlgorithm> AlgorithmOf(const SecretBytes& key_pem);

// What X.509 calls the key's identifier, and MakeCertificate() writes into certificates for it.
StatusOr<std::vector<uint8_t>> KeyIdOf(const SecretBytes& key_pem);

// An address as a certificate holds it, 4 or 16 bytes; empty if the text is none.
std::vector<uint8_t> ParseIp(const std::string& text);

// A certificate for the key, in PEM. Its serial number is random. The sentence of an error says
// which part of the request cannot be had.
StatusOr<std::string> MakeCertificate(const CertificateRequest& request, const SecretBytes& key_pem,
                                      const CertificateIssuer& issuer);

}  // namespace signet
