// TlsServerSettings: what a port's TLS is made from, as plain values. Whoever reads the
// configuration fills them in; TlsContext::Create checks them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/secret_bytes.h"

namespace signet {

enum class TlsVersion : uint8_t { k12, k13 };

enum class ClientCertificates : uint8_t {
  kNone,       // None is asked for.
  kRequested,  // A client may show one; if it does, it has to be a good one.
  kRequired,   // A handshake without a good one fails.
};

// A certificate with its key: PEM, the leaf first and then what issued it. `name` says in error
// sentences where it comes from: "Secret plant-edge-tls".
struct TlsIdentity {
  std::string name;
  std::string chain_pem;
  SecretBytes key_pem;

  friend bool operator==(const TlsIdentity&, const TlsIdentity&) = default;
};

// The names that the lists below begin with when they are left empty.
inline constexpr std::string_view kDefaultTlsCiphers =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:"
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
inline constexpr std::string_view kDefaultTlsGroups = "X25519:P-256:P-384:P-521";

struct TlsServerSettings {
  // The first is shown to a client that names no server, or none that a certificate is for. The
  // others are chosen by the server name (SNI), from the DNS names of their leaves.
  std::vector<TlsIdentity> identities;

  TlsVersion min_version = TlsVersion::k12;
  // Best first. Empty: the defaults above.
  std::vector<std::string> ciphers;
  std::vector<std::string> groups;
  // Best first: `mqtt` for MQTT, `http/1.1` for WebSocket. A client that offers ALPN and none of
  // these is refused (RFC 7301, 3.2); one that offers no ALPN is let in. Empty: ALPN is ignored.
  std::vector<std::string> alpn;

  ClientCertificates client_certificates = ClientCertificates::kNone;
  // Whom client certificates are believed by: every certificate in it, roots or intermediates.
  std::string client_ca_pem;
  // Each is one CRL in DER, or any number in PEM. If there is one, every CA above needs one.
  std::vector<std::string> crls;

  // Never in effect where client certificates are taken: a resumed session could lack them.
  bool session_tickets = true;

  friend bool operator==(const TlsServerSettings&, const TlsServerSettings&) = default;
};

}  // namespace signet
