// WireClient: a client that speaks MQTT to a running broker over a socket, in sentences: the
// sibling of TestClient, which speaks to a broker in memory. It may also send what no client
// should: that is bytes. Used by one thread at a time; every wait has an end.
#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/mqtt/connect.h"
#include "core/mqtt/publish.h"
#include "core/mqtt/publish_ack.h"
#include "core/mqtt/subscribe.h"
#include "tests/support/received.h"
#include "tests/support/socket_client.h"

namespace signet {

// -- Packets of either version.
std::vector<uint8_t> ConnectBytes(const ConnectView& connect);
std::vector<uint8_t> PublishBytes(const PublishView& publish,
                                  ProtocolVersion version = ProtocolVersion::k5);
// Adds a SUBSCRIBE of all `filters`; a Subscription Identifier of 0 is left out.
std::vector<uint8_t> SubscribeBytes(PacketId id, std::span<const std::string> filters, QoS qos,
                                    ProtocolVersion version = ProtocolVersion::k5,
                                    uint32_t subscription_id = 0);
std::vector<uint8_t> AckBytes(PacketType type, PacketId id);

class WireClient {
 public:
  // Opens the connection and says nothing. A `receive_buffer` makes it slow to read.
  explicit WireClient(uint16_t port, int receive_buffer = 0);

  // CONNECT, which must succeed. Clean Start, no Keep Alive, unless `connect` says otherwise.
  void Connect(std::string_view client_id);
  void Connect(const ConnectView& connect);
  void Connect311(std::string_view client_id);
  // The same without an answer.
  void SendConnect(const ConnectView& connect);

  // SUBSCRIBE, and the Reason Codes of its SUBACK.
  std::vector<uint8_t> Subscribe(std::span<const std::string> filters, QoS qos,
                                 uint32_t subscription_id = 0);
  // Of one filter, which must be granted.
  void Subscribe(const std::string& filter, QoS qos = QoS::kAtMostOnce);

  bool Send(ByteView bytes) { return socket_.Send(bytes); }
  bool Publish(const PublishView& publish) { return Send(PublishBytes(publish, version_)); }

  // The next packet; nothing if the broker has closed, or none comes in time.
  std::optional<Received> Next(std::chrono::milliseconds patience = SocketClient::kPatience);
  // The next packet, which must be of this type.
  Received Expect(PacketType type);
  // All that was sent is handled once a ping is answered; what comes before the answer is skipped.
  void AwaitPing();
  // The Reason Code of the DISCONNECT behind whatever else comes; 0 if the broker just closes.
  // Fails the test if it does neither.
  uint8_t ReasonOfEnd();

  SocketClient& socket() { return socket_; }
  ProtocolVersion version() const { return version_; }

 private:
  SocketClient socket_;
  ProtocolVersion version_ = ProtocolVersion::k5;
  std::vector<uint8_t> bytes_;
  std::deque<Received> received_;
};

}  // namespace signet
