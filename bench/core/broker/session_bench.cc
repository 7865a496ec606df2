// The way of a message through a Session that keeps it: delivered, acknowledged, forgotten, by QoS;
// and the price of a connection and of a queue for a client that is away. Numbers are for one
// message (or one connection); "bytes" is all that both clients were sent for it.
#include <benchmark/benchmark.h>

#include "bench/core/broker/bench_shard.h"
#include "core/mqtt/connect.h"
#include "core/mqtt/disconnect.h"
#include "core/mqtt/publish_ack.h"

namespace signet {
namespace {

using benchmark::Counter;

// Publisher and subscriber play the whole handshake. The broker gives Packet Identifiers by place:
// with one message under way it is 1 to 8 in turn, and the bench has to know it.
void DeliverAndAcknowledge(benchmark::State& state, QoS qos) {
  BenchShard shard;
  const ConnectionId publisher = shard.Connect("publisher");
  const ConnectionId subscriber = shard.Subscribe("subscriber", "t", qos);
  const PacketBytes publish = MakePublish("t", qos, 1);
  const auto release = EncodeShortPublishAck(PacketType::kPubrel, 1);
  PacketId id = 1;
  size_t bytes = 0;
  for (auto _ : state) {
    bytes += shard.Turn(publisher, publish);
    if (qos == QoS::kAtLeastOnce) {
      bytes += shard.Turn(subscriber, EncodeShortPublishAck(PacketType::kPuback, id));
    } else if (qos == QoS::kExactlyOnce) {
      bytes += shard.Turn(publisher, release);
      bytes += shard.Turn(subscriber, EncodeShortPublishAck(PacketType::kPubrec, id));
      bytes += shard.Turn(subscriber, EncodeShortPublishAck(PacketType::kPubcomp, id));
    }
    id = static_cast<PacketId>(id % 8 + 1);
  }
  state.counters["bytes"] = Counter(static_cast<double>(bytes), Counter::kAvgIterations);
}
BENCHMARK_CAPTURE(DeliverAndAcknowledge, QoS0, QoS::kAtMostOnce);
BENCHMARK_CAPTURE(DeliverAndAcknowledge, QoS1, QoS::kAtLeastOnce);
BENCHMARK_CAPTURE(DeliverAndAcknowledge, QoS2, QoS::kExactlyOnce);

// Nobody acknowledges: up to the window messages are sent, then they are queued, then dropped.
void BM_QueueForASlowClient(benchmark::State& state) {
  BenchShard shard;
  const ConnectionId publisher = shard.Connect("publisher");
  shard.Subscribe("subscriber", "t", QoS::kAtLeastOnce);
  const PacketBytes publish = MakePublish("t", QoS::kAtLeastOnce, 1);
  for (auto _ : state) shard.Turn(publisher, publish);
  state.counters["queued"] = Counter(static_cast<double>(shard.counters().messages_queued));
}
BENCHMARK(BM_QueueForASlowClient)->Iterations(4000);

void BM_Connect(benchmark::State& state) {
  BenchShard shard;
  for (auto _ : state) shard.Connect("client");  // Each takes over the one before.
}
BENCHMARK(BM_Connect)->Iterations(2000);

}  // namespace
}  // namespace signet
