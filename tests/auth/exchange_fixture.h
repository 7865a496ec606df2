// ExchangeTest: clients of an AuthShard that prove themselves in several steps, which a test plays.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "core/base/bytes.h"
#include "tests/auth/auth_shard_fixture.h"

namespace signet::auth {

inline Exchange::Continue More(std::string_view data) {
  return {.data = {data.begin(), data.end()}};
}
inline Exchange::Finished Over(Verdict verdict, std::string_view data = "") {
  return {.verdict = std::move(verdict), .data = {data.begin(), data.end()}};
}
inline std::string DataOf(const Challenge& challenge) {
  return std::string(AsText(challenge.authentication_data));
}

class ExchangeTest : public AuthShardTest {
 protected:
  ExchangeTest() {
    sat_.exchanges_for = "";
    custom_.name = "Custom";
    custom_.yields = true;
  }

  // A client in the middle of CONNECT: it has been challenged once.
  std::pair<ExchangeId, ConnectionId> Begin(std::string data = "c1") {
    const ConnectionId client = Ask(With(std::move(data)));
    sat_.AnswerStep(More("s1"));
    return {Challenged().exchange, client};
  }
  // In, by an exchange of one step.
  std::pair<GrantId, ConnectionId> LetInByExchange() {
    const ConnectionId client = Ask(With("in"));
    sat_.AnswerStep(Over(AcceptedAs("account", In(seconds(1000)))));
    return {Proven().grant, client};
  }
  // The same, and in the middle of proving itself again.
  struct Again {
    GrantId grant;
    ConnectionId client;
    ExchangeId exchange;
  };
  Again BeginAgain() {
    const auto [grant, client] = LetInByExchange();
    AskAgain(grant, client, With("c1"));
    sat_.AnswerStep(More("s1"));
    return {grant, client, Challenged().exchange};
  }
  void Drop(ExchangeId exchange, ShardId from = kShard) {
    shard_.BeginTurn(now_, wall_);
    shard_.Take(from, ExchangeDropped{exchange});
    shard_.EndTurn();
  }
  // Whether nothing is left of any exchange.
  bool IsForgotten() { return shard_.Report().exchanges == 0 && sat_.exchanges == 0; }

  Script custom_;
};

}  // namespace signet::auth
