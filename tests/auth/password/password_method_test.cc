// The method Password by itself.
#include "auth/password/password_method.h"

#include "tests/auth/password/password_fixture.h"

namespace signet::auth {
namespace {

class PasswordMethodTest : public testing::Test {
 protected:
  PasswordMethodTest() { Make(UserLine("ann", "secret") + UserLine("bob", "geheim")); }

  void Make(std::string_view users) {
    settings_.users = SecretBytes(users);
    auto method = PasswordMethod::Create(
        settings_, {.listener = "front", .clock = &clock_, .pauses = &pauses_}, &worker_, 1,
        Counting());
    ASSERT_TRUE(method.ok()) << method.error().sentence();
    method_ = std::move(*method);
  }
  void Ask(std::string_view username, std::string_view password,
           std::string_view peer = "192.0.2.1:7") {
    asked_.push_back(std::make_unique<Credentials>(Login(username, password, peer)));
    method_->Verify(*asked_.back(), clock_.wall,
                    [this](Verdict verdict) { verdicts_.push_back(InWords(verdict)); });
  }
  std::string Judged(std::string_view username, std::string_view password,
                     std::string_view peer = "192.0.2.1:7") {
    Ask(username, password, peer);
    worker_.DoAll();
    return verdicts_.empty() ? "nothing" : verdicts_.back();
  }
  static std::string InWords(const Verdict& verdict) {
    if (const auto* accepted = std::get_if<Accepted>(&verdict)) {
      EXPECT_EQ(accepted->principal.method, "Password");
      EXPECT_EQ(accepted->principal.identity, accepted->principal.username);
      EXPECT_TRUE(accepted->principal.deadline.is_never());
      return accepted->principal.username;
    }
    if (const auto* denied = std::get_if<Denied>(&verdict)) {
      return fmt::format("0x{:02X}: {}", static_cast<int>(denied->reason_code), denied->rule);
    }
    if (const auto* none = std::get_if<Unavailable>(&verdict)) return "not now: " + none->why;
    return "not relevant";
  }

  AuthClock clock_{.now = Instant(seconds(1000)), .wall = WallTime::FromSeconds(1'900'000'000)};
  Pauses pauses_{clock_};
  HandWorker worker_;
  config::PasswordSettings settings_{.throttle = {.failures = 3, .window_s = 60, .block_s = 20}};
  std::unique_ptr<PasswordMethod> method_;
  std::vector<std::unique_ptr<Credentials>> asked_;
  std::vector<std::string> verdicts_;
};

TEST_F(PasswordMethodTest, IsForThoseWhoHaveBothAndNoAuthenticationMethod) {
  EXPECT_TRUE(method_->IsRelevant(Login("ann", "secret")));
  EXPECT_TRUE(method_->IsRelevant(Login("nobody", "")));  // Empty is not absent.
  Credentials credentials = Login("ann", "secret");
  credentials.username.reset();
  EXPECT_FALSE(method_->IsRelevant(credentials));
  credentials = Login("ann", "secret");
  credentials.password.reset();
  EXPECT_FALSE(method_->IsRelevant(credentials));
  credentials = Login("ann", "secret");
  credentials.authentication_method = "K8S-SAT";
  EXPECT_FALSE(method_->IsRelevant(credentials));
  credentials = Login("ann", "secret");
  credentials.source = Credentials::Source::kReauthenticate;
  EXPECT_FALSE(method_->IsRelevant(credentials));
}

TEST_F(PasswordMethodTest, LetsInByTheRightPassword) {
  EXPECT_EQ(Judged("ann", "secret"), "ann");
  EXPECT_EQ(Judged("bob", "geheim"), "bob");
}

TEST_F(PasswordMethodTest, RefusesAnyOther) {
  EXPECT_EQ(Judged("ann", "geheim"), "0x86: the password is wrong");
  EXPECT_EQ(Judged("ann", ""), "0x86: the password is wrong");
  EXPECT_EQ(Judged("nobody", "secret"), "0x86: there is no such user");
  EXPECT_EQ(Judged("", "secret"), "0x86: there is no such user");
}

// The stand-in's password is not theirs.
TEST_F(PasswordMethodTest, NobodyComesInByAPasswordOfSomebodyElse) {
  Make(UserLine("ann", "secret"));
  EXPECT_EQ(Judged("nobody", "secret"), "0x86: there is no such user");
}

TEST_F(PasswordMethodTest, AnUnknownNameCostsAHashAsAKnownOneDoes) {
  Ask("nobody", "secret");
  ASSERT_EQ(worker_.jobs.size(), 1u);
  EXPECT_TRUE(verdicts_.empty());
  worker_.Do();
  EXPECT_EQ(verdicts_.size(), 1u);
}

TEST_F(PasswordMethodTest, AFileWithoutUsersLetsNobodyIn) {
  Make("# nobody yet\n");
  EXPECT_EQ(Judged("ann", "secret"), "0x86: there are no users");
}

TEST_F(PasswordMethodTest, AFileThatIsNotUnderstoodIsNone) {
  settings_.users = SecretBytes(UserLine("ann", "secret") + "bob:plain\n");
  const auto method =
      PasswordMethod::Create(settings_, {.listener = "front", .clock = &clock_, .pauses = &pauses_},
                             &worker_, 1, Counting());
  ASSERT_FALSE(method.ok());
  EXPECT_EQ(method.error().sentence().find("line 2: the hash is of no form"), 0u);
}

TEST_F(PasswordMethodTest, NothingIsHashedOnItsOwnThread) {
  Ask("ann", "secret");
  EXPECT_TRUE(verdicts_.empty());
  worker_.Do();
  EXPECT_EQ(verdicts_, std::vector<std::string>{"ann"});
}

TEST_F(PasswordMethodTest, AFullWorkerIsNoVerdict) {
  worker_.is_full = true;
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Judged("ann", "wrong"), "not now: too many passwords wait to be judged");
  }
  worker_.is_full = false;
  EXPECT_EQ(Judged("ann", "secret"), "ann");  // It has counted for nothing.
}

TEST_F(PasswordMethodTest, AWorkerThatEndsIsNoVerdict) {
  Ask("ann", "secret");
  worker_.Do(Worker::Outcome::kNotDone);
  EXPECT_EQ(verdicts_.back(), "not now: too many passwords wait to be judged");
}

TEST_F(PasswordMethodTest, WhoGuessesIsNotHeardForAWhile) {
  for (int i = 0; i < 3; ++i) Judged("ann", fmt::format("guess {}", i));
  EXPECT_EQ(Judged("ann", "secret"), "0x97: there were too many wrong passwords from its address");
  EXPECT_TRUE(worker_.jobs.empty());
  EXPECT_EQ(Judged("ann", "secret", "192.0.2.2:7"), "ann");
  clock_.now += seconds(20);
  EXPECT_EQ(Judged("ann", "secret"), "ann");
}

TEST_F(PasswordMethodTest, WhoGuessesAtANameThatIsNotThereHearsTheSame) {
  for (int i = 0; i < 3; ++i) Judged("nobody", fmt::format("guess {}", i));
  EXPECT_EQ(Judged("nobody", "x"), "0x97: there were too many wrong passwords from its address");
}

TEST_F(PasswordMethodTest, ManyGuessesAtOnceAreNoMoreThanOneAfterTheOther) {
  for (int i = 0; i < 5; ++i) Ask("ann", fmt::format("guess {}", i));
  EXPECT_EQ(worker_.jobs.size(), 3u);
  EXPECT_EQ(verdicts_, std::vector<std::string>(
                           2, "not now: its address has too many passwords that are being judged"));
}

TEST_F(PasswordMethodTest, EvidenceIsTheNameAndThePassword) {
  EXPECT_EQ(method_->Evidence(Login("ann", "secret")),
            method_->Evidence(Login("ann", "secret", "192.0.2.2:7")));
  EXPECT_FALSE(method_->Evidence(Login("ann", "secret")) ==
               method_->Evidence(Login("ann", "secret2")));
  EXPECT_FALSE(method_->Evidence(Login("ab", "c")) == method_->Evidence(Login("a", "bc")));
}

// Or a right guess would be answered from memory while all others are not judged.
TEST_F(PasswordMethodTest, WhoGuessesHasNoEvidence) {
  for (int i = 0; i < 3; ++i) Judged("ann", fmt::format("guess {}", i));
  EXPECT_TRUE(method_->Evidence(Login("ann", "secret")).empty());
  EXPECT_FALSE(method_->Evidence(Login("ann", "secret", "192.0.2.2:7")).empty());
}

TEST_F(PasswordMethodTest, ALineHoldsUntilItIsGoneOrHasAnotherHash) {
  const uint64_t mark = (*UserFile::Parse(UserLine("ann", "secret")))->Find("ann")->mark;
  EXPECT_TRUE(method_->StillHolds("ann", mark));
  EXPECT_FALSE(method_->StillHolds("bob", mark));
  Make(UserLine("carl", "x") + UserLine("ann", "secret"));
  EXPECT_TRUE(method_->StillHolds("ann", mark));
  Make(UserLine("ann", "other"));
  EXPECT_FALSE(method_->StillHolds("ann", mark));
  Make(UserLine("carl", "x"));
  EXPECT_FALSE(method_->StillHolds("ann", mark));
}

}  // namespace
}  // namespace signet::auth
