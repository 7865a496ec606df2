// DISCONNECT and AUTH: a Reason Code and properties, each of which may be left out. Input: the
// speaker and which of the two, the body.
#include "core/mqtt/auth_packet.h"
#include "core/mqtt/disconnect.h"
#include "tests/fuzz/round_trip.h"
#include "tests/fuzz/target.h"

namespace signet::fuzz::disconnect_fuzz {
namespace {

struct Disconnect {
  Peer speaker;

  Result<DisconnectView> Decode(uint8_t, ByteReader body) const {
    return DecodeDisconnect(body, speaker.version, speaker.sender, kMaxUserProperties);
  }
  void Encode(const DisconnectView& disconnect, PacketBytes* out) const {
    EncodeDisconnect(disconnect, speaker.version, out);
  }
  auto Fields(const DisconnectView& disconnect) const {
    return std::tuple_cat(std::tuple(disconnect.reason_code), FieldsOf(disconnect.properties));
  }
};

struct Auth {
  Result<AuthView> Decode(uint8_t, ByteReader body) const {
    return DecodeAuth(body, kMaxUserProperties);
  }
  void Encode(const AuthView& auth, PacketBytes* out) const { EncodeAuth(auth, out); }
  auto Fields(const AuthView& auth) const {
    return std::tuple_cat(std::tuple(auth.reason_code), FieldsOf(auth.properties));
  }
};

}  // namespace

FUZZ_TARGET(disconnect) {
  Input input(data, size);
  uint8_t choice;
  const Peer speaker = input.Speaker(&choice);
  if (choice % 2 == 0) {
    CheckRoundTrip(Disconnect{speaker}, 0, input.Rest());
  } else {
    CheckRoundTrip(Auth(), 0, input.Rest());
  }
  return 0;
}

}  // namespace signet::fuzz::disconnect_fuzz
