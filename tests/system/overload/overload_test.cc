// 500 publishers flat out at QoS 1 into one subscriber that takes a fraction of it: every message
// that was acknowledged is delivered, in order, and the broker's memory stays within its budget.
// The publishers are slowed instead.
#include <gtest/gtest.h>

#include <string>

#include "tests/support/broker_process.h"
#include "tests/system/overload/load.h"

namespace signet {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
constexpr uint32_t kMessagesEach = 80;
#else
constexpr bool kSanitized = false;
constexpr uint32_t kMessagesEach = 400;
#endif

// The queue of the subscriber, four times its 10,000 messages at some 200 bytes each, and what each
// of 500 publishers has on its way: a few receives of 16 KiB that came before it was paused.
constexpr uint64_t kBudget = (uint64_t{4} * 10'000 * 200) + (uint64_t{500} * 64 * 1024);

class OverloadTest : public testing::TestWithParam<uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Shards, OverloadTest, testing::ValuesIn(kShardCountsOfTwoPresets),
                         [](const auto& each) { return std::to_string(each.param); });

TEST_P(OverloadTest, DeliversEveryAcknowledgedMessageWithinItsMemory) {
  BrokerProcess broker({.arguments = {"--shards", std::to_string(GetParam())}});
  Load load({.port = broker.port(), .messages_each = kMessagesEach});
  const uint64_t before = broker.ResidentBytes();
  load.Run();
  EXPECT_EQ(load.acknowledged(), 500 * kMessagesEach);
  EXPECT_EQ(load.received(), load.acknowledged());
  EXPECT_EQ(load.out_of_order(), 0u);
  // At its worst moment, wherever in the run that was.
  const uint64_t grown = broker.PeakResidentBytes() - before;
  RecordProperty("grown_bytes", std::to_string(grown));
  EXPECT_LT(grown, kBudget * (kSanitized ? 10 : 1));  // Sanitizers keep what was freed.
}

// The same load without the brake: it is more than the queue holds.
class OverloadWithoutBrake : public testing::TestWithParam<uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Shards, OverloadWithoutBrake, testing::ValuesIn(kShardCounts),
                         [](const auto& each) { return std::to_string(each.param); });

TEST_P(OverloadWithoutBrake, LosesWhatTheQueueDoesNotHold) {
  BrokerProcess broker(
      {.arguments = {"--shards", std::to_string(GetParam()), "--limit", "brake_rate=0"}});
  Load load({.port = broker.port(), .messages_each = kMessagesEach});
  load.Run();
  EXPECT_EQ(load.acknowledged(), 500 * kMessagesEach);
  EXPECT_LT(load.received(), load.acknowledged());
}

}  // namespace
}  // namespace signet
