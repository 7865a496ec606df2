#include "auth/verdict_cache.h"

#include <wolfssl/wolfcrypt/hmac.h>

#include <algorithm>
#include <cstring>

#include "core/base/check.h"

namespace signet::auth {

EvidenceKey VerdictCache::KeyOf(uint64_t judge, ByteView evidence) const {
  Hmac hmac;
  std::array<uint8_t, WC_SHA256_DIGEST_SIZE> digest;
  CHECK(wc_HmacInit(&hmac, nullptr, INVALID_DEVID) == 0);
  CHECK(wc_HmacSetKey(&hmac, WC_SHA256, hash_key_.data(), static_cast<word32>(hash_key_.size())) ==
        0);
  CHECK(wc_HmacUpdate(&hmac, reinterpret_cast<const byte*>(&judge), sizeof judge) == 0);
  CHECK(wc_HmacUpdate(&hmac, reinterpret_cast<const byte*>(&round_), sizeof round_) == 0);
  CHECK(wc_HmacUpdate(&hmac, evidence.data(), static_cast<word32>(evidence.size())) == 0);
  CHECK(wc_HmacFinal(&hmac, digest.data()) == 0);
  wc_HmacFree(&hmac);
  EvidenceKey key;
  std::memcpy(key.data(), digest.data(), sizeof key);
  return key;
}

std::optional<Verdict> VerdictCache::Find(const EvidenceKey& key, Instant now,
                                          WallTime wall) const {
  auto found = young_.find(key);
  if (found == young_.end()) {
    found = old_.find(key);
    if (found == old_.end()) return std::nullopt;
  }
  const Entry& entry = found->second;
  if (entry.until <= now || entry.deadline <= wall) return std::nullopt;
  return entry.verdict;
}

void VerdictCache::Keep(const EvidenceKey& key, const Verdict& verdict, Instant now,
                        WallTime wall) {
  Entry entry{.verdict = verdict, .until = now + options_.denied_age};
  if (const auto* accepted = std::get_if<Accepted>(&verdict)) {
    entry.until = now + options_.accepted_age;
    entry.deadline = std::min(accepted->principal.deadline, accepted->known_until);
  } else if (!std::holds_alternative<Denied>(verdict)) {
    return;
  }
  if (entry.deadline <= wall) return;
  if (young_.size() >= std::max<size_t>(options_.entries / 2, 1)) {
    old_ = std::move(young_);
    young_ = {};
  }
  young_.insert_or_assign(key, std::move(entry));
}

void VerdictCache::Clear() {
  ++round_;
  young_ = {};
  old_ = {};
}

}  // namespace signet::auth
