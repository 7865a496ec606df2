#include "auth/password/password_hash.h"

#include <wolfssl/wolfcrypt/sha512.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "auth/password/hmac_sha256.h"
#include "auth/password/pbkdf2.h"
#include "core/base/check.h"

namespace signet::auth {
namespace {

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
bool SameBytes(const Hash64& a, const Hash64& b) {
  uint8_t difference = 0;
  for (size_t i = 0; i < a.size(); ++i) {
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

// RFC 5802, 3: SaltedPassword, ClientKey, StoredKey.
bool ScramKeys(ByteView password, const std::vector<uint8_t>& salt, uint32_t iterations,
               Sha256Hash* stored_key, Sha256Hash* server_key) {
  Wiped<Sha256Hash> salted;
  if (!Pbkdf2(password, salt, iterations, &salted.bytes)) return false;
  Wiped<Sha256Hash> client_key;
  client_key.bytes = HmacSha256(salted.bytes, {AsBytes("Client Key")});
  *stored_key = Sha256(client_key.bytes);
  *server_key = HmacSha256(salted.bytes, {AsBytes("Server Key")});
  return true;
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
  Wiped<Sha256Hash> stored_key;
  Wiped<Sha256Hash> server_key;
  return ScramKeys(password, hash.salt, hash.iterations, &stored_key.bytes, &server_key.bytes) &&
         AreSame(stored_key.bytes, hash.stored_key);
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
  const Sha256Hash digest = Sha256(text.bytes());
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
