// Many requests at once, connections that are used again, bounds, and the end of a fetcher.
#include <gtest/gtest.h>

#include <algorithm>

#include "net/http/steady_clock.h"
#include "tests/net/http/http_world.h"

namespace signet {
namespace {

using Outcomes = std::vector<std::shared_ptr<std::optional<HttpOutcome>>>;

Outcomes FetchMany(FetchLoop& loop, int count, const std::function<HttpRequest()>& make) {
  Outcomes outcomes;
  for (int i = 0; i < count; ++i) outcomes.push_back(loop.Fetch(make()));
  return outcomes;
}

bool AllEnded(const Outcomes& outcomes) {
  return std::ranges::all_of(outcomes, [](const auto& outcome) { return outcome->has_value(); });
}

size_t CountGood(const Outcomes& outcomes) {
  return static_cast<size_t>(std::ranges::count_if(outcomes, [](const auto& outcome) {
    return outcome->has_value() && (*outcome)->ok() && (**outcome)->status == 200;
  }));
}

// Trusts our CA, and opens so many connections.
std::shared_ptr<HttpTrust> TrustWith(uint32_t max_connections) {
  auto trust = HttpServers::Get().Trust();
  trust->max_connections = max_connections;
  return trust;
}

void TurnFor(FetchLoop& loop, Duration time) {
  const Instant end = ReadSteadyClock() + time;
  while (ReadSteadyClock() < end) loop.Turn();
}

TEST(Connections, AreUsedAgain) {
  FetchLoop loop;
  const auto trust = HttpServers::Get().Trust();
  const std::string first = loop.AskText(RequestFor("who", trust));
  const std::string connection = first.substr(0, first.find(" request"));
  for (int i = 2; i <= 20; ++i) {
    EXPECT_EQ(loop.AskText(RequestFor("who", trust)), connection + " request " + std::to_string(i));
  }
}

TEST(Connections, ThatTheServerHasClosedAreReplaced) {
  FetchLoop loop;
  const auto trust = HttpServers::Get().Trust();
  for (int i = 0; i < 5; ++i) {
    const std::string text = loop.AskText(RequestFor("once", trust));
    EXPECT_TRUE(text.ends_with("request 1")) << text;
  }
}

// What follows an answer that has ended is no answer to the next request.
TEST(Connections, OnWhichTooMuchCameAreReplaced) {
  FetchLoop loop;
  const auto trust = HttpServers::Get().Trust();
  const auto observer = HttpServers::Get().Trust();
  int sent = 0;
  for (const char* path : {"double/0", "double/1", "double/30"}) {
    EXPECT_EQ(loop.AskText(RequestFor(path, trust)), "first");
    ++sent;
    EXPECT_TRUE(loop.TurnUntil(
        [&] { return loop.AskText(RequestFor("doubles", observer)) == std::to_string(sent); }));
    const std::string text = loop.AskText(RequestFor("who", trust));
    EXPECT_TRUE(text.ends_with("request 1")) << text;
  }
}

TEST(Connections, AreNoMoreThanAllowed) {
  FetchLoop loop;
  const auto trust = TrustWith(3);
  const Outcomes outcomes =
      FetchMany(loop, 20, [&] { return RequestTo("other", "late/30", trust); });
  ASSERT_TRUE(loop.TurnUntil([&] { return AllEnded(outcomes); }));
  EXPECT_EQ(CountGood(outcomes), outcomes.size());
  const std::string peak = loop.AskText(RequestTo("other", "peak", trust));
  EXPECT_TRUE(peak == "2" || peak == "3") << peak;
}

// Waiting for one is no part of making one, and does not end with the time for that.
TEST(Connections, AreWaitedForLongerThanTheyMayTakeToMake) {
  FetchLoop loop;
  const auto trust = TrustWith(1);
  EXPECT_EQ(loop.AskForFailure(RequestFor("json", trust)), "[200]");  // Makes it.
  const Outcomes outcomes = FetchMany(loop, 4, [&] {
    HttpRequest request = RequestFor("late/150", trust);
    request.connect_timeout = milliseconds(200);
    return request;
  });
  ASSERT_TRUE(loop.TurnUntil([&] { return AllEnded(outcomes); }));
  EXPECT_EQ(CountGood(outcomes), outcomes.size());
}

// But with that of the whole.
TEST(Connections, AreNotWaitedForLongerThanTheWholeMayTake) {
  FetchLoop loop;
  const auto trust = TrustWith(1);
  const auto first = loop.Fetch(RequestFor("never", trust));
  HttpRequest hasty = RequestFor("json", trust);
  hasty.timeout = milliseconds(200);
  const std::string sentence = loop.AskForFailure(std::move(hasty));
  EXPECT_NE(sentence.find("no connection was free within 200 ms"), sentence.npos) << sentence;
  EXPECT_FALSE(first->has_value());
}

TEST(Load, OfTwoHundredRequestsIsCarried) {
  FetchLoop loop;
  const auto trust = TrustWith(32);
  const Outcomes outcomes = FetchMany(loop, 200, [&] { return RequestFor("json", trust); });
  ASSERT_TRUE(loop.TurnUntil([&] { return AllEnded(outcomes); }));
  EXPECT_EQ(CountGood(outcomes), outcomes.size());
}

TEST(Load, BeyondWhatMayWaitFailsLater) {
  FetchLoop loop({.running = 2, .running_per_trust = 2, .waiting = 3});
  const auto trust = HttpServers::Get().Trust();
  const Outcomes outcomes = FetchMany(loop, 8, [&] { return RequestFor("late/50", trust); });
  ASSERT_TRUE(loop.TurnUntil([&] { return AllEnded(outcomes); }));
  EXPECT_EQ(CountGood(outcomes), 5u);
  for (size_t i = 5; i < 8; ++i) {
    ASSERT_FALSE((*outcomes[i])->ok());
    const std::string& sentence = (*outcomes[i])->error().sentence;
    EXPECT_NE(sentence.find("not asked, as 3 requests wait already"), sentence.npos) << sentence;
    EXPECT_FALSE((*outcomes[i])->error().was_asked);
  }
}

TEST(Load, ThatWaitsForItsTurnTooLongFails) {
  FetchLoop loop({.running = 1, .running_per_trust = 1});
  const auto trust = HttpServers::Get().Trust();
  const auto first = loop.Fetch(RequestFor("never", trust));
  HttpRequest hasty = RequestFor("json", trust);
  hasty.timeout = milliseconds(200);
  const std::string sentence = loop.AskForFailure(std::move(hasty));
  EXPECT_NE(sentence.find("not asked within 200 ms"), sentence.npos) << sentence;
  EXPECT_FALSE(first->has_value());
}

TEST(Load, OnAHungServerDoesNotHoldUpAnother) {
  FetchLoop loop({.running = 8, .running_per_trust = 4});
  const auto hung = TrustWith(32);
  const Outcomes waiting = FetchMany(loop, 20, [&] { return RequestFor("never", hung); });
  EXPECT_EQ(loop.AskForFailure(RequestFor("json")), "[200]");
  EXPECT_EQ(std::ranges::count_if(waiting, [](const auto& one) { return one->has_value(); }), 0);
}

TEST(Load, OfOneHostIsMultiplexedByHttp2) {
  FetchLoop loop;
  const auto trust = HttpServers::Get().Trust();
  const Outcomes outcomes = FetchMany(loop, 100, [&] { return RequestTo("h2", "late", trust); });
  ASSERT_TRUE(loop.TurnUntil([&] { return AllEnded(outcomes); }));
  EXPECT_EQ(CountGood(outcomes), outcomes.size());
  for (const auto& outcome : outcomes) {
    ASSERT_TRUE((*outcome)->ok()) << (*outcome)->error().sentence;
    EXPECT_EQ((**outcome)->body, (**outcomes.front())->body);  // The same session.
    EXPECT_EQ((**outcome)->fresh_s, 0);
  }
}

// Which that of Node.js does, after some thousand of them.
TEST(Load, SurvivesAServerThatEndsItsConnectionsOfHttp2) {
  FetchLoop loop;
  const auto trust = HttpServers::Get().Trust();
  const Outcomes outcomes = FetchMany(loop, 4000, [&] { return RequestTo("h2", "who", trust); });
  ASSERT_TRUE(loop.TurnUntil([&] { return AllEnded(outcomes); }));
  EXPECT_EQ(CountGood(outcomes), outcomes.size());
}

TEST(Http2, StreamsEndAloneAndLeaveTheConnection) {
  FetchLoop loop;
  const auto trust = HttpServers::Get().Trust();
  const std::string session = loop.AskText(RequestTo("h2", "who", trust));
  EXPECT_TRUE(session.starts_with("session ")) << session;
  EXPECT_NE(loop.AskForFailure(RequestTo("h2", "reset", trust)), "[200]");
  HttpRequest never = RequestTo("h2", "never", trust);
  never.timeout = milliseconds(200);
  EXPECT_NE(loop.AskForFailure(std::move(never)).find("no answer within 200 ms"),
            std::string::npos);
  const std::string huge = loop.AskForFailure(RequestTo("h2", "huge", trust));
  EXPECT_NE(huge.find("larger than 1048576 bytes"), huge.npos) << huge;
  EXPECT_EQ(loop.AskForFailure(RequestTo("h2", "who", trust)), "[200]");
}

TEST(Done, MayAskAgain) {
  FetchLoop loop;
  const auto trust = HttpServers::Get().Trust();
  int answers = 0;
  std::function<void()> ask = [&] {
    loop.fetcher().Fetch(RequestFor("json", trust), [&](const HttpOutcome& outcome) {
      EXPECT_TRUE(outcome.ok());
      if (++answers < 5) ask();
    });
  };
  ask();
  EXPECT_TRUE(loop.TurnUntil([&] { return answers == 5; }));
}

TEST(End, OfTheFetcherIsTheEndOfWhatIsOpen) {
  FetchLoop loop({.running = 4, .running_per_trust = 4});
  const auto trust = HttpServers::Get().Trust();
  const Outcomes outcomes = FetchMany(loop, 10, [&] { return RequestFor("never", trust); });
  TurnFor(loop, milliseconds(200));
  loop.DestroyFetcher();
  EXPECT_TRUE(AllEnded(outcomes));
  EXPECT_EQ(CountGood(outcomes), 0u);
  const std::string& sentence = (*outcomes[0])->error().sentence;
  EXPECT_NE(sentence.find("the broker is being stopped"), sentence.npos) << sentence;
  TurnFor(loop, milliseconds(50));  // What was in flight completes, for nobody.
}

TEST(End, OfTheFetcherLeavesNoDescriptorOpen) {
  FetchLoop loop;
  const size_t before = OpenDescriptors();
  const auto open = loop.Fetch(RequestFor("never"));
  EXPECT_EQ(loop.AskForFailure(RequestFor("json")), "[200]");
  EXPECT_GT(OpenDescriptors(), before);
  loop.DestroyFetcher();
  EXPECT_EQ(OpenDescriptors(), before);
}

TEST(Connections, OfATrustThatIsNoMoreAreClosed) {
  FetchLoop loop;
  const size_t before = OpenDescriptors();
  EXPECT_EQ(loop.AskForFailure(RequestFor("json")), "[200]");  // The trust dies with the request.
  loop.Turn();
  EXPECT_EQ(OpenDescriptors(), before);
}

TEST(Connections, AreClosedAfterAMinuteWithoutRequests) {
  FetchLoop loop;
  const auto trust = HttpServers::Get().Trust();
  const size_t before = OpenDescriptors();
  const Instant start = ReadSteadyClock();
  EXPECT_EQ(loop.AskForFailure(RequestFor("json", trust)), "[200]");
  loop.fetcher().CheckTime(start + seconds(59));
  EXPECT_GT(OpenDescriptors(), before);
  EXPECT_LE(loop.fetcher().NextDeadline(), ReadSteadyClock() + seconds(60));
  loop.fetcher().CheckTime(ReadSteadyClock() + seconds(61));
  EXPECT_EQ(OpenDescriptors(), before);
}

TEST(End, TellsAlsoWhoAsksAgain) {
  FetchLoop loop;
  const auto trust = HttpServers::Get().Trust();
  std::vector<std::string> sentences;
  CurlFetcher& fetcher = loop.fetcher();
  fetcher.Fetch(RequestFor("never", trust), [&](const HttpOutcome& outcome) {
    sentences.push_back(outcome.error().sentence);
    fetcher.Fetch(RequestFor("never", trust),
                  [&](const HttpOutcome& second) { sentences.push_back(second.error().sentence); });
  });
  loop.Turn();
  loop.DestroyFetcher();
  ASSERT_EQ(sentences.size(), 2u);
  EXPECT_EQ(sentences[0], sentences[1]);
}

TEST(Idleness, CostsNoTurns) {
  FetchLoop loop;
  EXPECT_EQ(loop.AskForFailure(RequestFor("json")), "[200]");
  for (int i = 0; i < 3; ++i) loop.Turn();
  EXPECT_GE(loop.fetcher().NextDeadline() - ReadSteadyClock(), milliseconds(500));
}

TEST(Waiting, CostsFewTurns) {
  FetchLoop loop;
  const uint64_t before = loop.turns();
  EXPECT_EQ(loop.AskForFailure(RequestFor("late/500")), "[200]");
  EXPECT_LT(loop.turns() - before, 60u);
}

}  // namespace
}  // namespace signet
