// PublishEncoder: the wire form of one message for many receivers. What does not depend on the
// receiver is encoded once per protocol version and QoS class, when it is first needed; a delivery
// then costs a copy of a small packet and a few patched bytes. Large payloads are not copied but
// referred to. Lives on the stack for one fan-out.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "core/base/output_queue.h"
#include "core/mqtt/application_message.h"

namespace signet {

// What differs between receivers.
struct PublishDelivery {
  ProtocolVersion version = ProtocolVersion::k311;
  QoS qos = QoS::kAtMostOnce;
  bool retain = false;
  bool dup = false;
  PacketId packet_id = 0;  // 0 at QoS 0.
  // MQTT 5: the identifiers of all Subscriptions that matched, none of them 0.
  std::span<const uint32_t> subscription_ids;
  // MQTT 5: 0 for none. With `alias_known` the Topic Name is left out.
  uint16_t topic_alias = 0;
  bool alias_known = false;
};

class PublishEncoder {
 public:
  // A payload of more bytes than this is referred to, not copied, if its message outlives the call.
  static constexpr size_t kCopyLimit = 4096;

  // `message` must stay valid as long as the encoder; it has not expired at `now`.
  PublishEncoder(const MessageView& message, Instant now);
  PublishEncoder(const PublishEncoder&) = delete;
  PublishEncoder& operator=(const PublishEncoder&) = delete;

  const MessageView& message() const { return message_; }

  // The size of the whole packet: what Maximum Packet Size counts.
  size_t Size(const PublishDelivery& delivery) const;

  // No less than Size(), whatever alias the delivery gets; cheaper.
  size_t SizeBound(const PublishDelivery& delivery) const {
    return size_bound_ + kSubscriptionIdBound * delivery.subscription_ids.size();
  }

  // Appends the packet to `out`.
  void Write(const PublishDelivery& delivery, OutputQueue* out);

 private:
  static constexpr size_t kSubscriptionIdBound = 5;
  // Packets up to this size are kept whole, ready to be copied.
  static constexpr size_t kImageLimit = 512;

  // A packet without alias and Subscription Identifiers; empty until first needed.
  struct Image {
    uint16_t size = 0;
    uint16_t packet_id_offset = 0;
    std::array<uint8_t, kImageLimit> bytes;
  };

  size_t RemainingLength(const PublishDelivery& delivery) const;
  size_t PropertyLength(const PublishDelivery& delivery) const;
  // The packet up to the payload.
  uint8_t* WriteHead(const PublishDelivery& delivery, size_t remaining_length, uint8_t* at,
                     uint16_t* packet_id_offset) const;
  void WriteGeneral(const PublishDelivery& delivery, OutputQueue* out) const;

  const MessageView& message_;
  bool has_expiry_;
  bool fits_image_;
  uint32_t expiry_s_ = 0;
  size_t size_bound_;
  // By version and whether there is a Packet Identifier.
  std::array<Image, 4> images_;
};

}  // namespace signet
