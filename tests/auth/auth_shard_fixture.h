// AuthShardTest: an AuthShard with scripted methods, on a clock that stands still until it is
// moved.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "auth/auth_shard.h"
#include "gtest/gtest.h"
#include "tests/auth/scripted_method.h"
#include "tests/support/core_world.h"

namespace signet::auth {

class AuthShardTest : public testing::Test {
 protected:
  static constexpr ShardId kShard{1};
  static constexpr PortId kPort{3};

  AuthShardTest() { Configure({&sat_}); }

  // Port kPort has these methods from now on.
  void Configure(std::vector<Script*> scripts,
                 config::ExpiryNotice notice = config::ExpiryNotice::kNone) {
    scripts_ = std::move(scripts);
    auto settings = std::make_shared<config::BrokerAuthentication>();
    settings->name = std::to_string(++revision_);
    settings->expiry_notice = notice;
    shard_.SetPort(kPort, "front", std::move(settings));
  }

  static Credentials With(std::string token, std::string method = "K8S-SAT") {
    Credentials credentials{.client_id = "c", .peer = "192.0.2.1:7"};
    credentials.authentication_method = std::move(method);
    credentials.authentication_data = SecretBytes(token);
    return credentials;
  }

  // A turn with this mail.
  void Turn(std::vector<MailToAuth> mail = {}) {
    shard_.BeginTurn(now_, wall_);
    for (MailToAuth& each : mail) shard_.Take(kShard, std::move(each));
    shard_.EndTurn();
  }
  ConnectionId Ask(Credentials credentials) {
    const ConnectionId client{.slot = ++clients_, .generation = 1};
    std::vector<MailToAuth> mail;
    mail.push_back(
        AuthQuestion{.client = client, .port = kPort, .credentials = std::move(credentials)});
    Turn(std::move(mail));
    return client;
  }
  void AskAgain(GrantId grant, ConnectionId client, Credentials credentials,
                Credentials::Source source = Credentials::Source::kReauthenticate) {
    credentials.source = source;
    std::vector<MailToAuth> mail;
    mail.push_back(AuthQuestion{
        .client = client, .port = kPort, .grant = grant, .credentials = std::move(credentials)});
    Turn(std::move(mail));
  }
  // AUTH 0x18, to the challenge of that exchange.
  void GoOn(ExchangeId exchange, ConnectionId client, std::string data, GrantId grant = {}) {
    Credentials credentials = With(std::move(data));
    credentials.source = Credentials::Source::kContinue;
    credentials.client_id.clear();
    std::vector<MailToAuth> mail;
    mail.push_back(AuthQuestion{.client = client,
                                .port = kPort,
                                .grant = grant,
                                .exchange = exchange,
                                .credentials = std::move(credentials)});
    Turn(std::move(mail));
  }
  // What the shards were told since the last call.
  std::vector<MailFromAuth> Told(ShardId to = kShard) {
    std::vector<MailFromAuth> told;
    auto& outgoing = shard_.outgoing(to);
    while (!outgoing.empty()) told.push_back(outgoing.Pop());
    return told;
  }
  // The one answer that there is.
  AuthOutcome Outcome() {
    std::vector<MailFromAuth> told = Told();
    EXPECT_EQ(told.size(), 1u);
    if (told.empty()) return Undecided{};
    return std::get<AuthAnswer>(told.front()).outcome;
  }
  Challenge Challenged() {
    const AuthOutcome outcome = Outcome();
    const auto* challenge = std::get_if<Challenge>(&outcome);
    EXPECT_NE(challenge, nullptr) << outcome.index();
    return challenge != nullptr ? *challenge : Challenge{};
  }
  Principal Proven() {
    const AuthOutcome outcome = Outcome();
    const auto* yes = std::get_if<Authenticated>(&outcome);
    EXPECT_NE(yes, nullptr) << outcome.index();
    return yes != nullptr ? yes->principal : Principal{};
  }
  ReasonCode Refused() {
    const AuthOutcome outcome = Outcome();
    const auto* no = std::get_if<Rejected>(&outcome);
    EXPECT_NE(no, nullptr) << outcome.index();
    return no != nullptr ? no->reason_code : ReasonCode::kSuccess;
  }
  bool IsUndecided() { return std::holds_alternative<Undecided>(Outcome()); }
  // In, until `deadline`.
  std::pair<GrantId, ConnectionId> LetIn(std::string token, WallTime deadline = WallTime::Never()) {
    const ConnectionId client = Ask(With(token));
    // A token that is known is not asked about again.
    if (!sat_.asked.empty()) sat_.Answer(AcceptedAs("account", deadline));
    return {Proven().grant, client};
  }
  std::vector<GrantEnded> Ended(ShardId to = kShard) {
    std::vector<GrantEnded> ended;
    for (MailFromAuth& mail : Told(to)) ended.push_back(std::get<GrantEnded>(std::move(mail)));
    return ended;
  }

  // Time passes for both clocks, in the turns that the shard asks for.
  void Advance(Duration duration) {
    const Instant end = now_ + duration;
    while (now_ < end) {
      const Instant next = std::min(end, std::max(shard_.NextDeadline(), now_ + milliseconds(1)));
      wall_ = WallTime::FromMilliseconds(wall_.milliseconds() + (next - now_) / milliseconds(1));
      now_ = next;
      Turn();
    }
  }
  void SetClock(Duration by) {
    wall_ = WallTime::FromMilliseconds(wall_.milliseconds() + by / milliseconds(1));
  }
  WallTime In(Duration after) const {
    return WallTime::FromMilliseconds(wall_.milliseconds() + after / milliseconds(1));
  }

  Instant now_{seconds(1000)};
  WallTime wall_ = WallTime::FromSeconds(1'900'000'000);
  Script sat_;
  std::vector<Script*> scripts_;
  MethodContext context_;  // Of the methods that were made last.
  int revision_ = 0;
  uint32_t clients_ = 0;
  MemoryLog log_;
  AuthShard shard_{{.shards = 3,
                    .make_methods =
                        [this](const config::BrokerAuthentication&, const MethodContext& context) {
                          context_ = context;
                          std::vector<std::unique_ptr<Method>> methods;
                          for (Script* each : scripts_) {
                            methods.push_back(std::make_unique<ScriptedMethod>(each));
                          }
                          return methods;
                        },
                    .hash_key = {1, 2, 3},
                    .log = &log_,
                    .start = {.now = now_, .wall = wall_}}};
};

}  // namespace signet::auth
