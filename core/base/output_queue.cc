#include "core/base/output_queue.h"

#include <algorithm>
#include <new>

namespace signet {
namespace {

// Stands in a block that refers to bytes elsewhere. Its begin and end count within `view`; its
// limit is its end, so that nothing is ever written behind it.
struct SharedPart {
  SharedBuffer buffer;
  const uint8_t* bytes;
};

SharedPart* PartOf(Block* block) {
  return std::launder(reinterpret_cast<SharedPart*>(block->data()));
}

const uint8_t* BytesOf(Block* block) {
  return block->refers ? PartOf(block)->bytes : block->data();
}

}  // namespace

void OutputQueue::Link(Block* block) {
  (tail_ == nullptr ? head_ : tail_->next) = block;
  tail_ = block;
}

// The first block of an empty queue is small; one that fills up is followed by a larger one.
uint8_t* OutputQueue::ExtendByBlock(size_t size) {
  const size_t grown = tail_ == nullptr || tail_->refers ? 0 : size_t{tail_->capacity} * 4;
  Block* block = pool_->Allocate(std::max(size, std::min<size_t>(grown, 16384 - sizeof(Block))));
  block->end = static_cast<uint32_t>(size);
  block->limit = block->capacity;
  Link(block);
  return block->data();
}

void OutputQueue::AppendShared(const SharedBuffer& buffer, ByteView view) {
  if (view.empty()) return;
  DCHECK(view.data() >= buffer.data());
  DCHECK(view.data() + view.size() <= buffer.data() + buffer.size());
  Block* block = pool_->Allocate(sizeof(SharedPart));
  new (block->data()) SharedPart{buffer, view.data()};
  block->refers = true;
  block->end = block->limit = static_cast<uint32_t>(view.size());
  size_ += view.size();
  Link(block);
}

size_t OutputQueue::Gather(std::span<ByteView> views, size_t max_bytes) const {
  size_t used = 0;
  for (Block* block = head_; block != nullptr && used < views.size() && max_bytes > 0;
       block = block->next) {
    const size_t size = std::min<size_t>(block->end - block->begin, max_bytes);
    if (size == 0) continue;
    views[used++] = {BytesOf(block) + block->begin, size};
    max_bytes -= size;
  }
  return used;
}

void OutputQueue::Consume(size_t size) {
  DCHECK(size <= size_);
  size_ -= size;
  while (head_ != nullptr) {
    const size_t here = std::min<size_t>(head_->end - head_->begin, size);
    head_->begin += static_cast<uint32_t>(here);
    size -= here;
    if (head_->begin != head_->end) return;
    PopFront();
  }
}

void OutputQueue::PopFront() {
  Block* block = head_;
  head_ = block->next;
  if (head_ == nullptr) tail_ = nullptr;
  if (block->refers) PartOf(block)->~SharedPart();
  pool_->Free(block);
}

}  // namespace signet
