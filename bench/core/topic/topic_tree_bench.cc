// What a PUBLISH pays to find out whom it reaches, and a SUBSCRIBE to be found.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <malloc.h>

#include <bit>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/topic/topic_tree.h"

namespace signet {
namespace {

using benchmark::Counter;

constexpr size_t kRemembered = RouteCache::kDefaultEntries;

Session* SessionNumber(size_t number) { return std::bit_cast<Session*>((number + 1) * 64); }

// A fleet: sites with devices with sensors, 25 to 35 characters a name.
std::string TopicName(size_t number) {
  return fmt::format("site{}/device{}/sensor{}/value", number / 7 % 97, number / 7, number % 7);
}

std::vector<std::string> TopicNames(size_t count, size_t among, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i) names.push_back(TopicName(random() % among));
  return names;
}

// One filter in ten has a '+' in the place of the device or a '#' in that of the sensor.
std::string TopicFilter(size_t number) {
  if (number % 20 == 0) return fmt::format("site{}/+/sensor{}/value", number / 7 % 97, number % 7);
  if (number % 20 == 10) return fmt::format("site{}/device{}/#", number / 7 % 97, number / 7);
  return TopicName(number);
}

void Fill(TopicTree* tree, size_t filters) {
  for (size_t i = 0; i < filters; ++i) {
    bool existed;
    tree->Subscribe(TopicFilter(i), {.session = SessionNumber(i)}, &existed);
  }
}

// The same tree as long as the same one is asked for: a benchmark is called several times in a row,
// and to fill a large tree takes longer than all that is measured in it.
TopicTree* Filled(size_t filters, size_t remembered) {
  static std::unique_ptr<TopicTree> tree;
  static std::pair<size_t, size_t> made_for;
  if (tree == nullptr || made_for != std::pair(filters, remembered)) {
    tree.reset();  // Two at a time are not needed.
    tree = std::make_unique<TopicTree>(remembered);
    Fill(tree.get(), filters);
    made_for = {filters, remembered};
  }
  return tree.get();
}

void Match(benchmark::State& state, TopicTree* tree, const std::vector<std::string>& names) {
  for (const std::string& name : names) tree->Match(name);
  const uint64_t walks_before = tree->walk_count();
  size_t matched = 0;
  for (size_t i = 0; auto _ : state) matched += tree->Match(names[i++ % names.size()]).size();
  const auto walks = static_cast<double>(tree->walk_count() - walks_before);
  state.counters["matched"] = Counter(static_cast<double>(matched), Counter::kAvgIterations);
  state.counters["walks"] = Counter(walks, Counter::kAvgIterations);
}

// Topic Names that were asked for before, among N filters: the price that nearly every PUBLISH
// pays.
void BM_TopicTreeMatchRemembered(benchmark::State& state) {
  const auto filters = static_cast<size_t>(state.range(0));
  Match(state, Filled(filters, kRemembered), TopicNames(256, filters, 42));
}
BENCHMARK(BM_TopicTreeMatchRemembered)->RangeMultiplier(10)->Range(1'000, 1'000'000);

// The same without a memory to speak of: what a Topic Name costs that is new, or has been pushed
// out.
void BM_TopicTreeMatchWalk(benchmark::State& state) {
  const auto filters = static_cast<size_t>(state.range(0));
  Match(state, Filled(filters, 4), TopicNames(8192, filters, 42));
}
BENCHMARK(BM_TopicTreeMatchWalk)->RangeMultiplier(10)->Range(1'000, 1'000'000);

// N Topic Names asked for over and over in the same order, the worst one for a memory of 4096:
// `walks` says how many it had forgotten by then.
void BM_TopicTreeMatchInTurn(benchmark::State& state) {
  Match(state, Filled(100'000, kRemembered),
        TopicNames(static_cast<size_t>(state.range(0)), 100'000, 42));
}
BENCHMARK(BM_TopicTreeMatchInTurn)->Arg(1'024)->Arg(4'096)->Arg(65'536);

// A Session that subscribes to a filter of its own and leaves it again, among N others.
void BM_TopicTreeSubscribeAndLeave(benchmark::State& state) {
  TopicTree& tree = *Filled(static_cast<size_t>(state.range(0)), kRemembered);
  const size_t nodes = tree.node_count();
  const std::vector<std::string> filters = TopicNames(1024, 1'000'000'000, 42);
  for (size_t i = 0; auto _ : state) {
    bool existed;
    TopicTree::Node* node = tree.Subscribe(filters[i++ % filters.size()],
                                           {.session = SessionNumber(1 << 30)}, &existed);
    tree.Unsubscribe(node, SessionNumber(1 << 30));
  }
  if (tree.node_count() != nodes) state.SkipWithError("nodes were left behind");
}
BENCHMARK(BM_TopicTreeSubscribeAndLeave)->RangeMultiplier(10)->Range(1'000, 1'000'000);

// The same with one filter that N Sessions share: the price must not grow with N.
void BM_TopicTreeJoinAndLeaveCrowd(benchmark::State& state) {
  TopicTree tree;
  const auto crowd = static_cast<size_t>(state.range(0));
  bool existed;
  for (size_t i = 0; i < crowd; ++i) {
    tree.Subscribe("news/today", {.session = SessionNumber(i)}, &existed);
  }
  TopicTree::Node* node = tree.Find("news/today");
  std::mt19937_64 random(42);
  for (auto _ : state) {
    const size_t session = random() % crowd;
    tree.Unsubscribe(node, SessionNumber(session));
    tree.Subscribe("news/today", {.session = SessionNumber(session)}, &existed);
  }
  state.counters["subscribers"] = static_cast<double>(node->subscribers().size());
}
BENCHMARK(BM_TopicTreeJoinAndLeaveCrowd)->Arg(16)->Arg(1'000)->Arg(100'000);

// Bytes of heap that a Subscription takes which has its filter for itself, levels shared as in a
// fleet.
void BM_TopicTreeMemory(benchmark::State& state) {
  const auto filters = static_cast<size_t>(state.range(0));
  double bytes = 0;
  double nodes = 0;
  for (auto _ : state) {
    const size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    TopicTree tree;
    Fill(&tree, filters);
    bytes = static_cast<double>(mallinfo2().uordblks + mallinfo2().hblkhd - before);
    nodes = static_cast<double>(tree.node_count());
  }
  state.counters["bytes/subscription"] = bytes / static_cast<double>(filters);
  state.counters["bytes/node"] = bytes / nodes;
}
BENCHMARK(BM_TopicTreeMemory)->Arg(100'000)->Iterations(1);

}  // namespace
}  // namespace signet
