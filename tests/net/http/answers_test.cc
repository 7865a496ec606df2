// What a CurlFetcher makes of answers, good and bad.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "net/http/steady_clock.h"
#include "tests/net/http/http_world.h"

namespace signet {
namespace {

HttpRequest WithTimeout(HttpRequest request, Duration timeout) {
  request.timeout = timeout;
  return request;
}

HttpRequest WithCap(HttpRequest request, size_t bytes) {
  request.max_response_bytes = bytes;
  return request;
}

long PeakMemoryKib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

bool Says(const std::string& sentence, std::string_view what) {
  return sentence.starts_with("good.test:") && sentence.find(what) != sentence.npos;
}

TEST(Answers, AreReadWithTypeAndLifetime) {
  FetchLoop loop;
  const HttpOutcome outcome = loop.Ask(RequestFor("json"));
  ASSERT_TRUE(outcome.ok()) << outcome.error().sentence;
  EXPECT_EQ(outcome->status, 200);
  EXPECT_EQ(outcome->content_type, "application/json");
  EXPECT_EQ(outcome->fresh_s, 300);
  EXPECT_EQ(outcome->retry_after_s, std::nullopt);
  EXPECT_EQ(outcome->body.text(), R"({"answer": 42})");
}

// And what has not changed since need not come again; the connection is good for more after that.
TEST(Answers, AreAskedForUnlessTheyAreKnown) {
  FetchLoop loop;
  const auto trust = HttpServers::Get().Trust();
  const HttpOutcome first = loop.Ask(RequestFor("cached", trust));
  ASSERT_TRUE(first.ok()) << first.error().sentence;
  EXPECT_EQ(first->fresh_s, 40);
  EXPECT_EQ(first->etag, R"(W/"1")");
  for (int i = 0; i < 2; ++i) {
    HttpRequest request = RequestFor("cached", trust);
    request.headers.emplace_back("If-None-Match", SecretBytes(first->etag));
    const HttpOutcome again = loop.Ask(std::move(request));
    ASSERT_TRUE(again.ok()) << again.error().sentence;
    EXPECT_EQ(again->status, 304);
    EXPECT_EQ(again->body.text(), "");
    EXPECT_EQ(again->fresh_s, 30);
  }
}

TEST(Answers, OfEveryStatusAreAnswers) {
  FetchLoop loop;
  const auto trust = HttpServers::Get().Trust();
  for (const int status : {201, 204, 400, 401, 403, 404, 429, 500, 503, 599}) {
    const HttpOutcome outcome = loop.Ask(RequestFor("status/" + std::to_string(status), trust));
    ASSERT_TRUE(outcome.ok()) << status << outcome.error().sentence;
    EXPECT_EQ(outcome->status, status);
    EXPECT_EQ(outcome->retry_after_s.value_or(0), status == 429 ? 7 : 0);
  }
}

TEST(Answers, ThatRedirectAreNotFollowed) {
  FetchLoop loop;
  const HttpOutcome outcome = loop.Ask(RequestFor("status/302"));
  ASSERT_TRUE(outcome.ok()) << outcome.error().sentence;
  EXPECT_EQ(outcome->status, 302);
  EXPECT_EQ(outcome->body.text(), "{}");
}

TEST(Answers, AfterHintsAndBeforeTrailersCountAlone) {
  FetchLoop loop;
  const HttpOutcome hinted = loop.Ask(RequestFor("hinted"));
  ASSERT_TRUE(hinted.ok()) << hinted.error().sentence;
  EXPECT_EQ(hinted->status, 200);
  EXPECT_EQ(hinted->retry_after_s, std::nullopt);
  const HttpOutcome trailed = loop.Ask(RequestFor("trailers"));
  ASSERT_TRUE(trailed.ok()) << trailed.error().sentence;
  EXPECT_EQ(trailed->body.text(), "ok");
  EXPECT_EQ(trailed->fresh_s, 5);
  EXPECT_EQ(trailed->retry_after_s, std::nullopt);
}

TEST(Answers, AreNotUnpacked) {
  FetchLoop loop;
  HttpRequest request = RequestFor("packed");
  EXPECT_TRUE(loop.AskText(std::move(request)).starts_with("\x1f\x8b"));
}

TEST(Answers, ThatComeTooLateAreFailures) {
  FetchLoop loop;
  const Instant start = ReadSteadyClock();
  EXPECT_EQ(loop.ExpectTooLate([](Duration time) { return WithTimeout(RequestFor("never"), time); },
                               "no answer"),
            "");
  EXPECT_GE(ReadSteadyClock() - start, milliseconds(250));
}

TEST(Answers, ThatDripAreFailures) {
  FetchLoop loop;
  EXPECT_EQ(loop.ExpectTooLate([](Duration time) { return WithTimeout(RequestFor("drip"), time); },
                               "its answer was not complete"),
            "");
  EXPECT_EQ(
      loop.ExpectTooLate([](Duration time) { return WithTimeout(RequestFor("driphead"), time); },
                         "its answer was not complete"),
      "");
}

TEST(Answers, ThatAreNotHttpAreFailures) {
  FetchLoop loop;
  for (const char* path : {"garbage", "badlength", "badchunk"}) {
    const std::string sentence = loop.AskForFailure(RequestFor(path));
    EXPECT_TRUE(sentence.starts_with("good.test:")) << sentence;
    EXPECT_EQ(sentence.find('\x01'), sentence.npos);
  }
}

TEST(Answers, ThatEndTooEarlyAreFailures) {
  FetchLoop loop;
  const std::string midway = loop.AskForFailure(RequestFor("midway"));
  EXPECT_TRUE(Says(midway, "in the midst of its answer")) << midway;
  const std::string hangup = loop.AskForFailure(RequestFor("hangup"));
  EXPECT_TRUE(Says(hangup, "without an answer")) << hangup;
}

// A server may send for ever: what is kept is bounded, and so is how long we listen.
TEST(Answers, ThatAreTooLargeAreFailures) {
  FetchLoop loop;
  const long before_kib = PeakMemoryKib();
  for (const char* path : {"huge", "chunks"}) {
    const std::string sentence = loop.AskForFailure(RequestFor(path));
    EXPECT_TRUE(Says(sentence, "its answer is larger than 1048576 bytes")) << sentence;
  }
  EXPECT_LT(PeakMemoryKib() - before_kib, 64 * 1024);
  for (const char* path : {"headers", "interim"}) {
    const std::string sentence = loop.AskForFailure(WithCap(RequestFor(path), 20'000));
    EXPECT_TRUE(Says(sentence, "its headers are larger than 20000 bytes")) << sentence;
  }
}

TEST(Answers, MayBeAsLargeAsTheyMay) {
  FetchLoop loop;
  const auto trust = HttpServers::Get().Trust();
  EXPECT_EQ(loop.AskForFailure(WithCap(RequestFor("json", trust), 200)), "[200]");
  // The body has 14 bytes, and the headers more.
  HttpRequest tight = WithCap(RequestFor("json", trust), 13);
  EXPECT_TRUE(Says(loop.AskForFailure(std::move(tight)), "larger than 13 bytes"));
}

TEST(Requests, GoOutAsTheyAre) {
  FetchLoop loop;
  HttpRequest request = RequestFor("echo");
  request.verb = HttpRequest::Verb::kPost;
  request.body = SecretBytes(std::string_view("a\0b\r\n", 5));
  request.headers.emplace_back("Authorization", SecretBytes("Bearer abc"));
  request.headers.emplace_back("X-Empty", SecretBytes(""));
  request.headers.emplace_back("X-Blank", SecretBytes(" \t "));
  request.headers.emplace_back("content-type", SecretBytes("application/json"));
  const std::string echo = loop.AskText(std::move(request));
  EXPECT_NE(echo.find(R"("POST /echo HTTP/1.1")"), echo.npos) << echo;
  for (const char* line : {"Authorization: Bearer abc", "X-Empty:", "X-Blank:",
                           "content-type: application/json", "Content-Length: 5"}) {
    EXPECT_NE(echo.find('"' + std::string(line) + '"'), echo.npos) << line << " in " << echo;
  }
  EXPECT_NE(echo.find(R"("body": "a\u0000b\r\n")"), echo.npos) << echo;
}

TEST(Requests, HaveNothingThatWasNotAskedFor) {
  FetchLoop loop;
  HttpRequest request = RequestFor("echo");
  request.verb = HttpRequest::Verb::kPost;
  request.body = SecretBytes(std::string(100'000, 'x'));
  const std::string echo = loop.AskText(std::move(request));
  EXPECT_NE(echo.find("Content-Length: 100000"), echo.npos);
  for (const char* name : {"Expect", "Content-Type", "Accept-Encoding", "Cookie", "Authorization",
                           "Transfer-Encoding", "Proxy"}) {
    EXPECT_EQ(echo.find('"' + std::string(name)), echo.npos)
        << name << " in " << echo.substr(0, 500);
  }
}

TEST(Requests, ThatAreWrongFailLater) {
  FetchLoop loop;
  HttpRequest request = RequestFor("echo");
  request.headers.emplace_back("X", SecretBytes("a\r\nSecret: b"));
  const std::string sentence = loop.AskForFailure(std::move(request));
  EXPECT_NE(sentence.find("control characters"), sentence.npos) << sentence;
  EXPECT_EQ(sentence.find("Secret"), sentence.npos) << sentence;
  HttpRequest plain = RequestFor("echo");
  plain.url = "http://good.test/";
  EXPECT_NE(loop.AskForFailure(std::move(plain)).find("https://"), std::string::npos);
}

}  // namespace
}  // namespace signet
