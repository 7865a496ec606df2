#include "tests/support/test_client.h"

#include "core/mqtt/auth_packet.h"
#include "core/mqtt/disconnect.h"
#include "core/mqtt/packet_assembler.h"
#include "core/mqtt/publish_ack.h"
#include "core/mqtt/unsubscribe.h"
#include "gtest/gtest.h"

namespace signet {
namespace {

constexpr uint32_t kManyProperties = 65'535;

std::vector<uint32_t> SubscriptionIdsOf(ByteView wire) {
  std::vector<uint32_t> ids;
  while (!wire.empty()) {
    const PropertyView property = TakeProperty(&wire);
    if (property.id != PropertyId::kSubscriptionIdentifier) continue;
    ids.push_back(ParseVarInt(property.value).value);
  }
  return ids;
}

void TakeProperties(const Properties& properties, Received* received) {
  received->properties = {properties.wire.begin(), properties.wire.end()};
  received->assigned_client_id = properties.assigned_client_id;
  received->subscription_ids = SubscriptionIdsOf(properties.wire);
  if (properties.Has(PropertyId::kMessageExpiryInterval)) {
    received->message_expiry_s = properties.message_expiry_s;
  }
  if (properties.Has(PropertyId::kTopicAlias)) received->topic_alias = properties.topic_alias;
}

template <typename View>
const View& Whole(const Result<View>& result) {
  EXPECT_TRUE(result.ok()) << "the broker sent what is no packet";
  static const View none{};
  return result.ok() ? *result : none;
}

void DecodePublishInto(const PacketAssembler::Packet& packet, ProtocolVersion version,
                       Received* received) {
  const auto decoded = DecodePublish(packet.header.flags, ByteReader(packet.body), version,
                                     Sender::kServer, kManyProperties);
  const PublishView& publish = Whole(decoded);
  received->topic = publish.topic_name;
  received->payload = AsText(publish.payload);
  received->qos = publish.qos;
  received->retain = publish.retain;
  received->dup = publish.dup;
  received->packet_id = publish.packet_id;
  TakeProperties(publish.properties, received);
}

template <typename View>
void DecodeCodesInto(const Result<View>& decoded, Received* received) {
  const View& view = Whole(decoded);
  received->packet_id = view.packet_id;
  received->codes = {view.codes.begin(), view.codes.end()};
  if (!received->codes.empty()) received->code = received->codes.front();
  TakeProperties(view.properties, received);
}

template <typename View>
void DecodeReasonInto(const Result<View>& decoded, Received* received) {
  const View& view = Whole(decoded);
  received->code = static_cast<uint8_t>(view.reason_code);
  TakeProperties(view.properties, received);
}

Received DecodeReceived(const PacketAssembler::Packet& packet, ProtocolVersion version) {
  Received received{.type = packet.header.type, .flags = packet.header.flags};
  const ByteReader body(packet.body);
  switch (packet.header.type) {
    case PacketType::kConnack: {
      const auto decoded = DecodeConnack(body, version, kManyProperties);
      received.code = Whole(decoded).code;
      received.session_present = Whole(decoded).session_present;
      TakeProperties(Whole(decoded).properties, &received);
      break;
    }
    case PacketType::kPublish:
      DecodePublishInto(packet, version, &received);
      break;
    case PacketType::kPuback:
    case PacketType::kPubrec:
    case PacketType::kPubrel:
    case PacketType::kPubcomp: {
      const auto decoded = DecodePublishAck(packet.header.type, body, version, kManyProperties);
      DecodeReasonInto(decoded, &received);
      received.packet_id = Whole(decoded).packet_id;
      break;
    }
    case PacketType::kSuback:
      DecodeCodesInto(DecodeSuback(body, version, kManyProperties), &received);
      break;
    case PacketType::kUnsuback:
      DecodeCodesInto(DecodeUnsuback(body, version, kManyProperties), &received);
      break;
    case PacketType::kDisconnect:
      DecodeReasonInto(DecodeDisconnect(body, version, Sender::kServer, kManyProperties),
                       &received);
      break;
    case PacketType::kAuth:
      DecodeReasonInto(DecodeAuth(body, kManyProperties), &received);
      break;
    case PacketType::kPingresp:
      EXPECT_TRUE(packet.body.empty());
      break;
    default:
      ADD_FAILURE() << "a Server does not send " << Name(packet.header.type);
  }
  return received;
}

}  // namespace

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
  ConnectView connect{.version = version_,
                      .clean_start = options.clean_start,
                      .keep_alive_s = options.keep_alive_s,
                      .client_id = client_id_,
                      .will = options.will};
  connect.properties.wire = properties.wire();
  PacketBytes bytes;
  EncodeConnect(connect, &bytes);
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
  ByteView rest = bytes_;
  FixedHeader header;
  while (ParseFixedHeader(rest, &header) == HeaderState::kWhole &&
         rest.size() >= header.packet_size()) {
    const PacketAssembler::Packet packet{
        .header = header, .body = rest.subspan(header.header_size, header.remaining_length)};
    received_.push_back(DecodeReceived(packet, version_));
    rest = rest.subspan(header.packet_size());
  }
  bytes_ = {rest.begin(), rest.end()};
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
