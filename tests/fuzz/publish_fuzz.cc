// PUBLISH, of either side. Input: the speaker, the flags, the body.
#include "core/mqtt/publish.h"
#include "core/mqtt/topic_name.h"
#include "tests/fuzz/round_trip.h"
#include "tests/fuzz/target.h"

namespace signet::fuzz::publish_fuzz {
namespace {

struct Publish {
  Peer speaker;

  Result<PublishView> Decode(uint8_t flags, ByteReader body) const {
    return DecodePublish(flags, body, speaker.version, speaker.sender, kMaxUserProperties);
  }
  void Encode(const PublishView& publish, PacketBytes* out) const {
    EncodePublish(publish, speaker.version, out);
  }
  auto Fields(const PublishView& publish) const {
    return std::tuple_cat(std::tuple(publish.dup, publish.qos, publish.retain, publish.packet_id,
                                     publish.topic_name, AsText(publish.payload)),
                          FieldsOf(publish.properties));
  }
};

// What the broker relies on without looking again.
void CheckPromises(const Publish& codec, uint8_t flags, ByteView body) {
  const Result<PublishView> publish = codec.Decode(flags, ByteReader(body));
  if (!publish.ok()) return;
  CHECK((publish->packet_id != 0) == (publish->qos != QoS::kAtMostOnce));
  CHECK(publish->qos != QoS::kAtMostOnce || !publish->dup);
  CHECK(IsTopicName(publish->topic_name) || publish->properties.topic_alias != 0);
  CHECK(PublishFlags(publish->dup, publish->qos, publish->retain) == flags);
}

}  // namespace

FUZZ_TARGET(publish) {
  Input input(data, size);
  const Publish codec{input.Speaker()};
  const uint8_t flags = input.Byte() & 0x0F;
  const ByteView body = input.Rest();
  CheckRoundTrip(codec, flags, body);
  CheckPromises(codec, flags, body);
  return 0;
}

}  // namespace signet::fuzz::publish_fuzz
