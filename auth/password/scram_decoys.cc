#include "auth/password/scram_decoys.h"

#include "auth/password/hmac_sha256.h"
#include "core/base/check.h"
#include "core/base/secret_bytes.h"

namespace signet::auth {

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
