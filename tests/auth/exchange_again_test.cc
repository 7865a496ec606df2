// Proofs in several steps of clients that are in (MQTT 5, 4.12.1), what is kept of them, and too
// many at a time.
#include "tests/auth/exchange_fixture.h"

namespace signet::auth {
namespace {

// -- AUTH 0x19.

TEST_F(ExchangeTest, ProvesAgainInAsManySteps) {
  const Again again = BeginAgain();
  GoOn(again.exchange, again.client, "c2", again.grant);
  sat_.AnswerStep(Over(AcceptedAs("account", In(seconds(5000))), "end"));
  const AuthOutcome outcome = Outcome();
  const auto& yes = std::get<Authenticated>(outcome);
  EXPECT_EQ(AsText(yes.authentication_data), "end");
  EXPECT_EQ(yes.principal.grant, again.grant);
  EXPECT_EQ(yes.principal.deadline, In(seconds(5000)));
  EXPECT_EQ(shard_.Report().grants, 1u);
  EXPECT_EQ(shard_.Report().all.reauthenticated, 1u);
  EXPECT_TRUE(IsForgotten());
}

TEST_F(ExchangeTest, MayNotMakeSomebodyElseOfIt) {
  const Again again = BeginAgain();
  GoOn(again.exchange, again.client, "c2", again.grant);
  sat_.AnswerStep(Over(AcceptedAs("somebody else")));
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
}

TEST_F(ExchangeTest, TheOldCredentialEndsMeanwhile) {
  const Again again = BeginAgain();
  Advance(seconds(30));
  GoOn(again.exchange, again.client, "c2", again.grant);
  Advance(seconds(1000));
  EXPECT_EQ(Ended().size(), 1u);
  sat_.AnswerStep(Over(AcceptedAs("account", In(seconds(5000)))));
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
}

TEST_F(ExchangeTest, ARefusalOfTheSecondProofIsLoggedAsThat) {
  const Again again = BeginAgain();
  GoOn(again.exchange, again.client, "c2", again.grant);
  sat_.AnswerStep(Over(Denied{.rule = "wrong"}));
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
  EXPECT_TRUE(log_.lines().back().starts_with("re-authentication refused")) << log_.lines().back();
  EXPECT_EQ(shard_.Report().all.reauthentications_refused, 1u);
}

TEST_F(ExchangeTest, WhoIsTooSlowToProveItAgainIsRefused) {
  const Again again = BeginAgain();
  Advance(AuthShard::kExchangePatience + seconds(1));
  GoOn(again.exchange, again.client, "c2", again.grant);
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
}

TEST_F(ExchangeTest, NoVerdictLeavesTheOldCredential) {
  const Again again = BeginAgain();
  GoOn(again.exchange, again.client, "c2", again.grant);
  sat_.AnswerStep(Over(Unavailable{.why = "503"}));
  EXPECT_TRUE(IsUndecided());
  EXPECT_EQ(shard_.Report().grants, 1u);
}

TEST_F(ExchangeTest, NewSettingsRefuseTheSecondProof) {
  for (const bool is_asking : {false, true}) {
    const Again again = BeginAgain();
    if (!is_asking) Configure({&sat_});
    GoOn(again.exchange, again.client, "c2", again.grant);
    if (is_asking) {
      Configure({&sat_});
      sat_.AnswerStep(Over(AcceptedAs("account", In(seconds(5000)))));
    }
    EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
    EXPECT_TRUE(sat_.steps.empty());
  }
}

TEST_F(ExchangeTest, NewSettingsTakeTheFirstStepOfTheSecondProofAgain) {
  const auto [grant, client] = LetInByExchange();
  AskAgain(grant, client, With("c1"));
  Configure({&sat_});
  sat_.AnswerStep(Over(AcceptedAs("account")));
  EXPECT_TRUE(Told().empty());
  sat_.AnswerStep(Over(AcceptedAs("account")));
  EXPECT_EQ(Proven().grant, grant);
}

// -- What is kept.

TEST_F(ExchangeTest, KeepsNothingThatTheClientSent) {
  sat_.keeps = true;
  Configure({&sat_});
  LetInByExchange();
  Configure({&sat_});
  Turn();
  EXPECT_TRUE(sat_.asked.empty());
  EXPECT_TRUE(Ended().empty());
}

// -- Too many.

class FewExchangesTest : public ExchangeTest {
 protected:
  static constexpr uint32_t kFew = 2;

  FewExchangesTest() {
    auto settings = std::make_shared<config::BrokerAuthentication>();
    few_.SetPort(kPort, "front", std::move(settings));
  }
  AuthOutcome AskFew(AuthQuestion question) {
    few_.BeginTurn(now_, wall_);
    few_.Take(kShard, std::move(question));
    few_.EndTurn();
    while (!sat_.steps.empty()) sat_.AnswerStep(next_);
    auto& outgoing = few_.outgoing(kShard);
    EXPECT_EQ(outgoing.size(), 1u);
    return std::get<AuthAnswer>(outgoing.Pop()).outcome;
  }
  AuthOutcome ConnectToFew(uint32_t slot) {
    return AskFew({.client = {slot, 1}, .port = kPort, .credentials = With("c1")});
  }

  Exchange::Step next_ = More("s1");
  AuthShard few_{{.shards = 3,
                  .make_methods =
                      [this](const config::BrokerAuthentication&, const MethodContext&) {
                        std::vector<std::unique_ptr<Method>> methods;
                        methods.push_back(std::make_unique<ScriptedMethod>(&sat_));
                        return methods;
                      },
                  .exchanges = kFew,
                  .log = &log_,
                  .start = {.now = now_, .wall = wall_}}};
};

TEST_F(FewExchangesTest, OneMoreIsRefusedUntilOneEnds) {
  std::vector<ExchangeId> open;
  for (uint32_t i = 1; i <= kFew; ++i) {
    open.push_back(std::get<Challenge>(ConnectToFew(i)).exchange);
  }
  const AuthOutcome refused = ConnectToFew(8);
  EXPECT_EQ(std::get<Rejected>(refused).reason_code, ReasonCode::kServerBusy);
  few_.Take(kShard, ExchangeDropped{open[0]});
  EXPECT_TRUE(std::holds_alternative<Challenge>(ConnectToFew(9)));
}

TEST_F(FewExchangesTest, WhoIsInStaysIn) {
  next_ = Over(AcceptedAs("account"));
  const AuthOutcome in = ConnectToFew(7);
  const GrantId grant = std::get<Authenticated>(in).principal.grant;
  next_ = More("s1");
  for (uint32_t i = 1; i <= kFew; ++i) ConnectToFew(i);
  Credentials again = With("c1");
  again.source = Credentials::Source::kReauthenticate;
  EXPECT_TRUE(std::holds_alternative<Undecided>(
      AskFew({.client = {7, 1}, .port = kPort, .grant = grant, .credentials = std::move(again)})));
}

}  // namespace
}  // namespace signet::auth
