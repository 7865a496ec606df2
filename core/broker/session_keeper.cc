#include "core/broker/session_keeper.h"

#include <algorithm>

namespace signet {
namespace {

// Sessions may have many Subscriptions, and many may end at once: the others are served in between.
constexpr size_t kUnsubscribesPerTurn = 1024;

}  // namespace

SessionKeeper::Attached SessionKeeper::Attach(std::string_view client_id, bool clean_start) {
  Session* session = sessions_.Find(client_id);
  if (session != nullptr && !clean_start) {
    DCHECK(session->client == nullptr);
    // Back before the Will Delay Interval has passed [MQTT-3.1.3-9].
    session->will.reset();
    session->will_due = session->expires_at = Instant::Never();
    session->timer.Cancel();
    authority_.Forget(*session);
    subscribing_.SetOnline(*session, true);
    ++context_.counters.sessions_resumed;
    return {.session = session, .present = true};
  }
  if (session != nullptr) End(*session);  // [MQTT-3.1.2-4]
  if (context_.totals.sessions.load(std::memory_order_relaxed) >= context_.limits.sessions) {
    return {};
  }
  session = sessions_.Create(client_id);
  if (session != nullptr) context_.totals.sessions.fetch_add(1, std::memory_order_relaxed);
  return {.session = session};
}

void SessionKeeper::Detach(Session& session, bool with_will, uint32_t expiry_s,
                           SharedAuthor author) {
  session.client = nullptr;
  authority_.Keep(session, std::move(author));
  brake_.Forget(session);
  session.expiry_s = expiry_s;
  if (!with_will) session.will.reset();
  if (expiry_s == 0) {
    End(session);
    return;
  }
  if (expiry_s != UINT32_MAX) session.expires_at = context_.now + seconds(expiry_s);
  if (session.will != nullptr) {
    if (session.will->delay_s == 0) {
      PublishWill(session);
    } else {
      session.will_due = context_.now + seconds(session.will->delay_s);
    }
  }
  subscribing_.SetOnline(session, false);
  ArmTimer(session);
}

void SessionKeeper::ArmTimer(Session& session) {
  const Instant next = std::min(session.will_due, session.expires_at);
  if (next != Instant::Never()) context_.wheel.Set(session.timer, next);
}

void SessionKeeper::OnTimer(Session& session) {
  if (session.expires_at <= context_.now) {
    ++context_.counters.sessions_expired;
    End(session);
    return;
  }
  if (session.will_due <= context_.now) PublishWill(session);
  ArmTimer(session);
}

// Whatever happens first, the Session's end or the end of the delay, publishes the Will
// [MQTT-3.1.2-8].
void SessionKeeper::End(Session& session) {
  if (session.will != nullptr) PublishWill(session);
  session.timer.Cancel();
  authority_.Forget(session);
  sessions_.Forget(session);
  context_.totals.sessions.fetch_sub(1, std::memory_order_relaxed);
  subscribing_.Abandon(session);
  ended_.Push(&session);
}

void SessionKeeper::PublishWill(Session& session) {
  const std::unique_ptr<Will> will = std::move(session.will);  // Once only [MQTT-3.1.2-10].
  session.will_due = Instant::Never();
  MessageView view = will->message.View();
  if (will->message_expiry_s.has_value()) {
    view.expires_at = context_.now + seconds(*will->message_expiry_s);
  }
  // It was allowed when it was left, and somebody may have been told "no" since.
  const SharedAuthor author = authority_.AuthorOf(session);
  if (author != nullptr &&
      !authority_.Allows(author->port, author->principal, session.client_id, Action::kPublish,
                         view.topic_name, {.qos = view.qos, .retain = view.retain})) {
    ++context_.counters.wills_withheld;
    return;
  }
  ++context_.counters.wills_published;
  publisher_.Publish(view, &session, nullptr, author);
}

// Waits while the news of what has gone already is on its way: whatever else this shard has to say
// to another one stands behind it.
bool SessionKeeper::has_work() const {
  return !ended_.empty() && std::ranges::none_of(context_.outgoing, [](const auto& queue) {
    return queue.size() > kUnsubscribesPerTurn;
  });
}

void SessionKeeper::Settle() {
  for (size_t left = kUnsubscribesPerTurn; has_work();) {
    Session& session = *ended_.front();
    left -= subscribing_.UnsubscribeSome(session, left);
    if (session.subscriptions.size() > 0) return;
    sessions_.Destroy(session);
    ended_.DropFront();
  }
}

}  // namespace signet
