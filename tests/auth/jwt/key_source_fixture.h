// KeySourceTest: a KeySource whose server is a script, and whose time is the test's.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "auth/jwt/key_source.h"
#include "tests/auth/support/scripted_fetcher.h"
#include "tests/auth/support/signing_key.h"

namespace signet::auth {

class KeySourceTest : public testing::Test {
 protected:
  static constexpr auto kStart = WallTime::FromSeconds(1'700'000'000);
  static constexpr std::string_view kKeysUrl = "https://issuer.example/keys";
  static constexpr std::string_view kDiscovery =
      R"({"issuer":"https://issuer.example","jwks_uri":"https://issuer.example/keys"})";

  // What a token was found to be, as a word.
  struct Question {
    std::string token;
    Expected<CompactJws, TokenFlaw> jws;
    std::string answer;
  };

  void SetUp() override { Make({.discovery_url = "", .key_set_url = std::string(kKeysUrl)}); }

  void Make(KeyPlace place) {
    source_ = std::make_unique<KeySource>(std::move(place), config::KeySetSettings{}, &documents_);
  }

  void At(int64_t seconds_after_start) {
    now_ = WallTime::FromSeconds(kStart.seconds() + seconds_after_start);
  }

  // The answer stays empty until it comes.
  const std::string& Ask(std::string token) {
    auto& question = questions_.emplace_back(std::make_unique<Question>(
        Question{.token = std::move(token), .jws = TokenFlaw{}, .answer = ""}));
    question->jws = CompactJws::Read(question->token);
    source_->Check(*question->jws, AlgorithmSet::PublicKey(), now_,
                   [&answer = question->answer](KeySource::Outcome outcome) {
                     EXPECT_EQ(answer, "");  // Once.
                     answer = ToWord(outcome);
                   });
    return question->answer;
  }
  const std::string& Ask() { return Ask(key_.Token("{}")); }

  static std::string ToWord(const KeySource::Outcome& outcome) {
    if (!outcome) return outcome.error().why;
    if (*outcome == SignatureVerdict::kGenuine) return "genuine";
    return *outcome == SignatureVerdict::kForged ? "forged" : "unknown key";
  }

  void AnswerKeys(std::initializer_list<std::string> jwks) { fetcher_.Answer(200, KeySetOf(jwks)); }
  // With the headers of HTTP caching; 304 has no body.
  void AnswerCached(std::string_view body, std::optional<uint64_t> fresh_s, std::string etag = "",
                    uint16_t status = 200) {
    HttpResponse response;
    response.status = status;
    response.content_type = "application/json";
    response.fresh_s = fresh_s;
    response.etag = std::move(etag);
    response.body = SecretBytes(body);
    fetcher_.Answer(std::move(response));
  }
  void AnswerUnchanged(std::optional<uint64_t> fresh_s = {}) {
    AnswerCached("", fresh_s, R"("1")", 304);
  }
  int64_t DueAfter() const { return source_->due_at().seconds() - now_.seconds(); }
  // Has the key of the test by now.
  void Warm() {
    Ask();
    AnswerKeys({key_.Jwk()});
  }

  // What it tells of them, in its order.
  std::string Figures() const {
    Readings readings;
    source_->Report(now_, "https://issuer.example", &readings);
    std::string text;
    for (const Reading& reading : readings.Take()) {
      EXPECT_EQ(reading.issuer, "https://issuer.example");
      const std::string_view name = reading.family->name;
      const std::string_view word = name == "auth_keys"                          ? "keys"
                                    : name == "auth_keys_age_seconds"            ? "age"
                                    : name == "auth_keys_refreshes_total"        ? "refreshes"
                                    : name == "auth_keys_refresh_failures_total" ? "failures"
                                                                                 : name;
      text +=
          fmt::format("{}{} {}", text.empty() ? "" : " ", word, std::get<uint64_t>(reading.value));
    }
    return text;
  }

  const SigningKey key_{"k1"};
  const SigningKey next_{"k2"};
  ScriptedFetcher fetcher_;
  HttpsDocuments documents_{&fetcher_, std::make_shared<HttpTrust>(), seconds(5)};
  std::unique_ptr<KeySource> source_;
  WallTime now_ = kStart;
  std::vector<std::unique_ptr<Question>> questions_;
};

}  // namespace signet::auth
