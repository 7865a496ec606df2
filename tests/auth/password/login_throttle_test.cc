// Who has guessed too often.
#include "auth/password/login_throttle.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace signet::auth {
namespace {

using Answer = LoginThrottle::Answer;
using Outcome = LoginThrottle::Outcome;

constexpr std::string_view kHere = "192.0.2.1:7";
constexpr std::string_view kElsewhere = "192.0.2.2:7";

class LoginThrottleTest : public testing::Test {
 protected:
  Answer Ask(std::string_view user, std::string_view peer = kHere) const {
    return throttle_.Ask(LoginThrottle::GuessOf(user, peer), now_);
  }
  void Try(std::string_view user, Outcome outcome, std::string_view peer = kHere) {
    const auto guess = LoginThrottle::GuessOf(user, peer);
    throttle_.Begin(guess);
    throttle_.End(guess, outcome, now_);
  }
  void Fail(std::string_view user, int times, std::string_view peer = kHere) {
    for (int i = 0; i < times; ++i) Try(user, Outcome::kWrong, peer);
  }
  // The place is blocked by guesses at users that do not exist.
  void BlockPlace() {
    for (int i = 0; i < 15; ++i) Fail(fmt::format("nobody {}", i), 2);
  }

  LoginThrottle throttle_{config::LoginThrottle{.failures = 3, .window_s = 60, .block_s = 20}};
  Instant now_{seconds(1000)};
};

TEST(PlaceOf, IsAnAddressWithoutItsPort) {
  EXPECT_EQ(PlaceOf("192.0.2.1:7"), PlaceOf("192.0.2.1:65535"));
  EXPECT_NE(PlaceOf("192.0.2.1:7"), PlaceOf("192.0.2.2:7"));
  EXPECT_EQ(PlaceOf("[::ffff:192.0.2.1]:7"), PlaceOf("192.0.2.1:7"));
  EXPECT_NE(PlaceOf("[::ffff:192.0.2.1]:7"), PlaceOf("[::ffff:192.0.2.2]:7"));
}

TEST(PlaceOf, IsANetworkOfIpv6) {
  EXPECT_EQ(PlaceOf("[2001:db8::1]:7"), PlaceOf("[2001:db8::ffff:ffff:ffff:ffff]:8"));
  EXPECT_NE(PlaceOf("[2001:db8::1]:7"), PlaceOf("[2001:db8:0:1::1]:7"));
  EXPECT_EQ(PlaceOf("[fe80::1%eth0]:7"), PlaceOf("[fe80::2%eth0]:7"));
  EXPECT_FALSE(PlaceOf("[fe80::1%eth0]:7").empty());
}

TEST(PlaceOf, IsNothingWithoutAnAddress) {
  for (const std::string_view peer : {"local", "", "?", ":", "[]:7", "[::1", "1.2.3:4"}) {
    EXPECT_EQ(PlaceOf(peer), "") << peer;
  }
}

TEST_F(LoginThrottleTest, BlocksAUserAtAPlaceForAWhile) {
  Fail("a", 2);
  EXPECT_EQ(Ask("a"), Answer::kGoOn);
  Fail("a", 1);
  EXPECT_EQ(Ask("a"), Answer::kBlocked);
  now_ += seconds(20) - milliseconds(1);
  EXPECT_EQ(Ask("a"), Answer::kBlocked);
  now_ += milliseconds(1);
  EXPECT_EQ(Ask("a"), Answer::kGoOn);
  Fail("a", 2);  // The count begins anew.
  EXPECT_EQ(Ask("a"), Answer::kGoOn);
}

TEST_F(LoginThrottleTest, FromElsewhereTheUserMayComeIn) {
  Fail("a", 3);
  EXPECT_EQ(Ask("a", kElsewhere), Answer::kGoOn);
  EXPECT_EQ(Ask("b"), Answer::kGoOn);  // And others from there.
}

TEST_F(LoginThrottleTest, CountsWithinAWindow) {
  Fail("a", 2);
  now_ += seconds(60);
  Fail("a", 2);
  EXPECT_EQ(Ask("a"), Answer::kGoOn);
  now_ += seconds(59);
  Fail("a", 1);
  EXPECT_EQ(Ask("a"), Answer::kBlocked);
}

TEST_F(LoginThrottleTest, ARightPasswordTakesTheCountBack) {
  Fail("a", 2);
  Try("a", Outcome::kRight);
  Fail("a", 2);
  EXPECT_EQ(Ask("a"), Answer::kGoOn);
}

TEST_F(LoginThrottleTest, WhatWasNotJudgedCountsForNothing) {
  for (int i = 0; i < 10; ++i) Try("a", Outcome::kUnknown);
  EXPECT_EQ(Ask("a"), Answer::kGoOn);
}

TEST_F(LoginThrottleTest, PasswordsThatAreBeingJudgedCountAsWrong) {
  const auto guess = LoginThrottle::GuessOf("a", kHere);
  Fail("a", 1);
  throttle_.Begin(guess);
  EXPECT_EQ(Ask("a"), Answer::kGoOn);
  throttle_.Begin(guess);
  EXPECT_EQ(Ask("a"), Answer::kBusy);
  EXPECT_EQ(Ask("a", kElsewhere), Answer::kGoOn);
  throttle_.End(guess, Outcome::kRight, now_);
  EXPECT_EQ(Ask("a"), Answer::kGoOn);
}

TEST_F(LoginThrottleTest, APlaceThatGuessesAtManyUsersIsBlocked) {
  for (int i = 0; i < 29; ++i) Fail(fmt::format("nobody {}", i), 1);
  EXPECT_EQ(Ask("a"), Answer::kGoOn);
  Fail("nobody", 1);
  EXPECT_EQ(Ask("a"), Answer::kBlocked);
  EXPECT_EQ(Ask("a", kElsewhere), Answer::kGoOn);
  now_ += seconds(20);
  EXPECT_EQ(Ask("a"), Answer::kGoOn);
}

TEST_F(LoginThrottleTest, ItsUsersComeInAllTheSame) {
  Try("resident", Outcome::kRight);
  BlockPlace();
  EXPECT_EQ(Ask("newcomer"), Answer::kBlocked);
  EXPECT_EQ(Ask("resident"), Answer::kGoOn);
  Fail("resident", 3);  // But they have a count of their own.
  EXPECT_EQ(Ask("resident"), Answer::kBlocked);
}

TEST_F(LoginThrottleTest, ARightPasswordOfOneUserPaysForNoGuessesAtOthers) {
  for (int i = 0; i < 30; ++i) {
    Fail(fmt::format("victim {}", i), 1);
    Try("own account", Outcome::kRight);
  }
  EXPECT_EQ(Ask("victim"), Answer::kBlocked);
}

TEST_F(LoginThrottleTest, UnixSocketsAreNoPlaceToBlock) {
  for (int i = 0; i < 100; ++i) Fail(fmt::format("nobody {}", i), 1, "local");
  EXPECT_EQ(Ask("a", "local"), Answer::kGoOn);
  Fail("a", 3, "local");
  EXPECT_EQ(Ask("a", "local"), Answer::kBlocked);
}

TEST_F(LoginThrottleTest, OnePlaceLeavesRoomForOthers) {
  for (uint32_t i = 0; i < LoginThrottle::kMaxUnderWay; ++i) {
    EXPECT_EQ(Ask("a"), Answer::kGoOn);
    throttle_.Begin(LoginThrottle::GuessOf(fmt::format("user {}", i), kHere));
  }
  EXPECT_EQ(Ask("a"), Answer::kBusy);
  EXPECT_EQ(Ask("a", kElsewhere), Answer::kGoOn);
  throttle_.End(LoginThrottle::GuessOf("user 0", kHere), Outcome::kWrong, now_);
  EXPECT_EQ(Ask("a"), Answer::kGoOn);
}

TEST_F(LoginThrottleTest, ForgetsWhatWasLongestLeftAlone) {
  Fail("a", 3);
  for (size_t i = 0; i < LoginThrottle::kMaxEntries; ++i) {
    Fail("a", 1, fmt::format("10.{}.{}.1:7", i / 256, i % 256));
  }
  EXPECT_EQ(Ask("a"), Answer::kGoOn);
}

TEST_F(LoginThrottleTest, WhatIsForgottenWhileItIsJudgedEndsWell) {
  const auto guess = LoginThrottle::GuessOf("a", kHere);
  throttle_.Begin(guess);
  for (size_t i = 0; i < LoginThrottle::kMaxEntries; ++i) {
    Fail("a", 1, fmt::format("10.{}.{}.1:7", i / 256, i % 256));
  }
  throttle_.End(guess, Outcome::kWrong, now_);
  EXPECT_EQ(Ask("a"), Answer::kGoOn);
  Fail("a", 2);
  EXPECT_EQ(Ask("a"), Answer::kBlocked);
}

// A name of any length costs no more than the longest that a user can have.
TEST_F(LoginThrottleTest, NamesThatNobodyCanHaveShareACount) {
  const std::string beginning(300, 'x');
  Fail(beginning + "1", 2);
  Fail(beginning + "2", 1);
  EXPECT_EQ(Ask(beginning + "3"), Answer::kBlocked);
  EXPECT_EQ(Ask(beginning.substr(0, 256)), Answer::kGoOn);
}

}  // namespace
}  // namespace signet::auth
