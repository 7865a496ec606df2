// Method: one way to prove who one is, as one element of authenticationMethods configures it. Asked
// in two steps: is what the client presents meant for this method, and if so, is it valid? Lives on
// the auth shard and is used on its thread alone; a change of the configuration makes new ones, and
// the old ones live until their last question is answered.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "auth/readings.h"
#include "core/access/credentials.h"
#include "core/access/principal.h"
#include "core/base/time.h"
#include "core/base/wall_time.h"
#include "core/mqtt/reason_code.h"

namespace signet::auth {

// A verdict: it is the one.
struct Accepted {
  // Its username is empty where the method proves none; the client's own word then stands in for
  // it.
  Principal principal;
  // Until when others may be told the same without being asked anew, if that is before the
  // principal's deadline: what was consulted has an end of its own.
  WallTime known_until = WallTime::Never();
};
// A verdict: it is not.
struct Denied {
  // Which rule failed, for the log: `the token has expired`. Never a part of a secret, and escaped
  // if it quotes the peer.
  std::string rule;
  ReasonCode reason_code = ReasonCode::kNotAuthorized;  // May stand in CONNACK.
};
// No verdict was reached: somebody who has to be asked does not answer as it should.
struct Unavailable {
  std::string why;  // For the log.
  // It is we who have too much to ask: no reason to ask the next method instead, or whoever makes
  // us busy would choose who decides.
  bool are_busy = false;
};
// Neither: who was asked says that the credentials are for somebody else to judge. The next method
// is asked, as if IsRelevant() had said no.
struct NotRelevant {};
using Verdict = std::variant<Accepted, Denied, Unavailable, NotRelevant>;

// Exchange: the method's side of a proof in several steps with one client (MQTT 5, 4.12), such as
// SCRAM. The auth shard keeps it between the client's packets, and its method at least as long; it
// bounds their number, their bytes and the time that the client takes for each. What is kept here
// is for the method to bound, and to wipe. It may be destroyed whenever no step is open: the client
// went, or was too slow, or new settings came.
class Exchange {
 public:
  // The client is to answer this by a further AUTH.
  struct Continue {
    std::vector<uint8_t> data;  // Authentication Data of AUTH 0x18.
  };
  // It is over. After its first step `verdict` may be NotRelevant; then it is too late for that.
  struct Finished {
    Verdict verdict;
    std::vector<uint8_t> data;  // Of CONNACK or of AUTH 0x00, if the verdict is Accepted.
  };
  using Step = std::variant<Continue, Finished>;
  using Done = absl::AnyInvocable<void(Step) &&>;

  virtual ~Exchange() = default;
  // What the client sends: first the credentials by which the exchange began, then each AUTH 0x18.
  // Runs `done` once, within the call or later; `step` lives until then. One step at a time. When
  // `done` was run later, neither the exchange nor its method need exist any more.
  virtual void Take(const Credentials& step, WallTime now, Done done) = 0;
};

class Method {
 public:
  using Done = absl::AnyInvocable<void(Verdict) &&>;

  virtual ~Method() = default;
  // As in manifests: `ServiceAccountToken`.
  virtual std::string_view name() const = 0;
  // Whether such credentials are for this method to judge.
  virtual bool IsRelevant(const Credentials& credentials) const = 0;
  // What alone decides about relevant credentials, as bytes that no others have: a token, a chain.
  // Equal bytes are judged once, and the verdict is kept. Empty: each question is for itself.
  virtual SecretBytes Evidence(const Credentials& credentials) const = 0;
  // Whether evidence that was relevant once always is, whoever shows it and however: then what is
  // remembered of it answers before IsRelevant() reads it.
  virtual bool is_relevant_by_evidence() const { return false; }
  // For credentials that begin a proof in several steps: its other side, which then judges instead
  // of Verify(); nothing of that is remembered, shared or kept. Null: one step is all. Asked if
  // they are relevant and name an Authentication Method.
  virtual std::unique_ptr<Exchange> Begin(const Credentials&) { return nullptr; }
  // Runs `done` once, within the call or later. `credentials` live until then. `now` is the wall
  // clock's.
  virtual void Verify(const Credentials& credentials, WallTime now, Done done) = 0;
  // Whether no answer at all means that the next method is asked, as for Custom.
  virtual bool yields_when_unavailable() const { return false; }
  // Whether a client that it let in may prove itself again by AUTH 0x19.
  virtual bool may_reauthenticate() const = 0;
  // How often a client that is in is judged again by what it presented, which is kept for that; 0:
  // never.
  virtual Duration recheck_interval() const { return Duration::zero(); }
  // Asked of new settings about each client that the old ones let in: whether what it was proven
  // by, `mark` of its principal, is still there. Within the call.
  virtual bool StillHolds(std::string_view, uint64_t) const { return true; }
  // Whether what a client presented is kept so that new settings can judge it again.
  virtual bool keeps_credentials() const { return recheck_interval() > Duration::zero(); }
  // Tells of what it stands on, if it is more than itself: a server, keys. `now` is the wall
  // clock's.
  virtual void Report(WallTime /*now*/, Readings* /*readings*/) const {}
};

}  // namespace signet::auth
