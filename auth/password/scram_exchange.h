// ScramExchange: SCRAM-SHA-256 with one client, over the packets of MQTT (MQTT 5, 4.12): CONNECT or
// AUTH 0x19 has client-first-message, AUTH 0x18 server-first-message, AUTH 0x18 client-final-
// message, and CONNACK or AUTH 0x00 server-final-message. Each step is judged at once, as it takes
// some hashes and no password. On the auth shard alone.
//
// A method that has users makes one in its Begin(), for the Authentication Method of that name.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "auth/method.h"
#include "auth/password/scram.h"
#include "auth/password/scram_credential.h"
#include "auth/password/scram_decoys.h"
#include "core/access/credentials.h"
#include "core/access/principal.h"
#include "core/base/bytes.h"

namespace signet::auth {

// The users of a method, as an exchange sees them. They do not change: new ones are new settings,
// with which the exchange ends.
class ScramUsers {
 public:
  virtual ~ScramUsers() = default;
  // Null: there is no such user, or none that may come in by SCRAM.
  virtual const ScramCredential* FindScram(std::string_view name) const = 0;
  // For names that FindScram() does not know.
  virtual const ScramDecoys& decoys() const = 0;
  virtual void FillRandom(MutableBytes bytes) = 0;
  // Asked before a challenge, and again before its answer is judged, as there may have been others
  // meanwhile: what to say instead, because there were too many tries. `step` says from where.
  virtual std::optional<Verdict> Throttle(std::string_view name, const Credentials& step) = 0;
  // An answer was judged: whether the client knew the password.
  virtual void NoteOutcome(std::string_view name, const Credentials& step, bool is_proven) = 0;
  // Of a user that exists.
  virtual Principal PrincipalOf(std::string_view name) const = 0;
};

class ScramExchange : public Exchange {
 public:
  // Of MQTT: an Authentication Method.
  static constexpr std::string_view kMethod = "SCRAM-SHA-256";
  static constexpr size_t kNonceBytes = 18;  // Random ones; four thirds as many characters.

  // `users` outlive this.
  explicit ScramExchange(ScramUsers* users) : users_(*users) {}

  void Take(const Credentials& step, WallTime now, Done done) override;

 private:
  Step TakeFirst(const Credentials& step);
  Step TakeFinal(const Credentials& step);
  std::string MakeNonce();

  ScramUsers& users_;
  ScramServer server_;
  std::string name_;  // Empty until it has begun.
};

}  // namespace signet::auth
