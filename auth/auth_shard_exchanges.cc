// Proofs in several steps (MQTT 5, 4.12), of CONNECT and of AUTH 0x19. Each step is a question of
// its own; between two of them the exchange waits here for the client. It goes on by the settings
// with which it began, or not at all.
#include "auth/auth_shard.h"

namespace signet::auth {
namespace {

constexpr std::string_view kTooLong = "its exchange has too many steps or bytes";

size_t SizeOf(const Exchange::Step& step) {
  return std::visit([](const auto& kind) { return kind.data.size(); }, step);
}

}  // namespace

void AuthShard::BeginExchange(const std::shared_ptr<Login>& login,
                              const std::shared_ptr<Judge>& judge,
                              std::unique_ptr<Exchange> steps) {
  OpenExchange* open = exchanges_.Emplace();
  if (open == nullptr) {
    return RefuseStep(*login, judge->method().name(), "there are too many exchanges",
                      ReasonCode::kServerBusy);
  }
  open->from = login->from;
  open->client = login->client;
  open->port = login->port;
  open->grant = login->grant;
  open->policy = login->policy;
  open->judge = judge;
  open->steps = std::move(steps);
  open->client_id = login->credentials->client_id;
  TakeStep(*open, login);
}

void AuthShard::GoOn(ShardId from, AuthQuestion question) {
  auto login = std::make_shared<Login>();
  login->from = from;
  login->client = question.client;
  login->port = question.port;
  login->grant = question.grant;
  OpenExchange* open = exchanges_.Find(question.exchange);
  // Nobody goes on with what somebody else began.
  const bool is_its_own = open != nullptr && !open->is_asking && open->from == from &&
                          open->client == question.client && open->grant == question.grant;
  if (is_its_own) {
    login->policy = open->policy;
    question.credentials.client_id = open->client_id;
  } else {
    login->policy = PolicyOf(question.port);
  }
  login->credentials = std::make_shared<const Credentials>(std::move(question.credentials));
  if (is_its_own) return TakeStep(*open, login);
  RefuseStep(*login, "", "its exchange has ended: it took too long, or the settings are new");
}

void AuthShard::TakeStep(OpenExchange& open, const std::shared_ptr<Login>& login) {
  open.patience.Cancel();
  ++open.steps_taken;
  open.bytes += login->credentials->authentication_data.size();
  open.is_asking = true;
  const std::shared_ptr<Exchange> steps = open.steps;  // `open` may be gone when Take() returns.
  if (open.bytes > kExchangeBytes) {
    return OnStep(open.id, login, clock_.now, Exchange::Finished{.verdict = Denied{}});
  }
  steps->Take(*login->credentials, clock_.wall,
              [this, id = open.id, login, since = clock_.now](Exchange::Step step) {
                OnStep(id, login, since, std::move(step));
              });
}

void AuthShard::OnStep(ExchangeId id, const std::shared_ptr<Login>& login, Instant since,
                       Exchange::Step step) {
  OpenExchange& open = *exchanges_.Find(id);
  const std::shared_ptr<Judge> judge = open.judge;
  judge->counters().latency.Add(clock_.now - since);
  open.bytes += SizeOf(step);
  auto* more = std::get_if<Exchange::Continue>(&step);
  const bool at_once = open.steps_taken == 1;
  const bool is_of_old = open.policy != PolicyOf(open.port);
  const bool is_too_long =
      open.bytes > kExchangeBytes || (more != nullptr && open.steps_taken == kExchangeSteps);
  if (more != nullptr && !is_too_long && !is_of_old) {
    return WaitForClient(open, *login, std::move(more->data));
  }
  exchanges_.Erase(id);
  if (is_of_old && at_once) {  // The client has heard nothing yet: the new ones are asked.
    if (!login->grant) return AskFirst(login);
    return AskAgain(login->from, login->client, login->grant, login->credentials);
  }
  const std::string_view method = judge->method().name();
  if (is_of_old) return RefuseStep(*login, method, "the settings are new since its exchange began");
  if (is_too_long) {
    judge->Count(Denied{});
    return RefuseStep(*login, method, kTooLong);
  }
  Finish(login, judge, std::get<Exchange::Finished>(std::move(step)), at_once);
}

void AuthShard::WaitForClient(OpenExchange& open, const Login& login, std::vector<uint8_t> data) {
  open.is_asking = false;
  patience_.Set(open.patience, clock_.now + kExchangePatience);
  Reply(login.from, login.client,
        Challenge{.authentication_data = std::move(data), .exchange = open.id});
}

void AuthShard::Finish(const std::shared_ptr<Login>& login, const std::shared_ptr<Judge>& judge,
                       Exchange::Finished finished, bool at_once) {
  judge->Count(finished.verdict);
  if (login->grant) {
    return OnSecondVerdict(login->from, login->client, login->grant, login->credentials,
                           std::move(finished.verdict), nullptr, std::move(finished.data));
  }
  if (auto* accepted = std::get_if<Accepted>(&finished.verdict)) {
    return LetIn(*login, judge, std::move(accepted->principal), nullptr, std::move(finished.data));
  }
  if (at_once) return OnVerdict(login, judge, std::move(finished.verdict));
  // Another method could not go on with what this one has begun.
  const std::string_view method = judge->method().name();
  if (const auto* denied = std::get_if<Denied>(&finished.verdict)) {
    return RefuseStep(*login, method, denied->rule, denied->reason_code);
  }
  if (const auto* unavailable = std::get_if<Unavailable>(&finished.verdict)) {
    return RefuseStep(*login, method, unavailable->why, ReasonCode::kServerUnavailable);
  }
  RefuseStep(*login, method, "its method is not for what it presents");
}

void AuthShard::RefuseStep(const Login& login, std::string_view method, std::string_view rule,
                           ReasonCode code) {
  if (login.grant) {
    Grant* grant = grants_.Find(login.grant);
    if (grant == nullptr || grant->ended) return Reply(login.from, login.client, Rejected{});
    // What it has proven before still holds.
    if (code == ReasonCode::kServerBusy) return AnswerUndecided(*grant, login.from, login.client);
    return RefuseAgain(*grant, *login.credentials, login.from, login.client, rule, code);
  }
  // Its port is gone, and with it the name for the log.
  if (login.policy == nullptr) return Reply(login.from, login.client, Rejected{});
  Refuse(login, method, rule, code);
}

void AuthShard::On(ShardId from, const ExchangeDropped& dropped) {
  const OpenExchange* open = exchanges_.Find(dropped.exchange);
  if (open == nullptr || open->is_asking || open->from != from) return;
  exchanges_.Erase(dropped.exchange);
}

// Those whose method is being asked end with its answer.
void AuthShard::DropExchanges(PortId port) {
  exchanges_.ForEach([&](const OpenExchange& open) {
    if (open.port == port && !open.is_asking) exchanges_.Erase(open.id);
  });
}

}  // namespace signet::auth
