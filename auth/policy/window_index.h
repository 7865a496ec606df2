// WindowIndex: which texts stand somewhere in a name. Texts may differ in any of their bytes, so
// each has a few windows to choose from, by one of which it is found; a name is looked through once
// for each size of window that there is. Built once, then only read, by any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace signet::auth {

// Some bytes of a text, as a word: 1, 2, 4 or 8 of them. Borrows the text.
struct Window {
  size_t log2_size;
  uint64_t bytes;
  std::string_view text;
  uint32_t at;  // In the text.
};

// Those of a text, as large as it has any, of up to `most` bytes.
std::vector<Window> WindowsOf(std::string_view text, size_t most);

class WindowIndex {
 public:
  // A text, which outlives this, by one of its windows.
  void Add(const Window& window, uint32_t place);
  // Once, when all are in.
  void Seal();

  // Calls found(place) for each text, wherever it stands in the name. Some eight instructions for
  // each byte and size, and twenty or thirty for each text whose window stands there.
  template <typename Found>
  void LookUp(std::string_view name, Found found) const {
    LookUp<1>(name, sizes_[0], found);
    LookUp<2>(name, sizes_[1], found);
    LookUp<4>(name, sizes_[2], found);
    LookUp<8>(name, sizes_[3], found);
  }

  size_t bytes() const;

 private:
  // A text, and where in it its window is.
  struct Entry {
    // With its window at this place of the name.
    bool Stands(std::string_view name, size_t window) const {
      const size_t from = window - at;
      if (window < at || name.size() - from < text.size()) return false;
      const std::string_view rest = name.substr(from + end_at);
      uint64_t word = 0;
      if (rest.size() >= sizeof(word)) [[likely]] {
        std::memcpy(&word, rest.data(), sizeof(word));
      } else {
        std::memcpy(&word, rest.data(), rest.size());
      }
      if ((word & end_mask) != end) return false;
      return text.size() <= sizeof(word) ||
             std::memcmp(name.data() + from, text.data(), text.size()) == 0;
    }

    std::string_view text;
    // Up to eight bytes at that end of the text from which the window is farther, for what has the
    // window is likely to differ there.
    uint64_t end;
    uint64_t end_mask;
    uint32_t end_at;
    uint32_t at;
    uint32_t place;
    bool is_last;  // In its slot.
  };

  // All windows of one size: a table by the hash of a word, most of whose slots are empty, so that
  // most words of a name are dealt with in a few steps.
  struct OfSize {
    void Seal();

    std::vector<std::pair<uint64_t, Entry>> added;  // By word; until they are sealed.
    std::vector<Entry> entries;                     // By slot.
    std::vector<uint32_t> slots;                    // One more than the first entry's place, or 0.
    int shift = 0;
  };

  static uint64_t SlotOf(uint64_t word, int shift) {
    return word * 0x9E37'79B9'7F4A'7C15 >> shift;  // Fibonacci hashing.
  }

  template <size_t kSize>
  static uint64_t WordAt(std::string_view name, size_t at) {
    uint64_t word = 0;
    std::memcpy(&word, name.data() + at, kSize);
    return word;
  }

  template <size_t kSize, typename Found>
  static void LookUp(std::string_view name, const OfSize& windows, Found& found) {
    constexpr size_t kAtOnce = 8;
    if (windows.slots.empty()) return;
    const auto first_of = [=, slots = windows.slots.data(), shift = windows.shift](size_t at) {
      return slots[SlotOf(WordAt<kSize>(name, at), shift)];
    };
    const auto compare = [&](uint32_t first, size_t at) {
      for (const Entry* entry = &windows.entries[first - 1];; ++entry) {
        if (entry->Stands(name, at)) found(entry->place);
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
