#include "auth/password/password_hash.h"

#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/hmac.h>
#include <wolfssl/wolfcrypt/sha256.h>
#include <wolfssl/wolfcrypt/sha512.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "auth/password/pbkdf2.h"
#include "core/base/check.h"

namespace signet::auth {
namespace {

using Hash32 = std::array<uint8_t, 32>;
using Hash64 = std::array<uint8_t, 64>;

// What is computed of a password on the way, wiped at the end of a scope.
template <typename Bytes>
struct Wiped {
  Bytes bytes{};
  Wiped() = default;
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() { WipeMemory(bytes.data(), bytes.size()); }
};

// Takes the same time wherever they differ.
template <size_t kSize>
bool SameBytes(const std::array<uint8_t, kSize>& a, const std::array<uint8_t, kSize>& b) {
  uint8_t difference = 0;
  for (size_t i = 0; i < kSize; ++i) {
    difference = static_cast<uint8_t>(difference | (a[i] ^ b[i]));
  }
  return difference == 0;
}

// wolfCrypt takes no null pointer, not even for nothing.
const uint8_t* DataOf(ByteView bytes) {
  static constexpr uint8_t kNothing = 0;
  return bytes.empty() ? &kNothing : bytes.data();
}

// Each of these is false if there is no memory for it.

bool Sha512Of(ByteView password, const std::vector<uint8_t>& salt, Hash64* output) {
  wc_Sha512 sha;
  if (wc_InitSha512(&sha) != 0) return false;
  const bool made =
      wc_Sha512Update(&sha, DataOf(password), static_cast<uint32_t>(password.size())) == 0 &&
      wc_Sha512Update(&sha, salt.data(), static_cast<uint32_t>(salt.size())) == 0 &&
      wc_Sha512Final(&sha, output->data()) == 0;
  wc_Sha512Free(&sha);
  return made;
}

bool TryHmacSha256(const Hash32& key, std::string_view text, Hash32* output) {
  Hmac hmac;
  if (wc_HmacInit(&hmac, nullptr, INVALID_DEVID) != 0) return false;
  const bool made =
      wc_HmacSetKey(&hmac, WC_SHA256, key.data(), static_cast<uint32_t>(key.size())) == 0 &&
      wc_HmacUpdate(&hmac, AsBytes(text).data(), static_cast<uint32_t>(text.size())) == 0 &&
      wc_HmacFinal(&hmac, output->data()) == 0;
  wc_HmacFree(&hmac);
  return made;
}

bool TrySha256(ByteView bytes, Hash32* output) {
  return wc_Sha256Hash(bytes.data(), static_cast<uint32_t>(bytes.size()), output->data()) == 0;
}

// RFC 5802, 3: SaltedPassword, ClientKey, StoredKey.
bool ScramKeys(ByteView password, const std::vector<uint8_t>& salt, uint32_t iterations,
               Hash32* stored_key, Hash32* server_key) {
  Wiped<Hash32> salted;
  Wiped<Hash32> client_key;
  return Pbkdf2(password, salt, iterations, &salted.bytes) &&
         TryHmacSha256(salted.bytes, "Client Key", &client_key.bytes) &&
         TrySha256(client_key.bytes, stored_key) &&
         TryHmacSha256(salted.bytes, "Server Key", server_key);
}

bool Is(ByteView password, const Pbkdf2Sha512& hash) {
  Wiped<Hash64> computed;
  return Pbkdf2(password, hash.salt, hash.iterations, &computed.bytes) &&
         SameBytes(computed.bytes, hash.hash);
}

bool Is(ByteView password, const SaltedSha512& hash) {
  Wiped<Hash64> computed;
  return Sha512Of(password, hash.salt, &computed.bytes) && SameBytes(computed.bytes, hash.hash);
}

bool Is(ByteView password, const ScramCredential& hash) {
  Wiped<Hash32> stored_key;
  Wiped<Hash32> server_key;
  return ScramKeys(password, hash.salt, hash.iterations, &stored_key.bytes, &server_key.bytes) &&
         SameBytes(stored_key.bytes, hash.stored_key);
}

}  // namespace

Pbkdf2Sha512 MakePbkdf2(ByteView password, std::vector<uint8_t> salt, uint32_t iterations) {
  CHECK(!salt.empty() && salt.size() <= kMaxSaltBytes);
  CHECK(iterations > 0 && iterations <= kMaxHashIterations);
  Pbkdf2Sha512 made{.iterations = iterations, .salt = std::move(salt)};
  CHECK(Pbkdf2(password, made.salt, iterations, &made.hash));
  return made;
}

ScramCredential MakeScram(ByteView password, std::vector<uint8_t> salt, uint32_t iterations) {
  CHECK(!salt.empty() && salt.size() <= kMaxSaltBytes);
  CHECK(iterations > 0 && iterations <= kMaxHashIterations);
  ScramCredential made{.iterations = iterations, .salt = std::move(salt)};
  CHECK(ScramKeys(password, made.salt, iterations, &made.stored_key, &made.server_key));
  return made;
}

bool IsPassword(ByteView password, const PasswordHash& hash) {
  return std::visit([&](const auto& kind) { return Is(password, kind); }, hash);
}

uint64_t MarkOf(const PasswordHash& hash) {
  const SecretBytes text = ToText(hash);
  Hash32 digest;
  CHECK(TrySha256(text.bytes(), &digest));
  uint64_t mark;
  std::memcpy(&mark, digest.data(), sizeof mark);
  return std::max<uint64_t>(mark, 1);
}

void Wipe(PasswordHash* hash) {
  const auto wipe = [](auto& bytes) { WipeMemory(bytes.data(), bytes.size()); };
  if (auto* scram = std::get_if<ScramCredential>(hash)) {
    wipe(scram->stored_key);
    wipe(scram->server_key);
  } else if (auto* slow = std::get_if<Pbkdf2Sha512>(hash)) {
    wipe(slow->hash);
  } else {
    wipe(std::get<SaltedSha512>(*hash).hash);
  }
}

}  // namespace signet::auth
