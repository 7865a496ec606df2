#include "core/base/time.h"

#include <gtest/gtest.h>

namespace signet {
namespace {

TEST(Instant, AddsAndSubtracts) {
  const Instant at(seconds(5));
  EXPECT_EQ(at + milliseconds(1), Instant(milliseconds(5'001)));
  EXPECT_EQ((at + seconds(3)) - at, seconds(3));
  EXPECT_EQ(at + seconds(-2), Instant(seconds(3)));
  Instant moved = at;
  moved += seconds(1);
  EXPECT_EQ(moved, Instant(seconds(6)));
  EXPECT_LT(at, moved);
}

TEST(Instant, StaysNeverInsteadOfWrappingIntoThePast) {
  EXPECT_EQ(Instant::Never() + seconds(1), Instant::Never());
  EXPECT_EQ(Instant(seconds(1)) + Duration::max(), Instant::Never());
  EXPECT_EQ(Instant(seconds(1)) + seconds(UINT32_MAX) - Instant(seconds(1)), seconds(UINT32_MAX));
  EXPECT_LT(Instant(seconds(UINT32_MAX)), Instant::Never());
}

}  // namespace
}  // namespace signet
