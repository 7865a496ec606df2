// Names and sentences of TLS: from settings to what wolfSSL takes, and from its error numbers to
// what an operator can act on. All functions are pure, and for any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "net/tls/certificate_info.h"

namespace signet {

// The suites of TLS, separated by colons. Of a version that the list does not mention (1.3 or 1.2)
// the defaults stay. The error names an unknown one, and the nearest that exists.
StatusOr<std::string> CipherList(const std::vector<std::string>& names);
StatusOr<std::string> GroupList(const std::vector<std::string>& names);

// All certificates of a PEM text, at least one. The sentence goes on after a name and a colon.
StatusOr<std::vector<CertificateInfo>> ReadChain(std::string_view pem);

// "expired on 2026-11-25" or "is not valid before 2027-01-01"; empty if neither.
std::string WrongDates(const CertificateInfo& certificate, int64_t now_s);

// Why wolfSSL does not take a certificate, a key or a CRL: "its signature is wrong".
std::string ExplainCertificate(int result);

// Why a connection fails, as it goes on after "TLS handshake failed: ". `alert` is the last one
// that the peer sent, or -1.
std::string ExplainConnection(int error, int alert);

// What the peer said by an alert (RFC 8446, 6), in the same place.
std::string ExplainAlert(int description);

}  // namespace signet
