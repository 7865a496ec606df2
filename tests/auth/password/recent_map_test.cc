#include "auth/password/recent_map.h"

#include <gtest/gtest.h>

namespace signet::auth {
namespace {

TEST(RecentMap, ForgetsWhatWasLongestLeftAlone) {
  RecentMap<int> map(3);
  map.Touch("a") = 1;
  map.Touch("b") = 2;
  map.Touch("c") = 3;
  ASSERT_NE(map.Find("a"), nullptr);  // Touches it.
  ASSERT_NE(map.Look("b"), nullptr);  // Does not.
  map.Touch("d") = 4;
  EXPECT_EQ(map.Look("b"), nullptr);
  EXPECT_EQ(*map.Look("a"), 1);
  EXPECT_EQ(*map.Look("c"), 3);
  EXPECT_EQ(*map.Look("d"), 4);
  EXPECT_EQ(map.size(), 3u);
}

TEST(RecentMap, MakesRoomWhereSomethingIsErased) {
  RecentMap<int> map(2);
  map.Touch("a");
  map.Touch("b");
  map.Erase("b");
  map.Erase("never there");
  map.Touch("c");
  EXPECT_NE(map.Look("a"), nullptr);
  EXPECT_EQ(map.Look("b"), nullptr);
  EXPECT_EQ(map.Touch("b"), 0);  // It begins anew.
}

}  // namespace
}  // namespace signet::auth
