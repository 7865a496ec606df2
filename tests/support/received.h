// Received: a packet that a broker has sent, taken apart for a test. What is no packet fails the
// test.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "core/mqtt/fixed_header.h"
#include "core/mqtt/publish.h"

namespace signet {

// A packet as it was received, in a form that can be compared and printed.
struct Received {
  PacketType type = PacketType::kPingresp;
  uint8_t flags = 0;
  PacketId packet_id = 0;
  uint8_t code = 0;  // The Reason Code, or the first one.
  std::vector<uint8_t> codes;
  bool session_present = false;
  std::string topic;
  std::string payload;
  QoS qos = QoS::kAtMostOnce;
  bool retain = false;
  bool dup = false;
  std::vector<uint32_t> subscription_ids;
  // Every property as it stood on the wire.
  std::vector<uint8_t> properties;
  std::optional<uint32_t> message_expiry_s;
  std::optional<uint16_t> topic_alias;
  std::string assigned_client_id;
  std::string authentication_method;
  std::string authentication_data;
};

// Takes the whole packets off the front of `bytes`, and leaves what has begun.
void TakePackets(std::vector<uint8_t>* bytes, ProtocolVersion version,
                 std::deque<Received>* received);

}  // namespace signet
