#include "auth/policy/window_index.h"

#include <algorithm>
#include <bit>

namespace signet::auth {

// Of a long text those at its beginning will do; while a policy is compiled each takes some memory.
std::vector<Window> WindowsOf(std::string_view text, size_t most) {
  constexpr size_t kEnough = 64;
  text = text.substr(0, kEnough);
  const size_t size = std::bit_floor(std::min(text.size(), most));
  std::vector<Window> windows;
  for (size_t at = 0; at + size <= text.size(); ++at) {
    uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + at, size);
    windows.push_back({.log2_size = static_cast<size_t>(std::countr_zero(size)), .bytes = bytes});
  }
  return windows;
}

void WindowIndex::Add(const Window& window, uint32_t place) {
  sizes_[window.log2_size].found[window.bytes].push_back(place);
}

template <size_t kSize>
void WindowIndex::Seal(OfSize* windows) {
  constexpr size_t kSlotsOfEach = 16;  // So some sixteenth of the words that are of none look so.
  if (windows->found.empty()) return;
  const size_t slots =
      kSize <= 2 ? size_t{1} << 8 * kSize : std::bit_ceil(windows->found.size() * kSlotsOfEach);
  windows->filter.resize(slots);
  windows->shift = 64 - std::countr_zero(slots);
  for (const auto& [word, places] : windows->found) {
    windows->filter[SlotOf<kSize>(word, windows->shift)] = 1;
  }
}

void WindowIndex::Seal() {
  Seal<1>(&sizes_[0]);
  Seal<2>(&sizes_[1]);
  Seal<4>(&sizes_[2]);
  Seal<8>(&sizes_[3]);
}

size_t WindowIndex::bytes() const {
  size_t bytes = 0;
  for (const OfSize& windows : sizes_) {
    bytes += windows.found.capacity() * (sizeof(uint64_t) + sizeof(Places) + 1) +
             windows.filter.capacity();
    for (const auto& [word, places] : windows.found) bytes += places.capacity() * sizeof(uint32_t);
  }
  return bytes;
}

}  // namespace signet::auth
