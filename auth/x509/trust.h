// Trust: the CAs that clients are believed by, and the CRLs that speak of them. Immutable once
// read; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/x509/certificate.h"
#include "auth/x509/crl.h"
#include "core/base/status.h"

namespace signet::auth::x509 {

inline constexpr size_t kMaxTrustedCas = 1000;
inline constexpr size_t kMaxCrls = 1000;

class Trust {
 public:
  // `crls`: each is one CRL in DER, or any number in PEM. An error says what is wrong: no CA at
  // all, a certificate that is none or is not a CA's, a CRL that is none. Whether a CA or a CRL is
  // in force is not asked here: that depends on when.
  static StatusOr<Trust> Read(std::string_view ca_pem, const std::vector<std::string>& crls,
                              std::vector<std::string>* warnings);

  Trust(Trust&&) = default;
  Trust& operator=(Trust&&) = default;

  const std::vector<Certificate>& cas() const { return cas_; }
  const std::vector<std::unique_ptr<const Crl>>& crls() const { return crls_; }
  // When the first of the CRLs in force ends, in seconds since 1970; INT64_MAX: none does.
  int64_t CrlsEndAt(int64_t now_s) const;

 private:
  Trust() = default;
  Status ReadCas(std::string_view pem);
  Status ReadCrls(const std::string& text, std::vector<std::string>* warnings);

  std::vector<std::vector<uint8_t>> ders_;  // What cas_ are views of.
  std::vector<Certificate> cas_;
  std::vector<std::unique_ptr<const Crl>> crls_;
};

}  // namespace signet::auth::x509
