#include "auth/custom/backoff.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace signet::auth {
namespace {

TEST(Backoff, GrowsUpToABound) {
  Backoff backoff(1);
  Duration whole = milliseconds(100);
  for (uint64_t retry = 1; retry <= 10; ++retry) {
    for (int i = 0; i < 100; ++i) {
      const Duration pause = backoff.Before(retry);
      EXPECT_GE(pause, whole / 2) << retry;
      EXPECT_LT(pause, whole) << retry;
    }
    whole = std::min<Duration>(whole * 2, milliseconds(1600));
  }
}

TEST(Backoff, ScattersThoseWhoFailedTogether) {
  Backoff backoff(1);
  std::set<Duration> pauses;
  for (int i = 0; i < 100; ++i) pauses.insert(backoff.Before(1));
  EXPECT_GT(pauses.size(), 80U);
}

TEST(Backoff, IsAnotherOneForAnotherSeed) { EXPECT_NE(Backoff(1).Before(1), Backoff(2).Before(1)); }

}  // namespace
}  // namespace signet::auth
