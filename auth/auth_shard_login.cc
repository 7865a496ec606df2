// CONNECT: the way of a question through the methods of its port (azure-iot-operations 3.2).
#include "auth/auth_shard.h"
#include "auth/peer_facts.h"
#include "fmt/format.h"

namespace signet::auth {

void AuthShard::Begin(ShardId from, AuthQuestion question) {
  auto login = std::make_shared<Login>();
  login->from = from;
  login->client = question.client;
  login->port = question.port;
  login->credentials = std::make_shared<const Credentials>(std::move(question.credentials));
  AskFirst(std::move(login));
}

void AuthShard::AskFirst(std::shared_ptr<Login> login) {
  login->policy = PolicyOf(login->port);
  login->next = 0;
  login->round = cache_.round();
  ++login->begun;
  if (login->policy == nullptr) return Reply(login->from, login->client, Undecided{});
  AskNext(std::move(login));
}

void AuthShard::AskNext(std::shared_ptr<Login> login) {
  const Policy& policy = *login->policy;
  while (login->next < policy.judges.size()) {
    const std::shared_ptr<Judge>& judge = policy.judges[login->next++];
    if (auto verdict = judge->Recall(*login->credentials)) {
      return OnVerdict(login, judge, std::move(*verdict));
    }
    if (!judge->method().IsRelevant(*login->credentials)) continue;
    if (auto steps = judge->Begin(*login->credentials)) {
      return BeginExchange(login, judge, std::move(steps));
    }
    return judge->Ask(
        login->credentials, Judge::Memory::kMayAnswer,
        [this, login, judge](Verdict verdict) { OnVerdict(login, judge, std::move(verdict)); });
  }
  ++counters_.not_relevant;
  const bool named = login->credentials->authentication_method.has_value();
  Refuse(*login, "", "no method of this port is for what it presents",
         named ? ReasonCode::kBadAuthenticationMethod : ReasonCode::kNotAuthorized);
}

void AuthShard::OnVerdict(const std::shared_ptr<Login>& login, const std::shared_ptr<Judge>& judge,
                          Verdict verdict) {
  // Settings that came meanwhile may know better: whom the old ones let in, nobody would judge
  // again.
  if (login->policy != PolicyOf(login->port)) return AskFirst(login);
  const std::string_view method = judge->method().name();
  if (auto* accepted = std::get_if<Accepted>(&verdict)) {
    if (login->round != cache_.round()) return BeginAnew(login, method);
    return LetIn(*login, judge, std::move(accepted->principal), login->credentials, {});
  }
  if (const auto* denied = std::get_if<Denied>(&verdict)) {
    return Refuse(*login, method, denied->rule, denied->reason_code);
  }
  if (std::holds_alternative<NotRelevant>(verdict)) return AskNext(login);
  const auto& [why, are_busy] = std::get<Unavailable>(verdict);
  if (are_busy) return Refuse(*login, method, why, ReasonCode::kServerBusy);
  if (judge->method().yields_when_unavailable()) {
    LogPassedOver(*login, method, why);
    return AskNext(login);
  }
  Refuse(*login, method, why, ReasonCode::kServerUnavailable);
}

// An operator has revoked somebody meanwhile, perhaps this one: what was found out may be what was
// true before.
void AuthShard::BeginAnew(const std::shared_ptr<Login>& login, std::string_view method) {
  if (login->begun < kMostBeginnings) return AskFirst(login);
  Refuse(*login, method, "others were revoked while it was judged", ReasonCode::kServerBusy);
}

void AuthShard::LogPassedOver(const Login& login, std::string_view method, std::string_view why) {
  if (!passed_over_log_.Allow(clock_.now)) return;  // A server may be down for all who come.
  const uint64_t suppressed = passed_over_log_.TakeSuppressed();
  log_.Write(LogLevel::kWarning, "a method cannot be asked; the next one is",
             {{"listener", login.policy->listener},
              {"method", method},
              {"why", why},
              {"not_logged_before", fmt::format("{}", suppressed)}});
}

void AuthShard::LetIn(const Login& login, const std::shared_ptr<Judge>& judge, Principal principal,
                      std::shared_ptr<const Credentials> kept, std::vector<uint8_t> data) {
  if (principal.deadline <= clock_.wall) {
    return Refuse(login, judge->method().name(), "the credential has expired",
                  ReasonCode::kNotAuthorized);
  }
  if (revocations_.Has(principal.credential.get())) {
    return Refuse(login, judge->method().name(), kRevokedByOperator, ReasonCode::kNotAuthorized);
  }
  Grant* grant = grants_.Emplace();
  if (grant == nullptr) {
    return Refuse(login, judge->method().name(), "there are too many clients",
                  ReasonCode::kQuotaExceeded);
  }
  grant->shard = login.from;
  grant->client = login.client;
  grant->port = login.port;
  grant->policy = login.policy;
  grant->judge = judge;
  grant->username =
      principal.username.empty() ? login.credentials->username.value_or("") : principal.username;
  grant->identity = principal.identity;
  grant->credential = principal.credential;
  grant->mark = principal.mark;
  grant->deadline = principal.deadline;
  if (judge->method().keeps_credentials()) grant->kept = std::move(kept);
  ++judge->counters().sessions;
  PlanRecheck(*grant);
  SetNextLook(*grant);
  // A later proof may carry rights though this one carries none, and comes without a certificate.
  if (principal.rights != nullptr ||
      (login.credentials->chain != nullptr && judge->method().may_reauthenticate())) {
    principal.peer = PeerFactsOf(*login.credentials);
  }
  ReplyYes(login.from, login.client, *grant, std::move(principal), std::move(data));
}

void AuthShard::Refuse(const Login& login, std::string_view method, std::string_view rule,
                       ReasonCode code) {
  const Credentials& credentials = *login.credentials;
  if (refusal_log_.Allow(clock_.now)) {
    const uint64_t suppressed = refusal_log_.TakeSuppressed();
    log_.Write(LogLevel::kWarning, "authentication refused",
               {{"listener", login.policy->listener},
                {"method", method},
                {"rule", rule},
                {"client_id", credentials.client_id},
                {"peer", credentials.peer},
                {"code", fmt::format("0x{:02X}", static_cast<uint8_t>(code))},
                {"not_logged_before", fmt::format("{}", suppressed)}});
  }
  if (code == ReasonCode::kServerUnavailable) return Reply(login.from, login.client, Undecided{});
  Reply(login.from, login.client, Rejected{.reason_code = code});
}

// What is the same for whatever the method has found out.
void AuthShard::ReplyYes(ShardId to, ConnectionId client, const Grant& grant, Principal principal,
                         std::vector<uint8_t> data) {
  const Method& method = grant.judge->method();
  principal.method = std::string(method.name());
  principal.may_reauthenticate = method.may_reauthenticate();
  principal.grant = grant.id;
  principal.stamp = ++stamps_;
  Reply(to, client,
        Authenticated{.principal = std::move(principal), .authentication_data = std::move(data)});
}

void AuthShard::Reply(ShardId to, ConnectionId client, AuthOutcome outcome) {
  --questions_;
  outgoing_[to.value()].Push(AuthAnswer{.client = client, .outcome = std::move(outcome)});
}

}  // namespace signet::auth
