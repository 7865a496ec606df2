// PUBACK, PUBREC, PUBREL and PUBCOMP: one decoder. Input: the speaker and which of the four, the
// body.
#include <algorithm>

#include "core/mqtt/publish_ack.h"
#include "tests/fuzz/round_trip.h"
#include "tests/fuzz/target.h"

namespace signet::fuzz::publish_ack_fuzz {
namespace {

struct PublishAck {
  PacketType type;
  ProtocolVersion version;

  Result<PublishAckView> Decode(uint8_t, ByteReader body) const {
    return DecodePublishAck(type, body, version, kMaxUserProperties);
  }
  void Encode(const PublishAckView& ack, PacketBytes* out) const {
    EncodePublishAck(type, ack, version, out);
    if (out->size() != 4) return;
    // There are two ways to the shortest form.
    CHECK(std::ranges::equal(*out, EncodeShortPublishAck(type, ack.packet_id)));
  }
  auto Fields(const PublishAckView& ack) const {
    return std::tuple_cat(std::tuple(ack.packet_id, ack.reason_code), FieldsOf(ack.properties));
  }
};

}  // namespace

FUZZ_TARGET(publish_ack) {
  constexpr PacketType kTypes[] = {PacketType::kPuback, PacketType::kPubrec, PacketType::kPubrel,
                                   PacketType::kPubcomp};
  Input input(data, size);
  uint8_t choice;
  const Peer speaker = input.Speaker(&choice);
  const PublishAck codec{kTypes[choice % std::size(kTypes)], speaker.version};
  CheckRoundTrip(codec, 0, input.Rest());
  return 0;
}

}  // namespace signet::fuzz::publish_ack_fuzz
