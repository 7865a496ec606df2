// CertificateStore: the folder in which a broker keeps its own CA and the server certificates that
// this has issued, so that clients which believe the CA believe the broker after a restart as well.
//
//   STATE/ca.crt         the CA's certificate: what clients are given.
//   STATE/ca.key         its key, for the owner alone.
//   STATE/tls/NAME.pem   a server certificate and its key in one file, for the owner alone.
//
// A file is replaced whole or not at all. Used on the control thread; making an RSA key takes its
// time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/status.h"
#include "net/tls/issuing_ca.h"
#include "net/tls/tls_settings.h"

namespace signet {

struct StoredCertificate {
  TlsIdentity identity;
  // When to ask for it again: it is then renewed. Seconds since 1970.
  int64_t renew_at_s = 0;
  bool is_new = false;  // Issued by this call.
};

class CertificateStore {
 public:
  // Makes the folder and the CA where there are none. A CA that is there and cannot be used is an
  // error: a new one would lock out every client that believes the old.
  static StatusOr<CertificateStore> Open(std::filesystem::path folder, int64_t now_s);

  const std::string& ca_pem() const { return ca_.certificate_pem(); }
  std::filesystem::path ca_path() const { return folder_ / "ca.crt"; }

  // The server certificate of this name: the one that is kept, if it is as the spec wants it and
  // not yet due, or a new one. It is also for this machine's own names. `name` consists of lower
  // case letters, digits, '-' and '.'.
  StatusOr<StoredCertificate> ServerCertificate(std::string_view name, ServerCertificateSpec spec,
                                                int64_t now_s) const;

 private:
  CertificateStore(std::filesystem::path folder, IssuingCa ca)
      : folder_(std::move(folder)), ca_(std::move(ca)) {}

  std::filesystem::path folder_;
  IssuingCa ca_;
};

}  // namespace signet
