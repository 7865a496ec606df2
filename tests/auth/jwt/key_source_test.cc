#include "auth/jwt/key_source.h"

#include "tests/auth/jwt/key_source_fixture.h"

namespace signet::auth {
namespace {

TEST_F(KeySourceTest, FetchesWhenATokenNeedsIt) {
  EXPECT_TRUE(fetcher_.requests().empty());
  const std::string& answer = Ask();
  EXPECT_EQ(answer, "");
  ASSERT_EQ(fetcher_.requests().size(), 1U);
  EXPECT_EQ(fetcher_.last().url, kKeysUrl);
  EXPECT_EQ(fetcher_.Header("Authorization"), "");
  AnswerKeys({key_.Jwk()});
  EXPECT_EQ(answer, "genuine");
}

TEST_F(KeySourceTest, KeepsWhatItHas) {
  Warm();
  At(299);
  EXPECT_EQ(Ask(), "genuine");
  EXPECT_EQ(Ask(next_.TokenWithHeader(R"({"alg":"EdDSA","kid":"k1"})", "{}")), "forged");
  EXPECT_EQ(fetcher_.requests().size(), 1U);
}

TEST_F(KeySourceTest, OneFetchServesAllWhoWait) {
  const std::string& first = Ask();
  const std::string& second = Ask();
  const std::string& stranger = Ask(next_.Token("{}"));
  EXPECT_EQ(fetcher_.requests().size(), 1U);
  AnswerKeys({key_.Jwk()});
  EXPECT_EQ(first, "genuine");
  EXPECT_EQ(second, "genuine");
  EXPECT_EQ(stranger, "unknown key");
  EXPECT_EQ(fetcher_.requests().size(), 1U);  // They are fresh: asking again helps nobody.
}

TEST_F(KeySourceTest, RefreshesBesideTheAnswer) {
  Warm();
  At(300);
  EXPECT_EQ(Ask(), "genuine");
  EXPECT_EQ(Ask(), "genuine");
  EXPECT_EQ(fetcher_.requests().size(), 2U);
  AnswerKeys({next_.Jwk()});
  EXPECT_EQ(Ask(next_.Token("{}")), "genuine");
  EXPECT_EQ(Ask(), "unknown key");  // It was taken away.
}

TEST_F(KeySourceTest, AnUnknownKeyIsLookedForAtOnce) {
  Warm();
  At(60);
  const std::string& answer = Ask(next_.Token("{}"));
  EXPECT_EQ(answer, "");
  EXPECT_EQ(Ask(), "genuine");  // Who has a known key does not wait.
  AnswerKeys({key_.Jwk(), next_.Jwk()});
  EXPECT_EQ(answer, "genuine");
  EXPECT_EQ(fetcher_.requests().size(), 2U);
}

TEST_F(KeySourceTest, AFloodOfUnknownKeysCostsOneFetchAMinute) {
  Warm();
  for (int64_t second = 0; second < 180; ++second) {
    At(second);
    for (int i = 0; i < 10; ++i) {
      const std::string kid = std::to_string(second * 10 + i);
      const std::string& answer =
          Ask(next_.TokenWithHeader(R"({"alg":"EdDSA","kid":")" + kid + "\"}", "{}"));
      if (fetcher_.open() > 0) AnswerKeys({key_.Jwk()});
      EXPECT_EQ(answer, "unknown key");
    }
  }
  EXPECT_EQ(fetcher_.requests().size(), 3U);  // At 0, 60 and 120.
}

TEST_F(KeySourceTest, ATokenWithoutAKeyIdMayBeOfANewKey) {
  Warm();
  At(60);
  const std::string& answer = Ask(next_.TokenWithHeader(R"({"alg":"EdDSA"})", "{}"));
  AnswerKeys({next_.Jwk()});
  EXPECT_EQ(answer, "genuine");
}

TEST_F(KeySourceTest, KeysThatCannotBeFetchedAreUsedForADay) {
  Warm();
  for (const int64_t second : {300, 3600, 86'000, 86'400}) {
    At(second);
    EXPECT_EQ(Ask(), "genuine") << second;
    ASSERT_EQ(fetcher_.open(), 1U);
    fetcher_.Fail("cannot connect");
  }
  At(86'406);
  const std::string& answer = Ask();
  EXPECT_EQ(answer, "");
  fetcher_.Fail("cannot connect");
  EXPECT_EQ(answer, "the issuer's keys: cannot connect");
}

TEST_F(KeySourceTest, AFailureIsNoVerdict) {
  struct Case {
    uint16_t status;
    std::string body;
    std::string why;
  };
  const std::vector<Case> cases = {
      {500, "", "the issuer's keys: the server answers with status 500"},
      {302, "", "the issuer's keys: the server answers with status 302"},
      {404, "", "the issuer's keys: the server answers with status 404"},
      {200, "<html></html>", "the issuer's key set is no JSON"},
      {200, R"({"keys":[]})", "the issuer's key set has no key that we can use"},
      {200, R"({"keys":[{"kty":"oct","k":"AAAA"}]})",
       "the issuer's key set has no key that we can use"},
  };
  int64_t second = 0;
  for (const Case& one : cases) {
    At(second += 60);
    const std::string& answer = Ask();
    fetcher_.Answer(one.status, one.body);
    EXPECT_EQ(answer, one.why);
  }
  // Nor does it take away what is there.
  At(second += 60);
  Warm();
  for (const Case& one : cases) {
    At(second += 60);
    const std::string& stranger = Ask(next_.Token("{}"));
    fetcher_.Answer(one.status, one.body);
    EXPECT_EQ(stranger, one.why);
    EXPECT_EQ(Ask(), "genuine");
  }
}

// Those who come after the one that was waited for are not worse off.
TEST_F(KeySourceTest, AfterAFailureAnUnknownKeyStaysWithoutAVerdict) {
  Warm();
  At(60);
  Ask(next_.Token("{}"));
  fetcher_.Fail("cannot connect");
  At(119);
  EXPECT_EQ(Ask(next_.Token("{}")), "the issuer's keys: cannot connect");
  EXPECT_EQ(Ask(), "genuine");
  EXPECT_EQ(fetcher_.requests().size(), 2U);
  At(120);
  const std::string& answer = Ask(next_.Token("{}"));
  AnswerKeys({key_.Jwk(), next_.Jwk()});
  EXPECT_EQ(answer, "genuine");
}

TEST_F(KeySourceTest, AfterAFailureItPauses) {
  Ask();
  fetcher_.Fail("cannot connect");
  At(4);
  EXPECT_EQ(Ask(), "the issuer's keys: cannot connect");
  EXPECT_EQ(fetcher_.requests().size(), 1U);
  At(5);
  const std::string& answer = Ask();
  EXPECT_EQ(fetcher_.requests().size(), 2U);
  AnswerKeys({key_.Jwk()});
  EXPECT_EQ(answer, "genuine");
}

TEST_F(KeySourceTest, AClockThatIsPutBackLocksNobodyOut) {
  Warm();
  At(-315'360'000);  // Ten years.
  const std::string& answer = Ask();
  AnswerKeys({key_.Jwk()});
  EXPECT_EQ(answer, "genuine");
  EXPECT_EQ(Ask(), "genuine");
  EXPECT_EQ(fetcher_.requests().size(), 2U);
  At(315'360'000);
  const std::string& later = Ask();
  AnswerKeys({key_.Jwk()});
  EXPECT_EQ(later, "genuine");
}

TEST_F(KeySourceTest, SoManyMayWait) {
  const std::string token = key_.Token("{}");
  for (size_t i = 0; i < KeySource::kMaxWaiting; ++i) Ask(token);
  EXPECT_EQ(Ask(token), "too many tokens wait for the issuer's keys");
  AnswerKeys({key_.Jwk()});
  EXPECT_EQ(questions_[KeySource::kMaxWaiting - 1]->answer, "genuine");
}

TEST_F(KeySourceTest, TellsOfItsKeys) {
  EXPECT_EQ(Figures(), "keys 0 refreshes 0 failures 0");
  Ask();
  EXPECT_EQ(Figures(), "keys 0 refreshes 1 failures 0");
  fetcher_.Fail("cannot connect");
  EXPECT_EQ(Figures(), "keys 0 refreshes 1 failures 1");
  At(60);
  Ask();
  AnswerKeys({key_.Jwk(), next_.Jwk()});
  EXPECT_EQ(Figures(), "keys 2 age 0 refreshes 2 failures 1");
  At(359);
  EXPECT_EQ(Figures(), "keys 2 age 299 refreshes 2 failures 1");
  At(360);
  Ask();
  fetcher_.Fail("cannot connect");  // The old ones serve on.
  EXPECT_EQ(Figures(), "keys 2 age 300 refreshes 3 failures 2");
  At(-100);  // The clock was put back.
  EXPECT_EQ(Figures(), "keys 2 age 0 refreshes 3 failures 2");
}

TEST_F(KeySourceTest, MayGoWhileAFetchIsUnderWay) {
  Warm();
  At(300);
  EXPECT_EQ(Ask(), "genuine");
  EXPECT_EQ(fetcher_.open(), 1U);
  source_.reset();
  AnswerKeys({key_.Jwk()});
}

TEST_F(KeySourceTest, MayGoWithItsLastAnswer) {
  const std::string token = key_.Token("{}");
  const auto jws = CompactJws::Read(token);
  source_->Check(*jws, AlgorithmSet::PublicKey(), now_,
                 [this](KeySource::Outcome) { source_.reset(); });
  AnswerKeys({key_.Jwk()});
  EXPECT_EQ(source_, nullptr);
}

TEST_F(KeySourceTest, DiscoversWhereTheKeysAre) {
  Make({.discovery_url = DiscoveryUrl("https://issuer.example"),
        .key_set_url = "",
        .issuer = "https://issuer.example"});
  const std::string& answer = Ask();
  EXPECT_EQ(fetcher_.last().url, "https://issuer.example/.well-known/openid-configuration");
  fetcher_.Answer(200, kDiscovery);
  EXPECT_EQ(fetcher_.last().url, kKeysUrl);
  AnswerKeys({key_.Jwk()});
  EXPECT_EQ(answer, "genuine");
  EXPECT_EQ(source_->issuer(), "https://issuer.example");
}

TEST_F(KeySourceTest, LearnsWhoTheIssuerIs) {
  Make({.discovery_url = "https://a/d", .key_set_url = "https://a/k", .issuer = ""});
  const std::string& answer = Ask();
  EXPECT_EQ(source_->issuer(), "");
  fetcher_.Answer(200, kDiscovery);
  EXPECT_EQ(fetcher_.last().url, "https://a/k");  // Whatever the document says of where.
  AnswerKeys({key_.Jwk()});
  EXPECT_EQ(answer, "genuine");
  EXPECT_EQ(source_->issuer(), "https://issuer.example");
}

TEST_F(KeySourceTest, RefusesBadDiscovery) {
  struct Case {
    std::string document;
    std::string why;
  };
  const std::vector<Case> cases = {
      {"<html>", "the discovery document is no JSON"},
      {"{}", "the discovery document names no issuer"},
      {R"({"issuer":1})", "the discovery document names no issuer"},
      {R"({"issuer":"https://issuer.example/","jwks_uri":"https://issuer.example/keys"})",
       "the discovery document is of another issuer, https://issuer.example/"},
      {R"({"issuer":"https://issuer.example"})",
       "the discovery document has no jwks_uri that begins with https://"},
      {R"({"issuer":"https://issuer.example","jwks_uri":"http://issuer.example/keys"})",
       "the discovery document has no jwks_uri that begins with https://"},
      {R"({"issuer":"https://issuer.example","jwks_uri":"file:///etc/passwd"})",
       "the discovery document has no jwks_uri that begins with https://"},
  };
  Make({.discovery_url = DiscoveryUrl("https://issuer.example"),
        .key_set_url = "",
        .issuer = "https://issuer.example"});
  for (size_t i = 0; i < cases.size(); ++i) {
    At(static_cast<int64_t>(i) * 60);
    const std::string& answer = Ask();
    fetcher_.Answer(200, cases[i].document);
    EXPECT_EQ(answer, cases[i].why);
  }
  EXPECT_EQ(fetcher_.open(), 0U);
}

TEST(DiscoveryUrl, DropsOneSlash) {
  EXPECT_EQ(DiscoveryUrl("https://a"), "https://a/.well-known/openid-configuration");
  EXPECT_EQ(DiscoveryUrl("https://a/b/"), "https://a/b/.well-known/openid-configuration");
}

}  // namespace
}  // namespace signet::auth
