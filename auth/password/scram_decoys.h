// ScramDecoys: the credentials of users that do not exist, for SCRAM-SHA-256. Who asks for one
// twice is told the same twice, as with a user that exists, and nobody can prove one. Never
// changes; used on any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "auth/password/scram_credential.h"

namespace signet::auth {

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
