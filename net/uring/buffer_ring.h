// BufferRing: the memory into which the kernel receives, for all connections of a shard together,
// so that an idle connection holds none. It is small on purpose: it stays in the cache. In an
// incremental ring, receives fill a buffer one behind the other until it is full; in a plain one,
// each receive takes a buffer.
//
// What was received is valid as long as its BufferLease. Under AddressSanitizer all else is
// poisoned, though that sees our accesses alone and not the kernel's. Used on the thread of its
// Ring, which it must not outlive while receives are in flight.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/status.h"
#include "net/uring/completion.h"
#include "net/uring/ring.h"

namespace signet {

class BufferRing;

// The bytes of one completion; at the end of the scope they are the kernel's again.
class [[nodiscard]] BufferLease {
 public:
  BufferLease(const BufferLease&) = delete;
  BufferLease& operator=(const BufferLease&) = delete;
  ~BufferLease();

  // Empty if nothing was received. Ours to overwrite, as nobody else reads them.
  MutableBytes bytes() const { return bytes_; }

 private:
  friend class BufferRing;
  BufferLease(BufferRing* ring, uint16_t id, MutableBytes bytes, bool last)
      : ring_(ring), id_(id), last_(last), bytes_(bytes) {}

  BufferRing* ring_;
  uint16_t id_;
  bool last_;  // The kernel has done with the buffer.
  MutableBytes bytes_;
};

class BufferRing {
 public:
  struct Options {
    uint16_t group = 0;
    uint16_t buffers = 8;  // A power of two.
    uint32_t buffer_bytes = 64 * 1024;
    bool incremental = false;  // Where the kernel knows it: see is_incremental().
  };
  // The error names cause and remedy.
  static StatusOr<std::unique_ptr<BufferRing>> Create(Ring* ring, const Options& options);
  BufferRing(const BufferRing&) = delete;
  BufferRing& operator=(const BufferRing&) = delete;
  ~BufferRing();

  uint16_t group() const { return options_.group; }
  bool is_incremental() const { return options_.incremental; }
  size_t size_bytes() const { return size_t{options_.buffers} * options_.buffer_bytes; }

  // To be called for each completion of a receive, in their order, even if its connection is gone:
  // in an incremental ring the place of the next bytes follows from it.
  BufferLease Lease(const Completion& completion);

  // A completion was lost, and with it where the next bytes lie: nothing is leased any more.
  void Distrust() { trusted_ = false; }
  // Begins anew with all buffers. Nothing that was received before may be leased afterwards.
  void Renew();

  // Whether the kernel is where we believe it to be; to be asked when no completion is outstanding.
  bool AgreesWithKernel() const;

 private:
  friend class BufferLease;
  BufferRing(Ring* ring, const Options& options);
  // Gives the kernel the ring, and all buffers; 0 or -errno.
  int Register();
  uint8_t* MemoryOf(uint16_t id) const { return memory_ + size_t{id} * options_.buffer_bytes; }
  // Lets the kernel have buffer `id`, whole, after those that it has.
  void Provide(uint16_t id);
  void GiveBack(const BufferLease& lease);

  Ring* const ring_;
  Options options_;
  uint8_t* memory_ = nullptr;        // The buffers, one behind the other.
  io_uring_buf* entries_ = nullptr;  // Shared with the kernel, which takes from the front.
  uint16_t tail_ = 0;
  bool registered_ = false;
  bool trusted_ = true;
  std::vector<uint32_t> filled_;  // By buffer: up to where an incremental one has been handed out.
};

}  // namespace signet
