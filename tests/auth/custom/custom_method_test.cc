// How a custom server is asked, and what becomes of a question that it does not answer.
#include "auth/custom/custom_method.h"

#include <fmt/format.h>

#include <map>
#include <numeric>
#include <string>
#include <variant>

#include "tests/auth/custom/custom_fixture.h"

namespace signet::auth {
namespace {

class CustomMethodTest : public CustomTest {
 protected:
  // Each of them fails at once.
  void FailLogins(int count) {
    for (int i = 0; i < count; ++i) {
      Ask();
      ASSERT_GT(fetcher_.open(), 0U);
      fetcher_.Fail("no connection");
    }
  }
  // What it tells of its server.
  std::string Figures() const {
    Readings readings;
    method_->Report(clock_.wall, &readings);
    std::map<const ReadingFamily*, uint64_t> values;
    for (const Reading& reading : readings.Take()) {
      EXPECT_EQ(reading.issuer, "");
      const auto* latency = std::get_if<LatencyHistogram>(&reading.value);
      values[reading.family] = latency != nullptr
                                   ? std::reduce(latency->counts.begin(), latency->counts.end())
                                   : std::get<uint64_t>(reading.value);
    }
    EXPECT_EQ(values.size(), 5U);
    return fmt::format("requests {}, retries {}, failures {}, open {}, latencies {}",
                       values[&kServerRequests], values[&kServerRetries], values[&kServerFailures],
                       values[&kServerCircuitOpen], values[&kServerLatency]);
  }
};

// -- The request: azure-iot-operations, 5.

TEST_F(CustomMethodTest, PostsToItsEndpoint) {
  Ask();
  ASSERT_EQ(fetcher_.requests().size(), 1U);
  EXPECT_EQ(fetcher_.last().verb, HttpRequest::Verb::kPost);
  EXPECT_EQ(fetcher_.last().url, "https://auth.plant.example/?api-version=0.5.0");
  EXPECT_EQ(fetcher_.last().body.text(),
            R"({"type":"connect","username":"press-04","password":"czNjcjN0"})");
  EXPECT_EQ(fetcher_.last().max_response_bytes, 1024U * 1024);
}

TEST_F(CustomMethodTest, TheEndpointMayEndWithSlashesOrHaveAPath) {
  for (const char* endpoint : {"https://a:8443", "https://a:8443/", "https://a:8443//"}) {
    settings_.endpoint = endpoint;
    Make();
    Ask();
    EXPECT_EQ(fetcher_.last().url, "https://a:8443/?api-version=0.5.0");
  }
  settings_.endpoint = "https://a/plant/7";
  Make();
  Ask();
  EXPECT_EQ(fetcher_.last().url, "https://a/plant/7/?api-version=0.5.0");
}

// Servers compare it with exactly that.
TEST_F(CustomMethodTest, TheContentTypeHasNoCharset) {
  Ask();
  EXPECT_EQ(fetcher_.Header("Content-Type"), "application/json");
  EXPECT_EQ(fetcher_.last().headers.size(), 2U);
}

TEST_F(CustomMethodTest, ConfiguredHeadersGoOutAsTheyAre) {
  settings_.headers = {{"x-plant", SecretBytes("seven ")}, {"Authorization", SecretBytes("Key k")}};
  Make();
  Ask();
  EXPECT_EQ(fetcher_.Header("x-plant"), "seven ");
  EXPECT_EQ(fetcher_.Header("Authorization"), "Key k");
}

TEST_F(CustomMethodTest, TrustsTheConfiguredCaAndShowsItsCertificate) {
  settings_.client_certificate = config::Certificate{
      .name = "Secret c", .chain_pem = "our chain", .key_pem = SecretBytes("our key")};
  settings_.max_connections = 7;
  Make();
  Ask();
  Ask();
  const HttpTrust& trust = *fetcher_.last().trust;
  EXPECT_EQ(trust.ca_pem, "the server's CA");
  EXPECT_EQ(trust.client_chain_pem, "our chain");
  EXPECT_EQ(trust.client_key_pem.text(), "our key");
  EXPECT_EQ(trust.max_connections, 7U);
  // Connections are shared by that.
  EXPECT_EQ(fetcher_.requests()[0].trust, fetcher_.requests()[1].trust);
}

TEST_F(CustomMethodTest, WithoutCaOrCertificateTheSystemsRootsCount) {
  settings_.ca_pem = "";
  Make();
  Ask();
  EXPECT_EQ(fetcher_.last().trust->ca_pem, "");
  EXPECT_EQ(fetcher_.last().trust->client_chain_pem, "");
}

TEST_F(CustomMethodTest, HasItsTimeouts) {
  settings_.timeout_s = 9;
  settings_.connect_timeout_s = 2;
  Make();
  Ask();
  EXPECT_EQ(fetcher_.last().timeout, seconds(9));
  EXPECT_EQ(fetcher_.last().connect_timeout, seconds(2));
}

// -- Each question is for itself.

TEST_F(CustomMethodTest, IsRelevantToEverythingAndRemembersNothing) {
  EXPECT_TRUE(method_->IsRelevant(Credentials{}));
  EXPECT_TRUE(method_->Evidence(Password("u", "p")).empty());
  EXPECT_TRUE(method_->Evidence(Enhanced("M", "d")).empty());
  EXPECT_TRUE(method_->yields_when_unavailable());
  EXPECT_TRUE(method_->may_reauthenticate());
  EXPECT_FALSE(method_->keeps_credentials());
}

TEST_F(CustomMethodTest, AnswersMayComeInAnyOrderOfQuestions) {
  Ask(Password("a", "p"));
  Ask(Password("b", "p"));
  fetcher_.Answer(403, R"({"reason":134})");
  fetcher_.Answer(200, "{}");
  EXPECT_EQ(verdicts_, (std::vector<std::string>{"denied 86: the custom server refuses",
                                                 "accepted b  until never"}));
}

TEST_F(CustomMethodTest, AReauthenticationBringsNoUsername) {
  Credentials credentials = Enhanced("PLANT-OTP", "441102");
  credentials.source = Credentials::Source::kReauthenticate;
  Ask(std::move(credentials));
  EXPECT_TRUE(fetcher_.last().body.text().starts_with(R"({"type":"auth",)"));
  fetcher_.Answer(200, R"({"expiry":"2031-02-01T06:30:00Z"})");
  EXPECT_EQ(last(), "accepted   until 2031-02-01T06:30:00Z");
}

// -- Rule 1: who cannot be reached.

TEST_F(CustomMethodTest, IsAskedAgainAfterAPause) {
  Ask();
  fetcher_.Fail("no connection (Connection refused)");
  EXPECT_EQ(fetcher_.requests().size(), 1U);
  Pass(milliseconds(49));
  EXPECT_EQ(fetcher_.requests().size(), 1U);
  Pass(milliseconds(51));
  ASSERT_EQ(fetcher_.requests().size(), 2U);
  EXPECT_EQ(fetcher_.last().timeout, seconds(5) - milliseconds(100));
  EXPECT_EQ(fetcher_.last().connect_timeout, seconds(5) - milliseconds(100));
  EXPECT_EQ(fetcher_.last().body, fetcher_.requests()[0].body);
  fetcher_.Answer(200, "{}");
  EXPECT_EQ(last(), "accepted press-04  until never");
}

TEST_F(CustomMethodTest, ThenThereIsNoVerdict) {
  Ask();
  fetcher_.Fail("no connection");
  Pass(milliseconds(100));
  fetcher_.Fail("no connection");
  EXPECT_EQ(last(), "unavailable: the custom server: no connection (asked 2 times)");
  Pass(seconds(100));
  EXPECT_EQ(verdicts_.size(), 1U);
  EXPECT_EQ(fetcher_.requests().size(), 2U);
}

TEST_F(CustomMethodTest, IsAskedAgainAsOftenAsTheSettingsSay) {
  settings_.retries = 0;
  Make();
  FailLogins(1);
  EXPECT_EQ(last(), "unavailable: the custom server: no connection");
  settings_.retries = 4;
  settings_.circuit_breaker.failures = 1000;
  Make();
  FailLogins(1);
  for (int i = 0; i < 4; ++i) {
    Pass(seconds(1));
    ASSERT_EQ(fetcher_.open(), 1U);
    fetcher_.Fail("no connection");
  }
  EXPECT_EQ(last(), "unavailable: the custom server: no connection (asked 5 times)");
}

TEST_F(CustomMethodTest, RetriesStayWithinTheTimeout) {
  settings_.retries = 10;
  settings_.circuit_breaker.failures = 1000;
  Make();
  Ask();
  Pass(seconds(5) - milliseconds(20));
  fetcher_.Fail("no connection");
  EXPECT_EQ(last(), "unavailable: the custom server: no connection");
}

TEST_F(CustomMethodTest, AQuestionWhoseTurnComesLateIsNotAsked) {
  Ask();
  fetcher_.Fail("no connection");
  Pass(seconds(6));
  EXPECT_EQ(fetcher_.requests().size(), 1U);
  EXPECT_EQ(last(), "unavailable: the custom server: there was no time to ask again");
}

TEST_F(CustomMethodTest, AnAnswerIsNoReasonToAskAgain) {
  EXPECT_TRUE(Answered(503, "").starts_with("unavailable"));
  EXPECT_TRUE(Answered(200, "garbage").starts_with("unavailable"));
  Pass(seconds(10));
  EXPECT_EQ(fetcher_.requests().size(), 2U);
}

// -- The circuit breaker.

TEST_F(CustomMethodTest, IsLeftAloneAfterFailuresInARow) {
  settings_.retries = 0;
  Make();
  FailLogins(5);
  Ask();
  EXPECT_EQ(fetcher_.open(), 0U);
  EXPECT_EQ(
      last(),
      "unavailable: the custom server: it is left alone for a while, after 5 failures in a row");
}

TEST_F(CustomMethodTest, OneQuestionTriesWhetherItIsBack) {
  settings_.retries = 0;
  Make();
  FailLogins(5);
  Pass(seconds(static_cast<int64_t>(settings_.circuit_breaker.open_s)));
  Ask();
  EXPECT_EQ(fetcher_.open(), 1U);
  Ask();
  EXPECT_TRUE(last().find("left alone") != std::string::npos);
  fetcher_.Answer(403, "{}");
  Ask();
  fetcher_.Answer(200, "{}");
  EXPECT_EQ(last(), "accepted press-04  until never");
}

// Those who wait for it in vain keep nobody from finding out that it is back.
TEST_F(CustomMethodTest, AServerThatHangsIsTriedAgainAllTheSame) {
  settings_.retries = 0;
  Make();
  FailLogins(5);
  const Duration open = seconds(static_cast<int64_t>(settings_.circuit_breaker.open_s));
  Pass(open);
  Ask();  // Hangs.
  Pass(open);
  Ask();
  EXPECT_EQ(fetcher_.open(), 2U);
  fetcher_.Fail("no answer");
  fetcher_.Answer(200, "{}");
  EXPECT_EQ(last(), "accepted press-04  until never");
  EXPECT_EQ(Answered(200, "{}"), "accepted press-04  until never");
}

TEST_F(CustomMethodTest, WhatWasAskedBeforeItCameBackDoesNotCount) {
  settings_.retries = 0;
  Make();
  for (int i = 0; i < 12; ++i) Ask();
  for (int i = 0; i < 5; ++i) fetcher_.Fail("no answer");
  Pass(seconds(1));
  fetcher_.Answer(200, "{}");
  for (int i = 0; i < 6; ++i) fetcher_.Fail("no answer");
  EXPECT_EQ(Answered(200, "{}"), "accepted press-04  until never");
}

TEST_F(CustomMethodTest, StatusesOfTroubleCount) {
  for (const uint16_t status : std::initializer_list<uint16_t>{500, 503, 429}) {
    Make();
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(Answered(status, "").starts_with("unavailable"));
    Ask();
    EXPECT_TRUE(last().find("left alone") != std::string::npos) << status;
  }
}

// One client that sends what the server does not like must not cut it off from the others.
TEST_F(CustomMethodTest, AnswersAboutTheQuestionDoNotCount) {
  for (const uint16_t status : std::initializer_list<uint16_t>{200, 302, 400, 403, 404, 405, 422}) {
    for (int i = 0; i < 10; ++i) Answered(status, "garbage");
    EXPECT_EQ(Answered(200, "{}"), "accepted press-04  until never") << status;
  }
}

TEST_F(CustomMethodTest, ARetryDoesNotGoThroughAnOpenCircuit) {
  settings_.circuit_breaker.failures = 3;
  Make();
  for (int i = 0; i < 4; ++i) Ask();
  fetcher_.Fail("no connection");  // It will try again.
  fetcher_.Fail("no connection");  // So will this one.
  fetcher_.Fail("no connection");
  EXPECT_EQ(last(), "unavailable: the custom server: no connection");
  fetcher_.Fail("no connection");
  EXPECT_EQ(verdicts_.size(), 2U);
  Pass(milliseconds(200));
  EXPECT_EQ(verdicts_.size(), 4U);
  EXPECT_EQ(fetcher_.requests().size(), 4U);
}

// -- How many may wait.

TEST_F(CustomMethodTest, OneQuestionTooManyHasNoVerdict) {
  settings_.max_connections = 2;
  settings_.max_pending_requests = 3;
  Make();
  for (int i = 0; i < 6; ++i) Ask();
  EXPECT_EQ(fetcher_.open(), 5U);
  EXPECT_EQ(verdicts_,
            std::vector<std::string>{"unavailable: too many questions wait for the custom server"});
  fetcher_.Answer(200, "{}");
  Ask();
  EXPECT_EQ(fetcher_.open(), 5U);
}

// That is no failure of the server: it is not asked again for it, and not left alone.
TEST_F(CustomMethodTest, WhatWasNotAskedSaysNothingOfTheServer) {
  settings_.circuit_breaker.failures = 1;
  Make();
  Ask();
  fetcher_.Fail("custom.example: not asked, as 8192 requests wait already", /*was_asked=*/false);
  EXPECT_EQ(last(), "unavailable: custom.example: not asked, as 8192 requests wait already");
  EXPECT_EQ(fetcher_.requests().size(), 1U);
  Ask();
  EXPECT_EQ(fetcher_.open(), 1U);
}

TEST_F(CustomMethodTest, WhoPausesStillCounts) {
  settings_.max_connections = settings_.max_pending_requests = 1;
  Make();
  Ask();
  Ask();
  fetcher_.Fail("no connection");
  Ask();
  EXPECT_EQ(last(), "unavailable: too many questions wait for the custom server");
  Pass(milliseconds(100));
  fetcher_.Answer(200, "{}");
  fetcher_.Answer(200, "{}");
  EXPECT_EQ(verdicts_.size(), 3U);
}

// -- Seen from outside.

TEST_F(CustomMethodTest, CountsWhatItAsks) {
  settings_.circuit_breaker.failures = 3;
  Make();
  EXPECT_EQ(Figures(), "requests 0, retries 0, failures 0, open 0, latencies 0");
  Answered(200, "{}");
  Answered(403, "{}");  // A verdict.
  EXPECT_EQ(Figures(), "requests 2, retries 0, failures 0, open 0, latencies 2");
  Answered(200, "garbage");
  Answered(503, "");
  EXPECT_EQ(Figures(), "requests 4, retries 0, failures 2, open 0, latencies 4");
  Ask();
  fetcher_.Fail("no connection");
  Pass(milliseconds(100));
  EXPECT_EQ(Figures(), "requests 6, retries 1, failures 3, open 0, latencies 5");
}

TEST_F(CustomMethodTest, ShowsThatItsCircuitIsOpen) {
  FailLogins(5);
  EXPECT_EQ(Figures(), "requests 5, retries 0, failures 5, open 1, latencies 5");
  Ask();                    // Not asked.
  Pass(milliseconds(100));  // Nor are retries.
  EXPECT_EQ(Figures(), "requests 5, retries 0, failures 5, open 1, latencies 5");
}

TEST_F(CustomMethodTest, MeasuresHowLongAnAnswerTakes) {
  Ask();
  Pass(milliseconds(3));
  fetcher_.Answer(200, "{}");
  Readings readings;
  method_->Report(clock_.wall, &readings);
  for (const Reading& reading : readings.Take()) {
    if (reading.family != &kServerLatency) continue;
    EXPECT_EQ(std::get<LatencyHistogram>(reading.value).sum, 3000U);  // Microseconds.
    return;
  }
  FAIL() << "no latency";
}

// -- Lives.

TEST_F(CustomMethodTest, MayGoWhileAQuestionIsOpen) {
  Ask();
  Ask();
  fetcher_.Fail("no connection");
  method_.reset();
  fetcher_.Answer(200, "{}");
  Pass(seconds(1));
  EXPECT_TRUE(verdicts_.empty());
}

}  // namespace
}  // namespace signet::auth
