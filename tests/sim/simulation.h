// Simulation: a broker of several shards, clients, and all that can go wrong between them, in one
// thread and on a clock of its own; everything follows from the seed. The broker is production's
// core/, the network and the mailboxes are those of a CoreWorld: packets are cut at any byte,
// connections end at any moment, shards get their turns in any order, mailboxes are full, readers
// slow, time jumps, clients take themselves over and race for their Session. In some runs there are
// policies (law.h), which change at any moment, shard by shard.
#pragma once

#include <cstdint>
#include <string>

#include "tests/sim/sim_client.h"

namespace signet::sim {

// A broker that is wrong on purpose.
struct Bug {
  CoreWorld::Postman postman;
  SimClient::Ears ears;
  Verdict verdict;
};

struct Outcome {
  std::string violation;  // Empty if there is none; begins with its step.
  uint32_t steps = 0;
  uint64_t trace = 0;      // Depends on everything that clients have seen.
  uint64_t delivered = 0;  // Messages.
  uint64_t policies = 0;
  Counters counters;
  std::string log;  // The broker's last lines, if there is a violation.
};

Outcome Simulate(uint64_t seed, Bug bug = {});

}  // namespace signet::sim
