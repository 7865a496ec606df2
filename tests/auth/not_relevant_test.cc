// A method whose server says that what it was asked about is not for it to judge.
#include <string>

#include "tests/auth/auth_shard_fixture.h"

namespace signet::auth {
namespace {

class NotRelevantTest : public AuthShardTest {
 protected:
  NotRelevantTest() {
    custom_.name = "Custom";
    custom_.remembers = false;
    custom_.is_relevant = [](const Credentials&) { return true; };
    custom_.at_once = NotRelevant{};
    Configure({&custom_, &sat_});
  }

  Script custom_;
};

TEST_F(NotRelevantTest, TheNextMethodDecides) {
  Ask(With("token"));
  sat_.Answer(AcceptedAs("account"));
  EXPECT_EQ(Proven().method, "ServiceAccountToken");
  EXPECT_TRUE(log_.lines().empty());  // It is neither a verdict nor a failure.
  const MethodCounters counters = shard_.Report().methods.at(0).counters;
  EXPECT_EQ(counters.accepted + counters.denied + counters.failed, 0u);
}

TEST_F(NotRelevantTest, WithoutANextOneNobodyIsLetIn) {
  Ask(Credentials{.client_id = "c", .peer = "192.0.2.1:7"});
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
  EXPECT_EQ(shard_.Report().all.not_relevant, 1u);
}

TEST_F(NotRelevantTest, IsNotRemembered) {
  custom_.remembers = true;
  Ask(With("token"));
  sat_.Answer(AcceptedAs("account"));
  Proven();
  custom_.at_once = AcceptedAs("somebody");
  Ask(With("token"));
  EXPECT_EQ(Proven().method, "Custom");
}

// Who let the client in does not know it any more.
TEST_F(NotRelevantTest, RefusesAReauthentication) {
  custom_.at_once = AcceptedAs("somebody", In(seconds(100)));
  const ConnectionId client = Ask(With("token"));
  const GrantId grant = Proven().grant;
  custom_.at_once = NotRelevant{};
  AskAgain(grant, client, With("token"));
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
}

// A server that is down is asked about by all who come; the log is not theirs to fill.
TEST_F(NotRelevantTest, ManyWhoArePassedOverFillNoLog) {
  custom_.yields = true;
  custom_.at_once = Unavailable{.why = "503"};
  sat_.at_once = AcceptedAs("account");
  for (int i = 0; i < 200; ++i) Ask(With(std::to_string(i)));
  EXPECT_EQ(log_.lines().size(), 50u);
}

}  // namespace
}  // namespace signet::auth
