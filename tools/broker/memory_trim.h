// MemoryTrim: gives memory back to the system once much of it is free. The allocator keeps what was
// freed, in case it is wanted again; after a flood that is most of what the process has.
#pragma once

#include <cstdint>

namespace signet {

class MemoryTrim {
 public:
  // To be told now and then, about once a second, how much is held, and the most that was since the
  // last time. Once it has fallen by kWorthIt below the most that ever was, and no longer falls,
  // what is free is given back; that takes a moment, in which other threads may wait for the
  // allocator. Returns whether it was.
  bool Look(uint64_t held, uint64_t most);

  static constexpr uint64_t kWorthIt = uint64_t{8} << 20;

 private:
  uint64_t most_ = 0;
  uint64_t last_ = 0;
};

}  // namespace signet
