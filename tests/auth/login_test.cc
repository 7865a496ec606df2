// CONNECT: which method decides (azure-iot-operations 3.2, 5.3, 9), what is remembered, and what is
// asked once.
#include "core/base/bytes.h"
#include "tests/auth/auth_shard_fixture.h"

namespace signet::auth {
namespace {

class LoginTest : public AuthShardTest {
 protected:
  // [Custom, ServiceAccountToken], where Custom yields when it cannot be asked.
  LoginTest() {
    custom_.name = "Custom";
    custom_.yields = true;
    custom_.remembers = false;
    other_.name = "JWT";
    other_.mqtt_method = "JWT";
  }

  Script custom_;
  Script other_;
};

TEST_F(LoginTest, TheFirstRelevantMethodDecides) {
  Configure({&other_, &sat_});
  Ask(With("t"));
  EXPECT_TRUE(other_.asked.empty());
  ASSERT_EQ(sat_.asked.size(), 1u);
  sat_.Answer(AcceptedAs("account"));
  const Principal principal = Proven();
  EXPECT_EQ(principal.method, "ServiceAccountToken");
  EXPECT_EQ(principal.identity, "account");
  EXPECT_TRUE(principal.may_reauthenticate);
  EXPECT_TRUE(static_cast<bool>(principal.grant));
}

TEST_F(LoginTest, NobodyIsAskedAfterAVerdict) {
  Configure({&custom_, &sat_});
  Ask(With("t"));
  custom_.Answer(Denied{.rule = "403", .reason_code = ReasonCode::kBanned});
  EXPECT_EQ(Refused(), ReasonCode::kBanned);
  EXPECT_TRUE(sat_.asked.empty());
}

TEST_F(LoginTest, WhoCannotBeAskedAndYieldsIsPassedOver) {
  Configure({&custom_, &sat_});
  Ask(With("t"));
  custom_.Answer(Unavailable{.why = "connection refused"});
  ASSERT_EQ(sat_.asked.size(), 1u);
  sat_.Answer(AcceptedAs("account"));
  EXPECT_EQ(Proven().method, "ServiceAccountToken");
}

TEST_F(LoginTest, WhoMakesUsBusyDoesNotChooseWhoDecides) {
  Configure({&custom_, &sat_});
  Ask(With("t"));
  custom_.Answer(Unavailable{.why = "too many questions wait", .are_busy = true});
  EXPECT_TRUE(sat_.asked.empty());
  EXPECT_EQ(Refused(), ReasonCode::kServerBusy);
}

TEST_F(LoginTest, TheNextOnesVerdictIsFinalToo) {
  Configure({&custom_, &sat_, &custom_});
  Ask(With("t"));
  custom_.Answer(Unavailable{.why = "connection refused"});
  sat_.Answer(Denied{.rule = "forged"});
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
  EXPECT_TRUE(custom_.asked.empty());
}

TEST_F(LoginTest, NobodyLeftToAskIsARefusal) {
  Configure({&custom_});
  Ask(With("t"));
  custom_.Answer(Unavailable{.why = "connection refused"});
  EXPECT_EQ(Refused(), ReasonCode::kBadAuthenticationMethod);  // It named one.
  Configure({&sat_});
  Credentials password{.client_id = "c", .username = "u", .password = SecretBytes("p")};
  Ask(std::move(password));
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
}

TEST_F(LoginTest, NoMethodAtAllIsARefusal) {
  Configure({});
  Ask(With("t"));
  EXPECT_EQ(Refused(), ReasonCode::kBadAuthenticationMethod);
}

TEST_F(LoginTest, WhoCannotBeAskedAndDoesNotYieldLetsNobodyIn) {
  Configure({&sat_, &other_});
  Ask(With("t"));
  sat_.Answer(Unavailable{.why = "503"});
  EXPECT_TRUE(IsUndecided());
  EXPECT_TRUE(other_.asked.empty());
}

TEST_F(LoginTest, APortThatIsGoneDecidesNothing) {
  shard_.ClosePort(kPort);
  Ask(With("t"));
  EXPECT_TRUE(IsUndecided());
}

TEST_F(LoginTest, WhatHasEndedAlreadyIsRefused) {
  for (const Duration ago : {milliseconds(0), milliseconds(1), milliseconds(86'400'000)}) {
    Ask(With("t" + std::to_string(ago.count())));
    sat_.Answer(AcceptedAs("account", In(-ago)));
    EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
  }
  EXPECT_EQ(shard_.Report().grants, 0u);
}

// -- Asked once, and remembered.

TEST_F(LoginTest, EqualQuestionsAreAskedOnce) {
  for (int i = 0; i < 5000; ++i) Ask(With("same"));
  while (shard_.Report().questions > 0 && sat_.asked.size() == 1) {
    Turn();
    if (shard_.NextDeadline() > now_) break;
  }
  ASSERT_EQ(sat_.asked.size(), 1u);
  sat_.Answer(AcceptedAs("account"));
  EXPECT_EQ(Told().size(), 5000u);
  EXPECT_EQ(shard_.Report().methods.front().counters.merged, 4999u);
  EXPECT_EQ(shard_.Report().grants, 5000u);
}

TEST_F(LoginTest, DifferentQuestionsAreNot) {
  Ask(With("one"));
  Ask(With("two"));
  EXPECT_EQ(sat_.asked.size(), 2u);
}

TEST_F(LoginTest, AVerdictIsRemembered) {
  LetIn("t", In(seconds(1000)));
  Ask(With("t"));
  EXPECT_TRUE(sat_.asked.empty());
  EXPECT_EQ(Proven().deadline, In(seconds(1000)));
  EXPECT_EQ(shard_.Report().methods.front().counters.cache_hits, 1u);
}

TEST_F(LoginTest, WhatIsRememberedNeedNotBeFoundRelevantAgain) {
  int looked_at = 0;
  sat_.is_relevant = [&](const Credentials& credentials) {
    ++looked_at;
    return credentials.authentication_data.text().starts_with("a");
  };
  sat_.is_relevant_by_evidence = true;
  LetIn("a");
  EXPECT_EQ(looked_at, 1);
  LetIn("a");
  EXPECT_EQ(looked_at, 1);
  EXPECT_EQ(sat_.verified, 1);
  EXPECT_EQ(shard_.Report().methods.front().counters.cache_hits, 1u);
  Ask(With("b"));
  EXPECT_EQ(Refused(), ReasonCode::kBadAuthenticationMethod);
  EXPECT_EQ(looked_at, 2);
}

TEST_F(LoginTest, ToBeFoundLengthensNothing) {
  const WallTime deadline = In(seconds(100));
  LetIn("t", deadline);
  Told();
  for (int i = 0; i < 9; ++i) {
    Advance(seconds(10));
    Ask(With("t"));
    EXPECT_EQ(Proven().deadline, deadline);
  }
  Advance(seconds(11));
  Told();
  Ask(With("t"));
  EXPECT_EQ(sat_.asked.size(), 1u);  // Judged anew.
}

TEST_F(LoginTest, AVerdictIsForgottenAtAGreatestAge) {
  LetIn("t");
  Advance(VerdictCache::Options().accepted_age - seconds(1));
  Ask(With("t"));
  EXPECT_TRUE(sat_.asked.empty());
  Advance(seconds(2));
  Ask(With("t"));
  EXPECT_EQ(sat_.asked.size(), 1u);
}

TEST_F(LoginTest, ARefusalIsRememberedForAMoment) {
  Ask(With("t"));
  sat_.Answer(Denied{.rule = "forged"});
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
  Ask(With("t"));
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
  EXPECT_TRUE(sat_.asked.empty());
  Advance(VerdictCache::Options().denied_age);
  Ask(With("t"));
  EXPECT_EQ(sat_.asked.size(), 1u);
}

TEST_F(LoginTest, NoVerdictIsNotRemembered) {
  Ask(With("t"));
  sat_.Answer(Unavailable{.why = "503"});
  EXPECT_TRUE(IsUndecided());
  Ask(With("t"));
  EXPECT_EQ(sat_.asked.size(), 1u);
}

TEST_F(LoginTest, NewSettingsKnowNothingOfOldVerdicts) {
  LetIn("t");
  Configure({&sat_});
  Ask(With("t"));
  EXPECT_EQ(sat_.asked.size(), 1u);
}

TEST_F(LoginTest, AVerdictOfOldSettingsIsNotEnough) {
  const ConnectionId client = Ask(With("t"));
  Configure({&sat_});  // The audience is another one, perhaps.
  sat_.Answer(AcceptedAs("account"));
  EXPECT_EQ(Told().size(), 0u);
  ASSERT_EQ(sat_.asked.size(), 1u);  // Of the new ones.
  sat_.Answer(Denied{.rule = "audience"});
  const auto told = Told();
  ASSERT_EQ(told.size(), 1u);
  const auto& answer = std::get<AuthAnswer>(told.front());
  EXPECT_EQ(answer.client, client);
  EXPECT_TRUE(std::holds_alternative<Rejected>(answer.outcome));
}

TEST_F(LoginTest, APortThatIsClosedMeanwhileLetsNobodyIn) {
  Ask(With("t"));
  shard_.ClosePort(kPort);
  sat_.Answer(AcceptedAs("account"));
  EXPECT_TRUE(IsUndecided());
}

TEST_F(LoginTest, AMethodThatRemembersNothingIsAskedEachTime) {
  Configure({&custom_});
  Ask(With("t"));
  Ask(With("t"));
  EXPECT_EQ(custom_.asked.size(), 2u);
}

TEST_F(LoginTest, ATurnBeginsOnlyWithSoManyQuestions) {
  sat_.remembers = false;
  std::vector<MailToAuth> mail;
  for (uint32_t i = 0; i < 3 * AuthShard::kQuestionsPerTurn; ++i) {
    mail.push_back(AuthQuestion{.client = {i, 1}, .port = kPort, .credentials = With("t")});
  }
  Turn(std::move(mail));
  EXPECT_EQ(sat_.asked.size(), AuthShard::kQuestionsPerTurn);
  EXPECT_EQ(shard_.NextDeadline(), now_);
  Turn();
  Turn();
  EXPECT_EQ(sat_.asked.size(), 3 * AuthShard::kQuestionsPerTurn);
}

// -- The log.

TEST_F(LoginTest, ARefusalIsOneLineWithoutTheSecret) {
  Ask(With("top-secret-token"));
  sat_.Answer(Denied{.rule = "the audience is another"});
  ASSERT_EQ(log_.lines().size(), 1u);
  const std::string& line = log_.lines().front();
  for (const std::string_view part :
       {"authentication refused", "listener=\"front\"", "method=\"ServiceAccountToken\"",
        "rule=\"the audience is another\"", "client_id=\"c\"", "peer=\"192.0.2.1:7\"",
        "code=\"0x87\""}) {
    EXPECT_NE(line.find(part), line.npos) << line;
  }
  EXPECT_EQ(line.find("secret"), line.npos);
}

TEST_F(LoginTest, AFloodOfRefusalsIsNotAFloodOfLines) {
  sat_.at_once = Denied{.rule = "forged"};
  for (int i = 0; i < 10'000; ++i) Ask(With(std::to_string(i)));
  EXPECT_LE(log_.lines().size(), 100u);
}

TEST(VerdictCache, IsBoundedAndForgetsTheOldest) {
  VerdictCache cache({.entries = 100}, {});
  const Instant now(seconds(1));
  const WallTime wall = WallTime::FromSeconds(1);
  const auto key = [&](int i) { return cache.KeyOf(1, AsBytes(std::to_string(i))); };
  for (int i = 0; i < 1000; ++i) cache.Keep(key(i), AcceptedAs("a"), now, wall);
  EXPECT_LE(cache.size(), 100u);
  EXPECT_FALSE(cache.Find(key(0), now, wall));
  EXPECT_TRUE(cache.Find(key(999), now, wall));
}

TEST(VerdictCache, ForgetsWhenWhatWasConsultedEnds) {
  VerdictCache cache({}, {});
  const EvidenceKey key = cache.KeyOf(1, AsBytes("a chain"));
  Accepted accepted = AcceptedAs("a");
  accepted.known_until = WallTime::FromSeconds(10);
  cache.Keep(key, accepted, Instant(), WallTime::FromSeconds(1));
  EXPECT_TRUE(cache.Find(key, Instant(), WallTime::FromSeconds(9)));
  EXPECT_FALSE(cache.Find(key, Instant(), WallTime::FromSeconds(10)));
}

TEST(VerdictCache, TellsJudgesAndHashKeysApart) {
  const VerdictCache cache({}, {1});
  const VerdictCache other({}, {2});
  EXPECT_NE(cache.KeyOf(1, AsBytes("t")), cache.KeyOf(2, AsBytes("t")));
  EXPECT_NE(cache.KeyOf(1, AsBytes("t")), other.KeyOf(1, AsBytes("t")));
  EXPECT_EQ(cache.KeyOf(1, AsBytes("t")), cache.KeyOf(1, AsBytes("t")));
}

}  // namespace
}  // namespace signet::auth
