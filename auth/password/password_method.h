// PasswordMethod: clients that prove themselves by User Name and Password, or by SCRAM-SHA-256,
// against a file of users (user_file.h).
//
// Relevant to each CONNECT that has both, and no Authentication Method, whether there is such a
// user or not, and to the Authentication Method SCRAM-SHA-256, unless that is switched off: what
// comes after it in the list of methods is for others. Who is not in the file, or has another
// password, is refused by 0x86, Bad User Name or Password; who guesses, by 0x97 (login_throttle.h);
// while the worker has no room, nobody is judged (0x88).
//
// A name that is not there costs the hash of one that is, always of the same, so that the time says
// nothing about which names are. The hash is computed by the worker; the auth shard goes on
// meanwhile. That the right password is remembered for a while, as by VerdictCache, is what lets
// thousands come back at once.
//
// SCRAM (scram_exchange.h) is for users whose hash serves it. For all other names, there or not,
// there are decoys. Each answer to a challenge counts as a password that was tried.
//
// When the file changes, who is in by a line that is gone or has another hash is sent away
// (StillHolds); the others stay. No password is kept for that.
//
// Lives on the auth shard and is used on its thread alone.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "auth/auth_clock.h"
#include "auth/method.h"
#include "auth/method_context.h"
#include "auth/password/login_throttle.h"
#include "auth/password/scram_decoys.h"
#include "auth/password/scram_exchange.h"
#include "auth/password/user_file.h"
#include "core/access/worker.h"
#include "core/config/authentication.h"

namespace signet::auth {

class PasswordMethod : public Method, private ScramUsers {
 public:
  // What challenges are made with: random bytes, such as nobody can foresee, and the key of the
  // decoys, which is best the same for all of the process.
  struct Chance {
    std::function<void(MutableBytes)> fill;
    ScramDecoys::Key decoy_key;
  };
  // The sentence says what in the file cannot be used. `worker` outlives this; `seed` is random.
  static StatusOr<std::unique_ptr<PasswordMethod>> Create(const config::PasswordSettings& settings,
                                                          const MethodContext& context,
                                                          Worker* worker, uint64_t seed,
                                                          Chance chance);

  std::string_view name() const override { return "Password"; }
  bool IsRelevant(const Credentials& credentials) const override;
  // Empty while the throttle would not let it be judged: what is remembered must not answer guesses
  // either.
  SecretBytes Evidence(const Credentials& credentials) const override;
  void Verify(const Credentials& credentials, WallTime now, Done done) override;
  std::unique_ptr<Exchange> Begin(const Credentials& credentials) override;
  // By SCRAM. Who came with a Password has no Authentication Method, and so no AUTH.
  bool may_reauthenticate() const override { return offers_scram_; }
  bool StillHolds(std::string_view identity, uint64_t mark) const override;

 private:
  class Check;

  PasswordMethod(const config::PasswordSettings& settings, std::shared_ptr<const UserFile> users,
                 const MethodContext& context, Worker* worker, uint64_t seed, Chance chance);

  const ScramCredential* FindScram(std::string_view name) const override;
  const ScramDecoys& decoys() const override { return decoys_; }
  void FillRandom(MutableBytes bytes) override { chance_.fill(bytes); }
  std::optional<Verdict> Throttle(std::string_view name, const Credentials& step) override;
  void NoteOutcome(std::string_view name, const Credentials& step, bool is_proven) override;
  Principal PrincipalOf(std::string_view name) const override;

  // Whose hash a name that is not there costs. There must be somebody.
  const UserFile::User& StandInFor(std::string_view name) const;
  void Conclude(const Check& check, Worker::Outcome outcome, Done done);

  const AuthClock& clock_;
  Worker& worker_;
  const uint64_t seed_;
  const std::shared_ptr<const UserFile> users_;
  const bool offers_scram_;
  const Chance chance_;
  const ScramDecoys decoys_;
  LoginThrottle throttle_;
};

}  // namespace signet::auth
