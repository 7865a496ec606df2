// Every allocation of a shard's thread while connections live on it fails once: none of them
// notices, and nothing is left behind. tests/core/allocation does the same to core alone, where
// each can be named; here their number differs a little from run to run.
#include <gtest/gtest.h>

#include "core/base/memory_reserve.h"
#include "tests/core/allocation/failing_new.h"
#include "tests/net/faults/faulty_broker.h"

namespace signet {
namespace {

class NetAllocationTest : public testing::TestWithParam<uint32_t> {
 protected:
  // The clients of the test have all the memory they want.
  void SetUp() override { failing_new::SpareThisThread(true); }
};
INSTANTIATE_TEST_SUITE_P(Shards, NetAllocationTest, testing::Values(1u, 2u),
                         [](const auto& each) { return std::to_string(each.param); });

TEST_P(NetAllocationTest, EachOneMayFailOnceAndNobodyNotices) {
  ASSERT_TRUE(MemoryReserve::SetAside(1 << 20));
  FaultyBroker faulty(GetParam());
  faulty.Play(nullptr);  // Also whatever is made only once.
  uint64_t n = 0;
  for (bool has_failed = true; has_failed && !HasFailure(); ++n) {
    SCOPED_TRACE(n);
    const uint64_t failed = failing_new::Failed();
    const uint64_t given = MemoryReserve::failures();
    failing_new::FailAt(failing_new::Count() + n);
    faulty.Play(nullptr);
    has_failed = failing_new::Failed() != failed;
    EXPECT_EQ(MemoryReserve::failures() - given, has_failed ? 1u : 0u);
    // Before housekeeping comes to it.
    ASSERT_TRUE(MemoryReserve::Refill());
  }
  RecordProperty("allocations", std::to_string(n));
  // A connection alone takes that many; fewer would mean that nobody has counted.
  EXPECT_GT(n, 20u);
  faulty.ExpectIdle();
}

}  // namespace
}  // namespace signet
