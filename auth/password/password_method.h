// PasswordMethod: clients that prove themselves by User Name and Password, against a file of users
// (user_file.h).
//
// Relevant to each CONNECT that has both, and no Authentication Method, whether there is such a
// user or not: what comes after it in the list of methods is for others. Who is not in the file, or
// has another password, is refused by 0x86, Bad User Name or Password; who guesses, by 0x97
// (login_throttle.h); while the worker has no room, nobody is judged (0x88).
//
// A name that is not there costs the hash of one that is, always of the same, so that the time says
// nothing about which names are. The hash is computed by the worker; the auth shard goes on
// meanwhile. That the right password is remembered for a while, as by VerdictCache, is what lets
// thousands come back at once.
//
// When the file changes, who is in by a line that is gone or has another hash is sent away
// (StillHolds); the others stay. No password is kept for that.
//
// Lives on the auth shard and is used on its thread alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "auth/auth_clock.h"
#include "auth/method.h"
#include "auth/method_context.h"
#include "auth/password/login_throttle.h"
#include "auth/password/user_file.h"
#include "core/access/worker.h"
#include "core/config/authentication.h"

namespace signet::auth {

class PasswordMethod : public Method {
 public:
  // The sentence says what in the file cannot be used. `worker` outlives this; `seed` is random.
  static StatusOr<std::unique_ptr<PasswordMethod>> Create(const config::PasswordSettings& settings,
                                                          const MethodContext& context,
                                                          Worker* worker, uint64_t seed);

  std::string_view name() const override { return "Password"; }
  bool IsRelevant(const Credentials& credentials) const override;
  // Empty while the throttle would not let it be judged: what is remembered must not answer guesses
  // either.
  SecretBytes Evidence(const Credentials& credentials) const override;
  void Verify(const Credentials& credentials, WallTime now, Done done) override;
  bool may_reauthenticate() const override { return false; }
  bool StillHolds(std::string_view identity, uint64_t mark) const override;

 private:
  class Check;

  PasswordMethod(const config::PasswordSettings& settings, std::shared_ptr<const UserFile> users,
                 const MethodContext& context, Worker* worker, uint64_t seed);

  // Whose hash a name that is not there costs. There must be somebody.
  const UserFile::User& StandInFor(std::string_view name) const;
  void Conclude(const Check& check, Worker::Outcome outcome, Done done);

  const AuthClock& clock_;
  Worker& worker_;
  const uint64_t seed_;
  const std::shared_ptr<const UserFile> users_;
  LoginThrottle throttle_;
};

}  // namespace signet::auth
