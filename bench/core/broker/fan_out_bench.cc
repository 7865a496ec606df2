// From a PUBLISH of 64 bytes to the output of all who want it: what the broker itself adds to the
// kernel's price of a message. Numbers are for one PUBLISH; "deliveries" and "bytes" tell how many
// it was delivered to and what they were sent, "items_per_second" counts deliveries.
#include <benchmark/benchmark.h>

#include "bench/core/broker/bench_shard.h"
#include "fmt/format.h"

namespace signet {
namespace {

using benchmark::Counter;

void FanOut(benchmark::State& state, const char* filter) {
  BenchShard shard;
  const ConnectionId publisher = shard.Connect("publisher");
  for (int64_t i = 0; i < state.range(0); ++i) {
    shard.Subscribe(fmt::format("s{}", i), filter, QoS::kAtMostOnce);
  }
  const PacketBytes publish = MakePublish("site/7/temperature", QoS::kAtMostOnce, 0);
  const uint64_t before = shard.counters().messages_delivered;
  size_t bytes = 0;
  for (auto _ : state) bytes += shard.Turn(publisher, publish);
  const uint64_t deliveries = shard.counters().messages_delivered - before;
  state.SetItemsProcessed(static_cast<int64_t>(deliveries));
  state.counters["deliveries"] = Counter(static_cast<double>(deliveries), Counter::kAvgIterations);
  state.counters["bytes"] = Counter(static_cast<double>(bytes), Counter::kAvgIterations);
}
BENCHMARK_CAPTURE(FanOut, TopicName, "site/7/temperature")->Arg(0)->Arg(1)->Arg(10)->Arg(500);
BENCHMARK_CAPTURE(FanOut, Wildcard, "site/+/temperature")->Arg(1)->Arg(500);

}  // namespace
}  // namespace signet
