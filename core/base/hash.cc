#include "core/base/hash.h"

#include <cstring>

namespace signet {
namespace {

// The 64 by 64 bit multiplication whose two halves are folded, as in wyhash: every input bit
// reaches every output bit.
uint64_t Fold(uint64_t a, uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

constexpr uint64_t kFirst = 0xA0761D6478BD642F;
constexpr uint64_t kSecond = 0xE7037ED1A0B428DB;

}  // namespace

uint64_t StableHash(std::string_view text, uint64_t seed) {
  uint64_t hash = seed ^ kFirst;
  uint64_t word;
  const size_t size = text.size();
  for (; text.size() >= sizeof word; text.remove_prefix(sizeof word)) {
    std::memcpy(&word, text.data(), sizeof word);
    hash = Fold(hash ^ word, kSecond);
  }
  word = 0;
  if (!text.empty()) std::memcpy(&word, text.data(), text.size());
  hash = Fold(hash ^ word, kSecond);
  return Fold(hash ^ size, kFirst);
}

}  // namespace signet
