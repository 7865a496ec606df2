// Connections: carries bytes between the Network Connections of a shard and its ShardBroker.
// Completions go in; after the broker's turn TakeEffects() does what it has asked for: sends,
// closes, hands over, pauses. All that becomes SQEs, which leave together when the shard next
// enters the kernel. Used on the shard's thread alone.
#pragma once

#include <deque>
#include <string_view>
#include <vector>

#include "core/base/block_queue.h"
#include "core/base/limits.h"
#include "core/broker/shard_broker.h"
#include "net/connection.h"
#include "net/deadline_queue.h"
#include "net/net_counters.h"
#include "net/port_table.h"
#include "net/uring/buffer_ring.h"
#include "net/uring/ring.h"
#include "net/vectored_send.h"

namespace signet {

class Connections {
 public:
  struct Options {
    // Of one multishot receive, so that nobody takes all buffers; 0 if the kernel knows no such
    // limit.
    uint32_t receive_cap = 0;
  };
  struct Setup {
    Ring* ring = nullptr;
    BufferRing* buffers = nullptr;
    ShardBroker* broker = nullptr;
    const PortTable* ports = nullptr;
    const Limits* limits = nullptr;  // The broker's; they may change between two turns.
    LogSink* log = nullptr;
    NetCounters* counters = nullptr;
  };
  // All of them outlive it.
  Connections(const Setup& setup, Options options);

  void BeginTurn(Instant now);

  // Somebody connected to `port`.
  void Open(PortId port, Socket socket);
  // A connection came from another shard.
  void Adopt(HandOver hand_over);

  void OnReceive(const Completion& completion);
  void OnSend(const Completion& completion);
  void OnCancel(const Completion& completion);
  void OnCancelAll(const Completion& completion);

  // Ends what has taken too long; before the end of the broker's turn.
  void CheckTime();
  // After the end of the broker's turn.
  void TakeEffects();
  // No later than this another turn is due; at once if a receive waits for buffers.
  Instant NextDeadline() const;

  size_t size() const { return table_.size(); }
  // Resets everything that is left. `why` is for the log.
  void CutOffAll(std::string_view why);

 private:
  using Phase = Connection::Phase;

  // connections.cc: bytes.
  bool Admits(const Port& port, const SocketAddress& address, std::string_view peer);
  void LogRefused(const Port& port, std::string_view peer, std::string_view why);
  bool WantsReceive(const Connection& connection);
  // Lets it be received from, if that is wanted and not being done.
  void Arm(Connection& connection);
  void PassOn(Connection& connection, MutableBytes bytes);
  // 0: the peer has ended its stream.
  void OnReceiveEnd(Connection& connection, int error);
  void StartSend(Connection& connection, OutputQueue& output);
  void SendRest(Connection& connection);
  void RearmStarved();

  // connections_wrapped.cc: what lies between a socket and MQTT.
  void Wrap(Connection& connection, std::unique_ptr<Transport> transport);
  // Lets `bytes` begin behind the header, once that is whole.
  Status ReadProxyHeader(Connection& connection, MutableBytes* bytes);
  void OnBroken(Connection& connection, std::string_view what);
  void Unwrap(Connection& connection, MutableBytes bytes);
  void PassThrough(Connection& connection, MutableBytes bytes);
  // Neither waits its handshake for its turn, nor the peer to take what its own Pings have caused.
  bool WantsMore(const Wrapping& wrapping) const {
    return wrapping.postponed.empty() && wrapping.wire.size() <= limits_.output_hard_bytes;
  }
  void ContinueHandshakes();
  // Whether the turn's budget for handshakes has something left.
  bool MayShakeHands() const;
  // PassThrough(), at the expense of that.
  void Step(Connection& connection, MutableBytes bytes);
  void SendWrapped(Connection& connection);
  // Whether anything waits to be sent; while a send is in flight, that counts too.
  bool HasOutput(Connection& connection);

  // connections_effects.cc: what the broker wants.
  bool CanLeave(const Connection& connection);
  void HandOverNow(Connection& connection);
  void StopReceiving(Connection& connection);
  void SendOutput(ConnectionId id);
  void BeginClose(Connection& connection);
  void BeginLinger(Connection& connection);
  void End(Connection& connection);
  void CutOff(Connection& connection, std::string_view why);
  // An operation of it came to its end.
  void OnOperationEnd(Connection& connection);
  Duration StallCheck() const { return Duration(seconds(limits_.send_stall_s)) / 2; }
  void CheckStalls();
  void Watch(Connection& connection);
  void CheckUnread();
  void ReleaseEnded();

  Ring& ring_;
  BufferRing& buffers_;
  ShardBroker& broker_;
  const PortTable& ports_;
  const Limits& limits_;
  LogSink& log_;
  const Options options_;
  NetCounters& counters_;
  Instant now_;

  ConnectionTable table_;
  SendsInFlight sends_;
  VectoredSends vectored_;
  Effects effects_;
  std::vector<ConnectionId> to_send_;   // Whose Transport has something to say.
  std::vector<ConnectionId> to_arm_;    // Whose receive came to its end in this turn.
  std::vector<ConnectionId> to_leave_;  // For another shard, now that nothing of them is in flight.
  std::vector<ConnectionId> ended_;     // To be released at the end of this turn.
  BlockQueue<ConnectionId> starved_;    // Whose receive found no buffer.
  BlockQueue<ConnectionId> handshakes_;  // That wait for their turn.
  int handshake_steps_ = 0;              // Done in this turn.
  Duration handshake_time_{};            // Taken by them.
  RateLimit refusal_log_{10, 10};
  DeadlineQueue flushing_;
  DeadlineQueue lingering_;
  DeadlineQueue ending_;
  DeadlineQueue unread_;
};

}  // namespace signet
