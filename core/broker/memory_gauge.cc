#include "core/broker/memory_gauge.h"

#include "core/base/memory_reserve.h"

namespace signet {

void MemoryGauge::Look() {
  due_ = context_.now + kInterval;
  const size_t own = context_.pool.live_bytes();
  context_.totals.output_bytes += own - counted_output_bytes_;
  counted_output_bytes_ = own;
  const uint64_t used = context_.totals.held_bytes();
  // Two shards may overwrite each other; the next look makes up for it.
  std::atomic<uint64_t>& most = context_.totals.most_bytes;
  if (used > most.load(std::memory_order_relaxed)) most.store(used, std::memory_order_relaxed);
  const uint64_t whole = context_.memory_bytes;
  context_.memory = IsShort(used) || used > whole / 10 * 8 ? ShardContext::Memory::kExhausted
                    : used > whole / 10 * 6                ? ShardContext::Memory::kTight
                                                           : ShardContext::Memory::kPlenty;
}

// The allocator may keep what was freed, in pieces too small for a new reserve but not for
// messages: once half a reserve of those is gone, as many may come.
bool MemoryGauge::IsShort(uint64_t used) {
  if (!MemoryReserve::IsSpent() || MemoryReserve::Refill()) {
    used_when_short_ = 0;
    return false;
  }
  if (used_when_short_ == 0) used_when_short_ = used;
  return used + MemoryReserve::kBytes / 2 > used_when_short_;
}

}  // namespace signet
