#include "auth/policy/window_index.h"

#include <algorithm>
#include <bit>

namespace signet::auth {

// Of a long text those at its beginning will do; while a policy is compiled each takes some memory.
std::vector<Window> WindowsOf(std::string_view text, size_t most) {
  constexpr size_t kEnough = 64;
  const size_t looked_at = std::min(text.size(), kEnough);
  const size_t size = std::bit_floor(std::min(looked_at, most));
  std::vector<Window> windows;
  for (uint32_t at = 0; at + size <= looked_at; ++at) {
    Window& window = windows.emplace_back();
    window = {.log2_size = static_cast<size_t>(std::countr_zero(size)),
              .bytes = 0,
              .text = text,
              .at = at};
    std::memcpy(&window.bytes, text.data() + at, size);
  }
  return windows;
}

void WindowIndex::Add(const Window& window, uint32_t place) {
  Entry entry{.text = window.text,
              .end = 0,
              .end_mask = 0,
              .end_at = 0,
              .at = window.at,
              .place = place,
              .is_last = false};
  const size_t size = std::min(window.text.size(), sizeof(entry.end));
  const size_t behind = window.text.size() - window.at - (size_t{1} << window.log2_size);
  if (behind > window.at) entry.end_at = static_cast<uint32_t>(window.text.size() - size);
  std::memcpy(&entry.end, window.text.data() + entry.end_at, size);
  std::memset(&entry.end_mask, 0xFF, size);
  sizes_[window.log2_size].added.emplace_back(window.bytes, entry);
}

// Hardly any word that is of none finds an entry.
void WindowIndex::OfSize::Seal() {
  constexpr size_t kSlotsOfEach = 16;
  constexpr size_t kFewestSlots = 4096;
  if (added.empty()) return;
  slots.resize(std::bit_ceil(std::max(added.size() * kSlotsOfEach, kFewestSlots)));
  shift = 64 - std::countr_zero(slots.size());
  const auto slot_of = [this](const auto& entry) { return SlotOf(entry.first, shift); };
  std::ranges::stable_sort(added, {}, slot_of);
  entries.reserve(added.size());
  for (const auto& [word, entry] : added) {
    uint32_t& first = slots[SlotOf(word, shift)];
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
  for (OfSize& windows : sizes_) windows.Seal();
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
