#include "core/broker/brake.h"

#include <utility>

#include "fmt/format.h"

namespace signet {
namespace {

// How long a Client has to show how fast it is, twice.
constexpr Duration kLook = milliseconds(500);

// What a queue may hold while its publishers wait, as a multiple of its limits: each of them may
// have sent a message already. Between shards there is more on its way.
constexpr uint64_t kOnTheWay = 4;

}  // namespace

Brake::Brake(ShardContext* context, SlotMap<Client, ConnectionId>* clients)
    : context_(*context),
      clients_(*clients),
      timer_(static_cast<uint8_t>(TimerKind::kBrake), this) {}

bool Brake::IsHalfFull(const OutboundQueue& queue) const {
  const Limits& limits = context_.limits;
  return queue.size() * 2 >= limits.queued_messages || queue.bytes() * 2 >= limits.queued_bytes;
}

bool Brake::IsOverQuarter(const OutboundQueue& queue) const {
  const Limits& limits = context_.limits;
  return queue.size() * 4 > limits.queued_messages || queue.bytes() * 4 > limits.queued_bytes;
}

OutboundQueue::Bounds Brake::BoundsOf(const Session& session) const {
  const Limits& limits = context_.limits;
  OutboundQueue::Bounds bounds{.messages = limits.queued_messages,
                               .bytes = limits.queued_bytes,
                               .drops_oldest = limits.queue_drops_oldest != 0};
  if (session.pace == Session::Pace::kBehind &&
      context_.memory != ShardContext::Memory::kExhausted) {
    bounds.messages = kOnTheWay * (bounds.messages + context_.shards * limits.mailbox_backlog);
    bounds.bytes *= kOnTheWay;
  }
  return bounds;
}

// -- The Session.

void Brake::HoldBack(Session& session, const PublisherId& publisher) {
  if (context_.limits.brake_rate == 0 || session.pace == Session::Pace::kTooSlow) return;
  Wait& wait = waits_[&session];
  if (session.pace == Session::Pace::kKeepsUp) {
    session.pace = Session::Pace::kBehind;
    wait.looked = context_.now;
    if (!timer_.is_set()) context_.wheel.Set(timer_, context_.now + kLook);
    session.client->UpdateBrake();
  }
  if (!publisher.client) return;  // A Will, whose client is gone.
  wait.held.push_back(publisher);
  ++context_.counters.publishers_held;
  if (publisher.shard == context_.self) {
    OnHold({publisher.client});
  } else {
    context_.Send(publisher.shard, HoldPublisher{publisher.client});
  }
}

void Brake::Take(Session& session, size_t count) {
  if (!IsOverQuarter(session.queue)) return End(session);
  waits_.find(&session)->second.taken += count;
}

void Brake::End(Session& session) {
  const auto found = waits_.find(&session);
  Wait wait = std::move(found->second);
  waits_.erase(found);
  session.pace = Session::Pace::kKeepsUp;
  Release(wait);
  if (session.client != nullptr) session.client->UpdateBrake();
}

void Brake::Release(Wait& wait) {
  std::vector<ReleasePublishers> elsewhere(context_.shards);
  ReleasePublishers here;
  for (const PublisherId& publisher : std::exchange(wait.held, {})) {
    auto& release = publisher.shard == context_.self ? here : elsewhere[publisher.shard.value()];
    release.clients.push_back(publisher.client);
  }
  OnRelease(here);
  context_.ForEachOther([&](ShardId shard) {
    ReleasePublishers& release = elsewhere[shard.value()];
    if (!release.clients.empty()) context_.Send(shard, std::move(release));
  });
}

bool Brake::IsSlow(const Wait& wait, Duration passed) const {
  const auto needed = context_.limits.brake_rate * static_cast<uint64_t>(passed / milliseconds(1));
  return wait.taken * 1000 < needed;
}

void Brake::Check() {
  std::vector<std::pair<Session*, Wait*>> slow;
  bool waiting = false;
  for (auto& [session, wait] : waits_) {
    if (session->pace != Session::Pace::kBehind) continue;
    const Duration passed = context_.now - wait.looked;
    if (passed >= kLook) {
      const bool was_slow = std::exchange(wait.was_slow, IsSlow(wait, passed));
      if (was_slow && wait.was_slow) {
        slow.push_back({session, &wait});
        continue;
      }
      wait.looked = context_.now;
      wait.taken = 0;
    }
    waiting = true;
  }
  for (const auto& [session, wait] : slow) GiveUp(*session, *wait);
  if (waiting) context_.wheel.Set(timer_, context_.now + kLook);
}

void Brake::GiveUp(Session& session, Wait& wait) {
  session.pace = Session::Pace::kTooSlow;
  ++context_.counters.clients_too_slow;
  Release(wait);
  session.client->UpdateBrake();
  if (!log_.Allow(context_.now)) return;
  context_.log.Write(LogLevel::kWarning, "client too slow",
                     {{"client_id", session.client_id},
                      {"peer", session.client->peer()},
                      {"queued_messages", fmt::format("{}", session.queue.size())},
                      {"not_logged_before", fmt::format("{}", log_.TakeSuppressed())}});
}

// -- The publishers.

void Brake::OnHold(const HoldPublisher& hold) {
  if (Client* client = clients_.Find(hold.client)) client->HoldBack();
}

void Brake::OnRelease(const ReleasePublishers& release) {
  for (const ConnectionId id : release.clients) {
    if (Client* client = clients_.Find(id)) client->LetGo();
  }
}

}  // namespace signet
