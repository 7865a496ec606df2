// MemoryGauge: how full the broker's memory is, as one shard sees it: messages and output of all
// shards against Limits::memory_bytes, and whether the system still gives memory at all. One per
// shard; used on its thread alone.
#pragma once

#include "core/broker/shard_context.h"

namespace signet {

class MemoryGauge {
 public:
  explicit MemoryGauge(ShardContext* context) : context_(*context) {}

  // Sets ShardContext::memory, in every turn: looks rarely enough to cost nothing, often enough
  // that what a fast network brings in between is little.
  void Read() {
    if (context_.now >= due_) Look();
  }

 private:
  static constexpr Duration kInterval = milliseconds(10);

  void Look();
  // Whether an allocation has failed, and there is no sign that the next one will not.
  bool IsShort(uint64_t used);

  ShardContext& context_;
  Instant due_;
  size_t counted_output_bytes_ = 0;  // In BrokerTotals.
  uint64_t used_when_short_ = 0;     // 0: it is not short.
};

}  // namespace signet
