// What we read out of X.509 certificates and CRLs for our own purposes: to choose by server name,
// to warn of dates, to say which one an error is about. Nothing here verifies anything.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/status.h"

namespace signet {

struct CertificateInfo {
  std::string subject;               // For sentences: "/C=DE/CN=device-1", escaped.
  std::vector<uint8_t> subject_der;  // The Name as it is encoded: equal for issuer and issued.
  std::vector<uint8_t> issuer_der;
  std::vector<std::string> dns_names;     // Of the Subject Alternative Name, in lower case.
  std::vector<std::vector<uint8_t>> ips;  // Of the same: 4 or 16 bytes each.
  std::vector<uint8_t> subject_key_id;    // Empty if it has none.
  std::vector<uint8_t> authority_key_id;
  int64_t not_before_s = 0;  // Seconds since 1970.
  int64_t not_after_s = 0;
  bool is_ca = false;  // By its basic constraints.
};

// The sentence goes on after a name: "it is not an X.509 certificate".
StatusOr<CertificateInfo> ReadCertificate(ByteView der);

struct CrlInfo {
  std::vector<uint8_t> issuer_der;
  int64_t next_update_s = 0;  // 0 if the CRL does not say.
};

StatusOr<CrlInfo> ReadCrl(ByteView der);

}  // namespace signet
