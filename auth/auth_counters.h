// What the auth shard counts, for whoever looks at the broker from outside. Written on its thread
// alone; copied out by AuthShard::Report().
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "auth/power_histogram.h"
#include "auth/readings.h"

namespace signet::auth {

// Of one method of one port. Who was accepted from the cache counts as accepted and as a hit.
struct MethodCounters {
  uint64_t accepted = 0;
  uint64_t denied = 0;  // By a verdict.
  uint64_t failed = 0;  // No verdict was reached.
  uint64_t cache_hits = 0;
  uint64_t merged = 0;       // Waited for a verdict that another had asked for.
  uint64_t sessions = 0;     // Present grants.
  LatencyHistogram latency;  // Of what was judged, not remembered.
};

struct AuthCounters {
  uint64_t not_relevant = 0;  // Refused as no method is for what was presented.
  uint64_t expired = 0;       // Grants that ended by their deadline,
  uint64_t revoked = 0;       // because a recheck said so,
  uint64_t withdrawn = 0;     // because new settings do,
  uint64_t by_operator = 0;   // or because an operator does.
  uint64_t reauthenticated = 0;
  uint64_t reauthentications_refused = 0;
  uint64_t reauthentications_undecided = 0;
  uint64_t clock_jumps = 0;
};

// All of it, at one moment.
struct AuthReport {
  struct Row {
    std::string listener;
    // `X509`; of those that have one name at a port, the further ones are `X509/2`, `X509/3`, ...
    std::string method;
    MethodCounters counters;
    std::vector<Reading> readings;  // Of what the method stands on.
  };
  std::vector<Row> methods;
  AuthCounters all;
  uint64_t questions = 0;  // Without an answer.
  uint64_t exchanges = 0;  // Of clients in the middle of proving themselves.
  uint64_t grants = 0;
  uint64_t cached = 0;
  uint64_t revocations = 0;  // Credentials that an operator has revoked.
  // Present grants by the seconds they have left, not counting those without an end.
  PowerHistogram<32> seconds_to_expiry;
};

}  // namespace signet::auth
