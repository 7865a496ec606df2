// Random: the dice of a simulation, the same for the same seed on every machine (SplitMix64; the
// distributions of the standard library differ between libraries).
#pragma once

#include <cstdint>
#include <span>

namespace signet::sim {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t mixed = state_ += 0x9E3779B97F4A7C15;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    return mixed ^ (mixed >> 31);
  }
  // Below `end`, which is not 0.
  uint32_t Below(size_t end) { return static_cast<uint32_t>(Next() % end); }
  uint32_t Between(uint32_t least, uint32_t most) { return least + Below(most - least + 1); }
  bool Chance(uint32_t percent) { return Below(100) < percent; }
  template <typename T>
  const T& OneOf(std::span<const T> all) {
    return all[Below(all.size())];
  }
  template <typename T, size_t kSize>
  const T& OneOf(const T (&all)[kSize]) {
    return all[Below(kSize)];
  }

 private:
  uint64_t state_;
};

}  // namespace signet::sim
