// The messages of a client in SCRAM (RFC 5802, 5.1 and 7), taken apart. Views borrow from the
// message. Whatever does not follow the grammar is refused, and so is what a server must know to
// understand and this one does not: channel binding, mandatory extensions, acting for another user.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "auth/password/hmac_sha256.h"
#include "core/base/expected.h"

namespace signet::auth {

inline constexpr size_t kMaxScramMessageBytes = 2048;
inline constexpr size_t kMaxScramNameBytes = 256;
inline constexpr size_t kMaxScramNonceBytes = 128;  // Of the client's part.

// Why a message is refused, for the log; never a part of it.
struct ScramFlaw {
  std::string_view rule;
};

struct ScramClientFirst {
  std::string_view gs2_header;  // `n,,`
  std::string_view bare;        // What follows it.
  // Not empty, UTF-8, without control characters; beyond that, as it stands there: of ASCII that is
  // what SASLprep (RFC 4013) makes of it, too, and other names have to be spelled as they were when
  // the user was made.
  std::string name;
  std::string_view nonce;
};
Expected<ScramClientFirst, ScramFlaw> ReadScramClientFirst(std::string_view message);

struct ScramClientFinal {
  std::string_view channel_binding;  // In base64.
  std::string_view nonce;
  std::string_view without_proof;  // All but the proof, which is the last.
  Sha256Hash proof{};
};
Expected<ScramClientFinal, ScramFlaw> ReadScramClientFinal(std::string_view message);

}  // namespace signet::auth
