// PasswordHash: what a file of users holds in place of a password. Three forms, each with `$`
// between its parts, numbers in decimal and bytes in base64 with padding:
//
//   $7$ITERATIONS$SALT$HASH   PBKDF2 (RFC 8018, 5.2) with HMAC-SHA512, 64 bytes of it: as
//                             mosquitto_passwd writes since 2.0
//   $6$SALT$HASH              SHA-512 of the password and the salt behind it: as it wrote before.
//                             Quick to try passwords against, so for what is there already.
//   $scram-sha-256$ITERATIONS$SALT$STORED-KEY$SERVER-KEY
//                             Of RFC 5802, 3, by SHA-256 (RFC 7677): also serves SCRAM. Passwords
//                             are taken as they are, which is what SASLprep makes of those in
//                             printable ASCII.
//
// Values; to be used on any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "auth/password/scram_credential.h"
#include "core/base/bytes.h"
#include "core/base/secret_bytes.h"
#include "core/base/status.h"

namespace signet::auth {

struct SaltedSha512 {
  std::vector<uint8_t> salt;
  std::array<uint8_t, 64> hash{};
};
struct Pbkdf2Sha512 {
  uint32_t iterations = 0;
  std::vector<uint8_t> salt;
  std::array<uint8_t, 64> hash{};
};
using PasswordHash = std::variant<Pbkdf2Sha512, SaltedSha512, ScramCredential>;

// More would keep the worker from others' passwords for seconds.
inline constexpr uint32_t kMaxHashIterations = 2'000'000;
inline constexpr size_t kMaxSaltBytes = 64;

// The error goes on after a name, and repeats nothing of the text: `has no salt in base64`.
StatusOr<PasswordHash> ParsePasswordHash(std::string_view text);
SecretBytes ToText(const PasswordHash& hash);

// `salt` is random, at most kMaxSaltBytes; `iterations` from 1 to kMaxHashIterations. Takes as long
// as to judge a password later.
Pbkdf2Sha512 MakePbkdf2(ByteView password, std::vector<uint8_t> salt, uint32_t iterations);
ScramCredential MakeScram(ByteView password, std::vector<uint8_t> salt, uint32_t iterations);

// Whether it is the password. Takes the time that the hash asks for, whatever the answer; false as
// well if there is no memory to find out.
bool IsPassword(ByteView password, const PasswordHash& hash);

// The same for equal hashes, and for hardly any others; never 0.
uint64_t MarkOf(const PasswordHash& hash);

void Wipe(PasswordHash* hash);

}  // namespace signet::auth
