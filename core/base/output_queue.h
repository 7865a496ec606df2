// OutputQueue: what waits to be sent on one connection, in order. Small packets are copied together
// so that one send carries many; a large payload stays where it is and is referred to. While a send
// is in flight its bytes keep their place: new output only ever comes behind them. An empty queue
// holds no memory. Owned by a connection; used on its shard's thread alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/block_pool.h"
#include "core/base/bytes.h"
#include "core/base/shared_buffer.h"

namespace signet {

class OutputQueue {
 public:
  // `pool` outlives the queue.
  explicit OutputQueue(BlockPool* pool) : pool_(pool) {}
  OutputQueue(const OutputQueue&) = delete;
  OutputQueue& operator=(const OutputQueue&) = delete;
  ~OutputQueue() { Clear(); }

  // `size` contiguous bytes at the end, to be filled in by the caller before its next call here.
  uint8_t* Extend(size_t size) {
    size_ += size;
    if (tail_ != nullptr && tail_->limit - tail_->end >= size) {
      uint8_t* at = tail_->data() + tail_->end;
      tail_->end += static_cast<uint32_t>(size);
      return at;
    }
    return ExtendByBlock(size);
  }

  void Append(ByteView bytes) {
    if (!bytes.empty()) std::memcpy(Extend(bytes.size()), bytes.data(), bytes.size());
  }

  // Refers to `view`, which lies within `buffer`, instead of copying it.
  void AppendShared(const SharedBuffer& buffer, ByteView view);

  // Where its memory comes from: for a queue that lives no longer than a call that was given this
  // one.
  BlockPool* pool() const { return pool_; }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // Fills `views` with the first bytes, at most `max_bytes` of them; returns how many views were
  // used. They stay valid, and stay the first bytes, until they are consumed.
  size_t Gather(std::span<ByteView> views, size_t max_bytes) const;

  // Drops the first `size` bytes, which have been sent.
  void Consume(size_t size);

  void Clear() { Consume(size_); }

 private:
  uint8_t* ExtendByBlock(size_t size);
  void Link(Block* block);
  void PopFront();

  BlockPool* pool_;
  Block* head_ = nullptr;
  Block* tail_ = nullptr;
  size_t size_ = 0;
};

}  // namespace signet
