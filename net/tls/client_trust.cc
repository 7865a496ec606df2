#include "net/tls/client_trust.h"

#include <fmt/format.h>
#include <wolfssl/error-ssl.h>
#include <wolfssl/ssl.h>

#include <algorithm>

#include "core/base/pem.h"
#include "net/tls/certificate_info.h"
#include "net/tls/tls_names.h"

namespace signet {

StatusOr<ClientTrust> ClientTrust::Read(std::string_view ca_pem,
                                        const std::vector<std::string>& crls, int64_t now_s,
                                        std::vector<std::string>* warnings) {
  ClientTrust trust;
  if (Status status = trust.ReadCas(ca_pem, now_s, warnings); !status.ok()) return status;
  for (const std::string& crl : crls) {
    if (Status status = trust.ReadCrls(crl, now_s, warnings); !status.ok()) return status;
  }
  if (Status status = trust.CheckEachHasCrl(); !status.ok()) return status;
  return trust;
}

Status ClientTrust::ReadCas(std::string_view pem, int64_t now_s,
                            std::vector<std::string>* warnings) {
  StatusOr<std::vector<PemBlock>> blocks = ParsePem(pem);
  if (!blocks.ok()) {
    return Status::Error(fmt::format("the client CA bundle: {}", blocks.error().sentence()));
  }
  for (PemBlock& block : *blocks) {
    if (block.label != "CERTIFICATE" && block.label != "TRUSTED CERTIFICATE") continue;
    const size_t number = cas_.size() + 1;
    StatusOr<CertificateInfo> info = ReadCertificate(block.der);
    if (!info.ok()) {
      return Status::Error(fmt::format("certificate {} of the client CA bundle: {}", number,
                                       info.error().sentence()));
    }
    if (!info->is_ca) {
      return Status::Error(fmt::format("certificate {} of the client CA bundle, {}, is not a CA's",
                                       number, info->subject));
    }
    if (const std::string dates = WrongDates(*info, now_s); !dates.empty()) {
      warnings->push_back(fmt::format("the client CA {} {}: all whom it certified are refused",
                                      info->subject, dates));
    }
    if (info->not_before_s > now_s) changes_at_s_ = std::min(changes_at_s_, info->not_before_s);
    // Its last second is still its own: then it has to be looked at once more.
    if (info->not_after_s >= now_s) changes_at_s_ = std::min(changes_at_s_, info->not_after_s);
    cas_.push_back({.der = std::move(block.der),
                    .subject = std::move(info->subject_der),
                    .name = std::move(info->subject)});
  }
  if (cas_.empty()) return Status::Error("the client CA bundle holds no certificate in PEM");
  return Status::Ok();
}

Status ClientTrust::ReadCrls(std::string_view pem_or_der, int64_t now_s,
                             std::vector<std::string>* warnings) {
  std::vector<Der> ders;
  StatusOr<std::vector<PemBlock>> blocks = ParsePem(pem_or_der);
  if (!blocks.ok()) {
    return Status::Error(fmt::format("a CRL file: {}", blocks.error().sentence()));
  }
  for (PemBlock& block : *blocks) {
    if (block.label == "X509 CRL") ders.push_back(std::move(block.der));
  }
  if (blocks->empty()) {
    const ByteView bytes = AsBytes(pem_or_der);
    ders.emplace_back(bytes.begin(), bytes.end());
  }
  if (ders.empty()) return Status::Error("a CRL file holds no CRL");
  for (Der& der : ders) {
    const size_t number = crls_.size() + 1;
    StatusOr<CrlInfo> info = ReadCrl(der);
    if (!info.ok()) {
      return Status::Error(fmt::format("CRL {}: {}", number, info.error().sentence()));
    }
    const auto issuer = std::ranges::find(cas_, info->issuer_der, &Ca::subject);
    if (issuer == cas_.end()) {
      return Status::Error(
          fmt::format("the issuer of CRL {} is not in the client CA bundle", number));
    }
    // Several CAs may share a name, while their keys change.
    for (Ca& ca : cas_) ca.has_crl = ca.has_crl || ca.subject == info->issuer_der;
    if (info->next_update_s != 0 && info->next_update_s < now_s) {
      warnings->push_back(
          fmt::format("the CRL of {} was due for its successor: all whom it certified are refused",
                      issuer->name));
    }
    crls_.push_back({.der = std::move(der), .issuer = std::move(info->issuer_der)});
  }
  return Status::Ok();
}

Status ClientTrust::CheckEachHasCrl() const {
  if (crls_.empty()) return Status::Ok();
  const auto lacking = std::ranges::find(cas_, false, &Ca::has_crl);
  if (lacking == cas_.end()) return Status::Ok();
  return Status::Error(
      fmt::format("the client CA {} has no CRL, and others have: all whom it certified would be "
                  "refused; add its CRL, or remove all",
                  lacking->name));
}

Status ClientTrust::Load(WOLFSSL_CTX* context) const {
  std::vector<Der> left_out;
  for (const Ca& ca : cas_) {
    const int result =
        wolfSSL_CTX_load_verify_buffer_ex(context, ca.der.data(), static_cast<long>(ca.der.size()),
                                          WOLFSSL_FILETYPE_ASN1, 0, WOLFSSL_LOAD_FLAG_NONE);
    if (result == ASN_AFTER_DATE_E || result == ASN_BEFORE_DATE_E) {  // Warned of.
      left_out.push_back(ca.subject);
    } else if (result != WOLFSSL_SUCCESS) {
      return Status::Error(
          fmt::format("the client CA {} cannot be used: {}", ca.name, ExplainCertificate(result)));
    }
  }
  if (crls_.empty()) return Status::Ok();
  if (wolfSSL_CTX_EnableCRL(context, WOLFSSL_CRL_CHECKALL) != WOLFSSL_SUCCESS) {
    return Status::Error("wolfSSL does not check CRLs here");
  }
  for (const Crl& crl : crls_) {
    const bool is_left_out = std::ranges::count(left_out, crl.issuer) > 0;
    if (Status status = LoadCrl(crl, is_left_out, context); !status.ok()) {
      return status;
    }
  }
  return Status::Ok();
}

Status ClientTrust::LoadCrl(const Crl& crl, bool issuer_is_left_out, WOLFSSL_CTX* context) const {
  const int result = wolfSSL_CTX_LoadCRLBuffer(
      context, crl.der.data(), static_cast<long>(crl.der.size()), WOLFSSL_FILETYPE_ASN1);
  // Without one in force its CA's clients are refused, which has been warned of; the others and
  // those without a certificate are not.
  if (result == WOLFSSL_SUCCESS || result == CRL_CERT_DATE_ERR) return Status::Ok();
  if (result == ASN_CRL_NO_SIGNER_E && issuer_is_left_out) return Status::Ok();
  const auto number = &crl - crls_.data() + 1;
  return Status::Error(
      fmt::format("CRL {} cannot be used: {}", number, ExplainCertificate(result)));
}

}  // namespace signet
