#include "auth/policy/window_index.h"

#include <algorithm>
#include <bit>

namespace signet::auth {

namespace {

uint64_t WordOf(std::string_view bytes) {
  uint64_t word = 0;
  std::memcpy(&word, bytes.data(), bytes.size());
  return word;
}

// Of a window of that size at that place of the text: it ends there, or the text begins.
Window::Around AroundOf(std::string_view text, size_t at, size_t size) {
  constexpr size_t kMost = sizeof(uint64_t);
  constexpr std::array<char, kMost> kAllSet{'\xFF', '\xFF', '\xFF', '\xFF',
                                            '\xFF', '\xFF', '\xFF', '\xFF'};
  const size_t from = at + size < kMost ? 0 : at + size - kMost;
  const std::string_view bytes = text.substr(from, kMost);
  return {.bytes = WordOf(bytes),
          .mask = WordOf(std::string_view(kAllSet.data(), bytes.size())),
          .before = static_cast<uint32_t>(at - from)};
}

}  // namespace

// Of a long text those at its beginning will do; while a policy is compiled each takes some memory.
std::vector<Window> WindowsOf(std::string_view text, size_t most) {
  constexpr size_t kEnough = 64;
  text = text.substr(0, kEnough);
  const size_t size = std::bit_floor(std::min(text.size(), most));
  std::vector<Window> windows;
  for (size_t at = 0; at + size <= text.size(); ++at) {
    windows.push_back({.log2_size = static_cast<size_t>(std::countr_zero(size)),
                       .bytes = WordOf(text.substr(at, size)),
                       .around = AroundOf(text, at, size)});
  }
  return windows;
}

void WindowIndex::Add(const Window& window, uint32_t place) {
  sizes_[window.log2_size].added.push_back(
      {window.bytes, {.around = window.around, .place = place, .is_last = false}});
}

template <size_t kSize>
void WindowIndex::OfSize::Seal() {
  constexpr size_t kSlotsOfEach = 16;  // So some sixteenth of the words that are of none look so.
  if (added.empty()) return;
  slots.resize(kSize <= 2 ? size_t{1} << 8 * kSize : std::bit_ceil(added.size() * kSlotsOfEach));
  shift = 64 - std::countr_zero(slots.size());
  const auto slot_of = [this](const auto& entry) { return SlotOf<kSize>(entry.first, shift); };
  std::ranges::stable_sort(added, {}, slot_of);
  entries.reserve(added.size());
  for (const auto& [word, entry] : added) {
    uint32_t& first = slots[SlotOf<kSize>(word, shift)];
    if (first == 0) {
      if (!entries.empty()) entries.back().is_last = true;
      first = static_cast<uint32_t>(entries.size() + 1);
    }
    entries.push_back(entry);
  }
  entries.back().is_last = true;
  added = {};
}

void WindowIndex::Seal() {
  sizes_[0].Seal<1>();
  sizes_[1].Seal<2>();
  sizes_[2].Seal<4>();
  sizes_[3].Seal<8>();
}

size_t WindowIndex::bytes() const {
  size_t bytes = 0;
  for (const OfSize& windows : sizes_) {
    bytes +=
        windows.entries.capacity() * sizeof(Entry) + windows.slots.capacity() * sizeof(uint32_t);
  }
  return bytes;
}

}  // namespace signet::auth
