// WindowIndex: what is found by a part of a text, wherever that stands in a name. Texts may differ
// in any of their bytes, so each has a few windows to choose from; a name is looked through once
// for each size of window that there is, and where one is found, what stands around it is compared:
// names are chosen by clients. Built once, then only read, by any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace signet::auth {

// Some bytes of a text, as a word: 1, 2, 4 or 8 of them.
struct Window {
  size_t log2_size;
  uint64_t bytes;
  // Up to 8 bytes of the text, those of the window among them.
  struct Around {
    uint64_t bytes;
    uint64_t mask;    // Of those that there are.
    uint32_t before;  // How many of them stand before the window.
  } around;
};

// Those of a text, as large as it has any, of up to `most` bytes.
std::vector<Window> WindowsOf(std::string_view text, size_t most);

template <typename What>
using ByWindow = std::array<absl::flat_hash_map<uint64_t, What>, 4>;

class WindowIndex {
 public:
  void Add(const Window& window, uint32_t place);
  // Once, when all are in.
  void Seal();

  // Calls found(place) wherever the window of one that was added stands in the name, and what is
  // around it; a place may come several times. Some eight instructions for each byte and size, and
  // thirty for each window that is found.
  template <typename Found>
  void LookUp(std::string_view name, Found found) const {
    LookUp<1>(name, sizes_[0], found);
    LookUp<2>(name, sizes_[1], found);
    LookUp<4>(name, sizes_[2], found);
    LookUp<8>(name, sizes_[3], found);
  }

  size_t bytes() const;

 private:
  struct Entry {
    Window::Around around;
    uint32_t place;
    bool is_last;  // In its slot.
  };

  // All windows of one size: a table by the hash of a word, most of whose slots are empty, so that
  // most words of a name are dealt with in a few steps.
  struct OfSize {
    template <size_t kSize>
    void Seal();

    std::vector<std::pair<uint64_t, Entry>> added;  // By word; until they are sealed.
    std::vector<Entry> entries;                     // By slot.
    std::vector<uint32_t> slots;                    // One more than the first entry's place, or 0.
    int shift = 0;
  };

  // Short words have one slot each, others share some.
  template <size_t kSize>
  static uint64_t SlotOf(uint64_t word, int shift) {
    if constexpr (kSize <= 2) return word;
    return word * 0x9E37'79B9'7F4A'7C15 >> shift;  // Fibonacci hashing.
  }

  template <size_t kSize>
  static uint64_t WordAt(std::string_view name, size_t at) {
    uint64_t word = 0;
    std::memcpy(&word, name.data() + at, kSize);
    return word;
  }

  // Whether that stands around the window at this place of the name.
  static bool Stands(const Window::Around& around, std::string_view name, size_t at) {
    if (at < around.before) return false;
    const size_t from = at - around.before;
    uint64_t word = 0;
    if (from + sizeof(word) <= name.size()) {
      word = WordAt<sizeof(word)>(name, from);
    } else {
      std::memcpy(&word, name.data() + from, name.size() - from);
    }
    return (word & around.mask) == around.bytes;
  }

  template <size_t kSize, typename Found>
  static void LookUp(std::string_view name, const OfSize& windows, Found& found) {
    constexpr size_t kAtOnce = 8;
    if (windows.slots.empty()) return;
    const auto first_of = [=, slots = windows.slots.data(), shift = windows.shift](size_t at) {
      return slots[SlotOf<kSize>(WordAt<kSize>(name, at), shift)];
    };
    const auto compare = [&](uint32_t first, size_t at) {
      for (const Entry* entry = &windows.entries[first - 1];; ++entry) {
        if (Stands(entry->around, name, at)) found(entry->place);
        if (entry->is_last) return;
      }
    };
    size_t at = 0;
    for (; at + kAtOnce + kSize <= name.size() + 1; at += kAtOnce) {
      uint32_t any = 0;
      for (size_t i = 0; i < kAtOnce; ++i) any |= first_of(at + i);
      if (any == 0) continue;
      for (size_t i = 0; i < kAtOnce; ++i) {
        if (const uint32_t first = first_of(at + i)) compare(first, at + i);
      }
    }
    for (; at + kSize <= name.size(); ++at) {
      if (const uint32_t first = first_of(at)) compare(first, at);
    }
  }

  std::array<OfSize, 4> sizes_;
};

}  // namespace signet::auth
