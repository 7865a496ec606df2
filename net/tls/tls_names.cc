#include "net/tls/tls_names.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <wolfssl/error-ssl.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/error-crypt.h>

#include <algorithm>

#include "core/base/log.h"
#include "core/base/nearest.h"
#include "core/base/pem.h"
#include "net/tls/tls_settings.h"

namespace signet {
namespace {

constexpr std::string_view kGroups[] = {"X25519", "P-256", "P-384", "P-521"};
constexpr unsigned char kTls13Suites = 0x13;  // The first byte of their numbers.

std::vector<std::string> Split(std::string_view list) {
  std::vector<std::string> parts;
  while (!list.empty()) {
    const size_t end = std::min(list.find(':'), list.size());
    parts.emplace_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return parts;
}

// Whether it is one, and of TLS 1.3.
bool FindSuite(const std::string& name, bool* is_13) {
  unsigned char first = 0;
  unsigned char second = 0;
  int flags = 0;
  if (name.empty() || name.find(':') != name.npos) return false;
  if (wolfSSL_get_cipher_suite_from_name(name.c_str(), &first, &second, &flags) != 0) return false;
  *is_13 = first == kTls13Suites;
  return true;
}

Status Unknown(std::string_view what, const std::string& name,
               const std::vector<std::string>& known) {
  const std::vector<std::string_view> names(known.begin(), known.end());
  return Status::Error(fmt::format("there is no {} {}; did you mean {}?", what,
                                   EscapeForLog(name, 80), Nearest(name, names)));
}

}  // namespace

StatusOr<std::string> CipherList(const std::vector<std::string>& names) {
  const std::vector<std::string> defaults = Split(kDefaultTlsCiphers);
  std::vector<std::string> chosen;
  bool has[2] = {false, false};
  for (const std::string& name : names) {
    bool is_13;
    if (!FindSuite(name, &is_13)) return Unknown("cipher suite", name, defaults);
    has[is_13 ? 1 : 0] = true;
    chosen.push_back(name);
  }
  for (const std::string& name : defaults) {
    bool is_13 = false;
    if (FindSuite(name, &is_13) && !has[is_13 ? 1 : 0]) chosen.push_back(name);
  }
  return fmt::format("{}", fmt::join(chosen, ":"));
}

StatusOr<std::string> GroupList(const std::vector<std::string>& names) {
  if (names.empty()) return std::string(kDefaultTlsGroups);
  for (const std::string& name : names) {
    if (std::ranges::find(kGroups, name) == std::end(kGroups)) {
      return Unknown("key exchange group", name, Split(kDefaultTlsGroups));
    }
  }
  return fmt::format("{}", fmt::join(names, ":"));
}

StatusOr<std::vector<CertificateInfo>> ReadChain(std::string_view pem) {
  StatusOr<std::vector<PemBlock>> blocks = ParsePem(pem);
  if (!blocks.ok()) return blocks.error();
  std::vector<CertificateInfo> chain;
  for (const PemBlock& block : *blocks) {
    if (block.label != "CERTIFICATE") continue;
    StatusOr<CertificateInfo> info = ReadCertificate(block.der);
    if (!info.ok()) {
      return Status::Error(
          fmt::format("of its certificate {}: {}", chain.size() + 1, info.error().sentence()));
    }
    chain.push_back(std::move(*info));
  }
  if (chain.empty()) return Status::Error("it holds no certificate in PEM");
  return chain;
}

std::string WrongDates(const CertificateInfo& certificate, int64_t now_s) {
  if (certificate.not_after_s < now_s) {
    return fmt::format("expired on {:%Y-%m-%d}", fmt::gmtime(certificate.not_after_s));
  }
  if (certificate.not_before_s > now_s) {
    return fmt::format("is not valid before {:%Y-%m-%d}", fmt::gmtime(certificate.not_before_s));
  }
  return {};
}

std::string ExplainCertificate(int result) {
  switch (result) {
    case RSA_KEY_SIZE_E:
      return "its RSA key has fewer than 2048 bits";
    case ECC_KEY_SIZE_E:
      return "its EC key has fewer than 256 bits";
    case ASN_SIG_CONFIRM_E:
    case ASN_CRL_CONFIRM_E:
      return "its signature is wrong";
    case ASN_CRL_NO_SIGNER_E:
      return "its issuer's certificate is missing";
    case NOT_CA_ERROR:
      return "it is not a CA's";
    default:
      return fmt::format("wolfSSL says {} ({})",
                         wolfSSL_ERR_reason_error_string(static_cast<unsigned long>(result)),
                         result);
  }
}

std::string ExplainConnection(int error, int alert) {
  switch (error) {
    case FATAL_ERROR:
      return ExplainAlert(alert);
    case VERSION_ERROR:
    case UNSUPPORTED_PROTO_VERSION:
      return "the client speaks no version of TLS that this port accepts";
    case MATCH_SUITE_ERROR:
      return "the client offers no cipher suite that this port accepts for its certificate";
    case NO_PEER_CERT:
      return "the client showed no certificate, and this port requires one";
    case ASN_NO_SIGNER_E:
    case ASN_SELF_SIGNED_E:
      return "the client's certificate comes from no CA of this port's client CA bundle";
    case ASN_AFTER_DATE_E:
      return "the client's certificate has expired";
    case ASN_BEFORE_DATE_E:
      return "the client's certificate is not valid yet";
    case CRL_CERT_REVOKED:
      return "the client's certificate has been revoked";
    case CRL_MISSING:
    case CRL_CERT_DATE_ERR:
      return "there is no CRL in force that could say whether the client's certificate is revoked";
    case EXTKEYUSE_AUTH_E:
      return "the client's certificate is not for clients (its extended key usage)";
    case UNKNOWN_ALPN_PROTOCOL_NAME_E:
      return "the client offers by ALPN none of this port's protocols";
    case DUPLICATE_MSG_E:
      return "the client began a second handshake, and renegotiation is off";
    case RSA_KEY_SIZE_E:
    case ECC_KEY_SIZE_E:
      return "the client's certificate has too short a key";
    default:
      return fmt::format("{} ({})",
                         wolfSSL_ERR_reason_error_string(static_cast<unsigned long>(error)), error);
  }
}

std::string ExplainAlert(int description) {
  if (description == close_notify) return "the client closed it";
  const char* name = wolfSSL_alert_desc_string_long(description);
  return fmt::format("the client refused with the alert `{}` ({})",
                     name == nullptr ? "unknown" : name, description);
}

}  // namespace signet
