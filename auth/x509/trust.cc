#include "auth/x509/trust.h"

#include <fmt/format.h>

#include <algorithm>

#include "auth/x509/pem.h"
#include "core/base/log.h"

namespace signet::auth::x509 {

StatusOr<Trust> Trust::Read(std::string_view ca_pem, const std::vector<std::string>& crls,
                            std::vector<std::string>* warnings) {
  Trust trust;
  if (Status status = trust.ReadCas(ca_pem); !status.ok()) return status;
  for (const std::string& crl : crls) {
    if (Status status = trust.ReadCrls(crl, warnings); !status.ok()) return status;
  }
  return trust;
}

Status Trust::ReadCas(std::string_view pem) {
  auto ders = ReadPem(pem, {"CERTIFICATE", "TRUSTED CERTIFICATE"});
  if (!ders.ok()) {
    return Status::Error(fmt::format("the client CA bundle: {}", ders.error().sentence()));
  }
  if (ders->empty()) return Status::Error("the client CA bundle holds no certificate in PEM");
  if (ders->size() > kMaxTrustedCas) {
    return Status::Error(
        fmt::format("the client CA bundle holds more than {} certificates", kMaxTrustedCas));
  }
  ders_ = std::move(*ders);
  for (const std::vector<uint8_t>& der : ders_) {
    const size_t number = cas_.size() + 1;
    Expected<Certificate, Rule> ca = Certificate::Read(der);
    if (!ca.ok()) {
      return Status::Error(
          fmt::format("certificate {} of the client CA bundle is not X.509 in DER, "
                      "or has a name that is not clean text",
                      number));
    }
    if (!ca->is_ca()) {
      return Status::Error(fmt::format("certificate {} of the client CA bundle, {}, is not a CA's",
                                       number, EscapeForLog(ca->subject.ToText())));
    }
    cas_.push_back(std::move(*ca));
  }
  return Status::Ok();
}

Status Trust::ReadCrls(const std::string& text, std::vector<std::string>* warnings) {
  StatusOr<std::vector<std::vector<uint8_t>>> ders = std::vector<std::vector<uint8_t>>();
  if (text.starts_with('\x30')) {
    const ByteView bytes = AsBytes(text);
    ders->emplace_back(bytes.begin(), bytes.end());
  } else {
    ders = ReadPem(text, {"X509 CRL"});
  }
  if (!ders.ok()) return Status::Error(fmt::format("a CRL file: {}", ders.error().sentence()));
  if (ders->empty()) return Status::Error("a CRL file holds no CRL");
  for (std::vector<uint8_t>& der : *ders) {
    const size_t number = crls_.size() + 1;
    if (number > kMaxCrls) {
      return Status::Error(fmt::format("there are more than {} CRLs", kMaxCrls));
    }
    std::unique_ptr<const Crl> crl = Crl::Read(std::move(der));
    if (crl == nullptr) return Status::Error(fmt::format("CRL {} is not an X.509 CRL", number));
    if (!crl->is_usable()) {
      warnings->push_back(fmt::format("CRL {}: {}", number, Sentence(Rule::kCrlUnusable)));
    }
    crls_.push_back(std::move(crl));
  }
  return Status::Ok();
}

int64_t Trust::CrlsEndAt(int64_t now_s) const {
  int64_t end = INT64_MAX;
  for (const auto& crl : crls_) {
    if (crl->IsInForce(now_s)) end = std::min(end, crl->next_update_s().value_or(end));
  }
  return end;
}

}  // namespace signet::auth::x509
