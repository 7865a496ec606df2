// Operators revoke: who is in has to go, what was found out is forgotten, and a credential that is
// listed comes in no more.
#include "tests/auth/auth_shard_fixture.h"

namespace signet::auth {
namespace {

using By = Revocation::By;

class RevokeTest : public AuthShardTest {
 protected:
  static constexpr uint32_t kAll = 1'000'000;

  // All of it, in one turn; how many had to go.
  uint64_t Revoke(By by, std::string_view value, std::string_view issuer = {}) {
    const auto revocation = ReadRevocation(by, value, issuer);
    EXPECT_TRUE(revocation.ok());
    shard_.BeginTurn(now_, wall_);
    EXPECT_TRUE(shard_.BeginRevocation(*revocation));
    uint32_t slot = 0;
    uint64_t ended = 0;
    EXPECT_FALSE(shard_.RevokeSome(*revocation, kAll, &slot, &ended));
    shard_.EndTurn();
    return ended;
  }
  static Accepted AcceptedBy(std::string jti) {
    Accepted accepted = AcceptedAs("account");
    accepted.principal.username = "user-" + jti;
    accepted.principal.credential = std::make_shared<const CredentialName>(
        CredentialName{.issuer = "iss", .id = jti, .subject = "sub-" + jti});
    return accepted;
  }
  // In by a token of that `jti`.
  std::pair<GrantId, ConnectionId> Enter(const std::string& jti) {
    const ConnectionId client = Ask(With("token " + jti));
    if (!sat_.asked.empty()) sat_.Answer(AcceptedBy(jti));
    return {Proven().grant, client};
  }
};

TEST_F(RevokeTest, WhoIsMeantHasToGoAndNobodyElse) {
  const auto [first, client] = Enter("1");
  Enter("2");
  EXPECT_EQ(Revoke(By::kUsername, "user-1"), 1u);
  const std::vector<GrantEnded> ended = Ended();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].grant, first);
  EXPECT_EQ(ended[0].client, client);
  // Whatever the port's notice of an expiry is.
  EXPECT_EQ(ended[0].notice, ReasonCode::kNotAuthorized);
  EXPECT_EQ(shard_.Report().all.by_operator, 1u);
  // Its client is told once.
  EXPECT_EQ(Revoke(By::kUsername, "user-1"), 0u);
  EXPECT_EQ(Revoke(By::kSubject, "sub-2"), 1u);
  EXPECT_EQ(Ended().size(), 1u);
}

TEST_F(RevokeTest, AnAccountIsMeantByItsName) {
  Ask(With("t"));
  sat_.Answer(AcceptedAs("system:serviceaccount:plant:pump"));
  Proven();
  EXPECT_EQ(Revoke(By::kServiceAccount, "plant/other"), 0u);
  EXPECT_EQ(Revoke(By::kServiceAccount, "plant/pump"), 1u);
}

TEST_F(RevokeTest, AClientsOwnWordIsItsUsernameWhereNoneIsProven) {
  Credentials credentials = With("t");
  credentials.username = "ann";
  Ask(std::move(credentials));
  sat_.Answer(AcceptedAs("account"));
  Proven();
  EXPECT_EQ(Revoke(By::kUsername, "ann"), 1u);
}

TEST_F(RevokeTest, WhoComesAgainIsJudgedAnew) {
  Enter("1");
  Enter("1");
  EXPECT_EQ(sat_.verified, 1);
  Revoke(By::kUsername, "user-1");
  Told();
  Ask(With("token 1"));
  EXPECT_EQ(sat_.verified, 2);
  sat_.Answer(Denied{.rule = "it is gone"});
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
}

TEST_F(RevokeTest, WhoIsBeingJudgedIsJudgedAgain) {
  Ask(With("token 1"));
  Revoke(By::kUsername, "user-1");
  sat_.Answer(AcceptedBy("1"));  // What was true before.
  EXPECT_TRUE(Told().empty());
  ASSERT_EQ(sat_.asked.size(), 1u);
  sat_.Answer(Denied{.rule = "it is gone"});
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
  // And is not remembered as it was.
  Ask(With("token 1"));
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
  EXPECT_EQ(sat_.verified, 2);
}

TEST_F(RevokeTest, WhoComesLaterDoesNotGetTheAnswerToAnEarlierQuestion) {
  Ask(With("token 1"));
  Revoke(By::kUsername, "user-1");
  Ask(With("token 1"));
  EXPECT_EQ(sat_.verified, 2);
}

TEST_F(RevokeTest, WhoIsOvertakenAgainAndAgainIsRefused) {
  Ask(With("token 1"));
  for (uint32_t i = 0; i < AuthShard::kMostBeginnings; ++i) {
    ASSERT_EQ(sat_.asked.size(), 1u);
    Revoke(By::kUsername, "somebody");
    sat_.Answer(AcceptedBy("1"));
  }
  EXPECT_EQ(Refused(), ReasonCode::kServerBusy);
  EXPECT_EQ(shard_.Report().grants, 0u);
}

TEST_F(RevokeTest, ACredentialThatIsListedComesInNoMore) {
  Enter("1");
  Enter("2");
  EXPECT_EQ(Revoke(By::kToken, "1", "iss"), 1u);
  EXPECT_EQ(Ended().size(), 1u);
  EXPECT_EQ(shard_.Report().revocations, 1u);
  // Though it is remembered as a good one.
  Ask(With("token 1"));
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
  EXPECT_NE(log_.lines().back().find("it was revoked by an operator"), std::string::npos);
  Enter("2");
  EXPECT_EQ(sat_.verified, 2);
}

TEST_F(RevokeTest, ACredentialThatIsBeingJudgedDoesNotSlipThrough) {
  Ask(With("token 1"));
  EXPECT_EQ(Revoke(By::kToken, "1", "iss"), 0u);
  sat_.Answer(AcceptedBy("1"));
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
}

TEST_F(RevokeTest, ACredentialThatIsListedProvesNothingAgain) {
  const auto [grant, client] = Enter("1");
  EXPECT_EQ(Revoke(By::kToken, "2", "iss"), 0u);
  AskAgain(grant, client, With("token 2"));
  sat_.Answer(AcceptedBy("2"));
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
}

TEST_F(RevokeTest, AReauthenticationChangesByWhatItIsFound) {
  const auto [grant, client] = Enter("1");
  AskAgain(grant, client, With("token 2"));
  sat_.Answer(AcceptedBy("2"));
  Proven();
  EXPECT_EQ(Revoke(By::kToken, "1", "iss"), 0u);
  EXPECT_EQ(Revoke(By::kToken, "2", "iss"), 1u);
}

TEST_F(RevokeTest, WhoIsOnItsWayToAnotherShardIsToldThere) {
  const auto [grant, client] = Enter("1");
  Revoke(By::kSubject, "sub-1");
  EXPECT_EQ(Ended().size(), 1u);
  shard_.BeginTurn(now_, wall_);
  shard_.Take(ShardId(2), GrantClaimed{.grant = grant, .client = {.slot = 9, .generation = 1}});
  shard_.EndTurn();
  EXPECT_EQ(Ended(ShardId(2)).size(), 1u);
}

TEST_F(RevokeTest, ATurnDoesItsShare) {
  for (int i = 0; i < 10; ++i) Enter("1");
  const auto revocation = ReadRevocation(By::kUsername, "user-1", "");
  uint32_t slot = 0;
  uint64_t ended = 0;
  shard_.BeginRevocation(*revocation);
  EXPECT_TRUE(shard_.RevokeSome(*revocation, 4, &slot, &ended));
  EXPECT_EQ(ended, 4u);
  EXPECT_TRUE(shard_.RevokeSome(*revocation, 4, &slot, &ended));
  EXPECT_FALSE(shard_.RevokeSome(*revocation, 4, &slot, &ended));
  EXPECT_EQ(ended, 10u);
}

}  // namespace
}  // namespace signet::auth
