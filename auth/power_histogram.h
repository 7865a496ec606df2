// Histograms of counters: fixed in size, and with bounds that need no settings.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "core/base/time.h"

namespace signet::auth {

// How often a value lay below 1, 2, 4, 8, ... of its unit. The last one has no upper bound.
template <size_t kBuckets>
struct PowerHistogram {
  std::array<uint64_t, kBuckets> counts{};
  uint64_t sum = 0;

  void Add(uint64_t value) {
    const auto bucket = static_cast<size_t>(std::bit_width(value));
    ++counts[bucket < kBuckets ? bucket : kBuckets - 1];
    sum += value;
  }
  void Add(const PowerHistogram& more) {
    for (size_t i = 0; i < kBuckets; ++i) counts[i] += more.counts[i];
    sum += more.sum;
  }
};

// In microseconds: up to half a minute.
struct LatencyHistogram : PowerHistogram<26> {
  using PowerHistogram::Add;
  void Add(Duration latency) {
    PowerHistogram::Add(static_cast<uint64_t>(latency / std::chrono::microseconds(1)));
  }
};

}  // namespace signet::auth
