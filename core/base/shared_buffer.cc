#include "core/base/shared_buffer.h"

#include <algorithm>
#include <array>
#include <new>

#include "core/base/memory_reserve.h"
#include "core/base/secret_bytes.h"

namespace signet {
namespace {

// What is alive is counted in cells, so that threads do not fight over one cache line; a thread
// keeps the cell it got first. A buffer may be freed on another thread than it was made on: single
// cells may wrap below zero, only their sum means something.
struct alignas(64) Cell {
  std::atomic<size_t> bytes{0};
};
constexpr size_t kCells = 64;
std::array<Cell, kCells> cells;
std::atomic<size_t> next_cell{0};

std::atomic<size_t>& OwnCell() {
  static thread_local const size_t own = next_cell.fetch_add(1, std::memory_order_relaxed) % kCells;
  return cells[own].bytes;
}

}  // namespace

SharedBuffer SharedBuffer::Allocate(size_t size) {
  return Make(::operator new(sizeof(Block) + size), size);
}

SharedBuffer SharedBuffer::CopyOf(ByteView bytes) {
  SharedBuffer copy = Allocate(bytes.size());
  std::copy(bytes.begin(), bytes.end(), copy.MutableData());
  return copy;
}

SharedBuffer SharedBuffer::TryAllocate(size_t size) {
  const MemoryReserve::NotForMe scope;
  void* const memory = ::operator new(sizeof(Block) + size, std::nothrow);
  return memory == nullptr ? SharedBuffer() : Make(memory, size);
}

SharedBuffer SharedBuffer::Make(void* memory, size_t size) {
  SharedBuffer buffer;
  buffer.block_ = new (memory) Block{.references = 1, .size = size};
  OwnCell().fetch_add(sizeof(Block) + size, std::memory_order_relaxed);
  return buffer;
}

void SharedBuffer::Release() {
  if (block_->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  const size_t total = sizeof(Block) + block_->size;
  OwnCell().fetch_sub(total, std::memory_order_relaxed);
  block_->~Block();
  ::operator delete(block_, total);
}

void SharedBuffer::Wipe() {
  if (block_ == nullptr) return;
  if (block_->references.load(std::memory_order_acquire) == 1) WipeMemory(Data(), size());
  *this = {};
}

size_t SharedBuffer::LiveBytes() {
  size_t sum = 0;
  for (const Cell& cell : cells) sum += cell.bytes.load(std::memory_order_relaxed);
  return sum;
}

}  // namespace signet
