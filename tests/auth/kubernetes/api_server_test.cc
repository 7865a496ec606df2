#include "auth/kubernetes/api_server.h"

#include <gtest/gtest.h>

#include "tests/auth/kubernetes/small_files.h"
#include "tests/auth/support/scripted_fetcher.h"

namespace signet::auth {
namespace {

constexpr auto kStart = WallTime::FromSeconds(1'700'000'000);

class ApiServerTest : public testing::Test {
 protected:
  void SetUp() override { Make("https://10.0.0.1:443"); }

  void Make(std::string url) {
    files_.texts = {{"/ca", "a CA"}, {"/token", "our.own.token\n"}};
    server_ = std::make_unique<ApiServer>(
        ApiServerSettings{.url = std::move(url), .ca_file = "/ca", .token_file = "/token"},
        files_.Reader(), &fetcher_);
  }

  void Ask(int64_t seconds_after_start = 0) {
    answer_.clear();
    server_->Ask({.verb = HttpRequest::Verb::kPost, .path = "/path", .body = SecretBytes("{}")},
                 WallTime::FromSeconds(kStart.seconds() + seconds_after_start),
                 [this](ApiServer::Answer answer) {
                   EXPECT_EQ(answer_, "");
                   answer_ = answer ? std::to_string(answer->status) + " " +
                                          std::string(answer->body.text())
                                    : answer.error().sentence;
                 });
  }

  SmallFiles files_;
  ScriptedFetcher fetcher_;
  std::unique_ptr<ApiServer> server_;
  std::string answer_;
};

TEST_F(ApiServerTest, AsksAsOurServiceAccount) {
  Ask();
  ASSERT_EQ(fetcher_.open(), 1U);
  EXPECT_EQ(fetcher_.last().url, "https://10.0.0.1:443/path");
  EXPECT_EQ(fetcher_.Header("Authorization"), "Bearer our.own.token");
  EXPECT_EQ(fetcher_.Header("Content-Type"), "application/json");
  EXPECT_EQ(fetcher_.Header("Accept"), "application/json");
  EXPECT_EQ(fetcher_.last().body.text(), "{}");
  EXPECT_EQ(fetcher_.last().trust->ca_pem, "a CA");
  fetcher_.Answer(201, "{}");
  EXPECT_EQ(answer_, "201 {}");
}

TEST_F(ApiServerTest, ReadsItsFilesOnceAMinute) {
  Ask();
  Ask(59);
  EXPECT_EQ(files_.reads, 2);
  files_.texts["/token"] = "a.new.token";
  Ask(60);
  EXPECT_EQ(files_.reads, 4);
  EXPECT_EQ(fetcher_.Header("Authorization"), "Bearer a.new.token");
  EXPECT_EQ(fetcher_.requests()[0].trust, fetcher_.last().trust);  // Connections live on.
  files_.texts["/ca"] = "another CA";
  Ask(120);
  EXPECT_EQ(fetcher_.last().trust->ca_pem, "another CA");
  EXPECT_EQ(fetcher_.requests()[0].trust->ca_pem, "a CA");
}

TEST_F(ApiServerTest, ReadsThemWhenTheClockIsPutBack) {
  Ask();
  Ask(-1);
  EXPECT_EQ(files_.reads, 4);
}

TEST_F(ApiServerTest, ARotatedTokenCostsOneMoreQuestion) {
  for (const uint16_t status : std::initializer_list<uint16_t>{401, 403}) {
    Make("https://10.0.0.1:443");
    Ask();
    files_.texts["/token"] = "a.new.token";
    fetcher_.Answer(status, "", "text/plain");
    EXPECT_EQ(answer_, "");
    EXPECT_EQ(fetcher_.Header("Authorization"), "Bearer a.new.token");
    EXPECT_EQ(fetcher_.last().body.text(), "{}");
    fetcher_.Answer(201, "{}");
    EXPECT_EQ(answer_, "201 {}");
  }
}

TEST_F(ApiServerTest, IsAskedTwiceAndNoMore) {
  Ask();
  fetcher_.Answer(401, "");
  fetcher_.Answer(403, "");
  EXPECT_EQ(answer_, "the API server answers to the broker itself with status 403");
  EXPECT_EQ(fetcher_.requests().size(), 2U);
  EXPECT_EQ(fetcher_.open(), 0U);
}

TEST_F(ApiServerTest, IsNotAskedAgainWithoutFiles) {
  Ask();
  files_.texts.clear();
  fetcher_.Answer(401, "");
  EXPECT_EQ(answer_, "the API server answers to the broker itself with status 401");
  EXPECT_EQ(fetcher_.requests().size(), 1U);
}

TEST_F(ApiServerTest, OtherStatusesAreFailures) {
  for (const uint16_t status : std::initializer_list<uint16_t>{0, 100, 202, 204, 301, 302, 307, 400,
                                                               409, 422, 429, 500, 503}) {
    Ask();
    fetcher_.Answer(status, "{}");
    EXPECT_EQ(answer_, "the API server answers with status " + std::to_string(status));
  }
}

TEST_F(ApiServerTest, NotFoundIsAnAnswer) {
  Ask();
  fetcher_.Answer(404, "none", "text/plain");
  EXPECT_EQ(answer_, "404 none");
}

TEST_F(ApiServerTest, WhatIsNoJsonIsAFailure) {
  Ask();
  fetcher_.Answer(200, "<html>", "text/html");
  EXPECT_EQ(answer_, "the API server answers with text/html in place of JSON");
  Ask();
  fetcher_.Answer(200, "{}", "");
  EXPECT_EQ(answer_, "the API server answers with nothing known in place of JSON");
}

TEST_F(ApiServerTest, NoAnswerIsAFailure) {
  Ask();
  fetcher_.Fail("no answer within 10 s");
  EXPECT_EQ(answer_, "the API server: no answer within 10 s");
}

TEST_F(ApiServerTest, ARotatedCaCostsOneMoreQuestion) {
  Ask();
  files_.texts["/ca"] = "another CA";
  fetcher_.Fail("its certificate is not trusted");
  EXPECT_EQ(answer_, "");
  EXPECT_EQ(fetcher_.last().trust->ca_pem, "another CA");
  fetcher_.Fail("not now");
  EXPECT_EQ(answer_, "the API server: not now");
  Ask();
  files_.texts["/ca"] = "a third one";
  fetcher_.Fail("its certificate is not trusted");
  fetcher_.Answer(200, "{}");
  EXPECT_EQ(answer_, "200 {}");
}

// Of two questions that were sent under the old CA, the first to fail brings the new one in.
TEST_F(ApiServerTest, EachQuestionUnderTheOldCaIsAskedAgain) {
  std::string answers;
  for (const char* path : {"/a", "/b"}) {
    server_->Ask({.path = path}, kStart, [&answers, path](ApiServer::Answer answer) {
      answers +=
          path +
          (answer ? " " + std::string(answer->body.text()) : ": " + answer.error().sentence) + "\n";
    });
  }
  files_.texts["/ca"] = "another CA";
  fetcher_.Fail("not trusted");
  fetcher_.Fail("not trusted");
  fetcher_.Answer(200, "{}");
  fetcher_.Answer(200, "{}");
  EXPECT_EQ(answers, "/a {}\n/b {}\n");
}

TEST_F(ApiServerTest, MayBeUnknown) {
  Make("");
  Ask();
  EXPECT_EQ(answer_, "no API server is configured, and the broker does not run in a cluster");
}

TEST_F(ApiServerTest, IsNeverAskedWithoutItsCa) {
  files_.texts["/ca"] = "";
  Ask();
  EXPECT_EQ(answer_, "/ca is empty");
  files_.texts.erase("/ca");
  Ask();
  EXPECT_EQ(answer_, "/ca does not exist");
  EXPECT_TRUE(fetcher_.requests().empty());
}

TEST_F(ApiServerTest, IsNeverAskedWithoutAToken) {
  files_.texts.erase("/token");
  Ask();
  EXPECT_EQ(answer_, "/token does not exist");
  for (const char* text : {"", "\n", "two tokens", "a\r\nHost: b", "a\tb", "\xC3\xA9"}) {
    files_.texts["/token"] = text;
    Ask();
    EXPECT_EQ(answer_, "/token holds no token") << text;
  }
  files_.texts["/token"] = std::string(64 * 1024 + 1, 't');
  Ask();
  EXPECT_EQ(answer_, "/token holds no token");
  EXPECT_TRUE(fetcher_.requests().empty());
}

TEST_F(ApiServerTest, TheFilesOfBeforeServeOn) {
  Ask();
  files_.texts.clear();
  Ask(60);
  EXPECT_EQ(fetcher_.Header("Authorization"), "Bearer our.own.token");
  EXPECT_EQ(fetcher_.last().trust->ca_pem, "a CA");
}

TEST_F(ApiServerTest, MayGoWhileAQuestionIsOpen) {
  Ask();
  server_.reset();
  fetcher_.Answer(201, "{}");
  EXPECT_EQ(answer_, "");
}

}  // namespace
}  // namespace signet::auth
