// The method Password within the auth shard: beside JWT, with what is remembered, and when its file
// changes.
#include "tests/auth/auth_shard_fixture.h"
#include "tests/auth/password/password_fixture.h"

namespace signet::auth {
namespace {

class PasswordDeskTest : public testing::Test {
 protected:
  static constexpr ShardId kShard{0};
  static constexpr PortId kPort{3};

  PasswordDeskTest() {
    jwt_.name = "JWT";
    jwt_.remembers = false;
    jwt_.is_relevant = [](const Credentials& credentials) {
      return credentials.password && credentials.password->text().starts_with("eyJ");
    };
    SetUsers(UserLine("ann", "secret") + UserLine("bob", "geheim"));
  }

  void SetUsers(std::string_view users) {
    auto settings = std::make_shared<config::BrokerAuthentication>();
    settings->methods.emplace_back().name = config::AuthenticationMethodName::kJwt;
    config::AuthenticationMethod& method = settings->methods.emplace_back();
    method.name = config::AuthenticationMethodName::kPassword;
    method.password.emplace().users = SecretBytes(users);
    method.password->throttle.failures = 3;
    desk_.SetPort(kPort, "front", std::move(settings));
  }
  void Turn(std::vector<MailToAuth> mail = {}) {
    desk_.BeginTurn(now_, wall_);
    for (MailToAuth& each : mail) desk_.Take(kShard, std::move(each));
    worker_.DoAll();
    desk_.EndTurn();
    worker_.DoAll();
  }
  ConnectionId Ask(Credentials credentials) {
    const ConnectionId client{.slot = ++clients_, .generation = 1};
    std::vector<MailToAuth> mail;
    mail.push_back(
        AuthQuestion{.client = client, .port = kPort, .credentials = std::move(credentials)});
    Turn(std::move(mail));
    return client;
  }
  // The method that lets it in, or the Reason Code of the refusal.
  std::string Judged(Credentials credentials) {
    Ask(std::move(credentials));
    auto& outgoing = desk_.outgoing(kShard);
    if (outgoing.size() != 1) return "not one answer";
    const AuthOutcome outcome = std::get<AuthAnswer>(outgoing.Pop()).outcome;
    if (const auto* yes = std::get_if<Authenticated>(&outcome)) return yes->principal.method;
    if (const auto* no = std::get_if<Rejected>(&outcome)) {
      return fmt::format("0x{:02X}", static_cast<int>(no->reason_code));
    }
    return "undecided";
  }
  std::vector<ConnectionId> Ended() {
    std::vector<ConnectionId> ended;
    auto& outgoing = desk_.outgoing(kShard);
    while (!outgoing.empty()) ended.push_back(std::get<GrantEnded>(outgoing.Pop()).client);
    return ended;
  }
  ConnectionId LetIn(std::string_view username, std::string_view password) {
    EXPECT_EQ(Judged(Login(username, password)), "Password");
    return {.slot = clients_, .generation = 1};
  }

  Instant now_{seconds(1000)};
  WallTime wall_ = WallTime::FromSeconds(1'900'000'000);
  uint32_t clients_ = 0;
  Script jwt_;
  HandWorker worker_;
  MemoryLog log_;
  AuthShard desk_{
      {.shards = 1,
       .make_methods =
           [this](const config::BrokerAuthentication& settings, const MethodContext& context) {
             std::vector<std::unique_ptr<Method>> methods;
             methods.push_back(std::make_unique<ScriptedMethod>(&jwt_));
             auto method = PasswordMethod::Create(*settings.methods.at(1).password, context,
                                                  &worker_, 1, Counting());
             EXPECT_TRUE(method.ok());
             methods.push_back(std::move(*method));
             return methods;
           },
       .hash_key = {1, 2, 3},
       .log = &log_,
       .start = {.now = now_, .wall = wall_}}};
};

// [JWT, Password], by azure-iot-operations 3.2.
TEST_F(PasswordDeskTest, AGoodTokenLetsInByJwt) {
  jwt_.at_once = AcceptedAs("account");
  EXPECT_EQ(Judged(Login("ann", "eyJ.good")), "JWT");
}

TEST_F(PasswordDeskTest, ABadTokenIsFinalThoughThereIsSuchAUser) {
  SetUsers(UserLine("ann", "eyJ.bad"));
  jwt_.at_once = Denied{.rule = "no"};
  EXPECT_EQ(Judged(Login("ann", "eyJ.bad")), "0x87");
}

TEST_F(PasswordDeskTest, ATokenThatNobodyCanJudgeIsFinalToo) {
  SetUsers(UserLine("ann", "eyJ.good"));
  jwt_.at_once = Unavailable{.why = "the issuer is down"};
  EXPECT_EQ(Judged(Login("ann", "eyJ.good")), "undecided");
}

TEST_F(PasswordDeskTest, APasswordIsForPassword) {
  EXPECT_EQ(Judged(Login("ann", "secret")), "Password");
  EXPECT_EQ(jwt_.verified, 0);
}

TEST_F(PasswordDeskTest, AWrongPasswordIsRefused) {
  EXPECT_EQ(Judged(Login("ann", "wrong")), "0x86");
}

TEST_F(PasswordDeskTest, ANameThatIsNotThereIsForPasswordToRefuse) {
  EXPECT_EQ(Judged(Login("nobody", "secret")), "0x86");
  EXPECT_EQ(desk_.Report().all.not_relevant, 0u);
}

TEST_F(PasswordDeskTest, AUsernameAloneIsForNobody) {
  Credentials credentials = Login("ann", "");
  credentials.password.reset();
  EXPECT_EQ(Judged(std::move(credentials)), "0x87");
  EXPECT_EQ(desk_.Report().all.not_relevant, 1u);
}

TEST_F(PasswordDeskTest, AnotherAuthenticationMethodIsForNobody) {
  Credentials credentials = Login("ann", "secret");
  credentials.authentication_method = "PLAIN";
  EXPECT_EQ(Judged(std::move(credentials)), "0x8C");
}

TEST_F(PasswordDeskTest, AFullWorkerLetsNobodyIn) {
  worker_.is_full = true;
  EXPECT_EQ(Judged(Login("ann", "secret")), "undecided");
}

// Thousands who come back at once are not hashed again.
TEST_F(PasswordDeskTest, ARightPasswordIsRememberedForAWhile) {
  LetIn("ann", "secret");
  worker_.is_full = true;
  EXPECT_EQ(Judged(Login("ann", "secret", "192.0.2.2:7")), "Password");
  now_ += seconds(3600);
  EXPECT_EQ(Judged(Login("ann", "secret")), "undecided");
}

TEST_F(PasswordDeskTest, WhatIsRememberedAnswersNoGuesses) {
  LetIn("ann", "secret");
  for (int i = 0; i < 3; ++i) Judged(Login("ann", fmt::format("guess {}", i)));
  EXPECT_EQ(Judged(Login("ann", "secret")), "0x97");
  EXPECT_EQ(Judged(Login("ann", "secret", "192.0.2.2:7")), "Password");
}

TEST_F(PasswordDeskTest, TheSameTypedManyTimesIsOneGuess) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Judged(Login("ann", "wrong")), "0x86");
  EXPECT_EQ(Judged(Login("ann", "secret")), "Password");
}

// -- The file changes.

TEST_F(PasswordDeskTest, WhoseLineIsGoneHasToGo) {
  const ConnectionId ann = LetIn("ann", "secret");
  LetIn("bob", "geheim");
  SetUsers(UserLine("bob", "geheim"));
  EXPECT_EQ(Ended(), std::vector<ConnectionId>{ann});
  EXPECT_EQ(desk_.Report().all.revoked, 1u);
  EXPECT_EQ(Judged(Login("ann", "secret")), "0x86");  // Whatever was remembered.
}

TEST_F(PasswordDeskTest, WhoseHashIsNewHasToComeAgain) {
  LetIn("ann", "secret");
  const ConnectionId bob = LetIn("bob", "geheim");
  SetUsers(UserLine("ann", "secret") + UserLine("bob", "neu"));
  EXPECT_EQ(Ended(), std::vector<ConnectionId>{bob});
  EXPECT_EQ(Judged(Login("bob", "geheim")), "0x86");
  EXPECT_EQ(Judged(Login("bob", "neu")), "Password");
}

TEST_F(PasswordDeskTest, TheOthersStay) {
  LetIn("ann", "secret");
  SetUsers(UserLine("new", "x") + UserLine("ann", "secret"));
  EXPECT_TRUE(Ended().empty());
  EXPECT_EQ(desk_.Report().grants, 1u);
}

// A password that was being judged by the old file is judged by the new one.
TEST_F(PasswordDeskTest, AFileThatChangesMeanwhileDecides) {
  desk_.BeginTurn(now_, wall_);
  desk_.Take(kShard, AuthQuestion{.client = {.slot = 1, .generation = 1},
                                  .port = kPort,
                                  .credentials = Login("ann", "secret")});
  desk_.EndTurn();
  ASSERT_EQ(worker_.jobs.size(), 1u);
  SetUsers(UserLine("bob", "geheim"));
  worker_.DoAll();
  const AuthOutcome outcome = std::get<AuthAnswer>(desk_.outgoing(kShard).Pop()).outcome;
  ASSERT_TRUE(std::holds_alternative<Rejected>(outcome));
  EXPECT_EQ(std::get<Rejected>(outcome).reason_code, ReasonCode::kBadUserNameOrPassword);
}

}  // namespace
}  // namespace signet::auth
