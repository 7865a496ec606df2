// Proofs in several steps (MQTT 5, 4.12), as the auth shard leads them: those of CONNECT, their
// bounds, and new settings meanwhile.
#include "tests/auth/exchange_fixture.h"

namespace signet::auth {
namespace {

// -- CONNECT.

TEST_F(ExchangeTest, GoesBackAndForthUntilItIsProven) {
  const ConnectionId client = Ask(With("c1"));
  ASSERT_EQ(sat_.steps.size(), 1u);
  EXPECT_EQ(sat_.steps.front().data, "c1");
  sat_.AnswerStep(More("s1"));
  const Challenge first = Challenged();
  EXPECT_EQ(DataOf(first), "s1");
  EXPECT_TRUE(static_cast<bool>(first.exchange));
  EXPECT_EQ(shard_.Report().grants, 0u);
  EXPECT_EQ(shard_.Report().questions, 0u);  // The client is asked.

  GoOn(first.exchange, client, "c2");
  EXPECT_EQ(sat_.steps.front().data, "c2");
  sat_.AnswerStep(More("s2"));
  const Challenge second = Challenged();
  EXPECT_EQ(DataOf(second), "s2");
  EXPECT_EQ(second.exchange, first.exchange);

  GoOn(second.exchange, client, "c3");
  sat_.AnswerStep(Over(AcceptedAs("account", In(seconds(100))), "end"));
  const AuthOutcome outcome = Outcome();
  const auto& yes = std::get<Authenticated>(outcome);
  EXPECT_EQ(AsText(yes.authentication_data), "end");
  EXPECT_EQ(yes.principal.identity, "account");
  EXPECT_EQ(yes.principal.method, "ServiceAccountToken");
  EXPECT_TRUE(IsForgotten());
  EXPECT_EQ(shard_.Report().grants, 1u);
  EXPECT_EQ(shard_.Report().methods[0].counters.accepted, 1u);
}

// Nothing of one is remembered for another, and none waits for another's.
TEST_F(ExchangeTest, EachIsItsOwn) {
  const ConnectionId one = Ask(With("same"));
  const ConnectionId other = Ask(With("same"));
  ASSERT_EQ(sat_.steps.size(), 2u);
  sat_.AnswerStep(More("s1"));
  const ExchangeId of_one = Challenged().exchange;
  sat_.AnswerStep(More("s2"));
  const ExchangeId of_other = Challenged().exchange;
  EXPECT_NE(of_one, of_other);
  GoOn(of_one, one, "same");
  sat_.AnswerStep(Over(AcceptedAs("account")));
  Proven();
  GoOn(of_other, other, "same");
  ASSERT_EQ(sat_.steps.size(), 1u);
  sat_.AnswerStep(Over(Denied{.rule = "wrong"}));
  Refused();
  Ask(With("same"));
  EXPECT_EQ(sat_.steps.size(), 1u);
  EXPECT_EQ(shard_.Report().cached, 0u);
  EXPECT_EQ(sat_.verified, 0);
}

TEST_F(ExchangeTest, MayBeOverWithItsFirstStep) {
  Ask(With("c1"));
  sat_.AnswerStep(Over(AcceptedAs("account"), "end"));
  const AuthOutcome outcome = Outcome();
  EXPECT_EQ(AsText(std::get<Authenticated>(outcome).authentication_data), "end");
  EXPECT_TRUE(IsForgotten());
}

TEST_F(ExchangeTest, MayAnswerWithinTheCall) {
  sat_.step_at_once = More("s");
  const ConnectionId client = Ask(With("c1"));
  const ExchangeId exchange = Challenged().exchange;
  sat_.step_at_once = Over(AcceptedAs("account"));
  GoOn(exchange, client, "c2");
  Proven();
  EXPECT_TRUE(IsForgotten());
}

TEST_F(ExchangeTest, ARefusalEndsIt) {
  const auto [exchange, client] = Begin();
  GoOn(exchange, client, "c2");
  sat_.AnswerStep(Over(Denied{.rule = "wrong", .reason_code = ReasonCode::kBadUserNameOrPassword}));
  EXPECT_EQ(Refused(), ReasonCode::kBadUserNameOrPassword);
  EXPECT_TRUE(IsForgotten());
  EXPECT_EQ(shard_.Report().methods[0].counters.denied, 1u);
  ASSERT_EQ(log_.lines().size(), 1u);
  for (const std::string_view part : {"rule=\"wrong\"", "client_id=\"c\"", "code=\"0x86\""}) {
    EXPECT_NE(log_.lines()[0].find(part), std::string::npos) << log_.lines()[0];
  }
  GoOn(exchange, client, "c2");
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
  EXPECT_TRUE(sat_.steps.empty());
}

TEST_F(ExchangeTest, WhatHasEndedAlreadyIsRefused) {
  const auto [exchange, client] = Begin();
  GoOn(exchange, client, "c2");
  sat_.AnswerStep(Over(AcceptedAs("account", In(-seconds(1))), "end"));
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
}

// Before the client has heard of it, a method may pass it on; after that nobody else could go on.
TEST_F(ExchangeTest, OnlyTheFirstStepIsForAnotherMethod) {
  custom_.exchanges_for = "";
  Configure({&custom_, &sat_});
  for (const Verdict& passed_on : {Verdict(NotRelevant{}), Verdict(Unavailable{.why = "503"})}) {
    Ask(With("c1"));
    custom_.AnswerStep(Over(passed_on));
    ASSERT_EQ(sat_.steps.size(), 1u);
    sat_.AnswerStep(Over(AcceptedAs("account")));
    EXPECT_EQ(Proven().method, "ServiceAccountToken");

    const ConnectionId client = Ask(With("c1"));
    custom_.AnswerStep(More("s1"));
    GoOn(Challenged().exchange, client, "c2");
    custom_.AnswerStep(Over(passed_on));
    const AuthOutcome outcome = Outcome();
    EXPECT_FALSE(std::holds_alternative<Authenticated>(outcome));
    EXPECT_TRUE(sat_.steps.empty());
  }
}

TEST_F(ExchangeTest, NoVerdictLetsNobodyIn) {
  const auto [exchange, client] = Begin();
  GoOn(exchange, client, "c2");
  sat_.AnswerStep(Over(Unavailable{.why = "503"}));
  EXPECT_TRUE(IsUndecided());
  EXPECT_TRUE(IsForgotten());
}

// What begins no exchange is judged as ever.
TEST_F(ExchangeTest, IsForWhatBeginsOne) {
  sat_.exchanges_for = "scram:";
  Ask(With("token"));
  EXPECT_TRUE(sat_.steps.empty());
  sat_.Answer(AcceptedAs("account"));
  Proven();
}

// Without an Authentication Method the broker may send no AUTH [MQTT-4.12.0-6].
TEST_F(ExchangeTest, NeedsAnAuthenticationMethod) {
  sat_.is_relevant = [](const Credentials&) { return true; };
  Credentials credentials{.client_id = "c", .username = "u", .password = SecretBytes("p")};
  Ask(std::move(credentials));
  EXPECT_TRUE(sat_.steps.empty());
  EXPECT_EQ(sat_.asked.size(), 1u);
}

// -- Bounds.

TEST_F(ExchangeTest, HasAGreatestNumberOfSteps) {
  auto [exchange, client] = Begin();
  for (uint32_t step = 2; step < AuthShard::kExchangeSteps; ++step) {
    GoOn(exchange, client, "c");
    sat_.AnswerStep(More("s"));
    exchange = Challenged().exchange;
  }
  GoOn(exchange, client, "c");
  sat_.AnswerStep(More("s"));
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
  EXPECT_TRUE(IsForgotten());
}

TEST_F(ExchangeTest, TheLastStepMayProveIt) {
  auto [exchange, client] = Begin();
  for (uint32_t step = 2; step < AuthShard::kExchangeSteps; ++step) {
    GoOn(exchange, client, "c");
    sat_.AnswerStep(More("s"));
    exchange = Challenged().exchange;
  }
  GoOn(exchange, client, "c");
  sat_.AnswerStep(Over(AcceptedAs("account")));
  Proven();
}

TEST_F(ExchangeTest, HasAGreatestNumberOfBytes) {
  constexpr size_t kMost = AuthShard::kExchangeBytes;
  for (const size_t more : {0u, 1u}) {            // Of the client.
    const auto [exchange, client] = Begin("c1");  // And "s1".
    GoOn(exchange, client, std::string(kMost - 4 + more, 'x'));
    ASSERT_EQ(sat_.steps.size(), 1 - more);
    if (more == 0) {
      sat_.AnswerStep(Over(AcceptedAs("account")));
      Proven();
    } else {
      EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
    }
  }
  for (const size_t more : {0u, 1u}) {  // Of the method.
    Ask(With("c1"));
    sat_.AnswerStep(More(std::string(kMost - 2 + more, 'x')));
    if (more == 0) {
      EXPECT_EQ(Challenged().authentication_data.size(), kMost - 2);
    } else {
      EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
    }
  }
  Ask(With("c1"));
  sat_.AnswerStep(Over(AcceptedAs("account"), std::string(kMost, 'x')));
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
}

TEST_F(ExchangeTest, AClientIsNotWaitedForForEver) {
  const auto [exchange, client] = Begin();
  Advance(AuthShard::kExchangePatience - seconds(1));
  EXPECT_EQ(shard_.Report().exchanges, 1u);
  Advance(seconds(2));
  EXPECT_TRUE(IsForgotten());
  EXPECT_TRUE(Told().empty());  // Its shard has a timeout of its own.
  GoOn(exchange, client, "c2");
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
  EXPECT_TRUE(sat_.steps.empty());
  EXPECT_EQ(shard_.NextDeadline(), Instant::Never());
}

// Its time is for the client's own steps.
TEST_F(ExchangeTest, AMethodHasItsOwnTime) {
  const auto [exchange, client] = Begin();
  Advance(AuthShard::kExchangePatience - seconds(1));
  GoOn(exchange, client, "c2");
  Advance(AuthShard::kExchangePatience * 2);
  sat_.AnswerStep(More("s2"));
  EXPECT_EQ(Challenged().exchange, exchange);
  Advance(AuthShard::kExchangePatience - seconds(1));
  GoOn(exchange, client, "c3");
  sat_.AnswerStep(Over(AcceptedAs("account")));
  Proven();
}

TEST_F(ExchangeTest, IsForgottenWhenTheClientIsGone) {
  const auto [exchange, client] = Begin();
  Drop(exchange);
  EXPECT_TRUE(IsForgotten());
  Drop(exchange);  // Twice does no harm.
  EXPECT_TRUE(Told().empty());
}

TEST_F(ExchangeTest, NobodyGoesOnWithAnothers) {
  const auto [exchange, client] = Begin();
  GoOn(exchange, ConnectionId{.slot = 77, .generation = 1}, "c2");
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
  GoOn(exchange, client, "c2", GrantId{.slot = 1, .generation = 1});
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
  Drop(exchange, ShardId(2));
  EXPECT_TRUE(sat_.steps.empty());
  GoOn(exchange, client, "c2");
  sat_.AnswerStep(Over(AcceptedAs("account")));
  Proven();
}

TEST_F(ExchangeTest, ASecondStepMeanwhileIsRefused) {
  const auto [exchange, client] = Begin();
  GoOn(exchange, client, "c2");
  GoOn(exchange, client, "c3");
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
  Drop(exchange);  // Not before its method has answered.
  sat_.AnswerStep(Over(AcceptedAs("account")));
  Proven();
  EXPECT_TRUE(IsForgotten());
}

// AUTH 0x18 that answers nothing, of somebody who is not in.
TEST_F(ExchangeTest, GoesOnOnlyWithWhatHasBegun) {
  GoOn(ExchangeId{.slot = 3, .generation = 9}, ConnectionId{.slot = 1, .generation = 1}, "c2");
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
  AskAgain(GrantId{}, ConnectionId{.slot = 1, .generation = 1}, With("c2"),
           Credentials::Source::kContinue);
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
  EXPECT_TRUE(sat_.steps.empty());
}

// -- New settings.

TEST_F(ExchangeTest, NewSettingsEndIt) {
  const auto [exchange, client] = Begin();
  Configure({&sat_});
  EXPECT_TRUE(IsForgotten());
  GoOn(exchange, client, "c2");
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
  EXPECT_TRUE(sat_.steps.empty());
}

TEST_F(ExchangeTest, SoDoesTheEndOfItsPort) {
  const auto [exchange, client] = Begin();
  shard_.ClosePort(kPort);
  EXPECT_TRUE(IsForgotten());
  GoOn(exchange, client, "c2");
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
}

TEST_F(ExchangeTest, AStepThatOldSettingsAcceptIsRefused) {
  for (const Exchange::Step& step :
       {Exchange::Step(Over(AcceptedAs("account"))), Exchange::Step(More("s2"))}) {
    const auto [exchange, client] = Begin();
    GoOn(exchange, client, "c2");
    Configure({&sat_});
    sat_.AnswerStep(step);
    EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
    EXPECT_TRUE(sat_.steps.empty());
    EXPECT_TRUE(IsForgotten());
  }
}

// As long as it has heard nothing, a client can begin with the new ones.
TEST_F(ExchangeTest, NewSettingsTakeTheFirstStepAgain) {
  Ask(With("c1"));
  Configure({&sat_});
  sat_.AnswerStep(Over(AcceptedAs("account")));
  EXPECT_TRUE(Told().empty());
  ASSERT_EQ(sat_.steps.size(), 1u);
  EXPECT_EQ(sat_.steps.front().data, "c1");
  sat_.AnswerStep(Over(Denied{.rule = "unknown now"}));
  EXPECT_EQ(Refused(), ReasonCode::kNotAuthorized);
}

TEST_F(ExchangeTest, AnotherPortsSettingsDoNot) {
  const auto [exchange, client] = Begin();
  auto settings = std::make_shared<config::BrokerAuthentication>();
  shard_.SetPort(PortId(1), "back", settings);
  settings = std::make_shared<config::BrokerAuthentication>();
  settings->name = "new";
  shard_.SetPort(PortId(1), "back", settings);
  GoOn(exchange, client, "c2");
  sat_.AnswerStep(Over(AcceptedAs("account")));
  Proven();
}

}  // namespace
}  // namespace signet::auth
