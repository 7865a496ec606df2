// BlockPool: memory of a few sizes, kept by a shard for its output queues, so that an idle
// connection holds none and a busy one does not ask the allocator per message. Used on the shard's
// thread alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace signet {

// The head of a piece of memory that follows it. What `begin`, `end` and `limit` delimit is up to
// the user.
struct Block {
  Block* next = nullptr;
  uint32_t begin = 0;
  uint32_t end = 0;
  uint32_t limit = 0;
  uint32_t capacity = 0;  // Bytes behind this head.
  uint8_t size_class = 0;
  bool refers = false;

  uint8_t* data() { return reinterpret_cast<uint8_t*>(this + 1); }
  const uint8_t* data() const { return reinterpret_cast<const uint8_t*>(this + 1); }
};

class BlockPool {
 public:
  // Whole sizes of the blocks, heads included. Larger ones come from the allocator each time.
  static constexpr std::array<size_t, 4> kSizes = {512, 4096, 16384, 65536};
  // What is kept for reuse; more than that goes back to the allocator.
  static constexpr size_t kMaxFreeBytesPerSize = 1 << 20;

  BlockPool() = default;
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;
  ~BlockPool();

  // A block with room for at least `capacity` bytes.
  Block* Allocate(size_t capacity);
  void Free(Block* block);

  // Bytes in the hands of the callers, heads included.
  size_t live_bytes() const { return live_bytes_; }

 private:
  static constexpr uint8_t kOversize = static_cast<uint8_t>(kSizes.size());

  std::array<Block*, kSizes.size()> free_{};
  std::array<size_t, kSizes.size()> free_bytes_{};
  size_t live_bytes_ = 0;
};

}  // namespace signet
