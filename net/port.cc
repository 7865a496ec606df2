#include "net/port.h"

#include <algorithm>

namespace signet {

PortLoad::Admission PortLoad::Enter(const PortSettings& settings, Instant now) {
  const uint64_t others = connections_.fetch_add(1, std::memory_order_relaxed);
  if (settings.max_connections != 0 && others >= settings.max_connections) {
    Leave();
    return Admission::kTooMany;
  }
  if (settings.connection_rate != 0 &&
      !Spend(settings.connection_rate, settings.connection_burst, now)) {
    Leave();
    return Admission::kTooFast;
  }
  return Admission::kAdmitted;
}

// A leaky bucket in one number, so that the shards need no lock for it.
bool PortLoad::Spend(uint32_t rate, uint32_t burst, Instant now) {
  const int64_t each = Duration(seconds(1)).count() / rate;
  const int64_t at = now.since_start().count();
  int64_t spent = spent_until_.load(std::memory_order_relaxed);
  while (true) {
    const int64_t next = std::max(spent, at) + each;
    if (next > at + each * std::max(burst, 1u)) return false;
    if (spent_until_.compare_exchange_weak(spent, next, std::memory_order_relaxed)) return true;
  }
}

}  // namespace signet
