// MemoryReserve: memory that is set aside, so that the broker lives on when the system gives no
// more. An allocation that finds none takes the reserve and succeeds. From then until Refill() has
// set it aside anew, IsSpent() says that no more work should be let in (ShardContext::Memory). If
// the reserve is gone and still there is not enough, the process ends with a sentence.
//
// It is never touched, so it costs address space but no RAM. May be used on any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace signet {

class MemoryReserve {
 public:
  // Enough for the largest table of a shard to double once, and for what is under way to end.
  static constexpr size_t kBytes = size_t{64} << 20;

  // Once, at the start, before other threads. False if there is not even so much.
  static bool SetAside(size_t bytes = kBytes);

  static bool IsSpent();
  // False if there is still not enough.
  static bool Refill();

  // How many allocations needed it.
  static uint64_t failures();

  // In its scope an allocation by `new (std::nothrow)` may fail: the reserve is not for it. For
  // memory in sizes that a peer chooses.
  class NotForMe {
   public:
    NotForMe();
    NotForMe(const NotForMe&) = delete;
    NotForMe& operator=(const NotForMe&) = delete;
    ~NotForMe();
  };
};

}  // namespace signet
