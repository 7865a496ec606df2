#include "auth/password/password_method.h"

#include <fmt/format.h>

#include <utility>

#include "core/base/hash.h"

namespace signet::auth {

// One password on its way through the worker.
class PasswordMethod::Check : public Worker::Job {
 public:
  Check(PasswordMethod* method, const Credentials& credentials, LoginThrottle::Guess guess,
        Done done)
      : method_(*method),
        users_(method->users_),
        password_(*credentials.password),
        user_(users_->Find(*credentials.username)),
        judged_(user_ != nullptr ? *user_ : method->StandInFor(*credentials.username)),
        guess_(std::move(guess)),
        done_(std::move(done)) {}

  void Run() override { is_right_ = IsPassword(password_.bytes(), judged_.hash); }
  void Finish(Worker::Outcome outcome) override {
    method_.Conclude(*this, outcome, std::move(done_));
  }

  const LoginThrottle::Guess& guess() const { return guess_; }
  const UserFile::User* user() const { return user_; }  // Null: there is no such user.
  bool is_right() const { return is_right_; }           // Says nothing if there is none.

 private:
  PasswordMethod& method_;  // Its judge waits for `done_`.
  const std::shared_ptr<const UserFile> users_;
  const SecretBytes& password_;  // Lives until `done_`, as nobody changes it.
  const UserFile::User* const user_;
  const UserFile::User& judged_;
  const LoginThrottle::Guess guess_;
  Done done_;
  bool is_right_ = false;
};

StatusOr<std::unique_ptr<PasswordMethod>> PasswordMethod::Create(
    const config::PasswordSettings& settings, const MethodContext& context, Worker* worker,
    uint64_t seed) {
  StatusOr<std::shared_ptr<const UserFile>> users = UserFile::Parse(settings.users.text());
  if (!users.ok()) return users.error();
  return std::unique_ptr<PasswordMethod>(
      new PasswordMethod(settings, std::move(*users), context, worker, seed));
}

PasswordMethod::PasswordMethod(const config::PasswordSettings& settings,
                               std::shared_ptr<const UserFile> users, const MethodContext& context,
                               Worker* worker, uint64_t seed)
    : clock_(*context.clock),
      worker_(*worker),
      seed_(seed),
      users_(std::move(users)),
      throttle_(settings.throttle) {}

bool PasswordMethod::IsRelevant(const Credentials& credentials) const {
  return credentials.source == Credentials::Source::kConnect && credentials.username &&
         credentials.password && !credentials.authentication_method;
}

SecretBytes PasswordMethod::Evidence(const Credentials& credentials) const {
  const std::string& name = *credentials.username;
  const auto answer = throttle_.Ask(LoginThrottle::GuessOf(name, credentials.peer), clock_.now);
  if (answer != LoginThrottle::Answer::kGoOn) return {};
  SecretBytes evidence(fmt::format("{}:{}", name.size(), name));
  evidence.Append(credentials.password->text());
  return evidence;
}

void PasswordMethod::Verify(const Credentials& credentials, WallTime, Done done) {
  LoginThrottle::Guess guess = LoginThrottle::GuessOf(*credentials.username, credentials.peer);
  switch (throttle_.Ask(guess, clock_.now)) {
    case LoginThrottle::Answer::kGoOn:
      break;
    case LoginThrottle::Answer::kBusy:
      return std::move(done)(
          Unavailable{.why = "its address has too many passwords that are being judged"});
    case LoginThrottle::Answer::kBlocked:
      return std::move(done)(Denied{.rule = "there were too many wrong passwords from its address",
                                    .reason_code = ReasonCode::kQuotaExceeded});
  }
  if (users_->users().empty()) {
    return std::move(done)(
        Denied{.rule = "there are no users", .reason_code = ReasonCode::kBadUserNameOrPassword});
  }
  throttle_.Begin(guess);
  std::unique_ptr<Worker::Job> check =
      std::make_unique<Check>(this, credentials, std::move(guess), std::move(done));
  if (!worker_.TryTake(check)) check->Finish(Worker::Outcome::kNotDone);
}

void PasswordMethod::Conclude(const Check& check, Worker::Outcome outcome, Done done) {
  using Outcome = LoginThrottle::Outcome;
  if (outcome == Worker::Outcome::kNotDone) {
    throttle_.End(check.guess(), Outcome::kUnknown, clock_.now);
    return std::move(done)(Unavailable{.why = "too many passwords wait to be judged"});
  }
  const UserFile::User* user = check.user();
  const bool may_come_in = user != nullptr && check.is_right();
  throttle_.End(check.guess(), may_come_in ? Outcome::kRight : Outcome::kWrong, clock_.now);
  if (!may_come_in) {
    return std::move(done)(
        Denied{.rule = user == nullptr ? "there is no such user" : "the password is wrong",
               .reason_code = ReasonCode::kBadUserNameOrPassword});
  }
  std::move(done)(Accepted{.principal = {.username = user->name,
                                         .method = std::string(name()),
                                         .identity = user->name,
                                         .mark = user->mark}});
}

const UserFile::User& PasswordMethod::StandInFor(std::string_view name) const {
  const std::vector<UserFile::User>& users = users_->users();
  return users[StableHash(name, seed_) % users.size()];
}

bool PasswordMethod::StillHolds(std::string_view identity, uint64_t mark) const {
  const UserFile::User* user = users_->Find(identity);
  return user != nullptr && user->mark == mark;
}

}  // namespace signet::auth
