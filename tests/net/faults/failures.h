// The ways in which the kernel can fail an operation, and when it is to.
#pragma once

#include <ostream>
#include <set>
#include <span>
#include <string>

#include "tests/net/faults/fault_injector.h"

namespace signet {

struct Failure {
  std::string name;
  Fault fault;
  Occasion::Kind occasion;
  std::set<Op> ops;  // That can fail in this way.

  bool IsPossible(const Occasion& at) const;
  friend void PrintTo(const Failure& failure, std::ostream* out) { *out << failure.name; }
};

std::span<const Failure> AllFailures();
const Failure& FailureNamed(std::string_view name);

// The `nth` time that it can happen, from 1, and no other.
FaultInjector::Policy FailNth(const Failure& failure, int nth);
FaultInjector::Policy FailAlways(const Failure& failure);
// Any of all failures, whenever one is possible, `percent` of the times.
FaultInjector::Policy FailAtRandom(uint64_t seed, uint32_t percent);

}  // namespace signet
