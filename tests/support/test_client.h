// TestClient: a client that speaks MQTT to a CoreWorld in sentences: what tests of the broker's
// rules need. It takes apart all it receives; what is not asked for is a failure. Bytes to the
// letter are the matter of the conformance vectors.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/mqtt/connack.h"
#include "core/mqtt/connect.h"
#include "core/mqtt/publish.h"
#include "core/mqtt/subscribe.h"
#include "tests/support/core_world.h"
#include "tests/support/received.h"

namespace signet {

struct ConnectOptions {
  ProtocolVersion version = ProtocolVersion::k5;
  bool clean_start = true;
  uint16_t keep_alive_s = 0;
  std::optional<uint32_t> session_expiry_s;
  std::optional<uint16_t> receive_maximum;
  std::optional<uint32_t> maximum_packet_size;
  std::optional<uint16_t> topic_alias_maximum;
  std::optional<WillView> will;
  std::optional<std::string_view> username;
  std::optional<std::string_view> password;
  std::optional<std::string_view> authentication_method;
  std::string_view authentication_data;
};

class TestClient {
 public:
  // Opens a connection on the next shard, or on `shard`.
  TestClient(CoreWorld* world, std::string client_id);
  TestClient(CoreWorld* world, std::string client_id, uint32_t shard);

  // Sends CONNECT and expects a CONNACK without error; returns it.
  Received Connect(const ConnectOptions& options = {});
  void SendConnect(const ConnectOptions& options);

  // Sends SUBSCRIBE, expects SUBACK, and returns its Reason Codes.
  std::vector<uint8_t> Subscribe(std::string_view filter, QoS qos = QoS::kAtMostOnce,
                                 uint32_t subscription_id = 0);
  std::vector<uint8_t> Subscribe(const std::vector<SubscribeEntry>& entries,
                                 uint32_t subscription_id = 0);
  uint8_t Unsubscribe(std::string_view filter);

  struct Publication {
    std::string_view topic;
    std::string_view payload;
    QoS qos = QoS::kAtMostOnce;
    bool retain = false;
    bool dup = false;
    PacketId packet_id = 0;  // Chosen if 0.
    ByteView properties;
  };
  // Sends it, plays the handshake of its QoS to the end, and returns the Reason Code of PUBACK or
  // PUBREC.
  uint8_t Publish(const Publication& publication);
  // Sends it and nothing more.
  PacketId SendPublish(const Publication& publication);

  // AUTH (MQTT 5, 3.15).
  void SendAuth(ReasonCode code, std::string_view method, std::string_view data);

  void SendAck(PacketType type, PacketId id, ReasonCode code = ReasonCode::kSuccess);
  void Disconnect(ReasonCode code = ReasonCode::kSuccess);

  // Lets the broker run, then takes the next packet. Fails the test if there is none.
  Received Next();
  // The same; the packet has to be of this type.
  Received Next(PacketType type);
  // The next PUBLISH; acknowledges it as its QoS wants, to the end.
  Received NextMessage();
  // Payloads of all messages that are there, each acknowledged.
  std::vector<std::string> Messages();
  // Whether nothing is left to be taken.
  bool Silent();

  bool closed();
  CoreWorld::Peer& peer() { return *peer_; }
  ProtocolVersion version() const { return version_; }
  const std::string& client_id() const { return client_id_; }

 private:
  void Decode();

  CoreWorld& world_;
  const std::string client_id_;
  CoreWorld::Peer* const peer_;
  ProtocolVersion version_ = ProtocolVersion::k5;
  PacketId next_packet_id_ = 1;
  std::vector<uint8_t> bytes_;
  std::deque<Received> received_;
};

}  // namespace signet
