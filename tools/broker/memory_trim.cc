#include "tools/broker/memory_trim.h"

#include <malloc.h>

#include <algorithm>
#include <utility>

namespace signet {

bool MemoryTrim::Look(uint64_t held, uint64_t most) {
  most_ = std::max({most_, held, most});
  const bool falls = held < std::exchange(last_, held);
  if (falls || held + kWorthIt > most_) return false;
  most_ = held;
  malloc_trim(0);
  return true;
}

}  // namespace signet
