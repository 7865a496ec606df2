// What comes after CONNECT: re-authentication, rechecks, deadlines, new settings.
#include <utility>

#include "auth/auth_shard.h"
#include "auth/peer_facts.h"
#include "fmt/format.h"

namespace signet::auth {
namespace {

// Rechecks of clients that came together are spread over a tenth of their interval.
Duration Spread(Duration interval, GrantId id) { return interval / 10 * (id.slot % 64) / 64; }

// Whether a verdict on one of them is one on the other.
bool AreSame(const Method& method, const Credentials& a, const Credentials& b) {
  if (&a == &b) return true;
  const SecretBytes evidence = method.Evidence(a);
  return !evidence.empty() && evidence == method.Evidence(b);
}

}  // namespace

void AuthShard::On(ShardId from, const GrantClaimed& claimed) {
  Grant* grant = grants_.Find(claimed.grant);
  if (grant == nullptr) return;
  grant->shard = from;
  grant->client = claimed.client;
  if (grant->ended) TellEnd(*grant);  // It was on its way when it was told to go.
}

void AuthShard::On(ShardId, const GrantReturned& returned) {
  if (Grant* grant = grants_.Find(returned.grant)) Drop(*grant);
}

void AuthShard::Drop(Grant& grant) {
  --grant.judge->counters().sessions;
  grants_.Erase(grant.id);
}

// -- AUTH.

void AuthShard::BeginAgain(ShardId from, AuthQuestion question) {
  AskAgain(from, question.client, question.grant,
           std::make_shared<const Credentials>(std::move(question.credentials)));
}

void AuthShard::AskAgain(ShardId from, ConnectionId client, GrantId id,
                         const std::shared_ptr<const Credentials>& credentials) {
  Grant* grant = grants_.Find(id);
  // Its client is gone, or told to go: nobody waits for the answer.
  if (grant == nullptr || grant->ended) return Reply(from, client, Rejected{});
  // Who let it in decides, as it is configured now.
  const std::shared_ptr<Policy> policy = PolicyOf(grant->port);
  const auto judge =
      policy != nullptr ? policy->FindInPlaceOf(*grant->judge, *grant->policy) : nullptr;
  if (judge == nullptr || !judge->method().IsRelevant(*credentials)) {
    return RefuseAgain(*grant, *credentials, from, client, "its method is not for what it presents",
                       ReasonCode::kNotAuthorized);
  }
  if (auto steps = judge->Begin(*credentials)) {
    return BeginExchange(std::make_shared<Login>(Login{.from = from,
                                                       .client = client,
                                                       .port = grant->port,
                                                       .grant = id,
                                                       .policy = policy,
                                                       .credentials = credentials}),
                         judge, std::move(steps));
  }
  judge->Ask(credentials, Judge::Memory::kMayAnswer,
             [this, from, client, id, credentials, policy](Verdict verdict) {
               const Grant* asked = grants_.Find(id);
               if (asked != nullptr && PolicyOf(asked->port) != policy) {
                 return AskAgain(from, client, id, credentials);  // As in OnVerdict.
               }
               OnSecondVerdict(from, client, id, credentials, std::move(verdict), credentials, {});
             });
}

void AuthShard::OnSecondVerdict(ShardId from, ConnectionId client, GrantId id,
                                const std::shared_ptr<const Credentials>& credentials,
                                Verdict verdict, std::shared_ptr<const Credentials> kept,
                                std::vector<uint8_t> data) {
  Grant* grant = grants_.Find(id);
  if (grant == nullptr || grant->ended) return Reply(from, client, Rejected{});
  if (const auto* none = std::get_if<Unavailable>(&verdict)) {
    LogUndecided(*grant, *credentials, none->why);
    return AnswerUndecided(*grant, from, client);
  }
  if (const auto* denied = std::get_if<Denied>(&verdict)) {
    return RefuseAgain(*grant, *credentials, from, client, denied->rule, denied->reason_code);
  }
  if (std::holds_alternative<NotRelevant>(verdict)) {
    return RefuseAgain(*grant, *credentials, from, client, "its method is not for what it presents",
                       ReasonCode::kNotAuthorized);
  }
  Principal& principal = std::get<Accepted>(verdict).principal;
  if (principal.identity != grant->identity) {
    return RefuseAgain(*grant, *credentials, from, client, "it is somebody else than before",
                       ReasonCode::kNotAuthorized);
  }
  if (principal.deadline <= clock_.wall) {
    return RefuseAgain(*grant, *credentials, from, client, "the credential has expired",
                       ReasonCode::kNotAuthorized);
  }
  if (revocations_.Has(principal.credential.get())) {
    return RefuseAgain(*grant, *credentials, from, client, kRevokedByOperator,
                       ReasonCode::kNotAuthorized);
  }
  ++counters_.reauthenticated;
  if (!principal.username.empty()) grant->username = principal.username;
  grant->credential = principal.credential;
  grant->mark = principal.mark;
  grant->deadline = principal.deadline;
  if (grant->kept != nullptr && kept != nullptr) grant->kept = std::move(kept);
  SetNextLook(*grant);
  if (principal.rights != nullptr) principal.peer = PeerFactsOf(*credentials);
  ReplyYes(from, client, *grant, std::move(principal), std::move(data));
}

void AuthShard::LogUndecided(const Grant& grant, const Credentials& credentials,
                             std::string_view why) {
  if (!passed_over_log_.Allow(clock_.now)) return;
  const uint64_t suppressed = passed_over_log_.TakeSuppressed();
  log_.Write(LogLevel::kWarning, "re-authentication without a verdict",
             {{"listener", grant.policy->listener},
              {"method", grant.judge->method().name()},
              {"why", why},
              {"peer", credentials.peer},
              {"not_logged_before", fmt::format("{}", suppressed)}});
}

// A client that answers by asking again at once would keep both of us busy: it waits for the next
// one.
void AuthShard::AnswerUndecided(Grant& grant, ShardId to, ConnectionId client) {
  ++counters_.reauthentications_undecided;
  const bool again =
      grant.undecided_at != Instant() && clock_.now - grant.undecided_at < kUndecidedPause;
  if (!again) {
    grant.undecided_at = clock_.now;
    return Reply(to, client, Undecided{});
  }
  --questions_;
  grant.undecided_at = clock_.now + kUndecidedPause;
  held_.Push(
      {.due = grant.undecided_at, .to = to, .answer = {.client = client, .outcome = Undecided{}}});
}

void AuthShard::RefuseAgain(const Grant& grant, const Credentials& credentials, ShardId from,
                            ConnectionId client, std::string_view rule, ReasonCode code) {
  ++counters_.reauthentications_refused;
  if (refusal_log_.Allow(clock_.now)) {
    log_.Write(LogLevel::kWarning, "re-authentication refused",
               {{"listener", grant.policy->listener},
                {"method", grant.judge->method().name()},
                {"rule", rule},
                {"identity", grant.identity},
                {"peer", credentials.peer},
                {"code", fmt::format("0x{:02X}", static_cast<uint8_t>(code))}});
  }
  Reply(from, client, Rejected{.reason_code = code});
}

// -- Deadlines and rechecks.

void AuthShard::PlanRecheck(Grant& grant) {
  const Duration interval = grant.judge->method().recheck_interval();
  const bool is_rechecked = grant.kept != nullptr && interval > Duration::zero();
  grant.recheck_at =
      is_rechecked ? clock_.now + interval + Spread(interval, grant.id) : Instant::Never();
}

void AuthShard::SetNextLook(Grant& grant) {
  WallTime next = grant.deadline;
  if (grant.recheck_at != Instant::Never()) {
    const Duration after = std::max(grant.recheck_at - clock_.now, Duration::zero());
    next = std::min(
        next, WallTime::FromMilliseconds(clock_.wall.milliseconds() + after / milliseconds(1)));
  }
  deadlines_.Set(grant.next_look, next, clock_);
}

void AuthShard::LookAtSome() {
  if (due_.empty() || clock_.now < next_look_) return;
  next_look_ = clock_.now + kLookPause;
  for (size_t done = 0; !due_.empty(); ++done) {
    if (done >= kLooksPerTurn && due_.front().since + kLookPatience > clock_.now) return;
    Grant* grant = grants_.Find(due_.Pop().grant);
    if (grant == nullptr || grant->ended) continue;
    if (grant->deadline <= clock_.wall || grant->recheck_at <= clock_.now) {
      LookAt(*grant);
    } else {
      SetNextLook(*grant);  // It has proven something else meanwhile, or the clock was set.
    }
  }
}

void AuthShard::LookAt(Grant& grant) {
  if (grant.deadline > clock_.wall) return Recheck(grant);
  End(grant, fmt::format("its credential expired at {}", ToText(grant.deadline)),
      &AuthCounters::expired);
}

void AuthShard::Recheck(Grant& grant) {
  PlanRecheck(grant);
  SetNextLook(grant);
  AskAbout(grant, Judge::Memory::kAsksAnew);
}

void AuthShard::AskAbout(const Grant& grant, Judge::Memory memory) {
  grant.judge->Ask(
      grant.kept, memory,
      [this, id = grant.id, judge = grant.judge, credentials = grant.kept](Verdict verdict) {
        OnRecheck(id, *judge, credentials, std::move(verdict));
      });
}

// Who cannot be asked has taken nothing back. What old settings say counts no more, nor does what
// is said of a credential that the client has replaced meanwhile.
void AuthShard::OnRecheck(GrantId id, const Judge& judge,
                          const std::shared_ptr<const Credentials>& credentials, Verdict verdict) {
  Grant* grant = grants_.Find(id);
  if (grant == nullptr || grant->ended) return;
  if (grant->judge.get() != &judge) return;
  if (!AreSame(judge.method(), *grant->kept, *credentials)) return;
  if (const auto* denied = std::get_if<Denied>(&verdict)) {
    return End(*grant, fmt::format("its credential was taken back: {}", denied->rule),
               &AuthCounters::revoked);
  }
  // By new settings it may end sooner: by another CA, say. It never ends later than was said.
  const auto* accepted = std::get_if<Accepted>(&verdict);
  if (accepted == nullptr || accepted->principal.deadline >= grant->deadline) return;
  grant->deadline = accepted->principal.deadline;
  SetNextLook(*grant);
}

void AuthShard::End(Grant& grant, std::string why, uint64_t AuthCounters::*cause) {
  ++(counters_.*cause);
  grant.ended = true;
  grant.why = std::move(why);
  grant.kept = nullptr;
  grant.next_look.timer.Cancel();
  if (cause == &AuthCounters::by_operator ||
      grant.policy->settings->expiry_notice == config::ExpiryNotice::kDisconnect) {
    grant.notice = ReasonCode::kNotAuthorized;
  }
  TellEnd(grant);
}

void AuthShard::TellEnd(const Grant& grant) {
  outgoing_[grant.shard.value()].Push(GrantEnded{
      .client = grant.client, .grant = grant.id, .why = grant.why, .notice = grant.notice});
}

// New settings of a port: who is in by a method that is gone, or by an entry of its settings that
// is, must go; whose credential is still here is judged by the new ones.
void AuthShard::FollowNewSettings(PortId port, const std::shared_ptr<Policy>& policy) {
  grants_.ForEach([&](Grant& grant) {
    if (grant.port != port || grant.ended) return;
    const std::shared_ptr<Judge> judge = policy->FindInPlaceOf(*grant.judge, *grant.policy);
    if (judge == nullptr) {
      return End(grant, "its method of authentication is gone", &AuthCounters::withdrawn);
    }
    --grant.judge->counters().sessions;
    ++judge->counters().sessions;
    grant.policy = policy;
    grant.judge = judge;
    if (!judge->method().StillHolds(grant.identity, grant.mark)) {
      return End(grant, "its credential was taken back by new settings", &AuthCounters::revoked);
    }
    PlanRecheck(grant);
    SetNextLook(grant);
    if (grant.kept == nullptr || std::exchange(grant.judged_anew_later, true)) return;
    to_judge_anew_.Push(grant.id);
  });
}

void AuthShard::JudgeSomeAnew() {
  for (size_t i = 0; i < kQuestionsPerTurn && !to_judge_anew_.empty(); ++i) {
    Grant* grant = grants_.Find(to_judge_anew_.Pop());
    if (grant == nullptr || grant->ended) continue;
    grant->judged_anew_later = false;
    AskAbout(*grant, Judge::Memory::kMayAnswer);
  }
}

}  // namespace signet::auth
