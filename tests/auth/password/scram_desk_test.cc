// SCRAM-SHA-256 by the method Password within the auth shard: with a file of users, its throttle,
// and when it changes.
#include "tests/auth/auth_shard_fixture.h"
#include "tests/auth/password/password_fixture.h"
#include "tests/auth/password/scram_client.h"

namespace signet::auth {
namespace {

class ScramDeskTest : public testing::Test {
 protected:
  static constexpr ShardId kShard{0};
  static constexpr PortId kPort{3};

  ScramDeskTest() { SetUsers(ScramLine("ann", "secret") + UserLine("bob", "geheim")); }

  void SetUsers(std::string_view users, bool scram = true) {
    auto settings = std::make_shared<config::BrokerAuthentication>();
    config::AuthenticationMethod& method = settings->methods.emplace_back();
    method.name = config::AuthenticationMethodName::kPassword;
    method.password.emplace().users = SecretBytes(users);
    method.password->throttle.failures = 3;
    method.password->scram = scram;
    desk_.SetPort(kPort, "front", std::move(settings));
  }
  // What becomes of one packet of a client.
  AuthOutcome Send(AuthQuestion question, std::string_view data, Credentials::Source source) {
    question.port = kPort;
    question.credentials.source = source;
    question.credentials.peer = "192.0.2.1:7";
    question.credentials.authentication_method = "SCRAM-SHA-256";
    question.credentials.authentication_data = SecretBytes(data);
    desk_.BeginTurn(now_, WallTime::FromSeconds(1'900'000'000));
    desk_.Take(kShard, std::move(question));
    desk_.EndTurn();
    auto& outgoing = desk_.outgoing(kShard);
    EXPECT_EQ(outgoing.size(), 1u);
    return std::get<AuthAnswer>(outgoing.Pop()).outcome;
  }
  // A whole exchange of client `slot`, that begins so.
  AuthOutcome Prove(uint32_t slot, ScramClient client, GrantId grant = {},
                    Credentials::Source source = Credentials::Source::kConnect) {
    const ConnectionId id{.slot = slot, .generation = 1};
    AuthOutcome outcome = Send({.client = id, .grant = grant}, client.First(), source);
    const auto* challenge = std::get_if<Challenge>(&outcome);
    if (challenge == nullptr) return outcome;
    const std::string answer = client.Final(AsText(challenge->authentication_data));
    const ExchangeId exchange = challenge->exchange;
    outcome = Send({.client = id, .grant = grant, .exchange = exchange}, answer,
                   Credentials::Source::kContinue);
    if (const auto* yes = std::get_if<Authenticated>(&outcome)) {
      EXPECT_EQ(AsText(yes->authentication_data), client.ExpectedEnd());
    }
    return outcome;
  }
  static ReasonCode CodeOf(const AuthOutcome& outcome) {
    const auto* no = std::get_if<Rejected>(&outcome);
    return no != nullptr ? no->reason_code : ReasonCode::kSuccess;
  }

  Instant now_{seconds(1000)};
  HandWorker worker_;
  MemoryLog log_;
  AuthShard desk_{
      {.shards = 1,
       .make_methods =
           [this](const config::BrokerAuthentication& settings, const MethodContext& context) {
             std::vector<std::unique_ptr<Method>> methods;
             auto method = PasswordMethod::Create(*settings.methods.at(0).password, context,
                                                  &worker_, 1, Counting());
             EXPECT_TRUE(method.ok());
             methods.push_back(std::move(*method));
             return methods;
           },
       .hash_key = {1, 2, 3},
       .log = &log_,
       .start = {.now = now_, .wall = WallTime::FromSeconds(1'900'000'000)}}};
};

TEST_F(ScramDeskTest, LetsInWhoKnowsThePassword) {
  const AuthOutcome outcome = Prove(1, ScramClient("ann", "secret"));
  const auto* yes = std::get_if<Authenticated>(&outcome);
  ASSERT_NE(yes, nullptr);
  EXPECT_EQ(yes->principal.username, "ann");
  EXPECT_EQ(yes->principal.method, "Password");
  EXPECT_TRUE(yes->principal.may_reauthenticate);
  EXPECT_TRUE(worker_.jobs.empty());  // Hashes of this are quick.
}

TEST_F(ScramDeskTest, RefusesOthersAlike) {
  for (const std::string name : {"ann", "nobody", "bob"}) {  // No hash of bob's serves it.
    EXPECT_EQ(CodeOf(Prove(1, ScramClient(name, "geheim"))), ReasonCode::kBadUserNameOrPassword);
  }
  for (const std::string& line : log_.lines()) {
    EXPECT_NE(line.find(ScramServer::kWrongProof), std::string::npos) << line;
  }
}

// As users mostly have them, so that nobody shows by that.
TEST_F(ScramDeskTest, DecoysHaveTheIterationsAndTheSaltOfTheUsers) {
  SetUsers(ScramLine("ann", "secret", 7) + ScramLine("eve", "secret", 7) +
           ScramLine("dan", "secret", 9));
  std::string challenges[2];
  for (const bool exists : {false, true}) {
    const AuthOutcome outcome = Send({.client = {1, 1}}, exists ? "n,,n=ann,r=x" : "n,,n=noa,r=x",
                                     Credentials::Source::kConnect);
    challenges[exists] = AsText(std::get<Challenge>(outcome).authentication_data);
  }
  EXPECT_EQ(ScramClient::AttributeOf(challenges[0], 'i'), "7");
  EXPECT_EQ(challenges[0].size(), challenges[1].size());
}

TEST_F(ScramDeskTest, MayBeSwitchedOff) {
  SetUsers(ScramLine("ann", "secret"), /*scram=*/false);
  EXPECT_EQ(CodeOf(Prove(1, ScramClient("ann", "secret"))), ReasonCode::kBadAuthenticationMethod);
}

TEST_F(ScramDeskTest, ProvesItAgain) {
  const AuthOutcome first = Prove(1, ScramClient("ann", "secret"));
  const GrantId grant = std::get<Authenticated>(first).principal.grant;
  const AuthOutcome second =
      Prove(1, ScramClient("ann", "secret"), grant, Credentials::Source::kReauthenticate);
  EXPECT_TRUE(std::holds_alternative<Authenticated>(second));
  const AuthOutcome third =
      Prove(1, ScramClient("ann", "wrong"), grant, Credentials::Source::kReauthenticate);
  EXPECT_EQ(CodeOf(third), ReasonCode::kBadUserNameOrPassword);
}

TEST_F(ScramDeskTest, WhoIsInIsNobodyElseAfterwards) {
  SetUsers(ScramLine("ann", "secret") + ScramLine("eve", "other"));
  const AuthOutcome first = Prove(1, ScramClient("ann", "secret"));
  const GrantId grant = std::get<Authenticated>(first).principal.grant;
  const AuthOutcome second =
      Prove(1, ScramClient("eve", "other"), grant, Credentials::Source::kReauthenticate);
  EXPECT_EQ(CodeOf(second), ReasonCode::kNotAuthorized);
}

TEST_F(ScramDeskTest, AnswersCountAsPasswordsThatWereTried) {
  for (uint32_t i = 0; i < 3; ++i) Prove(i, ScramClient("ann", "wrong"));
  EXPECT_EQ(CodeOf(Prove(4, ScramClient("ann", "secret"))), ReasonCode::kQuotaExceeded);
}

// What was begun before the block is not judged after it.
TEST_F(ScramDeskTest, ManyAtOnceAreNotMoreTries) {
  ScramClient client("ann", "secret");
  const ConnectionId id{.slot = 9, .generation = 1};
  const AuthOutcome outcome = Send({.client = id}, client.First(), Credentials::Source::kConnect);
  const Challenge challenge = std::get<Challenge>(outcome);
  for (uint32_t i = 0; i < 3; ++i) Prove(i, ScramClient("ann", "wrong"));
  const std::string answer = client.Final(AsText(challenge.authentication_data));
  EXPECT_EQ(CodeOf(Send({.client = id, .exchange = challenge.exchange}, answer,
                        Credentials::Source::kContinue)),
            ReasonCode::kQuotaExceeded);
}

TEST_F(ScramDeskTest, ANewPasswordSendsWhoIsInAway) {
  const AuthOutcome outcome = Prove(1, ScramClient("ann", "secret"));
  ASSERT_TRUE(std::holds_alternative<Authenticated>(outcome));
  SetUsers(ScramLine("ann", "secret") + ScramLine("eve", "other"));
  EXPECT_TRUE(desk_.outgoing(kShard).empty());
  SetUsers(ScramLine("ann", "new"));
  ASSERT_EQ(desk_.outgoing(kShard).size(), 1u);
  EXPECT_EQ(std::get<GrantEnded>(desk_.outgoing(kShard).Pop()).client,
            (ConnectionId{.slot = 1, .generation = 1}));
}

TEST_F(ScramDeskTest, AFileThatChangesMeanwhileEndsTheExchange) {
  ScramClient client("ann", "secret");
  const ConnectionId id{.slot = 1, .generation = 1};
  const AuthOutcome outcome = Send({.client = id}, client.First(), Credentials::Source::kConnect);
  const Challenge challenge = std::get<Challenge>(outcome);
  SetUsers(ScramLine("ann", "new"));
  const std::string answer = client.Final(AsText(challenge.authentication_data));
  EXPECT_EQ(CodeOf(Send({.client = id, .exchange = challenge.exchange}, answer,
                        Credentials::Source::kContinue)),
            ReasonCode::kNotAuthorized);
}

}  // namespace
}  // namespace signet::auth
