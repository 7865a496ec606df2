// SUBSCRIBE and UNSUBSCRIBE, which ask in the same form. Input: the speaker and which of the two,
// the body.
#include "core/base/utf8.h"
#include "core/mqtt/subscribe.h"
#include "core/mqtt/unsubscribe.h"
#include "tests/fuzz/round_trip.h"
#include "tests/fuzz/target.h"

namespace signet::fuzz::subscribe_fuzz {
namespace {

struct Subscribe {
  ProtocolVersion version;

  Result<SubscribeView> Decode(uint8_t, ByteReader body) const {
    return DecodeSubscribe(body, version, kMaxUserProperties);
  }
  void Encode(const SubscribeView& subscribe, PacketBytes* out) const {
    CHECK(subscribe.count > 0);
    PacketBytes entries;
    ByteView rest = subscribe.entries;
    for (uint32_t i = 0; i < subscribe.count; ++i) {
      const SubscribeEntry entry = TakeSubscribeEntry(&rest);
      CHECK(!entry.topic_filter.empty() && IsMqttUtf8(entry.topic_filter));
      AppendSubscribeEntry(entry, &entries);
    }
    CHECK(rest.empty());
    CHECK(AsText(entries) == AsText(subscribe.entries));
    EncodeSubscribe(subscribe, version, out);
  }
  auto Fields(const SubscribeView& subscribe) const {
    return std::tuple_cat(
        std::tuple(subscribe.packet_id, subscribe.count, AsText(subscribe.entries)),
        FieldsOf(subscribe.properties));
  }
};

struct Unsubscribe {
  ProtocolVersion version;

  Result<UnsubscribeView> Decode(uint8_t, ByteReader body) const {
    return DecodeUnsubscribe(body, version, kMaxUserProperties);
  }
  void Encode(const UnsubscribeView& unsubscribe, PacketBytes* out) const {
    CHECK(unsubscribe.count > 0);
    PacketBytes entries;
    ByteView rest = unsubscribe.entries;
    for (uint32_t i = 0; i < unsubscribe.count; ++i) {
      const std::string_view topic_filter = TakeUnsubscribeEntry(&rest);
      CHECK(!topic_filter.empty() && IsMqttUtf8(topic_filter));
      AppendUnsubscribeEntry(topic_filter, &entries);
    }
    CHECK(rest.empty());
    CHECK(AsText(entries) == AsText(unsubscribe.entries));
    EncodeUnsubscribe(unsubscribe, version, out);
  }
  auto Fields(const UnsubscribeView& unsubscribe) const {
    return std::tuple_cat(
        std::tuple(unsubscribe.packet_id, unsubscribe.count, AsText(unsubscribe.entries)),
        FieldsOf(unsubscribe.properties));
  }
};

}  // namespace

FUZZ_TARGET(subscribe) {
  Input input(data, size);
  uint8_t choice;
  const Peer speaker = input.Speaker(&choice);
  if (choice % 2 == 0) {
    CheckRoundTrip(Subscribe{speaker.version}, 0, input.Rest());
  } else {
    CheckRoundTrip(Unsubscribe{speaker.version}, 0, input.Rest());
  }
  return 0;
}

}  // namespace signet::fuzz::subscribe_fuzz
