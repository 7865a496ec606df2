#include "tests/support/wire_client.h"

#include "gtest/gtest.h"
#include "tests/support/bytes.h"

namespace signet {

std::vector<uint8_t> ConnectBytes(const ConnectView& connect) {
  std::vector<uint8_t> bytes;
  EncodeConnect(connect, &bytes);
  return bytes;
}

std::vector<uint8_t> PublishBytes(const PublishView& publish, ProtocolVersion version) {
  std::vector<uint8_t> bytes;
  EncodePublish(publish, version, &bytes);
  return bytes;
}

std::vector<uint8_t> SubscribeBytes(PacketId id, std::span<const std::string> filters, QoS qos,
                                    ProtocolVersion version, uint32_t subscription_id) {
  std::vector<uint8_t> entries;
  for (const std::string& filter : filters) {
    AppendSubscribeEntry({.topic_filter = filter, .options = {.maximum_qos = qos}}, &entries);
  }
  PropertyBuffer properties;
  if (subscription_id != 0) {
    properties.AddVarInt(PropertyId::kSubscriptionIdentifier, subscription_id);
  }
  SubscribeView subscribe{.packet_id = id, .entries = entries};
  subscribe.properties.wire = properties.wire();
  std::vector<uint8_t> bytes;
  EncodeSubscribe(subscribe, version, &bytes);
  return bytes;
}

std::vector<uint8_t> AckBytes(PacketType type, PacketId id) {
  const auto bytes = EncodeShortPublishAck(type, id);
  return {bytes.begin(), bytes.end()};
}

WireClient::WireClient(uint16_t port, int receive_buffer) : socket_(port, receive_buffer) {}

void WireClient::Connect(std::string_view client_id) {
  Connect({.version = ProtocolVersion::k5, .clean_start = true, .client_id = client_id});
}

void WireClient::Connect311(std::string_view client_id) {
  Connect({.version = ProtocolVersion::k311, .clean_start = true, .client_id = client_id});
}

void WireClient::Connect(const ConnectView& connect) {
  SendConnect(connect);
  EXPECT_EQ(Expect(PacketType::kConnack).code, 0) << connect.client_id;
}

void WireClient::SendConnect(const ConnectView& connect) {
  version_ = connect.version;
  Send(ConnectBytes(connect));
}

std::vector<uint8_t> WireClient::Subscribe(std::span<const std::string> filters, QoS qos,
                                           uint32_t subscription_id) {
  Send(SubscribeBytes(1, filters, qos, version_, subscription_id));
  return Expect(PacketType::kSuback).codes;
}

void WireClient::Subscribe(const std::string& filter, QoS qos) {
  EXPECT_EQ(Subscribe({&filter, 1}, qos), std::vector<uint8_t>{static_cast<uint8_t>(qos)});
}

std::optional<Received> WireClient::Next(std::chrono::milliseconds patience) {
  while (received_.empty()) {
    const std::vector<uint8_t> more =
        socket_.ReceiveSome(patience).value_or(std::vector<uint8_t>());
    if (more.empty()) return std::nullopt;
    bytes_.insert(bytes_.end(), more.begin(), more.end());
    TakePackets(&bytes_, version_, &received_);
  }
  Received next = std::move(received_.front());
  received_.pop_front();
  return next;
}

Received WireClient::Expect(PacketType type) {
  std::optional<Received> next = Next();
  if (!next.has_value()) {
    ADD_FAILURE() << "no " << Name(type) << " in time";
    return {};
  }
  EXPECT_EQ(Name(next->type), Name(type)) << "code " << int{next->code};
  return std::move(*next);
}

void WireClient::AwaitPing() {
  Send(Bytes("C0 00"));
  while (const std::optional<Received> next = Next()) {
    if (next->type == PacketType::kPingresp) return;
  }
  ADD_FAILURE() << "no PINGRESP";
}

uint8_t WireClient::ReasonOfEnd() {
  while (std::optional<Received> next = Next()) {
    if (next->type == PacketType::kDisconnect) return next->code;
  }
  EXPECT_EQ(socket_.ReceiveUntilClosed(), std::vector<uint8_t>()) << "still open";
  return 0;
}

}  // namespace signet
