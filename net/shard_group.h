// ShardGroup: the shards of a broker as the control thread sees them: start, count, drain, stop.
// Used on one thread, which is none of the shards'.
#pragma once

#include <cstdint>
#include <future>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/broker/shard_context.h"
#include "net/mailroom.h"
#include "net/net_counters.h"
#include "net/shard.h"
#include "net/socket_address.h"

namespace signet {

class ShardGroup {
 public:
  struct Options {
    uint32_t shards = 1;
    std::vector<SocketAddress> ports;
    Limits limits;
    uint64_t memory_bytes = 0;  // See ShardContext::Setup.
    std::string response_information;
    // Each shard to a processor of its own, where there are enough of them and we may.
    bool pin = true;
    // Of each shard; for tests.
    Ring::Options ring;
  };

  // Returns once every shard serves. The error is a sentence for the operator. `log` outlives the
  // group.
  static StatusOr<std::unique_ptr<ShardGroup>> Start(Options options, LogSink* log);
  ShardGroup(const ShardGroup&) = delete;
  ShardGroup& operator=(const ShardGroup&) = delete;
  // Stops without draining.
  ~ShardGroup();

  // Where it listens, with real ports, in the order of Options::ports.
  const std::vector<SocketAddress>& ports() const { return options_.ports; }

  // What clients, their Sessions, messages and output take, about, and the most they took since
  // this was last asked. Asks no shard.
  struct Held {
    uint64_t bytes = 0;
    uint64_t most = 0;
  };
  Held TakeHeld();

  // Takes leave of all clients; what they are owed may leave for drain_timeout_s. Then stops.
  void Drain();
  // Cuts off all clients.
  void Stop();

  struct Sums {
    Counters core;
    NetCounters net;
    uint64_t connections = 0;
    uint64_t sessions = 0;
  };
  // Over all shards. Waits for their next turns; they wait for nobody.
  Sums Sum();

 private:
  ShardGroup(Options options, LogSink* log);
  Status Open();
  Status Launch();
  void Main(uint32_t index, Shard::Setup setup, std::promise<Status> ready);
  Shard::Setup SetupFor(uint32_t index);
  static Sums SumsOf(const Shard& shard);

  // Calls ask(Shard&, size_t index) on every shard's thread and waits until all have.
  template <typename Ask>
  void AskAll(Ask ask);

  Options options_;
  LogSink& log_;
  BrokerTotals totals_;
  uint64_t hash_seed_ = 0;
  KernelFeatures features_;
  Mailroom mailroom_;
  std::vector<std::vector<Socket>> listeners_;  // By shard and port; taken by the shards.
  std::vector<Sums> sums_;                      // By shard: when last asked.
  bool serve_ = false;                          // Said before `all_ready_`.
  std::latch all_ready_{1};
  std::latch last_;  // Nobody closes a ring that another may still ring.
  std::vector<std::thread> threads_;
};

}  // namespace signet
