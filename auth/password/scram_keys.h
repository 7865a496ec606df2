// The keys of SCRAM-SHA-256 (RFC 5802, 3; RFC 7677): made from a password once, when it is set; and
// made up for users that do not exist. Without state but for a key; used on any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "auth/password/scram_credential.h"
#include "core/base/bytes.h"
#include "core/base/secret_bytes.h"

namespace signet::auth {

inline constexpr uint32_t kMinScramIterations = 4096;  // RFC 7677, 4.
inline constexpr uint32_t kMaxScramIterations = 10'000'000;

// A client does all of this at each login, and as many iterations as `iterations` says, which is
// from kMinScramIterations to kMaxScramIterations. It takes a millisecond for some thousand of
// them: not on a shard. The bytes of `password` count as they are: of ASCII that is what SASLprep
// (RFC 4013) makes of it, too; of anything else a client that prepares it may make something else,
// and is then refused, unless the password was in the form NFKC when it was set.
ScramCredential DeriveScramCredential(const SecretBytes& password, ByteView salt,
                                      uint32_t iterations);

// ScramDecoys: the credentials of users that do not exist. Who asks for one twice is told the same
// twice, as with a user that exists, and nobody can prove one.
class ScramDecoys {
 public:
  using Key = std::array<uint8_t, 32>;
  static constexpr size_t kMostSaltBytes = 32;

  // `key` is random, nobody else's, and best the same for as long as the users are: while it
  // changes and they do not, it shows who exists. `iterations` and `salt_bytes`, at most
  // kMostSaltBytes, are those that users mostly have.
  ScramDecoys(const Key& key, uint32_t iterations, size_t salt_bytes);
  ScramDecoys(const ScramDecoys&) = delete;
  ScramDecoys& operator=(const ScramDecoys&) = delete;
  ~ScramDecoys();

  ScramCredential Of(std::string_view name) const;

 private:
  Key key_;
  const uint32_t iterations_;
  const size_t salt_bytes_;
};

}  // namespace signet::auth
