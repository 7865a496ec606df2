// SlotMap: objects in numbered slots whose addresses never move. An id names a slot and a
// generation; once the object is erased the id finds nothing, even when the slot is inhabited
// again. Owned by one shard and used on its thread alone.
#pragma once

#include <array>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/base/ids.h"

namespace signet {

template <typename T, typename Id>
class SlotMap {
 public:
  // Holds at most `capacity` objects; the memory of a slot is only taken once it is needed.
  explicit SlotMap(uint32_t capacity) : capacity_(capacity) {}
  SlotMap(const SlotMap&) = delete;
  SlotMap& operator=(const SlotMap&) = delete;
  ~SlotMap() { Clear(); }

  // Constructs T(id, args...) in a free slot. Null when all `capacity` slots are taken.
  template <typename... Args>
  T* Emplace(Args&&... args) {
    if (free_ == kNone && !Grow()) return nullptr;
    const uint32_t number = free_;
    Slot& slot = SlotAt(number);
    free_ = slot.next_free;
    slot.used = true;
    ++size_;
    return new (slot.memory.data()) T(Id{number, slot.generation}, std::forward<Args>(args)...);
  }

  T* Find(Id id) {
    if (id.slot >= slot_count_) return nullptr;
    Slot& slot = SlotAt(id.slot);
    return slot.used && slot.generation == id.generation ? slot.object() : nullptr;
  }

  // Destroys the object; `id` must name one.
  void Erase(Id id) {
    T* object = Find(id);
    CHECK(object != nullptr);
    Slot& slot = SlotAt(id.slot);
    object->~T();
    slot.used = false;
    slot.generation = (slot.generation + 1) & Id::kGenerationMask;
    if (slot.generation == 0) slot.generation = 1;
    slot.next_free = free_;
    free_ = id.slot;
    --size_;
  }

  uint32_t size() const { return size_; }
  uint32_t capacity() const { return capacity_; }
  // One more than the highest slot number that was ever used: for tables that run beside this one.
  uint32_t slot_count() const { return slot_count_; }

  // Calls visit(T&) for each object, in the order of slots. `visit` may erase the object it is
  // given.
  template <typename Visit>
  void ForEach(Visit&& visit) {
    for (uint32_t number = 0; number < slot_count_; ++number) {
      Slot& slot = SlotAt(number);
      if (slot.used) visit(*slot.object());
    }
  }

  // For going over all objects in several turns: calls visit(T&) if slot `number` is in use. False:
  // it is beyond the last one.
  template <typename Visit>
  bool VisitSlot(uint32_t number, Visit&& visit) {
    if (number >= slot_count_) return false;
    Slot& slot = SlotAt(number);
    if (slot.used) visit(*slot.object());
    return true;
  }

  void Clear() {
    for (uint32_t number = 0; number < slot_count_; ++number) {
      Slot& slot = SlotAt(number);
      if (slot.used) Erase(Id{number, slot.generation});
    }
  }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  static constexpr uint32_t kChunk = 64;

  struct Slot {
    alignas(T) std::array<std::byte, sizeof(T)> memory;
    uint32_t generation = 1;
    uint32_t next_free = kNone;
    bool used = false;

    T* object() { return std::launder(reinterpret_cast<T*>(memory.data())); }
  };

  Slot& SlotAt(uint32_t number) { return chunks_[number / kChunk][number % kChunk]; }

  bool Grow() {
    if (slot_count_ == capacity_) return false;
    if (slot_count_ % kChunk == 0) {
      chunks_.push_back(std::make_unique_for_overwrite<Slot[]>(kChunk));
    }
    SlotAt(slot_count_).next_free = free_;
    free_ = slot_count_++;
    return true;
  }

  std::vector<std::unique_ptr<Slot[]>> chunks_;
  uint32_t free_ = kNone;
  uint32_t slot_count_ = 0;
  uint32_t size_ = 0;
  const uint32_t capacity_;
};

}  // namespace signet
