#include "tools/broker/memory_trim.h"

#include <gtest/gtest.h>

namespace signet {
namespace {

constexpr uint64_t kMuch = MemoryTrim::kWorthIt * 4;

TEST(MemoryTrim, WaitsUntilMuchIsFreeAndNoMoreIsFreed) {
  MemoryTrim trim;
  EXPECT_FALSE(trim.Look(0, 0));
  EXPECT_FALSE(trim.Look(kMuch, kMuch));
  EXPECT_FALSE(trim.Look(kMuch / 2, kMuch / 2)) << "it still falls";
  EXPECT_FALSE(trim.Look(1000, 1000)) << "it still falls";
  EXPECT_TRUE(trim.Look(1000, 1000));
  EXPECT_FALSE(trim.Look(1000, 1000)) << "nothing more is free";
}

TEST(MemoryTrim, LeavesLittleToTheAllocator) {
  MemoryTrim trim;
  trim.Look(kMuch, kMuch);
  EXPECT_FALSE(trim.Look(kMuch - 1000, kMuch - 1000));
  EXPECT_FALSE(trim.Look(kMuch - 1000, kMuch - 1000));
}

TEST(MemoryTrim, KnowsWhatCameAndWentBetweenTwoLooks) {
  MemoryTrim trim;
  trim.Look(0, 0);
  EXPECT_TRUE(trim.Look(0, kMuch));
}

}  // namespace
}  // namespace signet
