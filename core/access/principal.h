// Principal: who was proven, by which method, and until when. Made by auth/, kept by a connection.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/access/peer_facts.h"
#include "core/base/ids.h"
#include "core/base/wall_time.h"

namespace signet {

// Sorted by name; each name once.
using Attributes = std::vector<std::pair<std::string, std::string>>;

class Rights;  // core/access/rights.h

// What a credential is called by whoever issued it, so that an operator can take it back.
struct CredentialName {
  enum class Kind : uint8_t { kToken, kCertificate };
  Kind kind = Kind::kToken;
  // A token's `iss`; the issuer of a certificate as RFC 4514 text.
  std::string issuer;
  // `jti`; the serial number in lower-case hexadecimal digits without leading zeros. Empty: it has
  // none, and cannot be told from others of its issuer and subject.
  std::string id;
  // `sub`; the subject as RFC 4514 text.
  std::string subject;
  // `exp`, notAfter: from then on it proves nothing, however it is presented.
  WallTime ends = WallTime::Never();
};

struct Principal {
  // What rules mean by {principal.username}. Empty for a client of a port without authentication.
  std::string username;
  // The configured method that decided: ServiceAccountToken, X509, ...; empty likewise.
  std::string method;
  // Who it is to that method, and who it must still be after a re-authentication: a service
  // account, a subject. Never shown to the client.
  std::string identity;
  Attributes attributes;
  // From then on the credential is worth nothing.
  WallTime deadline = WallTime::Never();
  // Whether it may be proven again while the client is connected.
  bool may_reauthenticate = false;
  // The auth shard's, see core/access/auth_mail.h.
  GrantId grant;
  // Its method's: by which entry of the settings it was proven (Method::StillHolds).
  uint64_t mark = 0;
  // What the credential itself allows; null: it says nothing about that. Shared with whoever
  // remembers the verdict, and never changed: a PUBLISH only looks at it.
  std::shared_ptr<const Rights> rights;
  // What else `rights` may turn on; null: nothing is known.
  SharedPeerFacts peer;
  // By which credential; null: by one without a name, such as a password. Shared likewise.
  std::shared_ptr<const CredentialName> credential;
  // Another one with each proof, for as long as the broker runs: what was decided about one client
  // is remembered under it. 0: nothing is to be remembered.
  uint64_t stamp = 0;

  bool is_anonymous() const { return username.empty() && method.empty(); }
};

}  // namespace signet
