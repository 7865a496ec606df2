// Hashes of text, and maps with std::string keys that can be searched by std::string_view: Debian's
// abseil is built without interoperability between its string_view and the standard's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"

namespace signet {

inline size_t HashOf(std::string_view text) {
  return absl::HashOf(absl::string_view(text.data(), text.size()));
}

// A hash that is the same in every run for the same seed: it says on which shard a Client
// Identifier, a Topic Name or a ShareName is at home. The seed keeps peers from choosing names that
// meet on one shard.
uint64_t StableHash(std::string_view text, uint64_t seed);

struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return HashOf(text); }
};

struct TextEqual {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const { return a == b; }
};

template <typename Value>
using TextMap = absl::flat_hash_map<std::string, Value, TextHash, TextEqual>;
using TextSet = absl::flat_hash_set<std::string, TextHash, TextEqual>;

}  // namespace signet
