// What the auth shard itself costs, without what a method has to find out: a CONNECT with a token
// that it knows already, and the deadlines of a million clients.
#include <benchmark/benchmark.h>

#include <deque>
#include <initializer_list>
#include <memory>
#include <random>
#include <string>

#include "auth/auth_shard.h"
#include "auth/deadlines.h"
#include "core/base/check.h"

namespace signet {
namespace {

using auth::AuthShard;

constexpr auth::AuthClock kStart{.now = Instant(seconds(1000)),
                                 .wall = WallTime::FromSeconds(1'900'000'000)};
constexpr ShardId kShard{0};
constexpr PortId kPort{0};

class SilentLog : public LogSink {
 public:
  void Write(LogLevel, std::string_view, std::initializer_list<LogField>) override {}
};

// Accepts each token at once, as a method that is asked once and remembered.
class AnyToken : public auth::Method {
 public:
  std::string_view name() const override { return "ServiceAccountToken"; }
  bool IsRelevant(const Credentials& credentials) const override {
    return credentials.authentication_method == "K8S-SAT";
  }
  SecretBytes Evidence(const Credentials& credentials) const override {
    return credentials.authentication_data;
  }
  void Verify(const Credentials&, WallTime, Done done) override {
    Principal principal{.username = "system:serviceaccount:line1:press",
                        .identity = "system:serviceaccount:line1:press 3f0c"};
    principal.deadline = WallTime::FromSeconds(1'900'003'600);
    std::move(done)(auth::Accepted{.principal = std::move(principal)});
  }
  bool may_reauthenticate() const override { return true; }
};

std::vector<std::unique_ptr<auth::Method>> OneMethod(const config::BrokerAuthentication&,
                                                     const auth::MethodContext&) {
  std::vector<std::unique_ptr<auth::Method>> methods;
  methods.push_back(std::make_unique<AnyToken>());
  return methods;
}

// A client comes with a token of that many bytes, and goes.
void BM_KnownToken(benchmark::State& state) {
  SilentLog log;
  AuthShard shard({.make_methods = OneMethod, .hash_key = {1}, .log = &log, .start = kStart});
  shard.SetPort(kPort, "front", std::make_shared<config::BrokerAuthentication>());
  const std::string token(static_cast<size_t>(state.range(0)), 't');
  for (auto _ : state) {
    Credentials credentials{.client_id = "press-7", .peer = "192.0.2.1:40000"};
    credentials.authentication_method = "K8S-SAT";
    credentials.authentication_data = SecretBytes(token);
    shard.BeginTurn(kStart.now, kStart.wall);
    shard.Take(kShard, AuthQuestion{.client = {.slot = 1, .generation = 1},
                                    .port = kPort,
                                    .credentials = std::move(credentials)});
    shard.EndTurn();
    const MailFromAuth mail = shard.outgoing(kShard).Pop();
    const auto& proven = std::get<Authenticated>(std::get<AuthAnswer>(mail).outcome);
    shard.Take(kShard, GrantReturned{.grant = proven.principal.grant});
  }
}
BENCHMARK(BM_KnownToken)->Arg(1024)->Arg(4096);

// A million clients have deadlines within a day; the deadline of one is set anew, and taken back.
void BM_MoveOneOfAMillionDeadlines(benchmark::State& state) {
  constexpr size_t kCount = 1'000'000;
  std::mt19937 random(1);
  const auto within_a_day = [&] {
    return WallTime::FromMilliseconds(kStart.wall.milliseconds() +
                                      static_cast<int64_t>(random() % 86'400'000));
  };
  auth::Deadlines deadlines(kStart);
  std::deque<auth::Deadline> all;
  for (size_t i = 0; i < kCount; ++i)
    deadlines.Set(all.emplace_back(nullptr), within_a_day(), kStart);
  for (auto _ : state) {
    auth::Deadline& one = all[random() % kCount];
    one.timer.Cancel();
    deadlines.Set(one, within_a_day(), kStart);
  }
  state.counters["bytes_each"] = sizeof(auth::Deadline);
  CHECK(deadlines.size() == kCount);
}
BENCHMARK(BM_MoveOneOfAMillionDeadlines);

}  // namespace
}  // namespace signet
