// ShardBroker: one shard of the broker without I/O. Bytes, answers of other shards and the time go
// in; output, effects and messages for other shards come out. Whoever runs it (net/shard, a test, a
// simulation) does for every turn:
//
//   BeginTurn(now)
//   Deliver(…) what other shards sent; Receive(…), OutputSent(…), Closed(…) what the connections
//   did EndTurn() TakeEffects(…), move outgoing(…) into the mailboxes as far as they have room
//
// Nothing here blocks, and no connection dies before Release(). Used on one thread alone.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/slot_map.h"
#include "core/broker/authority.h"
#include "core/broker/brake.h"
#include "core/broker/client.h"
#include "core/broker/client_report.h"
#include "core/broker/delivery.h"
#include "core/broker/fan_out.h"
#include "core/broker/interest.h"
#include "core/broker/memory_gauge.h"
#include "core/broker/publisher.h"
#include "core/broker/retaining.h"
#include "core/broker/review.h"
#include "core/broker/session_keeper.h"
#include "core/broker/shard_context.h"
#include "core/broker/sharing.h"
#include "core/broker/subscribing.h"

namespace signet {

class ShardBroker {
 public:
  // `ports` are numbered by PortId, alike on all shards. Limits may change between two turns.
  ShardBroker(ShardContext::Setup setup, std::vector<PortAccess> ports, Instant start);
  ShardBroker(const ShardBroker&) = delete;
  ShardBroker& operator=(const ShardBroker&) = delete;
  // Connections must have been released.
  ~ShardBroker();

  // -- The turn.
  void BeginTurn(Instant now);
  // Fires timers, goes on with deferred work, lets clients be read again that can be.
  void EndTurn();
  // What the turn has brought: `effects`, which the caller has cleared, is swapped with it.
  void TakeEffects(Effects* effects);
  // No later than this, another turn is due; the present one's time if work is left over.
  Instant NextDeadline() const;

  // -- Network Connections. An id that names nobody (any more) is ignored.
  // What the first bytes of a connection belong to.
  enum class Beginning : uint8_t { kConnect, kHandshake };
  // Somebody connected to `port`. `peer` is an address for the log. An empty id: there are too
  // many.
  ConnectionId Open(PortId port, std::string peer, Beginning beginning = Beginning::kConnect);
  // Its handshake (TLS, WebSocket) is done; Receive() begins with CONNECT. `chain` is what the peer
  // has shown and proven to have the key of; null: nothing.
  void HandshakeDone(ConnectionId id, SharedChain chain = nullptr);
  // Somebody between us and the client told its address.
  void SetPeer(ConnectionId id, std::string peer);
  // A connection came home. Its bytes are handled at once. An empty id: there are too many.
  ConnectionId Adopt(HandOver hand_over);
  void Receive(ConnectionId id, ByteView bytes);
  // The first `size` bytes of its output have been sent.
  void OutputSent(ConnectionId id, size_t size);
  // A send of an earlier turn is still in flight while more output waits.
  void OutputHeldUp(ConnectionId id);
  // The peer is gone, or will be cut off: nothing can be sent any more.
  void Closed(ConnectionId id, std::string_view why);
  // What it sent makes no sense below MQTT. `what` is for the log; the output may still leave.
  void Broken(ConnectionId id, std::string_view what);
  // The I/O side has nothing in flight for it any more: the slot may be given out again.
  void Release(ConnectionId id);
  Client* Find(ConnectionId id) { return clients_.Find(id); }
  uint32_t connection_count() const { return clients_.size(); }
  // For output of the I/O side's own, so that it counts as such.
  BlockPool& pool() { return context_.pool; }

  // For Effects::hand_over: where it goes, and everything but the parcel. Send() it, then Release()
  // it.
  struct Departure {
    ShardId home;
    HandOver hand_over;
  };
  Departure TakeForHandOver(ConnectionId id);
  void Send(ShardId to, ShardMessage message) { context_.Send(to, std::move(message)); }

  // -- Other shards.
  // Anything but HandOver, which Adopt() takes.
  void Deliver(ShardId from, ShardMessage message);
  // For `to`, oldest first; taken from the front as far as the mailbox has room.
  BlockQueue<ShardMessage>& outgoing(ShardId to) { return context_.outgoing[to.value()]; }

  // -- The auth shard.
  void Deliver(MailFromAuth mail);
  // For it, oldest first; taken from the front as far as the mailbox has room.
  BlockQueue<MailToAuth>& to_auth() { return context_.to_auth; }

  // -- Ports, which may come and change at any time.
  // With another policy_epoch, what the new policy does not allow is taken back in the turns that
  // follow (core/broker/review.h).
  void SetPort(PortId port, const PortAccess& access);
  // Takes leave of all its clients (DISCONNECT 0x98), for good.
  void ClosePort(PortId port);
  // The same; what they have left behind is bound by the policy of `heir`. Its own is let go.
  void ReplacePort(PortId port, PortId heir);
  // Whether there are Sessions that the newest policy has not come to.
  bool is_reviewing() const { return review_.has_work(); }

  // -- Being stopped: tells every client (DISCONNECT 0x8B) and closes it; new ones are refused.
  // Wills are not published (3.1.2.5 lets a Server that shuts down defer them).
  void Drain();
  bool is_draining() const { return draining_; }

  // -- For operators (core/broker/client_report.h). What is told is a copy, of a moment between two
  // packets.
  ClientPage ListClients(const ClientPage::Bounds& bounds);
  std::optional<ClientDetails> FindClient(std::string_view client_id);
  // What it would be told now if it asked for it itself; `topic` as in Authorizer. Nothing: there
  // is no such Session, or nobody in particular had it last.
  std::optional<ClientDecision> Decide(std::string_view client_id, Action action,
                                       std::string_view topic, const Manner& manner);
  // Sends it away: DISCONNECT 0x98. False: nobody is connected by that name.
  bool Kick(std::string_view client_id);

  const Counters& counters() const { return context_.counters; }
  size_t session_count() const { return sessions_.size(); }
  size_t retained_count() const { return retaining_.store().size(); }
  size_t subscription_count() const { return tree_.subscription_count(); }
  size_t filter_node_count() const { return tree_.node_count(); }
  // Packet Identifiers of QoS 1 and 2 messages that are not complete, both ways, of all Sessions.
  // Looks at each Session.
  size_t CountPacketIds();

 private:
  friend class Client;

  // How often expired messages are swept, and memory is looked after.
  static constexpr Duration kHousekeepingInterval = seconds(1);
  static constexpr Duration kReliefInterval = milliseconds(10);

  // -- For Client.
  const PortAccess& access(PortId port) const { return authority_.port(port); }
  // Sends what waits for `session`.
  void Pump(Session& session);
  // Ends the Network Connection that holds the Session of this name, if there is one
  // [MQTT-3.1.4-3].
  void TakeOver(std::string_view client_id);
  // False: too many wait for an answer. `exchange`: of the Challenge that this answers, if any.
  bool Ask(const Client& client, Credentials credentials, ExchangeId exchange = {});
  // For a connected client that could not be asked about: it hears that within a second. Official
  // clients answer AUTH 0x18 by asking again, at once.
  void AnswerLater(const Client& client) { unasked_.push_back(client.id()); }
  // A random Client Identifier that is at home on this shard.
  std::string MakeClientId();
  bool IsTopicWithinLimits(std::string_view topic) const;
  // The Message Expiry Interval that a message gets.
  std::optional<uint32_t> MessageExpiry(const Properties& properties) const;
  // Whether a publisher to these shards has to wait.
  bool MustHoldBack(ShardSet shards) const;
  void LogConnected(const Client& client, bool session_present);
  void SendAway(PortId port);
  void LogClosed(const Client& client, std::string_view why);
  // As whom the Session is held now, or was last.
  ClientReport ReportOf(const Session& session) const;
  void LogBadInput(const Client& client, ReasonCode code, std::string_view what);
  void LogGivenUp(const Client& client, std::string_view why);  // Before it was connected.

  void OnTimer(Timer& timer);
  void KeepHouse();
  void ShedLargest();
  size_t LongestBacklog() const;
  // Whether publishers that were held back can be let go, or relief that was asked for has come.
  bool CanRelieve() const;
  void LetGo();
  void ReadResumed();
  void EndSome();

  // Messages of the auth shard, by kind.
  void On(AuthAnswer answer);
  void On(GrantEnded ended);
  // Messages of other shards, by kind.
  void On(ShardId from, Forward message);
  void On(ShardId from, HoldPublisher message);
  void On(ShardId from, ReleasePublishers message);
  void On(ShardId from, WantFilters message);
  void On(ShardId from, InterestNoted message);
  void On(ShardId from, InterestSettled message);
  void On(ShardId from, DropFilters message);
  void On(ShardId from, JoinShared message);
  void On(ShardId from, JoinedShared message);
  void On(ShardId from, LeaveShared message);
  void On(ShardId from, LeftShared message);
  void On(ShardId from, SetSharedOnline message);
  void On(ShardId from, SharedDeliver message);
  void On(ShardId from, SharedRefused message);
  void On(ShardId from, SetRetained message);
  void On(ShardId from, RetainedSet message);
  void On(ShardId from, QueryRetained message);
  void On(ShardId from, RetainedPage message);
  void On(ShardId from, HandOver message);

  ShardContext context_;
  Authority authority_;
  Promises promises_;
  SlotMap<Client, ConnectionId> clients_;
  TopicTree tree_;
  SessionStore sessions_;
  MemoryGauge memory_gauge_;
  Brake brake_;
  Delivery delivery_;
  Retaining retaining_;
  Interest interest_;
  Sharing sharing_;
  FanOut fan_out_;
  Publisher publisher_;
  Subscribing subscribing_;
  SessionKeeper keeper_;
  Review review_;

  std::vector<ConnectionId> resumed_;  // To be read on at the end of the turn.
  // Clients that are to go, each once at most, and since when.
  struct Ending {
    Instant since;
    GrantEnded ended;
  };
  BlockQueue<Ending> endings_;
  std::vector<ConnectionId> held_back_;  // Publishers that wait for relief.
  std::vector<ConnectionId> unasked_;    // Of AnswerLater(), each once.
  std::vector<uint8_t> scratch_;
  RateLimit bad_input_log_{20, 20};
  Timer housekeeping_;
  bool draining_ = false;
};

}  // namespace signet
