// Shard: one thread, one io_uring, and the ShardBroker between them. Everything of a shard is made,
// used and destroyed on its thread; others reach it through the Mailroom alone.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/broker/shard_broker.h"
#include "net/acceptor.h"
#include "net/connections.h"
#include "net/mailroom.h"
#include "net/net_counters.h"
#include "net/policy_table.h"
#include "net/port_table.h"
#include "net/uring/buffer_ring.h"
#include "net/uring/probe.h"
#include "net/uring/ring.h"

namespace signet {

class Shard {
 public:
  struct Setup {
    ShardContext::Setup context;  // Its limits are copied.
    KernelFeatures features;
    Ring::Options ring;
    Mailroom* mailroom = nullptr;
  };
  // Makes the ring. The error is a sentence for the operator.
  static StatusOr<std::unique_ptr<Shard>> Create(Setup setup);
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;
  ~Shard();

  // Accepts and serves, until Stop() and until the last connection is gone.
  void Run();

  // -- For ControlTask. A port is known to all shards before one of them listens, as its
  // connections move between them.
  // A new port, or what has changed of one. Counted, as all shards have it: off the path of a
  // PUBLISH (net/port.h).
  void SetPort(std::shared_ptr<const Port> port);
  // Accepts clients of the port.
  void Listen(PortId port, Socket listener);
  // Who connects where `from` listened is a client of `to` from now on; those of `from` are sent
  // away.
  void Replace(PortId from, PortId to);
  // Listens no more, and sends its clients away. What they have left behind is bound by the last
  // policy that the port had.
  void ClosePort(PortId port);
  // It is bound by that of `heir` from now on, or by one of its own. `port` is closed, or will be
  // in the same turn.
  void Inherit(PortId port, PortId heir);
  void Govern(PortId port, std::shared_ptr<const PortAuthorization> authorization);
  void SetLimits(const Limits& limits) { limits_ = limits; }
  // Accepts nobody any more, and sends everybody away in good order.
  void Drain();
  // Cuts off who is left, and makes Run() return.
  void Stop();
  ShardBroker& broker() { return broker_; }
  size_t connections() const { return connections_.size(); }
  size_t sessions() const { return broker_.session_count(); }
  const Counters& counters() const { return broker_.counters(); }
  NetCounters net_counters() const;

 private:
  // A port that is listened on.
  struct Door {
    PortId port;
    std::unique_ptr<Acceptor> acceptor;
  };

  Shard(Setup setup, std::unique_ptr<Ring> ring, std::unique_ptr<BufferRing> buffers);

  void RunOnce();
  void Wait();
  void LookForMail();
  void TakeMail();
  void ReapCompletions();
  void StartOver();
  void CheckTime();
  void PassMailOn();
  void PassToAuth();

  void Handle(const Completion& completion);
  void OnAccept(const Completion& completion);
  void Forget(PortId port);

  bool HasMail() const;
  Instant NextDeadline() const;

  const ShardId self_;
  Mailroom& mailroom_;
  Doorbell& doorbell_;
  const std::unique_ptr<Ring> ring_;
  const std::unique_ptr<BufferRing> buffers_;
  NetCounters counters_;
  Instant now_;  // Of the present turn.
  Limits limits_;
  LogSink& log_;
  PortTable ports_;
  PolicyTable policies_;  // Outlives the broker.
  ShardBroker broker_;
  Connections connections_;
  std::vector<Door> doors_;
  uint32_t lost_ = 0;                         // Completions, as far as we have dealt with it.
  size_t received_ = 0;                       // Receives that completed in the last turn.
  bool backlog_ = false;                      // Something did not fit into a mailbox.
  Instant auth_bell_due_ = Instant::Never();  // For mail that did not wake the auth shard.
  bool stopping_ = false;
};

}  // namespace signet
