// [Custom, ServiceAccountToken] on an auth shard, while the custom server goes down for a minute
// and comes back, in each way in which servers do, and clients come without pause: five seconds
// later it decides again, and nothing is left of it. On a clock that the test moves.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "auth/auth_shard.h"
#include "auth/custom/custom_method.h"
#include "tests/auth/scripted_method.h"
#include "tests/support/core_world.h"

namespace signet::auth {
namespace {

constexpr ShardId kShard{0};
constexpr PortId kPort{1};
constexpr Duration kStep = milliseconds(10);

enum class Mode : uint8_t { kServes, kRefuses, kHangs, kIsInTrouble, kTalksNonsense };

// Answers on the clock of the test, as the mode says that a request finds.
class FadingServer : public HttpFetcher {
 public:
  explicit FadingServer(const Instant* now) : now_(*now) {}

  void Fetch(HttpRequest request, Done done) override {
    ++requests_;
    const Duration takes = mode == Mode::kHangs ? request.timeout : milliseconds(20);
    waiting_.emplace(now_ + takes, std::pair(mode, std::move(done)));
  }
  void RunDue() {
    while (!waiting_.empty() && waiting_.begin()->first <= now_) {
      auto due = waiting_.extract(waiting_.begin());
      auto& [found, done] = due.mapped();
      std::move(done)(AnswerOf(found));
    }
  }
  size_t open() const { return waiting_.size(); }
  uint64_t requests() const { return requests_; }

  Mode mode = Mode::kServes;

 private:
  static Expected<HttpResponse, HttpFailure> AnswerOf(Mode mode) {
    HttpResponse response{.content_type = "application/json"};
    switch (mode) {
      case Mode::kServes:
        response.status = 200;
        response.body = SecretBytes("{}");
        return response;
      case Mode::kIsInTrouble:
        response.status = 503;
        return response;
      case Mode::kTalksNonsense:
        response.status = 200;
        return response;
      case Mode::kRefuses:
        return HttpFailure{"no connection"};
      case Mode::kHangs:
        return HttpFailure{"no answer"};
    }
    return HttpFailure{};
  }

  const Instant& now_;
  uint64_t requests_ = 0;
  std::multimap<Instant, std::pair<Mode, Done>> waiting_;
};

class OutageTest : public testing::TestWithParam<Mode> {
 protected:
  // Who asked, and what became of it.
  struct Login {
    bool has_token = false;
    Instant begun;
    Instant ended;
    std::string by;  // The method that let it in; empty: it was refused.
  };

  OutageTest() {
    sat_.at_once = AcceptedAs("account");
    shard_.SetPort(kPort, "front", std::make_shared<config::BrokerAuthentication>());
  }

  // A client comes each 20 ms, with a token each second time; who is let in goes at once.
  void Run(Duration time) {
    for (const Instant end = now_ + time; now_ < end;) {
      now_ += kStep;
      wall_ = WallTime::FromMilliseconds(wall_.milliseconds() + kStep / milliseconds(1));
      shard_.BeginTurn(now_, wall_);
      server_.RunDue();
      if (now_.since_start() / kStep % 2 == 0) Come();
      for (MailToAuth& mail : std::exchange(mail_, {})) shard_.Take(kShard, std::move(mail));
      shard_.EndTurn();
      TakeAnswers();
    }
  }
  void Come() {
    Login login{.has_token = logins_.size() % 2 == 0, .begun = now_, .ended = {}, .by = ""};
    Credentials credentials{.client_id = "c", .peer = "192.0.2.1:7"};
    if (login.has_token) {
      credentials.authentication_method = "K8S-SAT";
      credentials.authentication_data = SecretBytes("token");
    } else {
      credentials.username = "press-04";
      credentials.password = SecretBytes("s3cr3t");
    }
    mail_.push_back(AuthQuestion{
        .client = ConnectionId{.slot = static_cast<uint32_t>(logins_.size()), .generation = 1},
        .port = kPort,
        .credentials = std::move(credentials)});
    logins_.push_back(std::move(login));
  }
  void TakeAnswers() {
    auto& outgoing = shard_.outgoing(kShard);
    while (!outgoing.empty()) {
      MailFromAuth mail = outgoing.Pop();
      auto* answer = std::get_if<AuthAnswer>(&mail);
      ASSERT_NE(answer, nullptr) << "somebody who is in was sent away";
      Login& login = logins_[answer->client.slot];
      ASSERT_EQ(login.ended, Instant()) << "a second answer";
      login.ended = now_;
      most_waited_ = std::max(most_waited_, login.ended - login.begun);
      const auto* yes = std::get_if<Authenticated>(&answer->outcome);
      if (yes == nullptr) continue;
      login.by = yes->principal.method;
      if (stays_.size() < 10) {
        stays_.push_back(yes->principal.grant);
      } else {
        mail_.push_back(GrantReturned{yes->principal.grant});
      }
    }
  }
  uint64_t Open() { return shard_.Report().questions; }

  Instant now_{seconds(1000)};
  WallTime wall_ = WallTime::FromSeconds(1'900'000'000);
  FadingServer server_{&now_};
  Script sat_;
  config::CustomSettings settings_{.endpoint = "https://auth.plant.example"};
  std::vector<Login> logins_;
  std::vector<MailToAuth> mail_;
  std::vector<GrantId> stays_;  // Were there before.
  Duration most_waited_{};
  MemoryLog log_;
  AuthShard shard_{{.make_methods =
                        [this](const config::BrokerAuthentication&, const MethodContext& context) {
                          std::vector<std::unique_ptr<Method>> methods;
                          methods.push_back(
                              std::make_unique<CustomMethod>(settings_, context, &server_, 7));
                          methods.push_back(std::make_unique<ScriptedMethod>(&sat_));
                          return methods;
                        },
                    .hash_key = {1, 2, 3},
                    .log = &log_,
                    .start = {.now = now_, .wall = wall_}}};
};

TEST_P(OutageTest, IsOverFiveSecondsAfterTheServerIsBack) {
  Run(seconds(5));
  for (const Login& login : logins_) {
    if (login.ended == Instant()) continue;
    EXPECT_EQ(login.by, "Custom");
  }
  const Instant down = now_;
  const uint64_t requests_before = server_.requests();
  server_.mode = GetParam();
  Run(seconds(60));
  const uint64_t requests_while_down = server_.requests() - requests_before;
  const Instant back = now_;
  server_.mode = Mode::kServes;
  Run(seconds(30));

  for (const Login& login : logins_) {
    if (login.ended == Instant()) continue;
    if (login.begun > down && login.ended <= back) {
      EXPECT_EQ(login.by, login.has_token ? "ServiceAccountToken" : "");
    } else if (login.begun > back + seconds(5)) {
      EXPECT_EQ(login.by, "Custom");
    }
  }
  EXPECT_LE(most_waited_, seconds(static_cast<int64_t>(settings_.timeout_s)) + kStep);
  if (GetParam() == Mode::kTalksNonsense) return;  // Who talks is asked about each.
  EXPECT_LT(requests_while_down, 400u);            // 3000 came meanwhile.
}

TEST_P(OutageTest, LeavesNothingBehind) {
  Run(seconds(5));
  ASSERT_EQ(stays_.size(), 10u);
  const uint64_t open_before = Open();
  const size_t requests_before = server_.open();
  for (int round = 0; round < 3; ++round) {
    server_.mode = GetParam();
    Run(seconds(20));
    server_.mode = Mode::kServes;
    Run(seconds(20));
    // As many as when nothing had happened yet.
    EXPECT_LE(Open(), open_before) << round;
    EXPECT_LE(server_.open(), requests_before) << round;
    EXPECT_LE(shard_.Report().grants, stays_.size() + 1) << round;
  }
}

std::string NameOf(const testing::TestParamInfo<Mode>& mode) {
  constexpr const char* kNames[] = {"Serves", "Refuses", "Hangs", "IsInTrouble", "TalksNonsense"};
  return kNames[static_cast<size_t>(mode.param)];
}

INSTANTIATE_TEST_SUITE_P(Servers, OutageTest,
                         testing::Values(Mode::kRefuses, Mode::kHangs, Mode::kIsInTrouble,
                                         Mode::kTalksNonsense),
                         NameOf);

}  // namespace
}  // namespace signet::auth
