#include "auth/pauses.h"

#include <string>

#include "tests/auth/auth_shard_fixture.h"

namespace signet::auth {
namespace {

class PausesTest : public AuthShardTest {
 protected:
  void AfterPauses(Duration pause, char what) {
    context_.pauses->After(pause, [this, what] { done_ += what; });
  }

  std::string done_;
};

TEST_F(PausesTest, EndInTheirOrder) {
  AfterPauses(milliseconds(20), 'b');
  AfterPauses(milliseconds(10), 'a');
  AfterPauses(milliseconds(20), 'c');
  Advance(milliseconds(9));
  EXPECT_EQ(done_, "");
  Advance(milliseconds(1));
  EXPECT_EQ(done_, "a");
  Advance(milliseconds(10));
  EXPECT_EQ(done_, "abc");
}

TEST_F(PausesTest, AskForTheirTurn) {
  AfterPauses(milliseconds(20), 'a');
  EXPECT_EQ(shard_.NextDeadline(), now_ + milliseconds(20));
  Advance(milliseconds(20));
  EXPECT_GT(shard_.NextDeadline(), now_ + milliseconds(20));
}

TEST_F(PausesTest, MayFollowEachOther) {
  context_.pauses->After(milliseconds(10), [this] {
    done_ += 'a';
    AfterPauses(milliseconds(10), 'b');
  });
  Advance(milliseconds(10));
  EXPECT_EQ(done_, "a");
  Advance(milliseconds(10));
  EXPECT_EQ(done_, "ab");
}

TEST_F(PausesTest, MayOutliveTheAuthShardsWork) { AfterPauses(seconds(1000), 'a'); }

TEST_F(PausesTest, MethodsKnowWhoseTheyAre) {
  EXPECT_EQ(context_.listener, "front");
  EXPECT_EQ(context_.clock->now, now_);
}

}  // namespace
}  // namespace signet::auth
