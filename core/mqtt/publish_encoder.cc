#include "core/mqtt/publish_encoder.h"

#include <cstring>

#include "core/mqtt/fixed_header.h"
#include "core/mqtt/properties.h"
#include "core/mqtt/publish.h"

namespace signet {
namespace {

constexpr size_t kExpirySize = 5;  // Identifier and four bytes.
constexpr size_t kAliasSize = 3;   // Identifier and two bytes.

uint8_t* StoreBytes(uint8_t* at, ByteView bytes) {
  if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
  return at + bytes.size();
}

uint8_t* StoreId(uint8_t* at, PropertyId id) {
  *at = static_cast<uint8_t>(id);
  return at + 1;
}

}  // namespace

PublishEncoder::PublishEncoder(const MessageView& message, Instant now)
    : message_(message), has_expiry_(message.expires_at != Instant::Never()) {
  if (has_expiry_) expiry_s_ = RemainingExpirySeconds(message.expires_at, now);
  // Fixed header, length of the Topic Name, Packet Identifier, Property Length.
  constexpr size_t kOverhead = 5 + 2 + 2 + 4;
  size_bound_ = kOverhead + message.topic_name.size() + kExpirySize + kAliasSize +
                message.properties.size() + message.payload.size();
  fits_image_ = size_bound_ <= kImageLimit;
  for (Image& image : images_) image.size = 0;
}

size_t PublishEncoder::PropertyLength(const PublishDelivery& delivery) const {
  size_t size = message_.properties.size();
  if (has_expiry_) size += kExpirySize;
  if (delivery.topic_alias != 0) size += kAliasSize;
  for (const uint32_t id : delivery.subscription_ids) size += 1 + VarIntSize(id);
  return size;
}

size_t PublishEncoder::RemainingLength(const PublishDelivery& delivery) const {
  size_t size = 2 + message_.payload.size();
  if (!delivery.alias_known) size += message_.topic_name.size();
  if (delivery.qos != QoS::kAtMostOnce) size += 2;
  if (delivery.version == ProtocolVersion::k5) {
    const size_t properties = PropertyLength(delivery);
    size += VarIntSize(static_cast<uint32_t>(properties)) + properties;
  }
  return size;
}

size_t PublishEncoder::Size(const PublishDelivery& delivery) const {
  const size_t remaining = RemainingLength(delivery);
  return 1 + VarIntSize(static_cast<uint32_t>(remaining)) + remaining;
}

uint8_t* PublishEncoder::WriteHead(const PublishDelivery& delivery, size_t remaining_length,
                                   uint8_t* at, uint16_t* packet_id_offset) const {
  const uint8_t* const begin = at;
  *at++ = static_cast<uint8_t>(static_cast<uint8_t>(PacketType::kPublish) << 4 |
                               PublishFlags(delivery.dup, delivery.qos, delivery.retain));
  at = StoreVarInt(at, static_cast<uint32_t>(remaining_length));
  const std::string_view topic = delivery.alias_known ? std::string_view() : message_.topic_name;
  StoreU16(at, static_cast<uint16_t>(topic.size()));
  at = StoreBytes(at + 2, AsBytes(topic));
  if (delivery.qos != QoS::kAtMostOnce) {
    *packet_id_offset = static_cast<uint16_t>(at - begin);
    StoreU16(at, delivery.packet_id);
    at += 2;
  }
  if (delivery.version == ProtocolVersion::k311) return at;
  at = StoreVarInt(at, static_cast<uint32_t>(PropertyLength(delivery)));
  if (has_expiry_) {
    at = StoreId(at, PropertyId::kMessageExpiryInterval);
    StoreU32(at, expiry_s_);
    at += 4;
  }
  if (delivery.topic_alias != 0) {
    at = StoreId(at, PropertyId::kTopicAlias);
    StoreU16(at, delivery.topic_alias);
    at += 2;
  }
  for (const uint32_t id : delivery.subscription_ids) {
    at = StoreVarInt(StoreId(at, PropertyId::kSubscriptionIdentifier), id);
  }
  return StoreBytes(at, message_.properties);
}

void PublishEncoder::Write(const PublishDelivery& delivery, OutputQueue* out) {
  if (!fits_image_ || delivery.topic_alias != 0 || !delivery.subscription_ids.empty()) {
    WriteGeneral(delivery, out);
    return;
  }
  const bool has_id = delivery.qos != QoS::kAtMostOnce;
  Image& image = images_[(delivery.version == ProtocolVersion::k5 ? 2u : 0u) + (has_id ? 1u : 0u)];
  if (image.size == 0) {
    uint8_t* end =
        WriteHead(delivery, RemainingLength(delivery), image.bytes.data(), &image.packet_id_offset);
    end = StoreBytes(end, message_.payload);
    image.size = static_cast<uint16_t>(end - image.bytes.data());
  }
  uint8_t* at = out->Extend(image.size);
  std::memcpy(at, image.bytes.data(), image.size);
  at[0] = static_cast<uint8_t>(static_cast<uint8_t>(PacketType::kPublish) << 4 |
                               PublishFlags(delivery.dup, delivery.qos, delivery.retain));
  if (has_id) StoreU16(at + image.packet_id_offset, delivery.packet_id);
}

void PublishEncoder::WriteGeneral(const PublishDelivery& delivery, OutputQueue* out) const {
  const size_t remaining = RemainingLength(delivery);
  const size_t head =
      1 + VarIntSize(static_cast<uint32_t>(remaining)) + remaining - message_.payload.size();
  const bool refer = message_.payload.size() > kCopyLimit && message_.storage != nullptr;
  uint8_t* const begin = out->Extend(head + (refer ? 0 : message_.payload.size()));
  uint16_t packet_id_offset = 0;
  uint8_t* at = WriteHead(delivery, remaining, begin, &packet_id_offset);
  DCHECK(at == begin + head);
  if (refer) {
    out->AppendShared(*message_.storage, message_.payload);
  } else {
    StoreBytes(at, message_.payload);
  }
}

}  // namespace signet
