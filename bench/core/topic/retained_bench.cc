// What a new Subscription pays to be sent the Retained Messages that its filter matches, and a
// PUBLISH with RETAIN to be kept.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <random>
#include <string>
#include <vector>

#include "core/topic/retained_store.h"

namespace signet {
namespace {

using benchmark::Counter;

constexpr RetainedStore::Limits kAmple = {.messages = UINT64_MAX, .bytes = UINT64_MAX};

MessageRef MakeMessage(std::string_view topic_name) {
  return MessageRef(
      SharedMessage::From({.topic_name = topic_name, .payload = AsBytes("21.5"), .retain = true}));
}

// A thousand messages a site, and at every other site one that is called "state".
std::string TopicName(size_t number) {
  return fmt::format("site{}/v{}", number / 1000, number % 1000);
}

void Fill(RetainedStore* store, size_t messages) {
  for (size_t i = 0; i < messages; ++i) {
    store->Set(MakeMessage(TopicName(i)));
    if (i % 2000 == 0) store->Set(MakeMessage(fmt::format("site{}/state", i / 1000)));
  }
}

// The counters tell how many messages were found and how many entries were looked at for them.
void Replay(benchmark::State& state, std::string_view filter) {
  RetainedStore store(kAmple);
  Fill(&store, static_cast<size_t>(state.range(0)));
  size_t visited = 0;
  size_t steps = 0;
  for (auto _ : state) {
    RetainedStore::Cursor cursor;
    steps += store.Scan(filter, Instant(), SIZE_MAX, &cursor, [&](const MessageRef&) {
      ++visited;
      return true;
    });
  }
  state.counters["visited"] = Counter(static_cast<double>(visited), Counter::kAvgIterations);
  state.counters["steps"] = Counter(static_cast<double>(steps), Counter::kAvgIterations);
}
BENCHMARK_CAPTURE(Replay, OneTopicName, "site7/v500")->Arg(100'000);
BENCHMARK_CAPTURE(Replay, OneSite, "site7/+")->Arg(100'000);
BENCHMARK_CAPTURE(Replay, OneOfEachSite, "+/state")->Arg(100'000);
BENCHMARK_CAPTURE(Replay, NoneOfAnySite, "+/none/#")->Arg(100'000);
BENCHMARK_CAPTURE(Replay, Everything, "#")->Arg(100'000);

// A message that replaces the one before it.
void BM_RetainedReplace(benchmark::State& state) {
  RetainedStore store(kAmple);
  const auto count = static_cast<size_t>(state.range(0));
  Fill(&store, count);
  std::mt19937_64 random(42);
  std::vector<MessageRef> messages;
  for (size_t i = 0; i < 8192; ++i) messages.push_back(MakeMessage(TopicName(random() % count)));
  const size_t size = store.size();
  for (size_t i = 0; auto _ : state) store.Set(messages[i++ % messages.size()]);
  if (store.size() != size) state.SkipWithError("a replacement was taken for a new message");
}
BENCHMARK(BM_RetainedReplace)->Arg(1'000)->Arg(100'000);

}  // namespace
}  // namespace signet
