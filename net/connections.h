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
  // All of them outlive it. `limits` are the broker's.
  Connections(Ring* ring, BufferRing* buffers, ShardBroker* broker, const Limits* limits,
              Options options, NetCounters* counters);

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
  bool WantsReceive(const Connection& connection);
  // Lets it be received from, if that is wanted and not being done.
  void Arm(Connection& connection);
  void PassOn(Connection& connection, ByteView bytes);
  // 0: the peer has ended its stream.
  void OnReceiveEnd(Connection& connection, int error);
  void StartSend(Connection& connection, OutputQueue& output);
  void SendRest(const Connection& connection);
  void RearmStarved();

  // connections_effects.cc: what the broker wants.
  void HandOverNow(Connection& connection);
  void StopReceiving(Connection& connection);
  void SendOutput(ConnectionId id);
  void BeginClose(Connection& connection);
  void BeginLinger(Connection& connection);
  void End(Connection& connection);
  void CutOff(Connection& connection, std::string_view why);
  // An operation of it came to its end.
  void OnOperationEnd(Connection& connection);
  void CheckStalls();
  void Watch(Connection& connection);
  void CheckUnread();
  void ReleaseEnded();

  Ring& ring_;
  BufferRing& buffers_;
  ShardBroker& broker_;
  const Options options_;
  NetCounters& counters_;
  Instant now_;

  ConnectionTable table_;
  SendsInFlight sends_;
  VectoredSends vectored_;
  Effects effects_;
  std::vector<ConnectionId> to_arm_;    // Whose receive came to its end in this turn.
  std::vector<ConnectionId> to_leave_;  // For another shard, now that nothing of them is in flight.
  std::vector<ConnectionId> ended_;     // To be released at the end of this turn.
  BlockQueue<ConnectionId> starved_;    // Whose receive found no buffer.
  const Duration stall_check_;
  DeadlineQueue flushing_;
  DeadlineQueue lingering_;
  DeadlineQueue ending_;
  DeadlineQueue unread_;
};

}  // namespace signet
