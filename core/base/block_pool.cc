#include "core/base/block_pool.h"

#include <new>

#include "core/base/check.h"

namespace signet {
namespace {

// Under AddressSanitizer every block goes back to the allocator at once: a late write is then
// reported.
#ifdef __SANITIZE_ADDRESS__
constexpr bool kReuse = false;
#else
constexpr bool kReuse = true;
#endif

size_t WholeSize(const Block& block) { return sizeof(Block) + block.capacity; }

Block* MakeBlock(void* memory, size_t whole, uint8_t size_class) {
  return new (memory)
      Block{.capacity = static_cast<uint32_t>(whole - sizeof(Block)), .size_class = size_class};
}

}  // namespace

BlockPool::~BlockPool() {
  DCHECK(live_bytes_ == 0);
  for (Block* block : free_) {
    while (block != nullptr) {
      Block* next = block->next;
      ::operator delete(block, WholeSize(*block));
      block = next;
    }
  }
}

Block* BlockPool::Allocate(size_t capacity) {
  const size_t wanted = sizeof(Block) + capacity;
  uint8_t size_class = 0;
  while (size_class < kOversize && kSizes[size_class] < wanted) ++size_class;
  const size_t whole = size_class < kOversize ? kSizes[size_class] : wanted;
  live_bytes_ += whole;
  if (size_class < kOversize && free_[size_class] != nullptr) {
    Block* block = free_[size_class];
    free_[size_class] = block->next;
    free_bytes_[size_class] -= whole;
    return MakeBlock(block, whole, size_class);
  }
  CHECK(whole <= UINT32_MAX);
  return MakeBlock(::operator new(whole), whole, size_class);
}

void BlockPool::Free(Block* block) {
  const size_t whole = WholeSize(*block);
  live_bytes_ -= whole;
  const uint8_t size_class = block->size_class;
  if (!kReuse || size_class == kOversize ||
      free_bytes_[size_class] + whole > kMaxFreeBytesPerSize) {
    ::operator delete(block, whole);
    return;
  }
  block->next = free_[size_class];
  free_[size_class] = block;
  free_bytes_[size_class] += whole;
}

}  // namespace signet
