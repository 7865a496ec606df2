#include "tests/support/received.h"

#include "core/mqtt/auth_packet.h"
#include "core/mqtt/connack.h"
#include "core/mqtt/disconnect.h"
#include "core/mqtt/packet_assembler.h"
#include "core/mqtt/publish_ack.h"
#include "core/mqtt/subscribe.h"
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
  received->authentication_method = properties.authentication_method;
  received->authentication_data = AsText(properties.authentication_data);
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

void TakePackets(std::vector<uint8_t>* bytes, ProtocolVersion version,
                 std::deque<Received>* received) {
  ByteView rest = *bytes;
  FixedHeader header;
  while (ParseFixedHeader(rest, &header) == HeaderState::kWhole &&
         rest.size() >= header.packet_size()) {
    const PacketAssembler::Packet packet{
        .header = header, .body = rest.subspan(header.header_size, header.remaining_length)};
    received->push_back(DecodeReceived(packet, version));
    rest = rest.subspan(header.packet_size());
  }
  *bytes = {rest.begin(), rest.end()};
}

}  // namespace signet
