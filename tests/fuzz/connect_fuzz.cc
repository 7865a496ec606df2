// CONNECT, which says its version by itself. Input: the body.
#include "core/base/utf8.h"
#include "core/mqtt/connect.h"
#include "core/mqtt/topic_name.h"
#include "tests/fuzz/round_trip.h"
#include "tests/fuzz/target.h"

namespace signet::fuzz::connect_fuzz {
namespace {

struct Connect {
  Result<ConnectView> Decode(uint8_t, ByteReader body) const {
    ConnectView connect;
    const ReasonCode decoded = DecodeConnect(body, kMaxUserProperties, &connect);
    if (IsError(decoded)) return decoded;
    return connect;
  }
  void Encode(const ConnectView& connect, PacketBytes* out) const { EncodeConnect(connect, out); }
  auto Fields(const ConnectView& connect) const {
    const WillView will = connect.will.value_or(WillView{});
    return std::tuple_cat(
        std::tuple(connect.version, connect.clean_start, connect.keep_alive_s, connect.client_id,
                   connect.will.has_value(), connect.claimed_username.has_value(),
                   connect.claimed_username.value_or(""), connect.password.has_value(),
                   AsText(connect.password.value_or(ByteView()))),
        FieldsOf(connect.properties),
        std::tuple(will.qos, will.retain, will.topic_name, AsText(will.payload)),
        FieldsOf(will.properties));
  }
};

// What the broker relies on without looking again.
void CheckPromises(ByteView body) {
  const Result<ConnectView> connect = Connect().Decode(0, ByteReader(body));
  if (!connect.ok()) return;
  CHECK(IsMqttUtf8(connect->client_id));
  if (connect->will) CHECK(IsTopicName(connect->will->topic_name));
  if (connect->version == ProtocolVersion::k311) {
    CHECK(connect->properties.present == 0);
    CHECK(!connect->password || connect->claimed_username);
  }
}

}  // namespace

FUZZ_TARGET(connect) {
  CheckRoundTrip(Connect(), 0, {data, size});
  CheckPromises({data, size});
  return 0;
}

}  // namespace signet::fuzz::connect_fuzz
