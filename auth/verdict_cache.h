// VerdictCache: what the methods have found out lately, so that a token that comes again costs no
// signature and no server. Found by a keyed hash of what was judged: neither a token nor a chain is
// kept here, and nobody without the key can tell which ones were. An entry ends with its
// credential or with what was consulted about it, at a greatest age, or when newer ones need its
// room; being found lengthens nothing.
// Owned by the auth shard; used on its thread alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "auth/method.h"
#include "core/base/bytes.h"
#include "core/base/time.h"
#include "core/base/wall_time.h"

namespace signet::auth {

// Of equal evidence for one method as it is configured now.
using EvidenceKey = std::array<uint64_t, 2>;

class VerdictCache {
 public:
  struct Options {
    size_t entries = 65'536;
    Duration accepted_age = seconds(300);
    Duration denied_age = seconds(2);  // Somebody may be about to put it right.
  };
  using HashKey = std::array<uint8_t, 16>;

  // `hash_key` is random, and nobody else's.
  VerdictCache(Options options, const HashKey& hash_key) : options_(options), hash_key_(hash_key) {}

  // `judge` is the number of a method that no other has or had: a new one finds nothing of an old.
  // After Clear() equal evidence has another key, so that a question from before it answers nobody
  // who came later.
  EvidenceKey KeyOf(uint64_t judge, ByteView evidence) const;

  // Accepted or Denied.
  std::optional<Verdict> Find(const EvidenceKey& key, Instant now, WallTime wall) const;
  // Keeps nothing of any other, or of what has ended already.
  void Keep(const EvidenceKey& key, const Verdict& verdict, Instant now, WallTime wall);
  void Clear();
  // How often it was cleared.
  uint64_t round() const { return round_; }
  size_t size() const { return young_.size() + old_.size(); }

 private:
  EvidenceKey Hash(ByteView bytes) const;

  struct Entry {
    Verdict verdict;
    Instant until;
    WallTime deadline = WallTime::Never();
  };
  using Entries = absl::flat_hash_map<EvidenceKey, Entry>;

  const Options options_;
  const HashKey hash_key_;
  uint64_t round_ = 0;
  // What comes goes to the young; when they are half of all, they become the old, and the old go.
  Entries young_;
  Entries old_;
};

}  // namespace signet::auth
