// From one client's PUBLISH to another's: what PublishEncoder writes is what was published, for any
// receiver, and as long as it said. Input: the publisher's version, flags, how often the payload is
// repeated; the receivers, seven bytes each up to a zero; the body.
#include <array>
#include <vector>

#include "core/mqtt/publish_encoder.h"
#include "core/mqtt/travelling_properties.h"
#include "tests/fuzz/round_trip.h"
#include "tests/fuzz/target.h"

namespace signet::fuzz::delivery_fuzz {
namespace {

// It has waited for a while, so that less of the Message Expiry Interval is left.
constexpr Instant kReceived{seconds(1000)};
constexpr uint32_t kWaited_s = 3;
constexpr Instant kNow{seconds(1000 + kWaited_s)};

struct Receiver {
  PublishDelivery delivery;
  std::array<uint32_t, 3> ids{};
};

Receiver MakeReceiver(uint8_t choice, QoS published, Input* input) {
  Receiver receiver;
  PublishDelivery& delivery = receiver.delivery;
  delivery.qos = Lesser(published, static_cast<QoS>(choice % 3));
  delivery.retain = (choice & 4) != 0;
  if (delivery.qos != QoS::kAtMostOnce) {
    delivery.dup = (choice & 8) != 0;
    delivery.packet_id = static_cast<PacketId>(1 + input->Byte());
  }
  if ((choice & 16) != 0) return receiver;  // MQTT 3.1.1, which has no more.
  delivery.version = ProtocolVersion::k5;
  delivery.topic_alias = input->Byte();
  delivery.alias_known = delivery.topic_alias != 0 && (choice & 32) != 0;
  for (uint32_t& id : receiver.ids) id = 1 + (uint32_t{input->Byte()} << input->Byte() % 20);
  return receiver;
}

// The properties that the receiver should get, in any order.
void CheckProperties(const MessageView& message, const Properties& properties,
                     const PublishDelivery& delivery) {
  std::vector<uint8_t> scratch;
  CHECK(AsText(TravellingProperties(properties, &scratch)) == AsText(message.properties));
  CHECK(properties.topic_alias == delivery.topic_alias);
  const bool expires = message.expires_at != Instant::Never();
  CHECK(properties.Has(PropertyId::kMessageExpiryInterval) == expires);
  if (expires) CHECK(kNow + seconds(properties.message_expiry_s) == message.expires_at);
  std::vector<uint32_t> ids;
  for (ByteView rest = properties.wire; !rest.empty();) {
    const PropertyView property = TakeProperty(&rest);
    if (property.id != PropertyId::kSubscriptionIdentifier) continue;
    ids.push_back(ParseVarInt(property.value).value);
  }
  CHECK(std::ranges::equal(ids, delivery.subscription_ids));
}

void CheckPacket(const MessageView& message, const PublishDelivery& delivery, ByteView packet) {
  FixedHeader header;
  CHECK(ParseFixedHeader(packet, &header) == HeaderState::kWhole);
  CHECK(header.minimal_length && header.packet_size() == packet.size());
  const Result<PublishView> publish =
      DecodePublish(header.flags, ByteReader(packet.subspan(header.header_size)), delivery.version,
                    Sender::kServer, UINT16_MAX);
  CHECK(publish.ok());
  CHECK(publish->qos == delivery.qos && publish->dup == delivery.dup);
  CHECK(publish->retain == delivery.retain && publish->packet_id == delivery.packet_id);
  CHECK(publish->topic_name == (delivery.alias_known ? "" : message.topic_name));
  CHECK(AsText(publish->payload) == AsText(message.payload));
  if (delivery.version == ProtocolVersion::k5) {
    CheckProperties(message, publish->properties, delivery);
  }
}

std::vector<uint8_t> TakeAll(OutputQueue* queue) {
  std::vector<uint8_t> all;
  std::array<ByteView, 4> views;
  while (!queue->empty()) {
    size_t taken = 0;
    const size_t used = queue->Gather(views, SIZE_MAX);
    for (size_t i = 0; i < used; ++i) {
      all.insert(all.end(), views[i].begin(), views[i].end());
      taken += views[i].size();
    }
    queue->Consume(taken);
  }
  return all;
}

void Deliver(const MessageView& message, ByteView choices) {
  PublishEncoder encoder(message, kNow);
  BlockPool pool;
  OutputQueue queue(&pool);
  Input input(choices.data(), choices.size());
  while (!input.empty()) {
    const uint8_t choice = input.Byte();
    Receiver receiver = MakeReceiver(choice, message.qos, &input);
    if (receiver.delivery.version == ProtocolVersion::k5) {
      receiver.delivery.subscription_ids = std::span(receiver.ids).first(choice >> 6);
    }
    const size_t size = encoder.Size(receiver.delivery);
    CHECK(size <= encoder.SizeBound(receiver.delivery));
    encoder.Write(receiver.delivery, &queue);
    const std::vector<uint8_t> packet = TakeAll(&queue);
    CHECK(packet.size() == size);
    CheckPacket(message, receiver.delivery, packet);
  }
}

}  // namespace

FUZZ_TARGET(delivery) {
  constexpr size_t kChoices = 24;
  Input input(data, size);
  const ProtocolVersion version = input.Speaker().version;
  const uint8_t flags = input.Byte() & 0x0F;
  const size_t repeats = size_t{1} << input.Byte() % 10;
  const ByteView choices = input.Bytes(kChoices);
  const Result<PublishView> publish = DecodePublish(flags, ByteReader(input.Rest()), version,
                                                    Sender::kClient, fuzz::kMaxUserProperties);
  if (!publish.ok() || publish->topic_name.empty()) return 0;

  std::vector<uint8_t> payload;
  for (size_t i = 0; i < repeats; ++i) {
    payload.insert(payload.end(), publish->payload.begin(), publish->payload.end());
  }
  std::vector<uint8_t> scratch;
  MessageView message{.topic_name = publish->topic_name,
                      .payload = payload,
                      .properties = TravellingProperties(publish->properties, &scratch),
                      .qos = publish->qos,
                      .retain = publish->retain};
  // One that has expired is not delivered.
  const uint32_t expiry_s = publish->properties.message_expiry_s;
  if (expiry_s > kWaited_s) message.expires_at = kReceived + seconds(expiry_s);
  const SharedMessage kept = SharedMessage::From(message);
  Deliver(message, choices);
  Deliver(kept.View(), choices);
  return 0;
}

}  // namespace signet::fuzz::delivery_fuzz
