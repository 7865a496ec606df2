// Revocations: what an operator has taken back. A credential that has a name of its own, a token's
// `jti` or the serial number of a certificate, is listed, and lets nobody in any more until it
// would have ended by itself. A user, an account or a subject is not: whoever decides about them is
// asked anew. The list does not survive a restart. Owned by the auth shard; used on its thread
// alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "core/access/principal.h"
#include "core/base/status.h"
#include "core/base/wall_time.h"

namespace signet::auth {

struct Revocation {
  enum class By : uint8_t { kUsername, kServiceAccount, kSubject, kToken, kCertificate };

  By by = By::kUsername;
  // A service account as a user: system:serviceaccount:NAMESPACE:NAME. Of a credential, its
  // CredentialName::id.
  std::string value;
  // Of a token; of a certificate, where empty stands for every issuer.
  std::string issuer;

  // Whether it is about one credential, which has a name.
  bool is_of_credential() const { return by == By::kToken || by == By::kCertificate; }
};

// Why a credential that is listed lets nobody in, for the log.
inline constexpr std::string_view kRevokedByOperator = "it was revoked by an operator";

// From what an operator writes: an account also as NAMESPACE/NAME, a serial number in either case,
// with colons or without; all else as CredentialName has it. The error is a sentence.
StatusOr<Revocation> ReadRevocation(Revocation::By by, std::string_view value,
                                    std::string_view issuer);

// A client that is in, as far as it matters here.
struct RevocationSubject {
  std::string_view method;
  std::string_view username;
  std::string_view identity;
  const CredentialName* credential = nullptr;
};
bool Matches(const Revocation& revocation, const RevocationSubject& subject);

class Revocations {
 public:
  // At most `capacity` of them.
  explicit Revocations(size_t capacity) : capacity_(capacity) {}

  // Lists a credential. False: there are too many, even without those that have ended by `now`.
  bool Add(const Revocation& revocation, WallTime now);
  // Whether it is listed, so that it proves nothing; when it ends is noted. Null is not.
  bool Has(const CredentialName* credential);
  size_t size() const { return listed_.size(); }

 private:
  // When the credential ends by itself; nothing until it has been presented, as an operator does
  // not say so. For every issuer: nothing for good.
  using End = std::optional<WallTime>;

  const size_t capacity_;
  absl::flat_hash_map<std::string, End> listed_;
};

}  // namespace signet::auth
