// AuthMail: what a shard of the broker asks the auth shard, and what it hears from there, through a
// mailbox each way. "Who is this?" is one question with one answer; with a client that was let in
// goes a *grant*, the auth shard's memory of it, until the client is gone. A proof in several steps
// (MQTT 5, 4.12) is as many questions; between them the auth shard has an *exchange*.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "core/access/credentials.h"
#include "core/access/principal.h"
#include "core/base/ids.h"
#include "core/mqtt/reason_code.h"

namespace signet {

// -- To the auth shard.

// Answered by AuthAnswer, once, whatever becomes of the client.
struct AuthQuestion {
  ConnectionId client;
  PortId port;
  GrantId grant;  // What the client has already; empty until CONNECT is answered.
  // Of the Challenge that this AUTH 0x18 answers; from then on it is the auth shard's alone. Empty:
  // it answers none.
  ExchangeId exchange;
  Credentials credentials;
};
// The client with this grant is a connection of the sender's now.
struct GrantClaimed {
  GrantId grant;
  ConnectionId client;
};
// The client with this grant is gone. Says nothing new about a grant that has ended.
struct GrantReturned {
  GrantId grant;
};
// The client does not answer this Challenge: it is gone, or begins anew. Says nothing new about an
// exchange that has ended.
struct ExchangeDropped {
  ExchangeId exchange;
};
using MailToAuth = std::variant<AuthQuestion, GrantClaimed, GrantReturned, ExchangeDropped>;

// Whether the auth shard is to be woken for it: nobody waits for what it does about a client that
// is gone.
inline bool IsUrgent(const MailToAuth& mail) {
  return !std::holds_alternative<GrantReturned>(mail);
}

// -- From the auth shard.

// It is who it says.
struct Authenticated {
  Principal principal;
  std::vector<uint8_t> authentication_data;  // For CONNACK or AUTH; often empty.
};
// The exchange goes on: AUTH 0x18 with this data. The client's answer is a question of its own, and
// until then it has proven nothing.
struct Challenge {
  std::vector<uint8_t> authentication_data;
  ExchangeId exchange = {};
};
// `reason_code` may stand in CONNACK. The log has been written; what the client is told is the name
// of the code, for which rule it failed is nobody's business.
struct Rejected {
  ReasonCode reason_code = ReasonCode::kNotAuthorized;
};
// Somebody who has to be asked does not answer. What the client has proven before still holds.
struct Undecided {};
using AuthOutcome = std::variant<Authenticated, Challenge, Rejected, Undecided>;

struct AuthAnswer {
  ConnectionId client;
  AuthOutcome outcome;
};
// What the client has proven holds no longer: its Network Connection ends, without a word, or with
// DISCONNECT if `notice` is an error.
struct GrantEnded {
  ConnectionId client;
  GrantId grant;
  std::string why;  // For the log.
  ReasonCode notice = ReasonCode::kSuccess;
};
using MailFromAuth = std::variant<AuthAnswer, GrantEnded>;

}  // namespace signet
