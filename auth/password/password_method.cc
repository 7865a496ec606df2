#include "auth/password/password_method.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <variant>

#include "core/base/check.h"
#include "core/base/hash.h"

namespace signet::auth {
namespace {

// As `signetctl passwd` makes them, for a file without any.
constexpr uint32_t kUsualIterations = 15'000;
constexpr size_t kUsualSaltBytes = 12;

// What most users with SCRAM have; of several, the least.
template <typename Number, typename Of>
Number MostOf(const UserFile& users, Number usual, Of&& of) {
  std::map<Number, size_t> counts;
  for (const UserFile::User& user : users.users()) {
    if (const auto* scram = std::get_if<ScramCredential>(&user.hash)) ++counts[of(*scram)];
  }
  const auto most = std::ranges::max_element(
      counts, [](const auto& a, const auto& b) { return a.second < b.second; });
  return most != counts.end() ? most->first : usual;
}

uint32_t IterationsOf(const UserFile& users) {
  return MostOf(users, kUsualIterations, [](const auto& scram) { return scram.iterations; });
}

size_t SaltBytesOf(const UserFile& users) {
  const size_t most =
      MostOf(users, kUsualSaltBytes, [](const auto& scram) { return scram.salt.size(); });
  return std::min(most, ScramDecoys::kMostSaltBytes);
}

}  // namespace

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
    uint64_t seed, Chance chance) {
  StatusOr<std::shared_ptr<const UserFile>> users = UserFile::Parse(settings.users.text());
  if (!users.ok()) return users.error();
  return std::unique_ptr<PasswordMethod>(
      new PasswordMethod(settings, std::move(*users), context, worker, seed, std::move(chance)));
}

PasswordMethod::PasswordMethod(const config::PasswordSettings& settings,
                               std::shared_ptr<const UserFile> users, const MethodContext& context,
                               Worker* worker, uint64_t seed, Chance chance)
    : clock_(*context.clock),
      worker_(*worker),
      seed_(seed),
      users_(std::move(users)),
      offers_scram_(settings.scram),
      chance_(std::move(chance)),
      decoys_(chance_.decoy_key, IterationsOf(*users_), SaltBytesOf(*users_)),
      throttle_(settings.throttle) {}

bool PasswordMethod::IsRelevant(const Credentials& credentials) const {
  if (credentials.authentication_method) {
    return offers_scram_ && credentials.authentication_method == ScramExchange::kMethod;
  }
  return credentials.source == Credentials::Source::kConnect && credentials.username &&
         credentials.password;
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
  if (auto verdict = Throttle(*credentials.username, credentials)) {
    return std::move(done)(std::move(*verdict));
  }
  LoginThrottle::Guess guess = LoginThrottle::GuessOf(*credentials.username, credentials.peer);
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
  std::move(done)(Accepted{.principal = PrincipalOf(user->name)});
}

const UserFile::User& PasswordMethod::StandInFor(std::string_view name) const {
  const std::vector<UserFile::User>& users = users_->users();
  return users[StableHash(name, seed_) % users.size()];
}

// -- SCRAM.

std::unique_ptr<Exchange> PasswordMethod::Begin(const Credentials&) {
  ScramUsers* const users = this;  // Nobody else may see it as that.
  return std::make_unique<ScramExchange>(users);
}

const ScramCredential* PasswordMethod::FindScram(std::string_view name) const {
  const UserFile::User* user = users_->Find(name);
  return user != nullptr ? std::get_if<ScramCredential>(&user->hash) : nullptr;
}

std::optional<Verdict> PasswordMethod::Throttle(std::string_view name, const Credentials& step) {
  switch (throttle_.Ask(LoginThrottle::GuessOf(name, step.peer), clock_.now)) {
    case LoginThrottle::Answer::kGoOn:
      return std::nullopt;
    case LoginThrottle::Answer::kBusy:
      return Unavailable{.why = "its address has too many passwords that are being judged"};
    case LoginThrottle::Answer::kBlocked:
      return Denied{.rule = "there were too many wrong passwords from its address",
                    .reason_code = ReasonCode::kQuotaExceeded};
  }
  UNREACHABLE();
}

void PasswordMethod::NoteOutcome(std::string_view name, const Credentials& step, bool is_proven) {
  using Outcome = LoginThrottle::Outcome;
  const LoginThrottle::Guess guess = LoginThrottle::GuessOf(name, step.peer);
  throttle_.Begin(guess);
  throttle_.End(guess, is_proven ? Outcome::kRight : Outcome::kWrong, clock_.now);
}

Principal PasswordMethod::PrincipalOf(std::string_view user_name) const {
  const UserFile::User& user = *users_->Find(user_name);
  return {.username = user.name,
          .method = std::string(name()),
          .identity = user.name,
          .mark = user.mark};
}

bool PasswordMethod::StillHolds(std::string_view identity, uint64_t mark) const {
  const UserFile::User* user = users_->Find(identity);
  return user != nullptr && user->mark == mark;
}

}  // namespace signet::auth
