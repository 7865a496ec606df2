#include "auth/custom/circuit.h"

#include <gtest/gtest.h>

namespace signet::auth {
namespace {

constexpr Instant kStart(seconds(1000));

class CircuitTest : public testing::Test {
 protected:
  void Open() {
    for (int i = 0; i < 3; ++i) circuit_.Failed(kStart);
    ASSERT_TRUE(circuit_.is_open());
  }

  Circuit circuit_{{.failures = 3, .open_s = 10}};
};

TEST_F(CircuitTest, OpensAfterFailuresInARow) {
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(circuit_.MayAsk(kStart));
    circuit_.Failed(kStart);
  }
  EXPECT_TRUE(circuit_.MayAsk(kStart));
  circuit_.Failed(kStart);
  EXPECT_FALSE(circuit_.MayAsk(kStart));
  EXPECT_FALSE(circuit_.MayAsk(kStart + seconds(10) - milliseconds(1)));
}

TEST_F(CircuitTest, AnAnswerInBetweenBeginsTheRowAnew) {
  for (int i = 0; i < 10; ++i) {
    circuit_.Failed(kStart);
    circuit_.Failed(kStart);
    circuit_.Answered();
  }
  EXPECT_TRUE(circuit_.MayAsk(kStart));
}

TEST_F(CircuitTest, OneQuestionTriesItOut) {
  Open();
  EXPECT_TRUE(circuit_.MayAsk(kStart + seconds(10)));
  EXPECT_FALSE(circuit_.MayAsk(kStart + seconds(10)));
  EXPECT_FALSE(circuit_.MayAsk(kStart + seconds(1000)));
}

TEST_F(CircuitTest, AnAnswerClosesIt) {
  Open();
  EXPECT_TRUE(circuit_.MayAsk(kStart + seconds(10)));
  circuit_.Answered();
  for (int i = 0; i < 2; ++i) circuit_.Failed(kStart + seconds(10));
  EXPECT_TRUE(circuit_.MayAsk(kStart + seconds(10)));
  circuit_.Failed(kStart + seconds(10));
  EXPECT_FALSE(circuit_.MayAsk(kStart + seconds(10)));
}

TEST_F(CircuitTest, AFailureLeavesItOpenForAsLongAgain) {
  Open();
  EXPECT_TRUE(circuit_.MayAsk(kStart + seconds(12)));
  circuit_.Failed(kStart + seconds(15));
  EXPECT_FALSE(circuit_.MayAsk(kStart + seconds(24)));
  EXPECT_TRUE(circuit_.MayAsk(kStart + seconds(25)));
}

// Many are under way when a server goes down; the last of them must not keep it from being tried.
TEST_F(CircuitTest, LateFailuresDoNotPutTheTrialOff) {
  Open();
  circuit_.Failed(kStart + seconds(9));
  EXPECT_TRUE(circuit_.MayAsk(kStart + seconds(10)));
}

TEST_F(CircuitTest, ALateAnswerClosesIt) {
  Open();
  circuit_.Answered();
  EXPECT_TRUE(circuit_.MayAsk(kStart + seconds(1)));
}

}  // namespace
}  // namespace signet::auth
