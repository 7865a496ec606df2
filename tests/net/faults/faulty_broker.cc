#include "tests/net/faults/faulty_broker.h"

#include <sys/resource.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "core/base/shared_buffer.h"

namespace signet {
namespace {

// Of the processor time, how much an idle broker may take: 5 % as it ships, where a turn costs some
// microseconds; under sanitizers, beside other tests, it costs ten times that.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kIdleShare = 4;
#else
constexpr int kIdleShare = 20;
#endif

size_t OpenDescriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<size_t>(std::distance(begin(all), end(all)));
}

std::chrono::microseconds ProcessorTime() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

FaultInjector& Started(FaultInjector& faults, FaultInjector::Policy policy) {
  faults.Start(std::move(policy));
  return faults;
}

}  // namespace

FaultyBroker::FaultyBroker(uint32_t shards, FaultInjector::Policy policy)
    : broker_(shards, Scenario::MakeLimits(), {.faults = &Started(faults_, std::move(policy))}),
      descriptors_(OpenDescriptors()),
      live_bytes_(SharedBuffer::LiveBytes()) {}

bool FaultyBroker::Play(FaultInjector::Policy policy, const std::function<void()>& meanwhile) {
  faults_.Stop();
  Scenario scenario(&broker_, &faults_);
  scenario.ConnectWitnesses();
  faults_.Start(std::move(policy));
  broker_.Sum();  // Rings the doorbell of every shard.
  scenario.Play();
  if (meanwhile) meanwhile();
  scenario.Leave();
  EXPECT_TRUE(broker_.Reaches([](const auto& sum) { return sum.connections == 0; }));
  faults_.Stop();
  scenario.PlayAgain();
  EXPECT_TRUE(broker_.Reaches([](const auto& sum) { return sum.connections + sum.sessions == 0; }));
  EXPECT_EQ(SharedBuffer::LiveBytes(), live_bytes_);
  EXPECT_EQ(OpenDescriptors(), descriptors_);
  return !faults_.hits().empty();
}

void FaultyBroker::ExpectIdle() {
  constexpr std::chrono::milliseconds kTime(100);
  uint64_t turns = 0;
  std::chrono::microseconds busy{};
  // Each deadline of a connection that is gone is a turn, for a second or so: a busy loop is still
  // there afterwards.
  for (int left = 15; left > 0; --left) {
    const uint64_t turns_before = broker_.Sum().net.turns;
    const auto busy_before = ProcessorTime();
    std::this_thread::sleep_for(kTime);
    busy = ProcessorTime() - busy_before;
    turns = broker_.Sum().net.turns - turns_before;
    // A busy loop makes many thousands.
    if (turns < 200 && busy < kTime / kIdleShare) return;
  }
  ADD_FAILURE() << turns << " turns and " << busy.count() << " us of processor time in 100 ms";
}

}  // namespace signet
