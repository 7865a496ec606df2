// Readings: what a method tells of the servers and the keys that it stands on, for whoever looks at
// the broker from outside. Method::Report() fills them in, AuthShard::Report() takes them along,
// and /metrics shows them beside the listener and the method: whoever counts something new names
// its family here or beside the code that counts, and nobody else has to know. Used on the auth
// shard's thread, then carried off by value.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "auth/power_histogram.h"

namespace signet::auth {

// Lives for as long as the program, as a constant does. `name`: as /metrics has it, but for the
// prefix signet_; in base units, and with _total if it is a counter. No two have the same name.
struct ReadingFamily {
  enum class Kind : uint8_t { kCounter, kGauge, kHistogram };
  std::string_view name;
  Kind kind = Kind::kCounter;
  std::string_view help;
};

struct Reading {
  const ReadingFamily* family = nullptr;
  std::string issuer;  // Of whom; empty: of the method as a whole.
  std::variant<uint64_t, LatencyHistogram> value;
};

class Readings {
 public:
  // Of one method. Further ones are left out.
  static constexpr size_t kMost = 512;

  // `issuer` comes from the configuration, never from a peer: each one is a series of its own.
  // What is given twice is one reading: counts are added up, and of a gauge the highest is shown.
  void Add(const ReadingFamily& family, uint64_t value, std::string_view issuer = "") {
    Reading* same = FindOrAdd(family, issuer, value);
    if (same == nullptr) return;
    uint64_t& present = std::get<uint64_t>(same->value);
    const bool is_count = family.kind == ReadingFamily::Kind::kCounter;
    present = is_count ? present + value : std::max(present, value);
  }
  void Add(const ReadingFamily& family, const LatencyHistogram& latency,
           std::string_view issuer = "") {
    Reading* same = FindOrAdd(family, issuer, latency);
    if (same != nullptr) std::get<LatencyHistogram>(same->value).Add(latency);
  }

  std::vector<Reading> Take() { return std::move(readings_); }

 private:
  // Null: there was none, and it is there now or left out.
  template <typename Value>
  Reading* FindOrAdd(const ReadingFamily& family, std::string_view issuer, const Value& value) {
    const auto found = std::ranges::find_if(readings_, [&](const Reading& reading) {
      return reading.family == &family && reading.issuer == issuer;
    });
    if (found != readings_.end()) return &*found;
    if (readings_.size() < kMost) {
      readings_.push_back({.family = &family, .issuer = std::string(issuer), .value = value});
    }
    return nullptr;
  }

  std::vector<Reading> readings_;
};

}  // namespace signet::auth
