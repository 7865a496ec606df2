// CONNACK. Input: the speaker, the body.
#include "core/mqtt/connack.h"
#include "tests/fuzz/round_trip.h"
#include "tests/fuzz/target.h"

namespace signet::fuzz::connack_fuzz {
namespace {

struct Connack {
  ProtocolVersion version;

  Result<ConnackView> Decode(uint8_t, ByteReader body) const {
    return DecodeConnack(body, version, kMaxUserProperties);
  }
  void Encode(const ConnackView& connack, PacketBytes* out) const {
    EncodeConnack(connack, version, out);
  }
  auto Fields(const ConnackView& connack) const {
    return std::tuple_cat(std::tuple(connack.session_present, connack.code),
                          FieldsOf(connack.properties));
  }
};

}  // namespace

FUZZ_TARGET(connack) {
  Input input(data, size);
  const Peer speaker = input.Speaker();
  CheckRoundTrip(Connack{speaker.version}, 0, input.Rest());
  return 0;
}

}  // namespace signet::fuzz::connack_fuzz
