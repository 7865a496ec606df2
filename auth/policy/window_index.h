// WindowIndex: what is found by a part of a text, wherever that stands in a name. Texts may differ
// in any of their bytes, so each has a few windows to choose from; a name is looked through once
// for each size of window that there is. Built once, then only read, by any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace signet::auth {

// Some bytes of a text, as a word: 1, 2, 4 or 8 of them.
struct Window {
  size_t log2_size;
  uint64_t bytes;
};

// Those of a text, as large as it has any, of up to `most` bytes.
std::vector<Window> WindowsOf(std::string_view text, size_t most);

template <typename What>
using ByWindow = std::array<absl::flat_hash_map<uint64_t, What>, 4>;

class WindowIndex {
 public:
  using Places = std::vector<uint32_t>;

  void Add(const Window& window, uint32_t place);
  // Once, when all are in.
  void Seal();

  // Calls found(places) for each window of the name that was added, as often as it is there: some
  // eight instructions for each byte and size, and sixty for each that is found.
  template <typename Found>
  void LookUp(std::string_view name, Found found) const {
    LookUp<1>(name, sizes_[0], found);
    LookUp<2>(name, sizes_[1], found);
    LookUp<4>(name, sizes_[2], found);
    LookUp<8>(name, sizes_[3], found);
  }

  size_t bytes() const;

 private:
  // All windows of one size.
  struct OfSize {
    absl::flat_hash_map<uint64_t, Places> found;
    // By the hash of a word, whether one has it: most words of a name are of no window, and this
    // says so in a few steps.
    std::vector<uint8_t> filter;
    int shift = 0;
  };

  // The place of a word in the filter: short ones have one each, others share some.
  template <size_t kSize>
  static uint64_t SlotOf(uint64_t word, int shift) {
    if constexpr (kSize <= 2) return word;
    return word * 0x9E37'79B9'7F4A'7C15 >> shift;  // Fibonacci hashing.
  }

  template <size_t kSize>
  static void Seal(OfSize* windows);

  template <size_t kSize, typename Found>
  static void LookUp(std::string_view name, const OfSize& windows, Found& found) {
    if (windows.filter.empty()) return;
    const uint8_t* const filter = windows.filter.data();
    const int shift = windows.shift;
    for (size_t at = 0; at + kSize <= name.size(); ++at) {
      uint64_t word = 0;
      std::memcpy(&word, name.data() + at, kSize);
      if (filter[SlotOf<kSize>(word, shift)] == 0) continue;
      const auto places = windows.found.find(word);
      if (places != windows.found.end()) found(places->second);
    }
  }

  std::array<OfSize, 4> sizes_;
};

}  // namespace signet::auth
