// BlockQueue: a FIFO whose memory comes and goes in blocks; an empty one holds none.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

#include "core/base/check.h"

namespace signet {

template <typename T, size_t kPerBlock = 32>
class BlockQueue {
 public:
  BlockQueue() = default;
  BlockQueue(BlockQueue&& other) noexcept
      : head_(std::exchange(other.head_, nullptr)),
        tail_(std::exchange(other.tail_, nullptr)),
        first_(std::exchange(other.first_, 0)),
        size_(std::exchange(other.size_, 0)) {}
  BlockQueue& operator=(BlockQueue&& other) noexcept {
    BlockQueue moved(std::move(other));
    std::swap(head_, moved.head_);
    std::swap(tail_, moved.tail_);
    std::swap(first_, moved.first_);
    std::swap(size_, moved.size_);
    return *this;
  }
  ~BlockQueue() { Clear(); }

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }

  T& Push(T value) {
    const size_t place = (first_ + size_) % kPerBlock;
    if (size_ == 0 || place == 0) Grow();
    T* at = new (tail_->At((first_ + size_) % kPerBlock)) T(std::move(value));
    ++size_;
    return *at;
  }

  T& front() {
    DCHECK(!empty());
    return *head_->Object(first_);
  }
  const T& front() const {
    DCHECK(!empty());
    return *head_->Object(first_);
  }

  T Pop() {
    T value = std::move(front());
    DropFront();
    return value;
  }

  void DropFront() {
    front().~T();
    --size_;
    if (++first_ == kPerBlock || size_ == 0) {
      first_ = 0;
      Block* block = std::exchange(head_, head_->next);
      if (head_ == nullptr) tail_ = nullptr;
      delete block;
    }
  }

  void Clear() {
    while (!empty()) DropFront();
  }

  // The one that is `index` places behind the front.
  T& At(size_t index) {
    DCHECK(index < size_);
    Block* block = head_;
    for (index += first_; index >= kPerBlock; index -= kPerBlock) block = block->next;
    return *block->Object(index);
  }

 private:
  struct Block {
    Block* next = nullptr;
    alignas(T) std::byte memory[kPerBlock * sizeof(T)];

    void* At(size_t place) { return memory + place * sizeof(T); }
    T* Object(size_t place) { return std::launder(static_cast<T*>(At(place))); }
  };

  void Grow() {
    auto* block = new Block;
    (tail_ == nullptr ? head_ : tail_->next) = block;
    tail_ = block;
    if (size_ == 0) first_ = 0;
  }

  Block* head_ = nullptr;
  Block* tail_ = nullptr;
  size_t first_ = 0;  // Place of the front in the first block.
  size_t size_ = 0;
};

}  // namespace signet
