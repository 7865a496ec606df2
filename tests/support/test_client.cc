#include "tests/support/test_client.h"

#include "core/mqtt/auth_packet.h"
#include "core/mqtt/disconnect.h"
#include "core/mqtt/publish_ack.h"
#include "core/mqtt/unsubscribe.h"
#include "gtest/gtest.h"

namespace signet {

TestClient::TestClient(CoreWorld* world, std::string client_id)
    : world_(*world), client_id_(std::move(client_id)), peer_(world->Open()) {}

TestClient::TestClient(CoreWorld* world, std::string client_id, uint32_t shard)
    : world_(*world), client_id_(std::move(client_id)), peer_(world->Open(shard)) {}

void TestClient::SendConnect(const ConnectOptions& options) {
  version_ = options.version;
  PropertyBuffer properties;
  if (options.session_expiry_s) {
    properties.AddU32(PropertyId::kSessionExpiryInterval, *options.session_expiry_s);
  }
  if (options.receive_maximum) {
    properties.AddU16(PropertyId::kReceiveMaximum, *options.receive_maximum);
  }
  if (options.maximum_packet_size) {
    properties.AddU32(PropertyId::kMaximumPacketSize, *options.maximum_packet_size);
  }
  if (options.topic_alias_maximum) {
    properties.AddU16(PropertyId::kTopicAliasMaximum, *options.topic_alias_maximum);
  }
  if (options.authentication_method) {
    properties.AddText(PropertyId::kAuthenticationMethod, *options.authentication_method);
    properties.AddText(PropertyId::kAuthenticationData, options.authentication_data);
  }
  ConnectView connect{.version = version_,
                      .clean_start = options.clean_start,
                      .keep_alive_s = options.keep_alive_s,
                      .client_id = client_id_,
                      .will = options.will,
                      .claimed_username = options.username};
  if (options.password) connect.password = AsBytes(*options.password);
  connect.properties.wire = properties.wire();
  PacketBytes bytes;
  EncodeConnect(connect, &bytes);
  peer_->Send(bytes);
}

void TestClient::SendAuth(ReasonCode code, std::string_view method, std::string_view data) {
  PropertyBuffer properties;
  properties.AddText(PropertyId::kAuthenticationMethod, method);
  properties.AddText(PropertyId::kAuthenticationData, data);
  AuthView auth{.reason_code = code};
  auth.properties.wire = properties.wire();
  PacketBytes bytes;
  EncodeAuth(auth, &bytes);
  peer_->Send(bytes);
}

Received TestClient::Connect(const ConnectOptions& options) {
  SendConnect(options);
  const Received connack = Next(PacketType::kConnack);
  EXPECT_EQ(connack.code, 0) << client_id_;
  return connack;
}

std::vector<uint8_t> TestClient::Subscribe(std::string_view filter, QoS qos,
                                           uint32_t subscription_id) {
  return Subscribe({{.topic_filter = filter, .options = {.maximum_qos = qos}}}, subscription_id);
}

std::vector<uint8_t> TestClient::Subscribe(const std::vector<SubscribeEntry>& entries,
                                           uint32_t subscription_id) {
  PacketBytes wire;
  for (const SubscribeEntry& entry : entries) AppendSubscribeEntry(entry, &wire);
  PropertyBuffer properties;
  if (subscription_id != 0) {
    properties.AddVarInt(PropertyId::kSubscriptionIdentifier, subscription_id);
  }
  SubscribeView subscribe{.packet_id = next_packet_id_++, .entries = wire};
  subscribe.properties.wire = properties.wire();
  PacketBytes bytes;
  EncodeSubscribe(subscribe, version_, &bytes);
  peer_->Send(bytes);
  const Received suback = Next(PacketType::kSuback);
  EXPECT_EQ(suback.packet_id, subscribe.packet_id);
  return suback.codes;
}

uint8_t TestClient::Unsubscribe(std::string_view filter) {
  PacketBytes wire;
  AppendUnsubscribeEntry(filter, &wire);
  PacketBytes bytes;
  EncodeUnsubscribe({.packet_id = next_packet_id_++, .entries = wire}, version_, &bytes);
  peer_->Send(bytes);
  return Next(PacketType::kUnsuback).code;
}

PacketId TestClient::SendPublish(const Publication& publication) {
  PublishView publish{.dup = publication.dup,
                      .qos = publication.qos,
                      .retain = publication.retain,
                      .topic_name = publication.topic,
                      .payload = AsBytes(publication.payload)};
  publish.properties.wire = publication.properties;
  if (publication.qos != QoS::kAtMostOnce) {
    publish.packet_id = publication.packet_id != 0 ? publication.packet_id : next_packet_id_++;
  }
  PacketBytes bytes;
  EncodePublish(publish, version_, &bytes);
  peer_->Send(bytes);
  return publish.packet_id;
}

uint8_t TestClient::Publish(const Publication& publication) {
  const PacketId id = SendPublish(publication);
  if (publication.qos == QoS::kAtMostOnce) {
    world_.Run();
    return 0;
  }
  const Received ack =
      Next(publication.qos == QoS::kAtLeastOnce ? PacketType::kPuback : PacketType::kPubrec);
  EXPECT_EQ(ack.packet_id, id);
  if (publication.qos == QoS::kExactlyOnce && ack.code < 0x80) {
    SendAck(PacketType::kPubrel, id);
    EXPECT_EQ(Next(PacketType::kPubcomp).packet_id, id);
  }
  return ack.code;
}

void TestClient::SendAck(PacketType type, PacketId id, ReasonCode code) {
  PacketBytes bytes;
  EncodePublishAck(type, {.packet_id = id, .reason_code = code}, version_, &bytes);
  peer_->Send(bytes);
}

void TestClient::Disconnect(ReasonCode code) {
  PacketBytes bytes;
  EncodeDisconnect({.reason_code = code}, version_, &bytes);
  peer_->Send(bytes);
  world_.Run();
}

void TestClient::Decode() {
  const std::vector<uint8_t> fresh = peer_->Take();
  bytes_.insert(bytes_.end(), fresh.begin(), fresh.end());
  TakePackets(&bytes_, version_, &received_);
}

Received TestClient::Next() {
  world_.Run();
  Decode();
  if (received_.empty()) {
    ADD_FAILURE() << client_id_ << ": nothing was received";
    return {};
  }
  Received next = std::move(received_.front());
  received_.pop_front();
  return next;
}

Received TestClient::Next(PacketType type) {
  Received next = Next();
  EXPECT_EQ(Name(next.type), Name(type)) << client_id_ << ", code " << int{next.code};
  return next;
}

Received TestClient::NextMessage() {
  Received message = Next(PacketType::kPublish);
  if (message.qos == QoS::kAtLeastOnce) SendAck(PacketType::kPuback, message.packet_id);
  if (message.qos == QoS::kExactlyOnce) {
    SendAck(PacketType::kPubrec, message.packet_id);
    world_.Run();
    Decode();
    // Its PUBREL may stand behind other messages.
    for (auto at = received_.begin(); at != received_.end(); ++at) {
      if (at->type != PacketType::kPubrel || at->packet_id != message.packet_id) continue;
      received_.erase(at);
      SendAck(PacketType::kPubcomp, message.packet_id);
      return message;
    }
    ADD_FAILURE() << client_id_ << ": no PUBREL";
  }
  return message;
}

std::vector<std::string> TestClient::Messages() {
  std::vector<std::string> payloads;
  while (!Silent()) payloads.push_back(NextMessage().payload);
  return payloads;
}

bool TestClient::Silent() {
  world_.Run();
  Decode();
  return received_.empty();
}

bool TestClient::closed() {
  world_.Run();
  return peer_->closed();
}

}  // namespace signet
