// PeerFacts: what is known of a client beside its credential, for rights that turn on it. Found out
// when the client is let in, and the same as long as it is connected.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/base/ip_address.h"

namespace signet {

struct PeerFacts {
  std::optional<IpBytes> address;  // Nothing: it has none, as behind a UNIX socket.
  // Of the certificate that was shown and verified in its TLS handshake; empty: there is none.
  std::string common_name;
};

// Shared by a Principal and what it leaves behind, and counted for that: when a client comes or
// goes, or has an Author made. A PUBLISH only looks at it, where rights ask for it. Never changed.
using SharedPeerFacts = std::shared_ptr<const PeerFacts>;

}  // namespace signet
