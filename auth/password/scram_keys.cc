#include "auth/password/scram_keys.h"

#include <wolfssl/wolfcrypt/hmac.h>
#include <wolfssl/wolfcrypt/pwdbased.h>

#include "auth/password/hmac_sha256.h"
#include "core/base/check.h"

namespace signet::auth {

ScramCredential DeriveScramCredential(const SecretBytes& password, ByteView salt,
                                      uint32_t iterations) {
  CHECK(iterations >= kMinScramIterations && iterations <= kMaxScramIterations);
  Sha256Hash salted;
  CHECK(wc_PBKDF2(salted.data(), password.bytes().data(), static_cast<int>(password.size()),
                  salt.data(), static_cast<int>(salt.size()), static_cast<int>(iterations),
                  static_cast<int>(salted.size()), WC_SHA256) == 0);
  Sha256Hash client_key = HmacSha256(salted, {AsBytes("Client Key")});
  ScramCredential credential{.iterations = iterations,
                             .salt = {salt.begin(), salt.end()},
                             .stored_key = Sha256Of(client_key),
                             .server_key = HmacSha256(salted, {AsBytes("Server Key")})};
  WipeMemory(salted.data(), salted.size());
  WipeMemory(client_key.data(), client_key.size());
  return credential;
}

ScramDecoys::ScramDecoys(const Key& key, uint32_t iterations, size_t salt_bytes)
    : key_(key), iterations_(iterations), salt_bytes_(salt_bytes) {
  CHECK(salt_bytes <= kMostSaltBytes);
}

ScramDecoys::~ScramDecoys() { WipeMemory(key_.data(), key_.size()); }

ScramCredential ScramDecoys::Of(std::string_view name) const {
  const auto made_up = [&](std::string_view what) {
    return HmacSha256(key_, {AsBytes(what), AsBytes(name)});
  };
  const Sha256Hash salt = made_up("salt of ");
  return {.iterations = iterations_,
          .salt = {salt.begin(), salt.begin() + static_cast<std::ptrdiff_t>(salt_bytes_)},
          .stored_key = made_up("StoredKey of "),
          .server_key = made_up("ServerKey of ")};
}

}  // namespace signet::auth
