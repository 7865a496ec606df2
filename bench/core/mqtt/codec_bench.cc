// What it costs to take packets apart and to put them together, by type and by size. PUBLISH and
// PUBACK are the prices that every message pays; the others come once for a connection or a
// subscription. Numbers are for one packet; "bytes" is its size, so that runs of different versions
// can be seen to have done the same work.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "core/mqtt/connect.h"
#include "core/mqtt/publish.h"
#include "core/mqtt/publish_ack.h"
#include "core/mqtt/subscribe.h"
#include "core/mqtt/topic_name.h"

namespace signet {
namespace {

constexpr auto k5 = ProtocolVersion::k5;
constexpr uint32_t kMaxUserProperties = 256;

// What stands behind the fixed header.
ByteReader BodyOf(const PacketBytes& packet, FixedHeader* header) {
  CHECK(ParseFixedHeader(packet, header) == HeaderState::kWhole);
  return ByteReader(ByteView(packet).subspan(header->header_size));
}

void CountBytes(const PacketBytes& packet, benchmark::State& state) {
  state.counters["bytes"] = static_cast<double>(packet.size());
}

PacketBytes MakePublish(ProtocolVersion version, size_t topic_size, size_t payload_size,
                        int user_properties) {
  const std::string topic_name(topic_size, 't');
  const std::vector<uint8_t> payload(payload_size, 'p');
  PropertyBuffer properties;
  for (int i = 0; i < user_properties; ++i) properties.AddUserProperty("unit", "celsius");
  PublishView publish{.qos = QoS::kAtLeastOnce, .packet_id = 7, .topic_name = topic_name};
  publish.payload = payload;
  publish.properties.wire = properties.wire();
  PacketBytes packet;
  EncodePublish(publish, version, &packet);
  return packet;
}

void DecodePublishes(ProtocolVersion version, const PacketBytes& packet, benchmark::State& state) {
  for (auto _ : state) {
    FixedHeader header;
    const ByteReader body = BodyOf(packet, &header);
    const auto publish =
        DecodePublish(header.flags, body, version, Sender::kClient, kMaxUserProperties);
    CHECK(publish.ok());
    benchmark::DoNotOptimize(publish->payload.data());
  }
  CountBytes(packet, state);
}

// By the size of the Topic Name, which is the part of a plain PUBLISH that is looked at.
void BM_DecodePublish(benchmark::State& state) {
  const auto topic_size = static_cast<size_t>(state.range(0));
  DecodePublishes(k5, MakePublish(k5, topic_size, 100, 0), state);
}
BENCHMARK(BM_DecodePublish)->Arg(1)->Arg(16)->Arg(40)->Arg(200);

void BM_DecodePublish311(benchmark::State& state) {
  constexpr auto k311 = ProtocolVersion::k311;
  DecodePublishes(k311, MakePublish(k311, 40, 100, 0), state);
}
BENCHMARK(BM_DecodePublish311);

// The payload is not looked at: the time must not grow with it.
void BM_DecodePublishOfPayload(benchmark::State& state) {
  const auto payload_size = static_cast<size_t>(state.range(0));
  DecodePublishes(k5, MakePublish(k5, 40, payload_size, 0), state);
}
BENCHMARK(BM_DecodePublishOfPayload)->Arg(0)->Arg(1'024)->Arg(1 << 20);

void BM_DecodePublishWithUserProperties(benchmark::State& state) {
  DecodePublishes(k5, MakePublish(k5, 40, 100, static_cast<int>(state.range(0))), state);
}
BENCHMARK(BM_DecodePublishWithUserProperties)->Arg(1)->Arg(10)->Arg(100);

void BM_EncodePublish(benchmark::State& state) {
  const std::string topic_name(40, 't');
  const std::vector<uint8_t> payload(static_cast<size_t>(state.range(0)), 'p');
  PublishView publish{.qos = QoS::kAtLeastOnce, .packet_id = 7, .topic_name = topic_name};
  publish.payload = payload;
  PacketBytes packet;
  for (auto _ : state) {
    packet.clear();
    EncodePublish(publish, k5, &packet);
    benchmark::DoNotOptimize(packet.data());
  }
  CountBytes(packet, state);
}
BENCHMARK(BM_EncodePublish)->Arg(16)->Arg(1'024)->Arg(65'536);

void BM_DecodePuback(benchmark::State& state) {
  const auto ack = EncodeShortPublishAck(PacketType::kPuback, 7);
  const PacketBytes packet(ack.begin(), ack.end());
  for (auto _ : state) {
    FixedHeader header;
    const ByteReader body = BodyOf(packet, &header);
    const auto puback = DecodePublishAck(header.type, body, k5, kMaxUserProperties);
    CHECK(puback.ok());
    benchmark::DoNotOptimize(puback->packet_id);
  }
  CountBytes(packet, state);
}
BENCHMARK(BM_DecodePuback);

void BM_EncodePuback(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(EncodeShortPublishAck(PacketType::kPuback, 7));
  }
}
BENCHMARK(BM_EncodePuback);

void BM_DecodeConnect(benchmark::State& state) {
  PropertyBuffer properties;
  properties.AddU32(PropertyId::kSessionExpiryInterval, 3600);
  properties.AddU16(PropertyId::kReceiveMaximum, 100);
  ConnectView connect{.version = k5, .keep_alive_s = 60, .client_id = "sensor-000017"};
  connect.properties.wire = properties.wire();
  connect.will = WillView{.topic_name = "sensors/000017/gone"};
  connect.claimed_username = "sensor";
  connect.password = AsBytes("correct horse battery staple");
  PacketBytes packet;
  EncodeConnect(connect, &packet);
  for (auto _ : state) {
    FixedHeader header;
    const ByteReader body = BodyOf(packet, &header);
    ConnectView decoded;
    CHECK(DecodeConnect(body, kMaxUserProperties, &decoded) == ReasonCode::kSuccess);
    benchmark::DoNotOptimize(decoded.client_id.data());
  }
  CountBytes(packet, state);
}
BENCHMARK(BM_DecodeConnect);

// By the number of Topic Filters; each is also parsed, as the broker will.
void BM_DecodeSubscribe(benchmark::State& state) {
  PacketBytes entries;
  for (int64_t i = 0; i < state.range(0); ++i) {
    AppendSubscribeEntry({"building/+/floor/3/#", {}}, &entries);
  }
  SubscribeView subscribe{.packet_id = 7};
  subscribe.entries = entries;
  PacketBytes packet;
  EncodeSubscribe(subscribe, k5, &packet);
  for (auto _ : state) {
    FixedHeader header;
    const ByteReader body = BodyOf(packet, &header);
    const auto decoded = DecodeSubscribe(body, k5, kMaxUserProperties);
    CHECK(decoded.ok());
    for (ByteView rest = decoded->entries; !rest.empty();) {
      CHECK(ParseTopicFilter(TakeSubscribeEntry(&rest).topic_filter).ok());
    }
  }
  CountBytes(packet, state);
}
BENCHMARK(BM_DecodeSubscribe)->Arg(1)->Arg(10)->Arg(1'000);

}  // namespace
}  // namespace signet
