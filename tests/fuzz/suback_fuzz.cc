// SUBACK and UNSUBACK, which answer in the same form. Input: the speaker and which of the two, the
// body.
#include "core/mqtt/subscribe.h"
#include "core/mqtt/unsubscribe.h"
#include "tests/fuzz/round_trip.h"
#include "tests/fuzz/target.h"

namespace signet::fuzz::suback_fuzz {
namespace {

struct Suback {
  ProtocolVersion version;

  Result<SubackView> Decode(uint8_t, ByteReader body) const {
    return DecodeSuback(body, version, kMaxUserProperties);
  }
  void Encode(const SubackView& suback, PacketBytes* out) const {
    EncodeSuback(suback, version, out);
  }
  auto Fields(const SubackView& suback) const {
    return std::tuple_cat(std::tuple(suback.packet_id, AsText(suback.codes)),
                          FieldsOf(suback.properties));
  }
};

struct Unsuback {
  ProtocolVersion version;

  Result<UnsubackView> Decode(uint8_t, ByteReader body) const {
    return DecodeUnsuback(body, version, kMaxUserProperties);
  }
  void Encode(const UnsubackView& unsuback, PacketBytes* out) const {
    EncodeUnsuback(unsuback, version, out);
  }
  auto Fields(const UnsubackView& unsuback) const {
    return std::tuple_cat(std::tuple(unsuback.packet_id, AsText(unsuback.codes)),
                          FieldsOf(unsuback.properties));
  }
};

}  // namespace

FUZZ_TARGET(suback) {
  Input input(data, size);
  uint8_t choice;
  const Peer speaker = input.Speaker(&choice);
  if (choice % 2 == 0) {
    CheckRoundTrip(Suback{speaker.version}, 0, input.Rest());
  } else {
    CheckRoundTrip(Unsuback{speaker.version}, 0, input.Rest());
  }
  return 0;
}

}  // namespace signet::fuzz::suback_fuzz
