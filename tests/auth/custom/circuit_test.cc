#include "auth/custom/circuit.h"

#include <gtest/gtest.h>

namespace signet::auth {
namespace {

constexpr Instant kStart(seconds(1000));

class CircuitTest : public testing::Test {
 protected:
  void Fail(int times, Instant at) {
    for (int i = 0; i < times; ++i) circuit_.Failed(at, at);
  }
  void Open() {
    Fail(3, kStart);
    ASSERT_TRUE(circuit_.is_open());
  }

  Circuit circuit_{{.failures = 3, .open_s = 10}};
};

TEST_F(CircuitTest, OpensAfterFailuresInARow) {
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(circuit_.MayAsk(kStart));
    Fail(1, kStart);
  }
  EXPECT_TRUE(circuit_.MayAsk(kStart));
  Fail(1, kStart);
  EXPECT_FALSE(circuit_.MayAsk(kStart));
  EXPECT_FALSE(circuit_.MayAsk(kStart + milliseconds(9999)));
}

TEST_F(CircuitTest, AnAnswerInBetweenBeginsTheRowAnew) {
  for (int i = 0; i < 10; ++i) {
    Fail(2, kStart);
    circuit_.Answered(kStart);
  }
  EXPECT_TRUE(circuit_.MayAsk(kStart));
}

TEST_F(CircuitTest, OneQuestionTriesItOut) {
  Open();
  EXPECT_TRUE(circuit_.MayAsk(kStart + seconds(10)));
  EXPECT_FALSE(circuit_.MayAsk(kStart + seconds(10)));
  EXPECT_FALSE(circuit_.MayAsk(kStart + seconds(19)));
}

TEST_F(CircuitTest, AnAnswerClosesIt) {
  Open();
  EXPECT_TRUE(circuit_.MayAsk(kStart + seconds(10)));
  circuit_.Answered(kStart + seconds(10));
  EXPECT_FALSE(circuit_.is_open());
  Fail(2, kStart + seconds(10));
  EXPECT_TRUE(circuit_.MayAsk(kStart + seconds(10)));
  Fail(1, kStart + seconds(10));
  EXPECT_FALSE(circuit_.MayAsk(kStart + seconds(10)));
}

TEST_F(CircuitTest, AFailureLeavesItOpenUntilTheNextTrial) {
  Open();
  EXPECT_TRUE(circuit_.MayAsk(kStart + seconds(12)));
  circuit_.Failed(kStart + seconds(12), kStart + seconds(15));
  EXPECT_TRUE(circuit_.is_open());
  EXPECT_FALSE(circuit_.MayAsk(kStart + seconds(21)));
  EXPECT_TRUE(circuit_.MayAsk(kStart + seconds(22)));
}

// The first one may have to wait for its timeout, and nobody must wait for that.
TEST_F(CircuitTest, ATrialThatHangsHoldsUpNoOther) {
  Open();
  EXPECT_TRUE(circuit_.MayAsk(kStart + seconds(10)));
  EXPECT_TRUE(circuit_.MayAsk(kStart + seconds(20)));
  EXPECT_FALSE(circuit_.MayAsk(kStart + seconds(20)));
}

TEST_F(CircuitTest, LateFailuresDoNotPutTheTrialOff) {
  Open();
  for (const int64_t later : {9, 11}) circuit_.Failed(kStart, kStart + seconds(later));
  EXPECT_TRUE(circuit_.MayAsk(kStart + seconds(11)));
}

TEST_F(CircuitTest, LateFailuresDoNotOpenItAgain) {
  Open();
  circuit_.Answered(kStart + seconds(2));
  for (int i = 0; i < 10; ++i) circuit_.Failed(kStart + seconds(1), kStart + seconds(5));
  EXPECT_TRUE(circuit_.MayAsk(kStart + seconds(5)));
  EXPECT_EQ(circuit_.failures_in_a_row(), 0U);
}

TEST_F(CircuitTest, ALateAnswerClosesIt) {
  Open();
  circuit_.Answered(kStart + seconds(1));
  EXPECT_TRUE(circuit_.MayAsk(kStart + seconds(1)));
}

}  // namespace
}  // namespace signet::auth
