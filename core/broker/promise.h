// Promise: the limits that CONNACK tells a Client. They hold for it as long as it is connected,
// even if the limits change; clients that were told the same share one. Owned by a ShardBroker;
// used on its thread alone.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/limits.h"

namespace signet {

struct Promise {
  uint16_t receive_maximum = 0;
  uint16_t topic_alias_maximum = 0;
  uint32_t maximum_packet_size = 0;

  friend bool operator==(const Promise&, const Promise&) = default;
};

class Promises {
 public:
  // By it, Clients name theirs.
  using Id = uint16_t;

  explicit Promises(const Limits& limits) { Current(limits); }

  const Promise& Get(Id id) const { return all_[id]; }

  // What a Client that connects now is told. After kMost different ones it is the last of them.
  Id Current(const Limits& limits) {
    const Promise promise{.receive_maximum = static_cast<uint16_t>(limits.receive_maximum),
                          .topic_alias_maximum = static_cast<uint16_t>(limits.topic_aliases_in),
                          .maximum_packet_size = static_cast<uint32_t>(limits.packet_bytes)};
    for (size_t i = all_.size(); i > 0; --i) {
      if (all_[i - 1] == promise) return static_cast<Id>(i - 1);
    }
    if (all_.size() < kMost) all_.push_back(promise);
    return static_cast<Id>(all_.size() - 1);
  }

 private:
  static constexpr size_t kMost = 1024;

  std::vector<Promise> all_;
};

}  // namespace signet
