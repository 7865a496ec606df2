// ClientTrust: whom client certificates are believed by, and which of them are revoked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

struct WOLFSSL_CTX;

namespace signet {

class ClientTrust {
 public:
  ClientTrust() = default;

  // Reads a bundle of CA certificates and their CRLs. An error says which of them is wrong: no
  // CA at all, one that is none, a CRL of somebody else, a CA without a CRL where there are some
  // (wolfSSL would refuse all whom it has certified).
  static StatusOr<ClientTrust> Read(std::string_view ca_pem, const std::vector<std::string>& crls,
                                    int64_t now_s, std::vector<std::string>* warnings);

  // A CA whose time is over is left out: wolfSSL would go on believing whom it certified. So is one
  // whose time has not come.
  Status Load(WOLFSSL_CTX* context) const;

  // When the next CA's time begins or is over, in seconds since 1970.
  int64_t changes_at_s() const { return changes_at_s_; }

 private:
  using Der = std::vector<uint8_t>;
  struct Ca {
    Der der;
    Der subject;
    std::string name;
    bool has_crl = false;
  };
  struct Crl {
    Der der;
    Der issuer;
  };

  Status ReadCas(std::string_view pem, int64_t now_s, std::vector<std::string>* warnings);
  Status ReadCrls(std::string_view pem_or_der, int64_t now_s, std::vector<std::string>* warnings);
  Status CheckEachHasCrl() const;
  Status LoadCrl(const Crl& crl, bool issuer_is_left_out, WOLFSSL_CTX* context) const;

  std::vector<Ca> cas_;
  std::vector<Crl> crls_;
  int64_t changes_at_s_ = INT64_MAX;
};

}  // namespace signet
