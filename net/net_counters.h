// NetCounters: what the I/O side of one shard has counted since its start; Counters (core/broker)
// has what the protocol has. Plain numbers: written on the shard's thread, read there.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace signet {

struct NetCounters {
  uint64_t turns = 0;
  uint64_t system_calls = 0;
  uint64_t bytes_received = 0;
  uint64_t bytes_sent = 0;
  uint64_t receives = 0;
  uint64_t sends = 0;
  // Connections that were accepted and at once closed: limit `connections`, and those of a port.
  uint64_t accepts_refused = 0;
  uint64_t accepts_failed = 0;
  // Connections that the peer, or the way to it, broke off, or that the kernel had no memory for.
  uint64_t resets = 0;
  // Connections that took no byte for send_stall_s.
  uint64_t send_stalls = 0;
  // Receives that found no buffer, and waited for one.
  uint64_t receives_starved = 0;
  // Handshakes (TLS, WebSocket) that were done, and that failed.
  uint64_t handshakes = 0;
  uint64_t handshakes_failed = 0;
  // Connections that came from another shard.
  uint64_t hand_overs = 0;
  // Shards that slept and were woken.
  uint64_t doorbells = 0;
  // More completions than the queue holds, which the kernel keeps; and those for which it had no
  // memory: see Shard::StartOver.
  uint64_t completion_overflows = 0;
  uint64_t completions_lost = 0;

  NetCounters& operator+=(const NetCounters& other);
};

struct NetCounterInfo {
  std::string_view name;
  uint64_t NetCounters::*value;
};

std::span<const NetCounterInfo> AllNetCounters();

}  // namespace signet
