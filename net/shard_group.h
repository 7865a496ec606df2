// ShardGroup: the shards of a broker as the control thread sees them: start, reload, count, drain,
// stop.
// Used on one thread, which is none of the shards'.
#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/base/status.h"
#include "core/broker/counters.h"
#include "net/listener.h"
#include "net/net_counters.h"
#include "net/port.h"
#include "net/uring/probe.h"
#include "net/uring/ring.h"

namespace signet {

class AuthDesk;
class AuthThread;
class Mailroom;
class Shard;
class ShardBroker;
struct AuthDeskSetup;
struct BrokerTotals;

class ShardGroup {
 public:
  struct Options {
    uint32_t shards = 1;
    std::vector<PortSettings> ports;
    Limits limits;
    uint64_t memory_bytes = 0;  // See ShardContext::Setup.
    std::string response_information;
    // MakeAuthDesk; null: no port may ask for authentication.
    std::function<std::unique_ptr<AuthDesk>(const AuthDeskSetup&)> make_auth_desk;
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

  // Where it listens, with the real ports, in the order in which they were opened.
  std::vector<ListenAddress> addresses() const;

  // The ports and limits become these, for new and present clients alike, though a client is held
  // to what its CONNACK said. A port that keeps its address keeps its clients, unless its terms
  // have changed; one that is not there any more sends them away. If a new port cannot be opened
  // everything stays as it was, and the error says why. Waits for the shards' next turns.
  Status Apply(std::vector<PortSettings> ports, const Limits& limits);

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
  uint32_t shards() const { return options_.shards; }
  // Calls ask(ShardBroker&) on the thread of one shard, or of each, in its next turn, and waits:
  // the turn is as much longer as that takes.
  void AskShard(uint32_t index, const std::function<void(ShardBroker&)>& ask);
  void AskShards(const std::function<void(ShardBroker&, size_t index)>& ask);
  // The ports that are open, as the shards have them.
  std::vector<std::shared_ptr<const Port>> ports() const;
  // Calls ask(AuthThread&) on the auth shard's thread, and waits. There must be one.
  void AskAuth(const std::function<void(AuthThread&)>& ask);

 private:
  // A port that is open.
  struct OpenPort {
    std::string asked;  // The text of its address, before port 0 became a real one.
    std::shared_ptr<const Port> port;
    std::unique_ptr<SocketFile> file;
  };
  // A port that is gone, which had a policy with a name. Touched on a reload alone.
  struct GonePort {
    PortId id;
    std::shared_ptr<const PortAuthorization> authorization;  // The last one of that name.
    std::optional<PortId> heir;                              // A port that goes by it.
  };
  // A port to be.
  struct Candidate {
    OpenPort open;
    OpenPort* before = nullptr;        // What is at its address now.
    std::optional<Listener> listener;  // If nothing is.
    bool replaces = false;             // The clients of `before` are to go.
  };

  ShardGroup(Options options, LogSink* log);
  Status Prepare();
  Status Launch();
  StatusOr<Candidate> Consider(PortSettings settings, const std::vector<Candidate>& others);
  // Whether each of them would have an address to itself.
  Status CheckApart(const std::vector<PortSettings>& ports) const;
  StatusOr<PortId> NewPortId();
  bool IsAmongOurs(const ListenAddress& address) const;
  void Introduce(const std::vector<Candidate>& candidates);
  void Switch(std::vector<Candidate>& candidates);
  void SetMode(const OpenPort& before, const OpenPort& now);
  void Main(uint32_t index, std::promise<Status> ready);
  static Sums SumsOf(const Shard& shard);
  void AuthMain(std::promise<Status> ready);
  void Join();
  void TellAuthOf(const std::vector<Candidate>& candidates);
  static bool FindHeir(GonePort* gone, const std::vector<Candidate>& candidates);
  void ForgetAtAuth(const std::vector<PortId>& gone, const std::vector<Candidate>& candidates);

  // Calls ask(Shard&, size_t index) on every shard's thread and waits until all have.
  void AskAll(const std::function<void(Shard&, size_t)>& ask);

  Options options_;
  LogSink& log_;
  const std::unique_ptr<BrokerTotals> totals_;
  uint64_t hash_seed_ = 0;
  KernelFeatures features_;
  const std::unique_ptr<Mailroom> mailroom_;
  std::vector<OpenPort> ports_;
  std::vector<GonePort> gone_;
  uint32_t port_ids_ = 0;   // Given out so far; none is given out twice.
  std::vector<Sums> sums_;  // By shard: when last asked.
  bool serve_ = false;      // Said before `all_ready_`.
  std::latch all_ready_{1};
  std::latch last_;  // Nobody closes a ring that another may still ring.
  std::vector<std::thread> threads_;
  std::thread auth_thread_;
};

}  // namespace signet
