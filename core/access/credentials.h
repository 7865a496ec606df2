// Credentials: everything by which a client may say who it is, owned, so that it can travel to the
// auth shard. Secrets are wiped when it dies.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/secret_bytes.h"
#include "core/mqtt/control_packet.h"

namespace signet {

// What the peer showed in its TLS handshake, and that was verified there: DER, leaf first, without
// the trust anchor unless it was sent. Shared by a connection and by who judges it, and counted for
// that: touched when a client comes or goes, never by a PUBLISH. Never changed.
using CertificateChain = std::vector<std::vector<uint8_t>>;
using SharedChain = std::shared_ptr<const CertificateChain>;

struct Credentials {
  // Which packet brought them. With AUTH come the method and its data, and nothing else.
  enum class Source : uint8_t {
    kConnect,         // CONNECT.
    kReauthenticate,  // AUTH 0x19.
    kContinue,        // AUTH 0x18.
  };

  Source source = Source::kConnect;
  ProtocolVersion version = ProtocolVersion::k5;
  std::string client_id;  // Empty: the broker will give it one.
  std::optional<std::string> username;
  std::optional<SecretBytes> password;  // Empty is not absent.
  // Of enhanced authentication (MQTT 5, 4.12); absent if the client asked for none.
  std::optional<std::string> authentication_method;
  SecretBytes authentication_data;
  SharedChain chain;  // Null: none was shown.
  std::string peer;   // Its address, for the log and for custom servers.
};

}  // namespace signet
