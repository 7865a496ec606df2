#include "tests/fuzz/watched_desk.h"

#include "core/base/check.h"

namespace signet::fuzz {
namespace {

constexpr PortId kPort{0};
constexpr uint32_t kMostGrants = 4;
constexpr uint32_t kMostExchanges = 2;
constexpr Duration kRecheck = seconds(20);

constexpr std::string_view kToken = "ServiceAccountToken";
constexpr std::string_view kX509 = "X509";

bool IsRelevantTo(std::string_view method, const Credentials& credentials) {
  if (method == kX509) return credentials.username == WatchedDesk::kCertificateUser;
  if (credentials.authentication_method) {
    return credentials.authentication_method == WatchedDesk::kTokenMethod;
  }
  return credentials.version == ProtocolVersion::k311 &&
         credentials.username == WatchedDesk::kTokenMethod;
}

std::string EvidenceOf(std::string_view method, const Credentials& credentials) {
  if (method == kX509) return "a chain";
  if (credentials.authentication_method) return std::string(credentials.authentication_data.text());
  return credentials.password ? std::string(credentials.password->text()) : "";
}

}  // namespace

class WatchedDesk::ChosenExchange : public auth::Exchange {
 public:
  ChosenExchange(WatchedDesk* desk, int revision) : desk_(*desk), revision_(revision) {}

  void Take(const Credentials& step, WallTime, Done done) override {
    desk_.Ask({.revision = revision_,
               .method = std::string(kToken),
               .evidence = std::string(step.authentication_data.text()),
               .may_continue = true,
               .done = std::move(done)});
  }

 private:
  WatchedDesk& desk_;
  const int revision_;
};

class WatchedDesk::ChosenMethod : public auth::Method {
 public:
  ChosenMethod(WatchedDesk* desk, std::string_view name)
      : desk_(*desk), name_(name), revision_(desk->revision_) {}

  std::string_view name() const override { return name_; }
  bool IsRelevant(const Credentials& credentials) const override {
    return IsRelevantTo(name_, credentials);
  }
  SecretBytes Evidence(const Credentials& credentials) const override {
    return desk_.habits_.remembers ? SecretBytes(EvidenceOf(name_, credentials)) : SecretBytes();
  }
  void Verify(const Credentials& credentials, WallTime, Done done) override {
    CHECK(IsRelevant(credentials));
    desk_.Ask({.revision = revision_,
               .method = std::string(name_),
               .evidence = EvidenceOf(name_, credentials),
               .done = [done = std::move(done)](auth::Exchange::Step step) mutable {
                 std::move(done)(std::get<auth::Exchange::Finished>(std::move(step)).verdict);
               }});
  }
  std::unique_ptr<auth::Exchange> Begin(const Credentials& credentials) override {
    CHECK(IsRelevant(credentials) && credentials.authentication_method);
    if (!desk_.habits_.takes_steps || name_ != kToken) return nullptr;
    return std::make_unique<ChosenExchange>(&desk_, revision_);
  }
  bool may_reauthenticate() const override { return name_ != kX509; }
  Duration recheck_interval() const override {
    return desk_.habits_.rechecks ? kRecheck : Duration::zero();
  }
  bool keeps_credentials() const override { return desk_.habits_.keeps || desk_.habits_.rechecks; }

 private:
  WatchedDesk& desk_;
  const std::string_view name_;
  const int revision_;
};

WatchedDesk::WatchedDesk(uint32_t shards, Habits habits, Instant now, WallTime wall)
    : habits_(habits),
      wall_(wall),
      outgoing_(shards),
      shard_({.shards = shards,
              .make_methods =
                  [this](const config::BrokerAuthentication&, const auth::MethodContext&) {
                    std::vector<std::unique_ptr<auth::Method>> methods;
                    for (const char each : methods_) {
                      methods.push_back(
                          std::make_unique<ChosenMethod>(this, each == 'X' ? kX509 : kToken));
                    }
                    return methods;
                  },
              .grants = kMostGrants,
              .exchanges = kMostExchanges,
              .log = &log_,
              .start = {.now = now, .wall = wall}}) {
  Configure("T", config::ExpiryNotice::kNone);
}

void WatchedDesk::BeginTurn(Instant now, WallTime wall) {
  wall_ = wall;
  shard_.BeginTurn(now, wall);
}

void WatchedDesk::Take(ShardId from, MailToAuth mail) {
  if (const auto* question = std::get_if<AuthQuestion>(&mail)) {
    const bool is_first = question->credentials.source == Credentials::Source::kConnect;
    // Who is not in goes on with what it has begun, if with anything.
    CHECK(!is_first || (!question->grant && !question->exchange));
    CHECK(is_first || question->grant || question->exchange);
    if (question->exchange) {
      CHECK(question->credentials.source == Credentials::Source::kContinue);
      CHECK(challenged_.erase(question->exchange) == 1);
    }
    if (question->grant) {
      const Given* given = Find(question->grant);
      CHECK(given != nullptr && given->method != kX509);
    }
    // One question at a time.
    CHECK(open_
              .try_emplace(Asker{from, question->client},
                           Open{question->credentials, question->grant})
              .second);
  } else if (const auto* claimed = std::get_if<GrantClaimed>(&mail)) {
    CHECK(Find(claimed->grant) != nullptr);
  } else if (const auto* dropped = std::get_if<ExchangeDropped>(&mail)) {
    CHECK(challenged_.erase(dropped->exchange) == 1);
  } else {
    CHECK(Find(std::get<GrantReturned>(mail).grant) != nullptr);
  }
  shard_.Take(from, std::move(mail));
}

BlockQueue<MailFromAuth>& WatchedDesk::outgoing(ShardId to) {
  Collect();
  return outgoing_[to.value()];
}

void WatchedDesk::Configure(std::string_view methods, config::ExpiryNotice notice) {
  methods_ = methods;
  auto settings = std::make_shared<config::BrokerAuthentication>();
  settings->name = std::to_string(++revision_);
  settings->expiry_notice = notice;
  shard_.SetPort(kPort, "front", std::move(settings));
  Collect();
}

void WatchedDesk::Answer(Which which, uint8_t choice) {
  if (waiting_.empty()) return;
  const auto at = which == Which::kOldest ? waiting_.begin() : waiting_.end() - 1;
  Waiting waiting = std::move(*at);
  waiting_.erase(at);
  auth::Exchange::Step step = Decide(waiting, choice);
  std::move(waiting.done)(std::move(step));
  Collect();
}

void WatchedDesk::Ask(Waiting waiting) {
  if (!at_once_) return waiting_.push_back(std::move(waiting));
  auth::Exchange::Step step = Decide(waiting, *at_once_);
  std::move(waiting.done)(std::move(step));
}

// Two bits say what it is, one as whom, five until when: never, or so many half seconds, of which
// the first two have passed. An exchange goes on where it could be undecided about somebody else.
auth::Exchange::Step WatchedDesk::Decide(const Waiting& waiting, uint8_t choice) {
  using auth::Exchange;
  if ((choice & 3) == 2) {
    constexpr ReasonCode kCodes[] = {ReasonCode::kNotAuthorized, ReasonCode::kBadUserNameOrPassword,
                                     ReasonCode::kBanned, ReasonCode::kQuotaExceeded};
    return Exchange::Finished{
        .verdict = auth::Denied{.rule = "chance", .reason_code = kCodes[choice >> 3 & 3]}};
  }
  if ((choice & 7) == 7 && waiting.may_continue) {
    return Exchange::Continue{.data = std::vector<uint8_t>(choice >> 3, 's')};
  }
  if ((choice & 3) == 3) {
    return Exchange::Finished{.verdict = auth::Unavailable{.why = "chance"}};
  }
  const int64_t until = choice >> 3;
  const WallTime deadline =
      until == 0 ? WallTime::Never()
                 : WallTime::FromMilliseconds(wall_.milliseconds() + 500 * (until - 2));
  Principal principal{.identity = (choice & 4) != 0 ? "b" : "a", .deadline = deadline};
  acceptances_.insert(
      {waiting.revision, waiting.method, waiting.evidence, principal.identity, deadline});
  return Exchange::Finished{.verdict = auth::Accepted{std::move(principal)}};
}

const WatchedDesk::Given* WatchedDesk::Find(GrantId grant) const {
  const auto found = given_.find(grant);
  return found == given_.end() ? nullptr : &found->second;
}

bool WatchedDesk::IsIdle() {
  const auth::AuthReport report = shard_.Report();
  return open_.empty() && challenged_.empty() && report.grants == 0 && report.questions == 0 &&
         report.exchanges == 0;
}

void WatchedDesk::Collect() {
  for (uint32_t to = 0; to < outgoing_.size(); ++to) {
    auto& mails = shard_.outgoing(ShardId(to));
    while (!mails.empty()) {
      MailFromAuth mail = mails.Pop();
      Look(ShardId(to), mail);
      outgoing_[to].Push(std::move(mail));
    }
  }
}

void WatchedDesk::Look(ShardId to, const MailFromAuth& mail) {
  if (const auto* ended = std::get_if<GrantEnded>(&mail)) {
    const auto given = given_.find(ended->grant);
    CHECK(given != given_.end());
    given->second.ended = true;
    return;
  }
  const auto& answer = std::get<AuthAnswer>(mail);
  const auto open = open_.find(Asker{to, answer.client});
  CHECK(open != open_.end());  // Once.
  if (const auto* yes = std::get_if<Authenticated>(&answer.outcome)) {
    LookAtAcceptance(open->second, yes->principal);
  }
  if (const auto* challenge = std::get_if<Challenge>(&answer.outcome)) {
    CHECK(challenge->exchange && challenged_.insert(challenge->exchange).second);
  }
  open_.erase(open);
}

// The method has said so, of just this, and as it is configured now.
void WatchedDesk::LookAtAcceptance(const Open& open, const Principal& principal) {
  CHECK(acceptances_.contains({revision_, principal.method,
                               EvidenceOf(principal.method, open.credentials), principal.identity,
                               principal.deadline}));
  const auto [given, is_new] = given_.try_emplace(principal.grant);
  if (open.grant) {
    CHECK(open.grant == principal.grant && !is_new && !given->second.ended);
    CHECK(given->second.method == principal.method);
    CHECK(given->second.identity == principal.identity);
    ++auths_accepted_;
  } else {
    CHECK(is_new);
    ++connects_accepted_;
  }
  given->second = {
      .method = principal.method, .identity = principal.identity, .deadline = principal.deadline};
}

}  // namespace signet::fuzz
