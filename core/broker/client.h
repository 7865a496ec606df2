// Client: the protocol state of one Network Connection, from its first byte to its last. Bytes go
// in by Receive(); what it has to say stands in output(). Which packet is allowed when, and what it
// does, is decided here, in one file per group of packets: client_connect.cc, client_publish.cc,
// client_subscribe.cc, client_auth.cc. Owned by the ShardBroker; used on its thread alone.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "core/access/auth_mail.h"
#include "core/access/authorizer.h"
#include "core/base/output_queue.h"
#include "core/base/timer_wheel.h"
#include "core/broker/ack_queue.h"
#include "core/broker/promise.h"
#include "core/broker/proof.h"
#include "core/mqtt/connect.h"
#include "core/mqtt/packet_assembler.h"
#include "core/mqtt/publish.h"
#include "core/session/topic_alias.h"
#include "core/session/will.h"

namespace signet {

class Session;
class ShardBroker;
struct MessageView;
struct TopicFilterView;

class Client {
 public:
  enum class State : uint8_t {
    kNew,             // Only CONNECT is allowed [MQTT-3.1.0-1].
    kTooLarge,        // Its CONNECT is; how it is told so depends on its version, which is awaited.
    kAuthenticating,  // CONNECT was read, its answer is awaited; only AUTH is read, if we asked.
    kLeaving,         // On its way to its home shard; nothing is read.
    kConnected,
    kClosed,  // Nothing is read; what is in the output may still leave.
  };

  // The auth shard answers each question, as its methods have timeouts of their own: a minute at
  // most for each server. This is for the day on which it does not.
  static constexpr Duration kVerdictPatience = seconds(300);

  // CONNECT and an AUTH before its answer have Limits::connect_bytes together; this much an AUTH
  // may have beside the largest CONNECT.
  static constexpr size_t kFirstAuthBytes = 2048;

  // Whether the client comes from another shard, which has let it in.
  enum class Origin : uint8_t { kAccepted, kHandedOver };
  Client(ConnectionId connection_id, ShardBroker* broker, PortId port, std::string peer,
         Origin origin, std::unique_ptr<Proof> proof);

  ConnectionId id() const { return id_; }
  State state() const { return state_; }
  ProtocolVersion version() const { return version_; }
  bool is_v5() const { return version_ == ProtocolVersion::k5; }
  const std::string& peer() const { return peer_; }
  PortId port() const { return port_; }
  const Principal& principal() const {
    static const Principal kNobody;
    return proof_ == nullptr ? kNobody : proof_->principal;
  }

  // What waits to be sent. Whoever writes to it calls NoteOutput() afterwards.
  OutputQueue& output() { return output_; }
  const OutputQueue& output() const { return output_; }
  void NoteOutput() {
    if (!output_noted_) NoteFirstOutput();
  }

  // Whether bytes from the peer are wanted now.
  bool wants_input() const { return state_ != State::kClosed && pauses_ == 0; }

  // The I/O side cannot hand on its output: a send of an earlier turn is still in flight.
  bool output_is_held_up() const { return held_up_; }

  // -- For Brake: a message of this client went to a Session that falls behind, or such a Session
  // waits no more. Until that is true of all of them it is not read from, unless others wait for
  // it: then its acknowledgements are what everybody needs.
  void HoldBack();
  void LetGo();
  // Whether others wait for it has changed.
  void UpdateBrake();

  // -- For Review: ends the Network Connection, DISCONNECT with `code`. `why` is for both sides.
  void Expel(ReasonCode code, std::string_view why) { Disconnect(code, why); }

  // What the Client can take: Maximum Packet Size [MQTT-3.1.2-24], and aliases, null if none.
  uint32_t maximum_packet_size() const { return maximum_packet_size_; }
  OutboundAliases* outbound_aliases() { return outbound_aliases_.get(); }

 private:
  friend class ShardBroker;
  using Packet = PacketAssembler::Packet;

  // Reasons not to read from a client; it is read again once none is left.
  enum class Pause : uint8_t {
    kAuthentication = 1,
    kAcks = 2,        // Limits::pending_acks.
    kCongestion = 4,  // A shard it publishes to, or memory: see ShardBroker::LetGo.
    kOutput = 8,      // Limits::output_hard_bytes.
    kLeaving = 16,
    kBrake = 32,  // A Session it publishes to falls behind.
  };

  const Promise& promise() const;

  // client.cc
  void AwaitHandshake();
  void HandshakeDone(SharedChain chain);
  void Receive(ByteView bytes);
  void OutputSent(size_t size);
  void HandlePackets(ByteView bytes);
  size_t MostPacketBytes() const;
  void HandlePacket(const Packet& packet);
  void RefuseFirstPacket(PacketType type);
  void RefuseFirstByte(uint8_t byte);
  void CheckUnfinished();
  void GiveUpUnfinished();
  void HandleConnected(const Packet& packet);
  void RefusePacket(PacketAssembler::Step step, const FixedHeader& header);
  // Malformed Packet, Protocol Error and the like: what a broken or hostile peer sends (4.13). It
  // leaves one line in the log, under a limit.
  void Refuse(ReasonCode code, std::string_view what);
  // Ends the Network Connection: DISCONNECT with `code` if the client is connected and speaks MQTT
  // 5, then close. `why` is for the log and, as Reason String, for the client.
  void Disconnect(ReasonCode code, std::string_view why, bool with_will = true);
  void SendDisconnect(ReasonCode code, std::string_view why);
  // Ends it without a word.
  void Close(std::string_view why);
  void EnterClosed(bool with_will);
  // It goes on at its home shard; what is left here is an empty shell.
  void Depart();
  void PauseInput(Pause reason);
  void ResumeInput(Pause reason);
  void ReadOn();
  void NoteFirstOutput();
  void Send(const PacketBytes& bytes);
  void ArmTimer();
  void OnTimer();

  // client_connect.cc
  void OnConnect(const Packet& packet);
  ReasonCode CheckConnect(const ConnectView& connect) const;
  void Authenticate(const ConnectView& connect);
  void OnAnswerToConnect(AuthOutcome outcome);
  void Admit(const ConnectView& connect);
  void ComeHome(const ConnectView& connect);
  void ApplyConnect(const ConnectView& connect);
  void SendConnack(const ConnectView& connect, bool session_present, bool assigned);
  void RefuseConnect(ReasonCode code, std::string_view why);
  // The same for what the Authority has refused, and logged.
  void RefuseNotAuthorized(std::string_view why);
  void SendRefusal(ReasonCode code, std::string_view why);
  void RefuseLargeConnect(ByteView beginning);
  std::unique_ptr<Will> MakeWill(const ConnectView& connect) const;
  void OnDisconnect(const Packet& packet);

  // client_publish.cc
  void OnPublish(const Packet& packet);
  bool ResolveTopicAlias(PublishView* publish);
  // Counts a QoS 1 or 2 message, and finds out whether it is one that was received before.
  enum class Admission : uint8_t { kNew, kDuplicate, kRefused };
  Admission AdmitPublish(const PublishView& publish);
  ReasonCode CheckPublish(const PublishView& publish) const;
  // Whether the policy of its port lets it. `client_id`: its own, or the one that it is to get.
  bool MayConnect(std::string_view client_id) const;
  bool MayPublish(std::string_view client_id, std::string_view topic_name,
                  const Manner& manner) const;
  bool MaySubscribe(std::string_view topic_filter, QoS maximum_qos) const;
  MessageView MakeMessage(const PublishView& publish, const Packet& packet);
  void Distribute(const PublishView& publish, const MessageView& message);
  void OnPuback(const Packet& packet);
  void OnPubrec(const Packet& packet);
  void OnPubrel(const Packet& packet);
  void OnPubcomp(const Packet& packet);

  // client_acks.cc
  // Sends an acknowledgement, or lets it wait behind others.
  void Acknowledge(PacketType type, PacketId id, ReasonCode code);
  AckQueue::Ticket Await(PendingAck ack);
  // The commit on which `ticket` waited is done. kSuccess leaves the code as it is.
  void FinishAck(AckQueue::Ticket ticket, ReasonCode code);
  void FlushAcks();
  void SendAck(const PendingAck& ack);
  void SendPublishAck(PacketType type, PacketId id, ReasonCode code);

  // client_subscribe.cc
  void OnSubscribe(const Packet& packet);
  // New Subscriptions of a packet.
  struct Fresh {
    size_t filters = 0;
    size_t bytes = 0;
  };
  // `index` of the filter in its packet, `fresh` ones before it in the packet; `known`: it exists.
  ReasonCode CheckSubscribe(const TopicFilterView& filter, QoS maximum_qos, size_t index,
                            const Fresh& fresh, bool known) const;
  void OnUnsubscribe(const Packet& packet);
  // Takes the Reason Codes of the SUBACK or UNSUBACK that waits there, which may then leave.
  absl::AnyInvocable<void(std::vector<uint8_t> codes) &&> AnswerBy(AckQueue::Ticket ticket);

  // client_auth.cc
  // What stands between two AUTH packets.
  enum class Exchange : uint8_t {
    kNone,
    kAsking,       // The auth shard.
    kClientsTurn,  // It was challenged, and has to answer that.
    kMayRetry,     // Nobody could decide: it may send the same again, or begin anew.
  };
  void OnAuth(const Packet& packet);
  void OnFirstAuth(const Packet& packet);
  void AskAgain(Credentials::Source source, const Properties& properties);
  // False: it waits for none.
  bool TakeAnswer(AuthOutcome outcome);
  void OnAnswerToAuth(AuthOutcome outcome);
  void SendAuth(ReasonCode code, ByteView data);
  void GrantEnded(ReasonCode notice, std::string_view why);
  void ReturnGrant();
  void DropExchange();
  Proof& proof();
  // As whom it leaves something behind.
  const SharedAuthor& AuthorOf(const Session& session);

  const ConnectionId id_;
  ShardBroker& broker_;
  const PortId port_;
  State state_ = State::kNew;
  Exchange exchange_ = Exchange::kNone;
  ProtocolVersion version_ = ProtocolVersion::k311;
  uint8_t pauses_ = 0;
  bool output_noted_ : 1 = false;  // In Effects::output of this turn.
  bool held_up_ : 1 = false;
  bool has_ended_ : 1 = false;    // What it was let in by; it is about to be closed.
  bool handshaking_ : 1 = false;  // Something below MQTT is still being agreed on.
  bool request_problem_information_ : 1 = true;
  uint16_t keep_alive_s_ = 0;
  uint16_t receive_maximum_ = 65'535;
  Promises::Id promise_ = 0;   // What it was told of our limits.
  uint32_t holds_ = 0;         // HoldBack() without LetGo().
  uint32_t inbound_open_ = 0;  // QoS 1 and 2 messages of the client that are not complete.
  uint32_t maximum_packet_size_ = 0;
  uint32_t session_expiry_s_ = 0;
  Session* session_ = nullptr;
  OutputQueue output_;
  PacketAssembler assembler_;
  std::vector<uint8_t> unread_;  // Received while nothing was to be read.
  AckQueue acks_;
  std::unique_ptr<InboundAliases> inbound_aliases_;
  std::unique_ptr<OutboundAliases> outbound_aliases_;
  Instant last_packet_;
  Timer timer_;
  SharedBuffer connect_;  // The body of CONNECT, until it is answered. It may hold secrets.
  std::string peer_;
  const Origin origin_;
  std::unique_ptr<Proof> proof_;  // Null while it is nobody in particular.
};

}  // namespace signet
