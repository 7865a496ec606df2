#include "auth/auth_shard.h"

#include <algorithm>
#include <span>

#include "fmt/format.h"

namespace signet::auth {

AuthShard::AuthShard(Setup setup)
    : log_(*setup.log),
      make_methods_(std::move(setup.make_methods)),
      clock_(setup.start),
      cache_(setup.cache, setup.hash_key),
      revocations_(setup.revocations),
      grants_(setup.grants),
      deadlines_(clock_),
      patience_(clock_.now),
      exchanges_(setup.exchanges),
      outgoing_(setup.shards) {}

AuthShard::~AuthShard() {
  grants_.ForEach([](Grant& grant) { grant.next_look.timer.Cancel(); });
  for (const auto& each : judges_) {
    if (const auto judge = each.lock()) judge->Abandon();
  }
}

void AuthShard::BeginTurn(Instant now, WallTime wall) {
  clock_ = {.now = now, .wall = wall};
  if (!deadlines_.TookJump(clock_)) return;
  ++counters_.clock_jumps;
  log_.Write(LogLevel::kWarning, "the clock was set; credentials end by the new time",
             {{"now", ToText(wall)}});
  grants_.ForEach([this](Grant& grant) {
    if (!grant.ended) SetNextLook(grant);
  });
}

void AuthShard::Take(ShardId from, MailToAuth mail) {
  std::visit([&](auto& kind) { On(from, std::move(kind)); }, mail);
}

void AuthShard::On(ShardId from, AuthQuestion question) {
  ++questions_;
  waiting_.Push({.from = from, .question = std::move(question)});
}

void AuthShard::EndTurn() {
  for (size_t i = 0; i < kQuestionsPerTurn && !waiting_.empty(); ++i) {
    Waiting waiting = waiting_.Pop();
    if (waiting.question.exchange) {
      GoOn(waiting.from, std::move(waiting.question));
    } else if (waiting.question.credentials.source == Credentials::Source::kConnect) {
      Begin(waiting.from, std::move(waiting.question));
    } else {
      BeginAgain(waiting.from, std::move(waiting.question));
    }
  }
  JudgeSomeAnew();
  while (!held_.empty() && held_.front().due <= clock_.now) {
    Held held = held_.Pop();
    outgoing_[held.to.value()].Push(std::move(held.answer));
  }
  pauses_.RunDue();
  patience_.Advance(clock_.now, [this](Timer& timer) {
    exchanges_.Erase(static_cast<const OpenExchange*>(timer.owner())->id);
  });
  deadlines_.Advance(clock_, [this](void* owner) {
    due_.Push({.since = clock_.now, .grant = static_cast<const Grant*>(owner)->id});
  });
  LookAtSome();
}

Instant AuthShard::NextDeadline() const {
  if (!waiting_.empty() || !to_judge_anew_.empty()) return clock_.now;
  Instant next =
      std::min({deadlines_.NextDeadline(clock_), pauses_.NextDeadline(), patience_.NextDeadline()});
  if (!due_.empty()) next = std::min(next, next_look_);
  return held_.empty() ? next : std::min(next, held_.front().due);
}

// -- Ports.

std::shared_ptr<Policy> AuthShard::PolicyOf(PortId port) const {
  return port.value() < policies_.size() ? policies_[port.value()] : nullptr;
}

void AuthShard::SetPort(PortId port, std::string listener,
                        std::shared_ptr<const config::BrokerAuthentication> settings) {
  const size_t index = port.value();
  if (policies_.size() <= index) policies_.resize(index + 1);
  std::shared_ptr<Policy>& present = policies_[index];
  // What has not changed keeps what it remembers.
  if (present != nullptr && present->listener == listener && *present->settings == *settings) {
    return;
  }
  auto policy = std::make_shared<Policy>();
  policy->listener = std::move(listener);
  policy->settings = std::move(settings);
  std::erase_if(judges_, [](const auto& judge) { return judge.expired(); });
  const MethodContext context{.listener = policy->listener, .clock = &clock_, .pauses = &pauses_};
  for (auto& method : make_methods_(*policy->settings, context)) {
    policy->judges.push_back(
        std::make_shared<Judge>(++judges_made_, std::move(method), &cache_, &clock_));
    judges_.push_back(policy->judges.back());
  }
  const bool anew = std::exchange(present, policy) != nullptr;
  if (!anew) return;
  DropExchanges(port);
  FollowNewSettings(port, policy);
}

void AuthShard::ClosePort(PortId port) {
  if (port.value() >= policies_.size()) return;
  policies_[port.value()] = nullptr;
  DropExchanges(port);
}

AuthReport::Row AuthShard::RowOf(const Policy& policy, size_t index) const {
  const Judge& judge = *policy.judges[index];
  const std::string_view name = judge.method().name();
  const auto before = std::span(policy.judges).first(index);
  const auto namesakes = std::ranges::count_if(
      before, [&](const auto& other) { return other->method().name() == name; });
  Readings readings;
  judge.method().Report(clock_.wall, &readings);
  return {.listener = policy.listener,
          .method = namesakes == 0 ? std::string(name) : fmt::format("{}/{}", name, namesakes + 1),
          .counters = judge.counters(),
          .readings = readings.Take()};
}

AuthReport AuthShard::Report() {
  AuthReport report{.all = counters_,
                    .questions = questions_,
                    .exchanges = exchanges_.size(),
                    .grants = grants_.size(),
                    .cached = cache_.size(),
                    .revocations = revocations_.size()};
  for (const auto& policy : policies_) {
    if (policy == nullptr) continue;
    for (size_t i = 0; i < policy->judges.size(); ++i) report.methods.push_back(RowOf(*policy, i));
  }
  grants_.ForEach([&](const Grant& grant) {
    if (grant.deadline.is_never() || grant.ended) return;
    const int64_t left = grant.deadline.seconds() - clock_.wall.seconds();
    report.seconds_to_expiry.Add(static_cast<uint64_t>(std::max<int64_t>(left, 0)));
  });
  return report;
}

}  // namespace signet::auth
