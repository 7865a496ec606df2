#include "auth/password/pbkdf2.h"

#include <wolfssl/wolfcrypt/sha256.h>
#include <wolfssl/wolfcrypt/sha512.h>

#include <algorithm>

#include "core/base/secret_bytes.h"

namespace signet::auth {
namespace {

struct OfSha512 {
  using State = wc_Sha512;
  static constexpr size_t kBlockBytes = WC_SHA512_BLOCK_SIZE;
  static constexpr size_t kHashBytes = WC_SHA512_DIGEST_SIZE;
  static bool Init(State* state) { return wc_InitSha512(state) == 0; }
  static bool Update(State* state, ByteView bytes) {
    return bytes.empty() ||
           wc_Sha512Update(state, bytes.data(), static_cast<word32>(bytes.size())) == 0;
  }
  static bool Final(State* state, uint8_t* hash) { return wc_Sha512Final(state, hash) == 0; }
  static bool Copy(State* from, State* to) { return wc_Sha512Copy(from, to) == 0; }
  static void Free(State* state) { wc_Sha512Free(state); }
};

struct OfSha256 {
  using State = wc_Sha256;
  static constexpr size_t kBlockBytes = WC_SHA256_BLOCK_SIZE;
  static constexpr size_t kHashBytes = WC_SHA256_DIGEST_SIZE;
  static bool Init(State* state) { return wc_InitSha256(state) == 0; }
  static bool Update(State* state, ByteView bytes) {
    return bytes.empty() ||
           wc_Sha256Update(state, bytes.data(), static_cast<word32>(bytes.size())) == 0;
  }
  static bool Final(State* state, uint8_t* hash) { return wc_Sha256Final(state, hash) == 0; }
  static bool Copy(State* from, State* to) { return wc_Sha256Copy(from, to) == 0; }
  static void Free(State* state) { wc_Sha256Free(state); }
};

// A state of the hash, freed and wiped at the end of a scope.
template <typename Of>
class Hashing {
 public:
  Hashing() : is_made_(Of::Init(&state_)) {}
  Hashing(const Hashing&) = delete;
  Hashing& operator=(const Hashing&) = delete;
  ~Hashing() {
    if (is_made_) Of::Free(&state_);
    WipeMemory(&state_, sizeof state_);
  }
  bool is_made() const { return is_made_; }
  typename Of::State* state() { return &state_; }

 private:
  typename Of::State state_{};
  const bool is_made_;
};

// HMAC (RFC 2104) with one key, of one text after the other.
template <typename Of>
class KeyedHash {
 public:
  using Hash = std::array<uint8_t, Of::kHashBytes>;

  bool SetKey(ByteView key) {
    if (!inner_.is_made() || !outer_.is_made() || !work_.is_made()) return false;
    std::array<uint8_t, Of::kBlockBytes> block{};
    bool made = true;
    if (key.size() > block.size()) {
      made = Of::Update(work_.state(), key) && Of::Final(work_.state(), block.data());
    } else {
      std::copy(key.begin(), key.end(), block.begin());
    }
    Flip(0x36, &block);
    made = made && Of::Update(inner_.state(), block);
    Flip(0x36 ^ 0x5C, &block);
    made = made && Of::Update(outer_.state(), block);
    WipeMemory(block.data(), block.size());
    return made;
  }
  // `hash` may be a part of the text.
  bool Mac(ByteView text, ByteView rest, Hash* hash) {
    return Of::Copy(inner_.state(), work_.state()) && Of::Update(work_.state(), text) &&
           Of::Update(work_.state(), rest) && Of::Final(work_.state(), hash->data()) &&
           Of::Copy(outer_.state(), work_.state()) && Of::Update(work_.state(), *hash) &&
           Of::Final(work_.state(), hash->data());
  }

 private:
  static void Flip(unsigned bits, std::array<uint8_t, Of::kBlockBytes>* block) {
    for (uint8_t& byte : *block) byte = static_cast<uint8_t>(byte ^ bits);
  }

  Hashing<Of> inner_;
  Hashing<Of> outer_;
  Hashing<Of> work_;
};

template <typename Of>
bool Compute(ByteView password, ByteView salt, uint32_t iterations,
             std::array<uint8_t, Of::kHashBytes>* output) {
  constexpr std::array<uint8_t, 4> kFirstBlock = {0, 0, 0, 1};
  KeyedHash<Of> keyed;
  std::array<uint8_t, Of::kHashBytes> last{};
  bool made = keyed.SetKey(password) && keyed.Mac(salt, kFirstBlock, &last);
  *output = last;
  for (uint32_t i = 1; made && i < iterations; ++i) {
    made = keyed.Mac(last, {}, &last);
    for (size_t at = 0; at < last.size(); ++at) {
      (*output)[at] = static_cast<uint8_t>((*output)[at] ^ last[at]);
    }
  }
  WipeMemory(last.data(), last.size());
  return made;
}

}  // namespace

bool Pbkdf2(ByteView password, ByteView salt, uint32_t iterations,
            std::array<uint8_t, 64>* sha512) {
  return Compute<OfSha512>(password, salt, iterations, sha512);
}

bool Pbkdf2(ByteView password, ByteView salt, uint32_t iterations,
            std::array<uint8_t, 32>* sha256) {
  return Compute<OfSha256>(password, salt, iterations, sha256);
}

}  // namespace signet::auth
