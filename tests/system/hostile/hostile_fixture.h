// HostileTest: a broker of its own for an attack, with as many shards as the parameter says, and a
// Witness that is served all the time. When the test ends, the witness must have lost nothing, a
// fresh client is served, and the broker ends well.
//
// What is asserted is work, memory and answers, never how quick this machine is. Memory is the
// broker's own only without sanitizers; with them the tests run smaller and check the rest.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/broker_process.h"
#include "tests/support/bytes.h"
#include "tests/support/wire_client.h"
#include "tests/system/hostile/witness.h"

namespace signet {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

constexpr uint64_t kKiB = 1024;
constexpr uint64_t kMiB = 1024 * kKiB;

// How much of something a test uses: as much as is meant, or what a sanitizer can bear.
constexpr size_t Scaled(size_t whole, size_t sanitized) { return kSanitized ? sanitized : whole; }

// What a broker takes for this and that which no limit of a test counts: free blocks of its pools,
// routes it remembers, the allocator's own slack; per shard. The allocator gives little back to the
// kernel, so memory that "comes back" is seen by a second wave that adds nothing to the first.
constexpr uint64_t kSlackPerShard = 4 * kMiB;

class HostileTest : public testing::TestWithParam<uint32_t> {
 protected:
  struct Setup {
    std::vector<std::string> limits;     // As for --limit.
    std::vector<std::string> arguments;  // Others of the command line.
    uint64_t open_files = 0;
    std::string log_level = "warning";
    bool witness_begins = true;
  };
  // Starts the broker and the witness, and notes what memory they take.
  void Start(const Setup& setup);
  void Start() { Start(Setup()); }
  void TearDown() override;

  uint32_t shards() const { return GetParam(); }
  uint64_t slack() const { return kSlackPerShard * shards(); }
  uint16_t port() const { return broker_->port(); }
  BrokerProcess& broker() { return *broker_; }
  Witness& witness() { return *witness_; }

  WireClient Connected(std::string_view client_id);
  // Publishes at QoS 1 and returns the Reason Code of the PUBACK.
  static uint8_t Publish1(WireClient& client, PublishView publish);

  // The most that the broker's memory has grown by since Start() must be within `bytes`.
  void ExpectPeakGrowthWithin(uint64_t bytes);
  void ExpectServed();
  // Processor time of the broker that `work` takes, in seconds. The witness rests meanwhile.
  double CostOf(const std::function<void()>& work);
  // `whole` is what four times the work of `quarter` has cost. 4 is expected, caches and a busy
  // machine do their part, and the square would be 16.
  static void ExpectLinear(double quarter, double whole);

 private:
  std::unique_ptr<BrokerProcess> broker_;
  std::unique_ptr<Witness> witness_;
  uint64_t before_ = 0;
};

// Waits until `done`; false if it does not come true in time.
bool Eventually(const std::function<bool()>& done,
                std::chrono::milliseconds patience = SocketClient::kPatience);

// How many sockets this process, and a broker that it starts, may open: at most `wanted`. Raises
// the soft limit.
size_t Sockets(size_t wanted);

// Whether the broker has closed it; reads away what is there.
bool IsClosed(SocketClient& client);

#define INSTANTIATE_HOSTILE_TEST(suite)                                    \
  INSTANTIATE_TEST_SUITE_P(Shards, suite, testing::ValuesIn(kShardCounts), \
                           testing::PrintToStringParamName())

}  // namespace signet
