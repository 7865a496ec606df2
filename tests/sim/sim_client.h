// SimClient: an MQTT client of a simulation. It keeps its half of the Session over many Network
// Connections, obeys the standard itself, and says at once when the broker does not: Packet
// Identifiers in use, Receive Maximum, Session Present, acknowledgements of nothing. What was
// promised to it is the Ledger's matter.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/mqtt/packet_bytes.h"
#include "tests/sim/ledger.h"
#include "tests/sim/random.h"
#include "tests/support/core_world.h"
#include "tests/support/received.h"

namespace signet::sim {

// What is the same in all of a client's life.
struct Habits {
  ProtocolVersion version = ProtocolVersion::k5;
  uint32_t session_expiry_s = UINT32_MAX;  // UINT32_MAX: never. MQTT 3.1.1 knows that and 0.
  uint16_t receive_maximum = 65'535;
  uint16_t topic_alias_maximum = 0;
  uint16_t keep_alive_s = 0;
  bool starts_clean = true;  // Now and then.
  bool has_will = false;
  uint32_t will_delay_s = 0;
  std::vector<std::string> topics;   // It publishes to these, and nobody else does.
  std::vector<std::string> filters;  // It subscribes to some of these.
};

class SimClient {
 public:
  // How often the client hears a packet: 1, unless the broker is to look wrong.
  using Ears = std::function<int(const Received&)>;

  // All outlive the client.
  SimClient(CoreWorld* world, Ledger* ledger, Random* random, std::string name, Habits habits,
            Ears* ears);

  const std::string& name() const { return name_; }
  const Habits& habits() const { return habits_; }
  bool is_connected() const { return line_ == Line::kConnected; }
  bool is_offline() const { return line_ == Line::kNone; }
  // Whether nothing that it began is unfinished; `WaitsFor` says what is.
  bool is_idle() const { return WaitsFor().empty(); }
  std::string WaitsFor() const;
  // Whether it awaits a SUBACK or UNSUBACK.
  bool is_asking() const { return !requests_.empty(); }

  // -- What a client does.
  void Connect();
  // Connects again without closing; the broker has to.
  void TakeItselfOver();
  // Others with its name and its Session race for it, and then say nothing.
  void Race(uint32_t rivals);
  void Publish();
  void Publish(std::string_view topic, QoS qos, bool retain);
  // Removes what is retained there.
  void ClearRetained(std::string_view topic);
  void Subscribe(std::string_view filter);
  void Unsubscribe(std::string_view filter);
  void Ping();
  // Sends some of the acknowledgements that it owes, in their order.
  void Acknowledge(size_t most);
  void Disconnect();
  void Drop();
  // Ends its Session, whatever it was.
  void Retire();
  CoreWorld::Peer* peer() { return peer_; }
  // Whether the broker has output for it that the network has not taken.
  bool has_output() const;

  // The network takes and brings everything at once from now on.
  void Unhinder();

  // Takes all that came.
  void Poll();

  // -- For the one who watches.
  // Connections that the broker serves under this name: never more than one.
  size_t owners() const;
  // Connections that have been left to the broker to close, and are open.
  size_t abandoned() const;

 private:
  enum class Line : uint8_t { kNone, kConnecting, kConnected, kLeaving };
  struct Outbound {
    PacketId id = 0;
    MessageNumber number = 0;
    std::string topic;
    QoS qos = QoS::kAtMostOnce;
    bool retain = false;
    bool released = false;  // PUBREC came.
    bool is_clearing = false;
  };
  struct Ack {
    PacketType type;
    PacketId id;
  };
  struct Request {
    std::string filter;
    bool is_subscribe = false;
    size_t asked = 0;  // By the Ledger's count.
  };

  bool is_v5() const { return habits_.version == ProtocolVersion::k5; }
  bool keeps_session() const { return habits_.session_expiry_s != 0; }
  QoS QosOf(std::string_view filter) const;
  void Fail(std::string_view what);
  PacketBytes MakeConnect(bool clean_start, std::optional<uint32_t> will) const;
  void Send(const PacketBytes& bytes) { peer_->Send(bytes); }
  void SendPublish(const Outbound& outbound, bool dup);
  void SendAck(PacketType type, PacketId id);
  PacketId NextPacketId();
  // The connection is no more, or no more ours.
  void Leave(Fate will);
  Fate FateByAbnormalEnd() const;

  void Handle(const Received& packet);
  void OnConnack(const Received& packet);
  void OnRefused();
  void OnDisconnect(const Received& packet);
  void OnPublish(const Received& packet);
  void OnPublishAck(const Received& packet);
  void OnPubrel(const Received& packet);
  void OnRequestAck(const Received& packet);
  void ResumeOrForget(bool session_present);
  std::string TopicOf(const Received& publish);

  CoreWorld& world_;
  Ledger& ledger_;
  Random& random_;
  const std::string name_;
  const Habits habits_;
  Ears& ears_;

  // -- The connection.
  Line line_ = Line::kNone;
  CoreWorld::Peer* peer_ = nullptr;
  std::vector<uint8_t> bytes_;
  bool clean_start_ = false;
  uint32_t connecting_since_ = 0;  // Step.
  std::optional<uint32_t> will_;
  std::map<uint16_t, std::string> aliases_;
  std::deque<Ack> owed_;
  std::set<PacketId> unacknowledged_;  // Of messages of this connection.
  bool resumed_ = false;
  std::vector<CoreWorld::Peer*> abandoned_;

  // -- The Session.
  bool has_session_ = false;  // The broker surely has it, if it has not expired.
  bool wants_clean_ = false;  // A Clean Start that was not confirmed is tried again.
  Instant alive_until_{};     // When it was last surely in use.
  PacketId last_packet_id_ = 0;
  std::deque<Outbound> outbound_;
  std::map<PacketId, Request> requests_;
  std::set<PacketId> received_qos2_;
};

}  // namespace signet::sim
