// For how long a KeySource believes what it has: by its settings, and by what the server says of
// it.
#include <cstdint>

#include "tests/auth/jwt/key_source_fixture.h"

namespace signet::auth {
namespace {

// RFC 9111, 4.2, within bounds of ours.
TEST_F(KeySourceTest, HeadersOfHttpCachingShortenTheRefresh) {
  struct Case {
    std::optional<uint64_t> fresh_s;
    int64_t due_after_s;
  };
  for (const auto& [fresh_s, due_after_s] :
       {Case{{}, 300}, Case{60, 60}, Case{10, 10}, Case{9, 10}, Case{0, 10}, Case{299, 299},
        Case{301, 300}, Case{2'147'483'648, 300}, Case{UINT64_MAX, 300}}) {
    SetUp();
    const std::string& answer = Ask();
    AnswerCached(KeySetOf({key_.Jwk()}), fresh_s);
    EXPECT_EQ(answer, "genuine");
    EXPECT_EQ(DueAfter(), due_after_s);
  }
}

TEST_F(KeySourceTest, KeysOfAShortLifeAreFetchedAtItsEnd) {
  Ask();
  AnswerCached(KeySetOf({key_.Jwk()}), 60);
  At(59);
  EXPECT_EQ(Ask(), "genuine");
  EXPECT_EQ(fetcher_.requests().size(), 1U);
  At(60);
  EXPECT_EQ(Ask(), "genuine");
  EXPECT_EQ(fetcher_.requests().size(), 2U);
  AnswerKeys({key_.Jwk()});  // Without a word about how long.
  EXPECT_EQ(DueAfter(), 300);
}

TEST_F(KeySourceTest, OfTwoDocumentsTheOneThatEndsFirstCounts) {
  for (const bool discovery_ends_first : {true, false}) {
    Make({.discovery_url = DiscoveryUrl("https://issuer.example"),
          .key_set_url = "",
          .issuer = "https://issuer.example"});
    Ask();
    AnswerCached(kDiscovery, discovery_ends_first ? 30 : 90);
    AnswerCached(KeySetOf({key_.Jwk()}), discovery_ends_first ? 90 : 30);
    EXPECT_EQ(DueAfter(), 30);
  }
}

TEST_F(KeySourceTest, WhatIsKnownNeedNotComeAgain) {
  Ask();
  EXPECT_EQ(fetcher_.Header("If-None-Match"), "");
  AnswerCached(KeySetOf({key_.Jwk()}), 60, R"("1")");
  At(60);
  EXPECT_EQ(Ask(), "genuine");
  EXPECT_EQ(fetcher_.Header("If-None-Match"), R"("1")");
  AnswerUnchanged();
  EXPECT_EQ(Ask(), "genuine");
  EXPECT_EQ(fetcher_.requests().size(), 2U);
  EXPECT_EQ(DueAfter(), 60);  // RFC 9111, 4.3.4: what it does not say is as before.
  At(120);
  EXPECT_EQ(Ask(), "genuine");
  EXPECT_EQ(fetcher_.Header("If-None-Match"), R"("1")");
  AnswerUnchanged(20);
  EXPECT_EQ(DueAfter(), 20);
  // Who waits for a key that is not there hears it.
  At(180);
  const std::string& stranger = Ask(next_.Token("{}"));
  AnswerUnchanged();
  EXPECT_EQ(stranger, "unknown key");
  // Nor are they stale.
  At(180 + 86'400);
  const std::string& answer = Ask();
  AnswerUnchanged();
  EXPECT_EQ(answer, "genuine");
}

TEST_F(KeySourceTest, AnEntityTagIsOfOneTextAlone) {
  Ask();
  AnswerCached(KeySetOf({key_.Jwk()}), {}, R"("1")");
  At(300);
  Ask();
  AnswerCached("{}", {}, R"("2")");  // Which is no key set.
  At(305);
  Ask();
  EXPECT_EQ(fetcher_.Header("If-None-Match"), R"("1")");
  AnswerCached(KeySetOf({key_.Jwk()}), {});
  At(605);
  Ask();
  EXPECT_EQ(fetcher_.Header("If-None-Match"), "");
}

TEST_F(KeySourceTest, AnEntityTagIsOfOnePlaceAlone) {
  Make({.discovery_url = DiscoveryUrl("https://issuer.example"),
        .key_set_url = "",
        .issuer = "https://issuer.example"});
  Ask();
  AnswerCached(kDiscovery, {}, R"("1")");
  EXPECT_EQ(fetcher_.Header("If-None-Match"), "");
  AnswerCached(KeySetOf({key_.Jwk()}), {}, R"("2")");
  At(300);
  Ask();
  EXPECT_EQ(fetcher_.Header("If-None-Match"), R"("1")");
  AnswerUnchanged();
  EXPECT_EQ(fetcher_.last().url, kKeysUrl);
  EXPECT_EQ(fetcher_.Header("If-None-Match"), R"("2")");
  AnswerUnchanged();
  EXPECT_EQ(source_->issuer(), "https://issuer.example");
  At(600);
  EXPECT_EQ(Ask(), "genuine");
  fetcher_.Answer(200, R"({"issuer":"https://issuer.example","jwks_uri":"https://a/moved"})");
  EXPECT_EQ(fetcher_.last().url, "https://a/moved");
  EXPECT_EQ(fetcher_.Header("If-None-Match"), "");
  AnswerKeys({next_.Jwk()});
  EXPECT_EQ(Ask(next_.Token("{}")), "genuine");
}

// It would be a way to have no keys, and to believe that they are fresh.
TEST_F(KeySourceTest, ThatNothingHasChangedIsAnAnswerToWhoHasAsked) {
  const std::string& answer = Ask();
  AnswerUnchanged();
  EXPECT_EQ(answer, "the issuer's keys: the server answers with status 304");
}

// Nobody came while they were due, so nobody knows whether they still count.
TEST_F(KeySourceTest, AfterAQuietNightTheAnswerWaits) {
  Warm();
  At(310);
  const std::string& good = Ask();
  const std::string& forged = Ask(next_.TokenWithHeader(R"({"alg":"EdDSA","kid":"k1"})", "{}"));
  EXPECT_EQ(good + forged, "");
  EXPECT_EQ(fetcher_.requests().size(), 2U);
  AnswerKeys({key_.Jwk()});
  EXPECT_EQ(good, "genuine");
  EXPECT_EQ(forged, "forged");
  At(80'000);
  const std::string& taken_away = Ask();
  AnswerKeys({next_.Jwk()});
  EXPECT_EQ(taken_away, "unknown key");
}

TEST_F(KeySourceTest, ThenTheOldKeysAnswerWhereNoneCanBeFetched) {
  Warm();
  At(80'000);
  const std::string& good = Ask();
  const std::string& stranger = Ask(next_.Token("{}"));
  EXPECT_EQ(good + stranger, "");
  fetcher_.Fail("cannot connect");
  EXPECT_EQ(good, "genuine");
  EXPECT_EQ(stranger, "the issuer's keys: cannot connect");
  // Once is enough to wait for a server that does not answer.
  At(80'005);
  EXPECT_EQ(Ask(), "genuine");
  EXPECT_EQ(fetcher_.open(), 1U);
}

// Even one that forbids to keep its keys is not asked oftener because of that.
TEST_F(KeySourceTest, AFloodOfUnknownKeysHasNothingRefreshed) {
  Ask();
  AnswerCached(KeySetOf({key_.Jwk()}), 0);
  for (int64_t second = 0; second < 180; ++second) {
    At(second);
    const std::string& answer = Ask(next_.Token("{}"));
    if (fetcher_.open() > 0) AnswerCached(KeySetOf({key_.Jwk()}), 0);
    EXPECT_EQ(answer, "unknown key");
  }
  EXPECT_EQ(fetcher_.requests().size(), 3U);  // At 0, 60 and 120.
}

}  // namespace
}  // namespace signet::auth
