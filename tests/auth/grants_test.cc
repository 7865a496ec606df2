// What comes after CONNECT: deadlines, re-authentication, rechecks, new settings
// (azure-iot-operations 3.6, 9).
#include <utility>
#include <vector>

#include "tests/auth/auth_shard_fixture.h"

namespace signet::auth {
namespace {

using GrantsTest = AuthShardTest;

// -- Deadlines.

TEST_F(GrantsTest, EndsAtItsDeadlineAndNotBefore) {
  const auto [grant, client] = LetIn("t", In(milliseconds(10'700)));
  Advance(milliseconds(10'699));
  EXPECT_TRUE(Ended().empty());
  Advance(milliseconds(1000));
  const auto ended = Ended();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended.front().grant, grant);
  EXPECT_EQ(ended.front().client, client);
  EXPECT_EQ(ended.front().notice, ReasonCode::kSuccess);
  EXPECT_NE(ended.front().why.find("expired at 2030-"), std::string::npos) << ended.front().why;
  Advance(seconds(100));
  EXPECT_TRUE(Ended().empty());  // Once.
  EXPECT_EQ(shard_.Report().all.expired, 1u);
}

TEST_F(GrantsTest, TellsFirstIfThatIsWanted) {
  Configure({&sat_}, config::ExpiryNotice::kDisconnect);
  LetIn("t", In(seconds(1)));
  Advance(seconds(2));
  EXPECT_EQ(Ended().at(0).notice, ReasonCode::kNotAuthorized);
}

TEST_F(GrantsTest, WithoutADeadlineLastsForEver) {
  LetIn("t");
  EXPECT_EQ(shard_.NextDeadline(), Instant::Never());
  SetClock(seconds(int64_t{3600} * 24 * 365 * 100));
  Turn();
  EXPECT_TRUE(Ended().empty());
}

// Far ahead, and beyond what a clock of nanoseconds can say.
TEST_F(GrantsTest, LastsUntilTheYear9999) {
  LetIn("t", WallTime::FromSeconds(253'402'300'799));
  LetIn("u", WallTime::FromMilliseconds(INT64_MAX - 1));
  Advance(seconds(10));
  SetClock(seconds(int64_t{3600} * 24 * 365 * 200));
  Advance(seconds(2));
  EXPECT_TRUE(Ended().empty());
}

TEST_F(GrantsTest, TheClockJumpsAnHourAhead) {
  LetIn("soon", In(seconds(1800)));
  LetIn("later", In(seconds(7200)));
  Advance(seconds(10));
  SetClock(seconds(3600));
  Advance(seconds(1));
  EXPECT_EQ(Ended().size(), 1u);
  Advance(seconds(3580));
  EXPECT_TRUE(Ended().empty());
  Advance(seconds(12));
  EXPECT_EQ(Ended().size(), 1u);
  EXPECT_EQ(shard_.Report().all.clock_jumps, 1u);
}

TEST_F(GrantsTest, TheClockJumpsAnHourBack) {
  LetIn("t", In(seconds(100)));
  Advance(seconds(10));
  SetClock(seconds(-3600));
  Advance(seconds(3600 + 89));
  EXPECT_TRUE(Ended().empty());
  Advance(seconds(2));
  EXPECT_EQ(Ended().size(), 1u);
}

TEST_F(GrantsTest, TheClockJumpsTenYearsAndBack) {
  constexpr Duration kTenYears = seconds(int64_t{3600} * 24 * 3652);
  LetIn("t", In(seconds(100)));
  Advance(seconds(10));
  SetClock(-kTenYears);
  Advance(seconds(200));
  EXPECT_TRUE(Ended().empty());
  SetClock(kTenYears);
  Advance(seconds(1));
  EXPECT_EQ(Ended().size(), 1u);
}

// NTP makes a clock slow or fast by up to half a thousandth, and never jumps.
TEST_F(GrantsTest, FollowsAClockThatDrifts) {
  LetIn("t", In(seconds(10'000)));
  for (int i = 0; i < 9'995; ++i) {
    Advance(seconds(1));
    SetClock(milliseconds(i % 2));
  }
  // Five seconds fast by now: it is due.
  Advance(seconds(1));
  EXPECT_EQ(Ended().size(), 1u);
}

TEST_F(GrantsTest, AWaveOfDeadlinesEndsAll) {
  for (int i = 0; i < 20'000; ++i) LetIn("t", In(milliseconds(5000)));
  Advance(milliseconds(4999));
  EXPECT_TRUE(Ended().empty());
  while (shard_.outgoing(kShard).empty()) Advance(milliseconds(1));
  // Little by little, so that there is time for others; and yet none a second late.
  EXPECT_EQ(Ended().size(), AuthShard::kLooksPerTurn);
  Advance(milliseconds(900));
  EXPECT_EQ(Ended().size(), 20'000u - AuthShard::kLooksPerTurn);
}

TEST_F(GrantsTest, WhoProvesItselfAgainWhileOthersEndStays) {
  for (size_t i = 0; i < AuthShard::kLooksPerTurn; ++i) LetIn("t", In(milliseconds(5000)));
  const auto [last, client] = LetIn("last", In(milliseconds(5000)));
  Advance(milliseconds(4999));
  while (shard_.outgoing(kShard).empty()) Advance(milliseconds(1));
  EXPECT_EQ(Ended().size(), AuthShard::kLooksPerTurn);  // And one that waits.
  AskAgain(last, client, With("again"));
  sat_.Answer(AcceptedAs("account", In(seconds(100))));
  EXPECT_EQ(Proven().grant, last);
  Advance(seconds(50));
  EXPECT_TRUE(Ended().empty());
  Advance(seconds(51));
  EXPECT_EQ(Ended().size(), 1u);
}

TEST_F(GrantsTest, IsForgottenWhenTheClientIsGone) {
  const GrantId grant = LetIn("t", In(seconds(10))).first;
  EXPECT_EQ(shard_.Report().methods.front().counters.sessions, 1u);
  std::vector<MailToAuth> mail;
  mail.push_back(GrantReturned{grant});
  mail.push_back(GrantReturned{grant});  // Twice does no harm.
  Turn(std::move(mail));
  EXPECT_EQ(shard_.Report().grants, 0u);
  EXPECT_EQ(shard_.Report().methods.front().counters.sessions, 0u);
  Advance(seconds(20));
  EXPECT_TRUE(Ended().empty());
}

TEST_F(GrantsTest, FollowsTheClientToItsHome) {
  const auto [grant, client] = LetIn("t", In(seconds(10)));
  const ConnectionId there{.slot = 99, .generation = 5};
  shard_.BeginTurn(now_, wall_);
  shard_.Take(ShardId(2), GrantClaimed{grant, there});
  shard_.EndTurn();
  Advance(seconds(11));
  EXPECT_TRUE(Ended(kShard).empty());
  EXPECT_EQ(Ended(ShardId(2)).at(0).client, there);
}

// The one who was told had handed it over already, and nobody there knows of it.
TEST_F(GrantsTest, IsTakenBackWhereverTheClientTurnsUp) {
  const auto [grant, client] = LetIn("t", In(seconds(10)));
  Advance(seconds(11));
  EXPECT_EQ(Ended().size(), 1u);
  const ConnectionId there{.slot = 99, .generation = 5};
  shard_.BeginTurn(now_, wall_);
  shard_.Take(ShardId(2), GrantClaimed{grant, there});
  shard_.EndTurn();
  EXPECT_EQ(Ended(ShardId(2)).at(0).client, there);
}

TEST_F(GrantsTest, AreBounded) {
  AuthShard::Setup setup{.shards = 2,
                         .make_methods =
                             [this](const config::BrokerAuthentication&, const MethodContext&) {
                               std::vector<std::unique_ptr<Method>> methods;
                               methods.push_back(std::make_unique<ScriptedMethod>(&sat_));
                               return methods;
                             },
                         .grants = 2,
                         .log = &log_,
                         .start = {.now = now_, .wall = wall_}};
  AuthShard small(std::move(setup));
  small.SetPort(kPort, "front", std::make_shared<config::BrokerAuthentication>());
  sat_.at_once = AcceptedAs("account");
  small.BeginTurn(now_, wall_);
  for (uint32_t i = 0; i < 3; ++i) {
    small.Take(kShard, AuthQuestion{.client = {i, 1}, .port = kPort, .credentials = With("t")});
  }
  small.EndTurn();
  std::vector<size_t> outcomes;
  while (!small.outgoing(kShard).empty()) {
    const MailFromAuth mail = small.outgoing(kShard).Pop();
    outcomes.push_back(std::get<AuthAnswer>(mail).outcome.index());
  }
  EXPECT_EQ(outcomes, (std::vector<size_t>{0, 0, 2}));
}

// -- Re-authentication.

TEST_F(GrantsTest, ReauthenticationMovesTheDeadline) {
  const auto [grant, client] = LetIn("old", In(seconds(10)));
  Advance(seconds(5));
  AskAgain(grant, client, With("new"));
  ASSERT_EQ(sat_.asked.size(), 1u);
  sat_.Answer(AcceptedAs("account", In(seconds(100))));
  const Principal principal = Proven();
  EXPECT_EQ(principal.grant, grant);
  EXPECT_EQ(principal.deadline, In(seconds(100)));
  Advance(seconds(99));
  EXPECT_TRUE(Ended().empty());
  Advance(seconds(2));
  EXPECT_EQ(Ended().size(), 1u);
  EXPECT_EQ(shard_.Report().all.reauthenticated, 1u);
}

TEST_F(GrantsTest, ReauthenticationMayShortenTheDeadlineToo) {
  const auto [grant, client] = LetIn("old", In(seconds(100)));
  AskAgain(grant, client, With("new"));
  sat_.Answer(AcceptedAs("account", In(seconds(10))));
  Proven();
  Advance(seconds(11));
  EXPECT_EQ(Ended().size(), 1u);
}

TEST_F(GrantsTest, ItMustBeTheSameAsBefore) {
  const auto [grant, client] = LetIn("old");
  AskAgain(grant, client, With("new"));
  sat_.Answer(AcceptedAs("another account"));
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
  EXPECT_EQ(shard_.Report().all.reauthentications_refused, 1u);
}

TEST_F(GrantsTest, ARefusedReauthenticationIsARefusal) {
  const auto [grant, client] = LetIn("old");
  AskAgain(grant, client, With("new"));
  sat_.Answer(Denied{.rule = "expired"});
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
  const auto& lines = log_.lines();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_TRUE(lines[0].starts_with("re-authentication refused")) << lines[0];
  EXPECT_EQ(lines[0].find("new"), std::string::npos) << lines[0];
}

TEST_F(GrantsTest, UndecidedLeavesTheOldCredentialUntilItsOwnDeadline) {
  const auto [grant, client] = LetIn("old", In(seconds(10)));
  AskAgain(grant, client, With("new"));
  sat_.Answer(Unavailable{.why = "503"});
  EXPECT_TRUE(IsUndecided());
  Advance(milliseconds(9'900));
  EXPECT_TRUE(Ended().empty());
  Advance(seconds(1));
  EXPECT_EQ(Ended().size(), 1u);
}

// Official clients answer AUTH 0x18 by the same token, at once.
TEST_F(GrantsTest, WhyThereWasNoVerdictIsLogged) {  // azure-iot-operations, 5.3, rule 2.
  const auto [grant, client] = LetIn("old");
  sat_.at_once = Unavailable{.why = "the server: no connection"};
  for (int i = 0; i < 200; ++i) AskAgain(grant, client, With("new"));
  ASSERT_EQ(log_.lines().size(), 50u);
  EXPECT_NE(log_.lines()[0].find("re-authentication without a verdict"), std::string::npos);
  EXPECT_NE(log_.lines()[0].find("the server: no connection"), std::string::npos);
}

TEST_F(GrantsTest, ALoopOfUndecidedTakesASecondEachTime) {
  const auto [grant, client] = LetIn("old");
  sat_.at_once = Unavailable{.why = "503"};
  AskAgain(grant, client, With("new"));
  EXPECT_TRUE(IsUndecided());
  const Instant begin = now_;
  for (int i = 0; i < 5; ++i) {
    AskAgain(grant, client, With("new"), Credentials::Source::kContinue);
    EXPECT_TRUE(Told().empty());
    Advance(shard_.NextDeadline() - now_);
    EXPECT_TRUE(IsUndecided());
  }
  EXPECT_GE(now_ - begin, 5 * AuthShard::kUndecidedPause);
  // After a rest the first answer comes at once again.
  Advance(seconds(10));
  AskAgain(grant, client, With("new"));
  EXPECT_TRUE(IsUndecided());
}

TEST_F(GrantsTest, ExpiryWhileAReauthenticationIsOpenEndsIt) {  // 9.33
  const auto [grant, client] = LetIn("old", In(seconds(10)));
  AskAgain(grant, client, With("new"));
  Advance(seconds(11));
  EXPECT_EQ(Ended().size(), 1u);
  sat_.Answer(AcceptedAs("account", In(seconds(100))));
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
}

TEST_F(GrantsTest, WhatIsNotForItsMethodIsRefused) {
  const auto [grant, client] = LetIn("old");
  AskAgain(grant, client, With("new", "JWT"));
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
}

TEST_F(GrantsTest, AGrantThatIsGoneProvesNothing) {
  AskAgain(GrantId{.slot = 5, .generation = 9}, ConnectionId{}, With("new"));
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
  EXPECT_TRUE(sat_.asked.empty());
}

// -- Rechecks.

TEST_F(GrantsTest, IsLookedAtAgainAndTakenBack) {
  sat_.recheck = seconds(60);
  Configure({&sat_});
  LetIn("t", In(seconds(10'000)));
  Advance(seconds(67));
  ASSERT_EQ(sat_.asked.size(), 1u);
  EXPECT_EQ(sat_.asked.front().token, "t");
  sat_.Answer(AcceptedAs("account", In(seconds(9'000))));
  Advance(seconds(67));
  ASSERT_EQ(sat_.asked.size(), 1u);
  sat_.Answer(Unavailable{.why = "503"});  // Who cannot be asked has taken nothing back.
  EXPECT_TRUE(Ended().empty());
  Advance(seconds(67));
  ASSERT_EQ(sat_.asked.size(), 1u);
  sat_.Answer(Denied{.rule = "the pod is gone"});
  const auto ended = Ended();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_NE(ended[0].why.find("the pod is gone"), std::string::npos);
  EXPECT_EQ(shard_.Report().all.revoked, 1u);
  Advance(seconds(300));
  EXPECT_TRUE(sat_.asked.empty());
}

TEST_F(GrantsTest, EqualTokensAreLookedAtOnce) {
  sat_.recheck = seconds(60);
  Configure({&sat_});
  LetIn("t");
  for (int i = 0; i < 9; ++i) Ask(With("t"));
  Told();
  Advance(seconds(67));
  EXPECT_EQ(sat_.asked.size(), 1u);
  sat_.Answer(Denied{.rule = "gone"});
  EXPECT_EQ(Ended().size(), 10u);
}

// A token whose pod is gone is in the cache still.
TEST_F(GrantsTest, ReauthenticationDoesNotPutTheRecheckOff) {
  sat_.recheck = seconds(60);
  Configure({&sat_});
  const auto [grant, client] = LetIn("t", In(seconds(10'000)));
  for (int i = 0; i < 4; ++i) {
    Advance(seconds(20));
    AskAgain(grant, client, With("t"));
    Proven();
  }
  ASSERT_EQ(sat_.asked.size(), 1u);
  sat_.Answer(Denied{.rule = "the pod is gone"});
  EXPECT_EQ(Ended().size(), 1u);
}

TEST_F(GrantsTest, AClockThatIsSetAgainAndAgainDoesNotPutTheRecheckOff) {
  sat_.recheck = seconds(60);
  Configure({&sat_});
  LetIn("t", In(seconds(10'000)));
  for (int i = 0; i < 4; ++i) {
    Advance(seconds(20));
    SetClock(milliseconds(i % 2 == 0 ? 200 : -200));
    Advance(seconds(1));
  }
  EXPECT_GE(shard_.Report().all.clock_jumps, 4u);
  EXPECT_EQ(sat_.asked.size(), 1u);
}

TEST_F(GrantsTest, WhatIsSaidOfAReplacedCredentialCountsNoMore) {
  sat_.recheck = seconds(60);
  Configure({&sat_});
  const auto [grant, client] = LetIn("old", In(seconds(70)));
  Advance(seconds(67));
  ASSERT_EQ(sat_.asked.size(), 1u);  // Nobody has answered yet.
  AskAgain(grant, client, With("new"));
  ASSERT_EQ(sat_.asked.size(), 2u);
  std::swap(sat_.asked[0], sat_.asked[1]);
  sat_.Answer(AcceptedAs("account", In(seconds(1000))));
  Proven();
  sat_.Answer(Denied{.rule = "the token has expired"});
  EXPECT_TRUE(Ended().empty());
}

// It is still the same one, and the answer of the cache is older.
TEST_F(GrantsTest, TheSameCredentialAgainDoesNotSaveIt) {
  sat_.recheck = seconds(60);
  Configure({&sat_});
  const auto [grant, client] = LetIn("t", In(seconds(10'000)));
  Advance(seconds(67));
  ASSERT_EQ(sat_.asked.size(), 1u);
  AskAgain(grant, client, With("t"));
  Proven();
  sat_.Answer(Denied{.rule = "the pod is gone"});
  EXPECT_EQ(Ended().size(), 1u);
}

// -- New settings.

TEST_F(GrantsTest, AMethodThatIsGoneTakesItsClientsWithIt) {
  LetIn("t");
  Configure({});
  const auto ended = Ended();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(shard_.Report().all.withdrawn, 1u);
}

TEST_F(GrantsTest, NewSettingsJudgeWhatIsKept) {
  sat_.keeps = true;
  Configure({&sat_});
  LetIn("good");
  LetIn("bad");
  Configure({&sat_});  // A new list of the revoked, perhaps.
  Turn();
  ASSERT_EQ(sat_.asked.size(), 2u);
  for (int i = 0; i < 2; ++i) {
    if (sat_.asked.front().token == "good") {
      sat_.Answer(AcceptedAs("account"));
    } else {
      sat_.Answer(Denied{.rule = "revoked"});
    }
  }
  EXPECT_EQ(Ended().size(), 1u);
}

// Another CA of the same name ends sooner, perhaps.
TEST_F(GrantsTest, NewSettingsMayEndItSooner) {
  sat_.keeps = true;
  Configure({&sat_});
  LetIn("t", In(seconds(1000)));
  Configure({&sat_});
  Turn();
  ASSERT_EQ(sat_.asked.size(), 1u);
  sat_.Answer(AcceptedAs("account", In(seconds(10))));
  Advance(seconds(9));
  EXPECT_TRUE(Ended().empty());
  Advance(seconds(2));
  EXPECT_EQ(Ended().size(), 1u);
}

TEST_F(GrantsTest, NewSettingsNeverEndItLater) {
  sat_.keeps = true;
  Configure({&sat_});
  LetIn("t", In(seconds(10)));
  Configure({&sat_});
  Turn();
  ASSERT_EQ(sat_.asked.size(), 1u);
  sat_.Answer(AcceptedAs("account", In(seconds(1000))));
  Advance(seconds(11));
  EXPECT_EQ(Ended().size(), 1u);
}

TEST_F(GrantsTest, NewSettingsMayRecheckSooner) {
  sat_.recheck = seconds(3600);
  Configure({&sat_});
  LetIn("t");
  sat_.recheck = seconds(60);
  Configure({&sat_});
  Turn();
  ASSERT_EQ(sat_.asked.size(), 1u);
  sat_.Answer(AcceptedAs("account"));
  Advance(seconds(67));
  EXPECT_EQ(sat_.asked.size(), 1u);
}

TEST_F(GrantsTest, NewSettingsJudgeOnlySoManyInATurn) {
  sat_.keeps = true;
  Configure({&sat_});
  for (size_t i = 0; i < 2 * AuthShard::kQuestionsPerTurn; ++i) LetIn(std::to_string(i));
  Configure({&sat_});
  Configure({&sat_});  // Judges nobody twice.
  EXPECT_EQ(shard_.NextDeadline(), now_);
  Turn();
  EXPECT_EQ(sat_.asked.size(), AuthShard::kQuestionsPerTurn);
  Turn();
  EXPECT_EQ(sat_.asked.size(), 2 * AuthShard::kQuestionsPerTurn);
  EXPECT_NE(shard_.NextDeadline(), now_);
}

TEST_F(GrantsTest, WhatOldSettingsFindOutAboutAClientCountsNoMore) {
  sat_.recheck = seconds(60);
  Configure({&sat_});
  LetIn("t");
  Advance(seconds(67));
  ASSERT_EQ(sat_.asked.size(), 1u);
  Configure({&sat_});
  sat_.Answer(Denied{.rule = "by the old ones"});
  EXPECT_EQ(Ended().size(), 0u);
}

TEST_F(GrantsTest, ReauthenticationByOldSettingsIsNotEnough) {
  const auto [grant, client] = LetIn("t", In(seconds(100)));
  AskAgain(grant, client, With("fresh"));
  Configure({&sat_});
  sat_.Answer(AcceptedAs("account", In(seconds(1000))));
  EXPECT_TRUE(Told().empty());
  ASSERT_EQ(sat_.asked.size(), 1u);
  sat_.Answer(Denied{.rule = "audience"});
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
}

TEST_F(GrantsTest, OfTwoMethodsOfOneNameItIsTheOneThatLetItIn) {
  Script first;
  first.is_relevant = [](const Credentials&) { return false; };
  Configure({&first, &sat_});
  const auto [grant, client] = LetIn("t", In(seconds(100)));
  AskAgain(grant, client, With("fresh"));
  ASSERT_EQ(sat_.asked.size(), 1u);
  sat_.Answer(AcceptedAs("account", In(seconds(1000))));
  EXPECT_EQ(shard_.Report().all.reauthenticated, 1u);
  Configure({&first, &sat_});
  EXPECT_EQ(shard_.Report().methods[0].counters.sessions, 0u);
  EXPECT_EQ(shard_.Report().methods[1].counters.sessions, 1u);
  Configure({&first});
  EXPECT_EQ(shard_.Report().all.withdrawn, 1u);
}

TEST_F(GrantsTest, TheSameSettingsChangeNothing) {
  const int made = sat_.made;
  auto settings = std::make_shared<config::BrokerAuthentication>();
  settings->name = std::to_string(revision_);
  shard_.SetPort(kPort, "front", settings);
  EXPECT_EQ(sat_.made, made);
}

}  // namespace
}  // namespace signet::auth
