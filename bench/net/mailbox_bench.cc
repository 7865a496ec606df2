// A message's way through a mailbox to another shard. Numbers are for one message.
#include <benchmark/benchmark.h>

#include <atomic>
#include <thread>
#include <vector>

#include "core/broker/shard_message.h"
#include "net/mailbox.h"

namespace signet {
namespace {

ShardMessage MakeMail() {
  static const std::vector<uint8_t> payload(64, 'x');
  return Forward{.message = SharedMessage::From({.topic_name = "t", .payload = payload})};
}

// Sender and receiver on one thread: the instructions alone. By how many are put in at once.
void BM_MailboxHop(benchmark::State& state) {
  Mailbox<ShardMessage> box(1024);
  const int64_t batch = state.range(0);
  uint64_t taken = 0;
  for (auto _ : state) {
    for (int64_t i = 0; i < batch; ++i) {
      ShardMessage mail = HoldPublisher{};
      CHECK(box.TryPush(mail));
    }
    box.Publish();
    box.Take([&](ShardMessage&&) { ++taken; });
  }
  CHECK(taken == static_cast<uint64_t>(state.iterations() * batch));
  state.SetItemsProcessed(static_cast<int64_t>(taken));
}
BENCHMARK(BM_MailboxHop)->Arg(1)->Arg(32);

// With a message that is counted by reference, which the receiver lets go.
void BM_MailboxForward(benchmark::State& state) {
  Mailbox<ShardMessage> box(1024);
  for (auto _ : state) {
    ShardMessage mail = MakeMail();
    CHECK(box.TryPush(mail));
    box.Publish();
    box.Take([](ShardMessage&& taken) { benchmark::DoNotOptimize(taken.index()); });
  }
}
BENCHMARK(BM_MailboxForward);

// To another thread and back: two hops, and what the processors need to see each other's stores.
void BM_MailboxRoundTrip(benchmark::State& state) {
  Mailbox<ShardMessage> there(1024);
  Mailbox<ShardMessage> back(1024);
  std::atomic<bool> stop{false};
  std::thread echo([&] {
    while (!stop.load(std::memory_order_relaxed)) {
      there.Take([&](ShardMessage&& mail) { CHECK(back.TryPush(mail)); });
      if (!back.Publish()) std::this_thread::yield();
    }
  });
  for (auto _ : state) {
    ShardMessage mail = HoldPublisher{};
    CHECK(there.TryPush(mail));
    there.Publish();
    for (bool came = false; !came;) {
      back.Take([&](ShardMessage&&) { came = true; });
      if (!came) std::this_thread::yield();
    }
  }
  stop = true;
  echo.join();
}
BENCHMARK(BM_MailboxRoundTrip)->UseRealTime();

}  // namespace
}  // namespace signet
