// SCRAM-SHA-256 as the method of an enhanced authentication: what can be learned by it, and what it
// asks of its users.
#include "auth/password/scram_exchange.h"

#include <map>

#include "auth/password/password_hash.h"
#include "gtest/gtest.h"
#include "tests/auth/password/scram_client.h"
#include "tests/support/bytes.h"

namespace signet::auth {
namespace {

class FewUsers : public ScramUsers {
 public:
  FewUsers() { Set("press", "p-secret"); }

  void Set(const std::string& name, std::string_view password) {
    users_[name] = MakeScram(AsBytes(password), Bytes("01020304 05060708 01020304 05060708"), 4096);
  }

  const ScramCredential* FindScram(std::string_view name) const override {
    const auto found = users_.find(std::string(name));
    return found == users_.end() ? nullptr : &found->second;
  }
  const ScramDecoys& decoys() const override { return decoys_; }
  void FillRandom(MutableBytes bytes) override {
    for (uint8_t& byte : bytes) byte = ++random_;
  }
  std::optional<Verdict> Throttle(std::string_view name, const Credentials& step) override {
    asked_.push_back(std::string(name) + " " + step.peer);
    if (throttles_) return Denied{.rule = "too often", .reason_code = ReasonCode::kBanned};
    return std::nullopt;
  }
  void NoteOutcome(std::string_view name, const Credentials& step, bool is_proven) override {
    outcomes_.push_back(std::string(name) + " " + step.peer + (is_proven ? " yes" : " no"));
  }
  Principal PrincipalOf(std::string_view name) const override {
    return {.username = std::string(name), .identity = "user " + std::string(name)};
  }

  std::map<std::string, ScramCredential> users_;
  const ScramDecoys decoys_{{1, 2, 3}, 4096, 16};
  uint8_t random_ = 0;
  bool throttles_ = false;
  std::vector<std::string> asked_;
  std::vector<std::string> outcomes_;
};

class ScramExchangeTest : public testing::Test {
 protected:
  // What comes of a packet with this data.
  Exchange::Step Send(std::string_view data) {
    Credentials step{.peer = "192.0.2.1"};
    step.authentication_method = "SCRAM-SHA-256";
    step.authentication_data = SecretBytes(data);
    std::optional<Exchange::Step> told;
    exchange_->Take(step, WallTime::FromSeconds(1'900'000'000),
                    [&](Exchange::Step each) { told = std::move(each); });
    EXPECT_TRUE(told.has_value());
    return told ? std::move(*told) : Exchange::Step();
  }
  void StartAnew() { exchange_ = std::make_unique<ScramExchange>(&users_); }
  // The data of AUTH 0x18; empty if it is something else.
  static std::string ChallengeIn(const Exchange::Step& step) {
    const auto* more = std::get_if<Exchange::Continue>(&step);
    return more != nullptr ? std::string(AsText(more->data)) : "";
  }
  static Denied RefusalIn(const Exchange::Step& step) {
    const auto* finished = std::get_if<Exchange::Finished>(&step);
    const auto* denied = finished != nullptr ? std::get_if<Denied>(&finished->verdict) : nullptr;
    EXPECT_NE(denied, nullptr);
    EXPECT_TRUE(finished != nullptr && finished->data.empty());
    return denied != nullptr ? *denied : Denied{};
  }
  Exchange::Step LogIn(ScramClient client) {
    StartAnew();
    const std::string challenge = ChallengeIn(Send(client.First()));
    EXPECT_NE(challenge, "");
    return Send(client.Final(challenge));
  }

  FewUsers users_;
  std::unique_ptr<ScramExchange> exchange_ = std::make_unique<ScramExchange>(&users_);
};

TEST_F(ScramExchangeTest, LetsInWhoKnowsThePassword) {
  ScramClient client("press", "p-secret");
  const std::string challenge = ChallengeIn(Send(client.First()));
  const Exchange::Step step = Send(client.Final(challenge));
  const auto* finished = std::get_if<Exchange::Finished>(&step);
  ASSERT_NE(finished, nullptr);
  const auto* accepted = std::get_if<Accepted>(&finished->verdict);
  ASSERT_NE(accepted, nullptr);
  EXPECT_EQ(accepted->principal.username, "press");
  EXPECT_EQ(accepted->principal.identity, "user press");
  EXPECT_EQ(AsText(finished->data), client.ExpectedEnd());  // So we know it, too.
  EXPECT_EQ(users_.asked_, std::vector<std::string>(2, "press 192.0.2.1"));
  EXPECT_EQ(users_.outcomes_, std::vector<std::string>{"press 192.0.2.1 yes"});
}

TEST_F(ScramExchangeTest, RefusesAWrongPassword) {
  const Denied denied = RefusalIn(LogIn(ScramClient("press", "P-secret")));
  EXPECT_EQ(denied.reason_code, ReasonCode::kBadUserNameOrPassword);
  EXPECT_EQ(users_.outcomes_, std::vector<std::string>{"press 192.0.2.1 no"});
}

// Neither a challenge nor a refusal shows that there is no such user.
TEST_F(ScramExchangeTest, WhoDoesNotExistIsChallengedAlike) {
  const Denied wrong = RefusalIn(LogIn(ScramClient("press", "?")));
  const Denied nobody = RefusalIn(LogIn(ScramClient("nobody", "?")));
  EXPECT_EQ(wrong.rule, nobody.rule);
  EXPECT_EQ(wrong.reason_code, nobody.reason_code);
  EXPECT_EQ(users_.outcomes_.back(), "nobody 192.0.2.1 no");

  StartAnew();
  const std::string one = ChallengeIn(Send("n,,n=nobody,r=x"));
  StartAnew();
  const std::string again = ChallengeIn(Send("n,,n=nobody,r=x"));
  StartAnew();
  const std::string press = ChallengeIn(Send("n,,n=press,r=x"));
  StartAnew();
  const std::string other = ChallengeIn(Send("n,,n=nobody2,r=x"));
  const auto salt = [](const std::string& challenge) {
    return ScramClient::AttributeOf(challenge, 's');
  };
  EXPECT_EQ(salt(one), salt(again));
  EXPECT_NE(salt(one), salt(other));
  EXPECT_EQ(salt(one).size(), salt(press).size());
  EXPECT_EQ(ScramClient::AttributeOf(one, 'i'), ScramClient::AttributeOf(press, 'i'));
  EXPECT_EQ(one.size(), press.size());
}

TEST_F(ScramExchangeTest, EachChallengeIsANewOne) {
  const std::string one = ChallengeIn(Send("n,,n=press,r=x"));
  StartAnew();
  const std::string other = ChallengeIn(Send("n,,n=press,r=x"));
  EXPECT_NE(ScramClient::AttributeOf(one, 'r'), ScramClient::AttributeOf(other, 'r'));
  EXPECT_EQ(ScramClient::AttributeOf(one, 'r').size(), 1 + Base64Size(ScramExchange::kNonceBytes));
}

TEST_F(ScramExchangeTest, WhatIsNoMessageIsNoGuess) {
  for (const std::string_view first : {"", "press", "p=tls-exporter,,n=press,r=x"}) {
    StartAnew();
    EXPECT_EQ(RefusalIn(Send(first)).reason_code, ReasonCode::kNotAuthorized) << first;
  }
  EXPECT_TRUE(users_.asked_.empty());
  StartAnew();
  EXPECT_NE(ChallengeIn(Send("n,,n=press,r=x")), "");
  EXPECT_EQ(RefusalIn(Send("")).reason_code, ReasonCode::kNotAuthorized);
  EXPECT_TRUE(users_.outcomes_.empty());
}

TEST_F(ScramExchangeTest, WhoTriesTooOftenIsNotChallenged) {
  users_.throttles_ = true;
  const Denied denied = RefusalIn(Send(ScramClient("press", "p-secret").First()));
  EXPECT_EQ(denied.rule, "too often");
  EXPECT_EQ(denied.reason_code, ReasonCode::kBanned);
}

// Who has begun many exchanges before one of them was judged has not more guesses by that.
TEST_F(ScramExchangeTest, WhoTriesTooOftenMeanwhileIsNotJudged) {
  for (const std::string password : {"p-secret", "wrong"}) {
    StartAnew();
    users_.throttles_ = false;
    ScramClient client("press", password);
    const std::string challenge = ChallengeIn(Send(client.First()));
    users_.throttles_ = true;
    EXPECT_EQ(RefusalIn(Send(client.Final(challenge))).rule, "too often");
  }
  EXPECT_TRUE(users_.outcomes_.empty());
}

}  // namespace
}  // namespace signet::auth
