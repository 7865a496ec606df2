// SharedBuffer: counted bytes, the only memory that two shards ever share. They are written once,
// by the one who allocates them, before the handle is copied; from then on they are const. The
// count is atomic, so the last handle may go on any thread. Inside a shard messages are counted
// without atomics (core/mqtt/application_message.h): one handle per shard, not one per subscriber.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/base/bytes.h"

namespace signet {

class SharedBuffer {
 public:
  SharedBuffer() = default;
  // `size` bytes, not initialised.
  static SharedBuffer Allocate(size_t size);
  static SharedBuffer CopyOf(ByteView bytes);
  // As Allocate(); empty if there is no memory for it.
  static SharedBuffer TryAllocate(size_t size);

  SharedBuffer(const SharedBuffer& other) : block_(other.block_) {
    if (block_ != nullptr) block_->references.fetch_add(1, std::memory_order_relaxed);
  }
  SharedBuffer(SharedBuffer&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  SharedBuffer& operator=(SharedBuffer other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~SharedBuffer() {
    if (block_ != nullptr) Release();
  }

  explicit operator bool() const { return block_ != nullptr; }
  size_t size() const { return block_ == nullptr ? 0 : block_->size; }
  const uint8_t* data() const { return Data(); }
  ByteView bytes() const { return {Data(), size()}; }

  // For the one who fills the buffer; nobody else may hold a handle yet.
  uint8_t* MutableData() {
    DCHECK(block_ != nullptr && block_->references.load(std::memory_order_relaxed) == 1);
    return Data();
  }

  // Lets go of the bytes, and overwrites them if nobody else holds them.
  void Wipe();

  // Bytes held by all buffers of the process; exact once the other threads stand still.
  static size_t LiveBytes();

 private:
  struct Block {
    std::atomic<uint32_t> references;
    size_t size;
  };

  // `memory` is for a Block and `size` bytes.
  static SharedBuffer Make(void* memory, size_t size);
  uint8_t* Data() const {
    return block_ == nullptr ? nullptr : reinterpret_cast<uint8_t*>(block_ + 1);
  }
  void Release();

  Block* block_ = nullptr;
};

}  // namespace signet
