// Keys that an issuer publishes, as time goes by: new ones, those that are taken away, and tokens
// by keys that nobody has.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "tests/auth/oauth/jwt_fixture.h"

namespace signet::auth {
namespace {

constexpr std::string_view kAcceptedByKey =
    "accepted pump-7 as https://issuer.example pump-7  until 1700003600";
constexpr std::string_view kNoKeyOfIssuer = "denied: the token is signed by no key of its issuer";

class JwtKeysTest : public JwtTest {
 protected:
  void At(int64_t milliseconds_from_now) {
    now_ = WallTime::FromMilliseconds(kNow.milliseconds() + milliseconds_from_now);
  }

  // A token by a key that nobody has, each time another one; the issuer answers at once.
  const std::string& VerifyMadeUp() {
    Verify(UnsignedToken(fmt::format(R"({{"alg":"EdDSA","kid":"{}"}})", ++made_up_), Payload()));
    if (fetcher_.open() > 0) AnswerKeys({key_.Jwk()});
    return verdict_;
  }

 private:
  int made_up_ = 0;
};

// Ten thousand within a second; and then as many within three minutes.
TEST_F(JwtKeysTest, AFloodOfUnknownKeysCostsOneFetchAMinuteAndNoLogin) {
  int next_login = 0;
  const auto log_in = [&] {
    return Verify(key_.Token(Payload(fmt::format(R"(,"jti":"{}")", ++next_login))));
  };
  for (int i = 0; i < 10'000; ++i) {
    At(i / 10);
    EXPECT_EQ(VerifyMadeUp(), kNoKeyOfIssuer);
    if (i % 100 == 0) {
      EXPECT_EQ(log_in(), kAcceptedByKey);
    }
  }
  EXPECT_EQ(fetcher_.requests().size(), 1U);
  for (int i = 0; i < 10'000; ++i) {
    At(1000 + i * 18);
    EXPECT_EQ(VerifyMadeUp(), kNoKeyOfIssuer);
    if (i % 100 == 0) {
      EXPECT_EQ(log_in(), kAcceptedByKey);
    }
  }
  EXPECT_EQ(fetcher_.requests().size(), 4U);  // At 0, 60, 120 and 180 seconds.
}

// Half an hour with a new key every five minutes, fetched seldom or often. It is published a minute
// before it signs, as we ask for (unknownKidSeconds), and as long as its last token lives.
TEST_F(JwtKeysTest, ARotationCostsNoLogin) {
  constexpr int64_t kPeriod = 300;
  constexpr int64_t kLife = 200;
  constexpr int64_t kAhead = 60;
  std::vector<std::unique_ptr<SigningKey>> keys;
  for (int64_t i = 0; i <= 6; ++i) keys.push_back(std::make_unique<SigningKey>(std::to_string(i)));
  const auto publish = [&](int64_t second) {
    std::vector<std::string> jwks;
    for (int64_t i = 0; i <= 6; ++i) {
      const bool is_there = second >= i * kPeriod - kAhead && second < (i + 1) * kPeriod + kLife;
      if (is_there) jwks.push_back(keys[static_cast<size_t>(i)]->Jwk());
    }
    fetcher_.Answer(200, fmt::format(R"({{"keys":[{}]}})", fmt::join(jwks, ",")));
  };
  const auto token_made_at = [&](int64_t second) {
    return keys[static_cast<size_t>(second / kPeriod)]->Token(fmt::format(
        R"({{"iss":"{}","sub":"pump-7","exp":{}}})", kIssuer, kNow.seconds() + second + kLife));
  };
  for (const uint64_t refresh_s : {10U, 55U, 70U, 300U}) {
    settings_.jwks.refresh_s = refresh_s;
    ASSERT_EQ(Make(), "");
    for (int64_t second = 0; second < 6 * kPeriod; second += 5) {
      At(second * 1000);
      for (const int64_t age : {int64_t{0}, kLife - 1}) {
        if (age > second) continue;
        Verify(token_made_at(second - age));
        if (fetcher_.open() > 0) publish(second);
        EXPECT_TRUE(verdict_.starts_with("accepted")) << refresh_s << " " << second << verdict_;
      }
    }
  }
}

// Where it must be quick, and nothing else was fetched for a minute, even that is not needed.
TEST_F(JwtKeysTest, ANewKeyIsFoundAndAnOldOneMissed) {
  EXPECT_EQ(VerifyKnown(Payload()), kAcceptedByKey);
  now_ = WallTime::FromSeconds(now_.seconds() + 61);
  EXPECT_EQ(Verify(stranger_.Token(Payload())), "");
  AnswerKeys({stranger_.Jwk()});
  EXPECT_EQ(verdict_, kAcceptedByKey);
  EXPECT_EQ(Verify(key_.Token(Payload())), kNoKeyOfIssuer);
}

// A verdict is not remembered beyond the moment at which the key may be found to be gone.
TEST_F(JwtKeysTest, AVerdictIsKnownUntilTheKeysAreDue) {
  settings_.jwks.refresh_s = 120;
  ASSERT_EQ(Make(), "");
  EXPECT_EQ(VerifyKnown(Payload()), kAcceptedByKey);
  EXPECT_EQ(known_until_, WallTime::FromSeconds(kNow.seconds() + 120));
}

TEST_F(JwtKeysTest, KeysAreUsedUntilTheyAreDueHoweverShortTheyMayBeStale) {
  settings_.jwks.stale_s = 0;
  ASSERT_EQ(Make(), "");
  EXPECT_EQ(VerifyKnown(Payload()), kAcceptedByKey);
  now_ = WallTime::FromSeconds(now_.seconds() + 299);
  EXPECT_EQ(Verify(key_.Token(Payload())), kAcceptedByKey);
  now_ = WallTime::FromSeconds(now_.seconds() + 2);
  EXPECT_EQ(Verify(key_.Token(Payload())), "");
  fetcher_.Fail("no way");
  EXPECT_EQ(verdict_, "unavailable: the issuer's keys: no way");
}

}  // namespace
}  // namespace signet::auth
