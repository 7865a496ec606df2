#include "core/broker/delivery.h"

#include "core/broker/client.h"
#include "core/mqtt/publish_ack.h"

namespace signet {
namespace {

PublishDelivery DeliveryOf(const OutboundMessage& outbound, PacketId id, const Client& client) {
  return {.version = client.version(),
          .qos = outbound.qos,
          .retain = outbound.retain,
          .packet_id = id,
          .subscription_ids = client.is_v5() ? std::span<const uint32_t>(outbound.subscription_ids)
                                             : std::span<const uint32_t>()};
}

// A large payload is referred to by all receivers, so it has to outlive the call from the start.
MessageRef KeptIfLarge(const MessageView& view) {
  if (view.payload.size() <= PublishEncoder::kCopyLimit) return {};
  return MessageRef(SharedMessage::From(view));
}

}  // namespace

Outgoing::Outgoing(const MessageView& view, Instant now, const PublisherId& publisher)
    : kept_(KeptIfLarge(view)),
      view_(kept_ ? kept_->View() : view),
      encoder_(view_, now),
      publisher_(publisher) {}

const MessageRef& Outgoing::Keep() {
  if (!kept_) kept_ = MessageRef(SharedMessage::From(view_));
  return kept_;
}

void Delivery::Deliver(Outgoing& message, const Terms& terms, Session& session) {
  if (terms.qos == QoS::kAtMostOnce) {
    if (session.client != nullptr) SendUntracked(message, terms, *session.client);
    return;
  }
  OutboundMessage outbound{
      .message = message.Keep(),
      .subscription_ids = {terms.subscription_ids.begin(), terms.subscription_ids.end()},
      .qos = terms.qos,
      .retain = terms.retain};
  if (CanSendNow(session, terms.qos)) {
    Track(std::move(outbound), message.encoder(), session);
  } else {
    Queue(std::move(outbound), message.publisher(), session);
  }
}

bool Delivery::CanSendNow(const Session& session, QoS qos) const {
  if (session.client == nullptr ||
      session.client->output().size() >= context_.limits.output_soft_bytes) {
    return false;
  }
  return qos == QoS::kAtMostOnce ||
         (session.queue.empty() && session.inflight.NextToResend() == 0 &&
          session.inflight.HasQuota());
}

bool Delivery::CanTake(Session& session, QoS qos, size_t size, bool accept_behind) const {
  if (CanSendNow(session, qos)) return true;
  if (!accept_behind && brake_.IsBehind(session)) return false;
  return qos != QoS::kAtMostOnce &&
         session.queue.HasRoom(size, brake_.BoundsOf(session), context_.now);
}

bool Delivery::Fits(const PublishEncoder& encoder, const PublishDelivery& delivery,
                    const Client& client) const {
  const size_t limit = client.maximum_packet_size();
  return encoder.SizeBound(delivery) <= limit || encoder.Size(delivery) <= limit;
}

void Delivery::SendUntracked(Outgoing& message, const Terms& terms, Client& client) {
  const size_t waiting = client.output().size();
  const Limits& limits = context_.limits;
  if (waiting > limits.output_soft_bytes &&
      (waiting > limits.output_hard_bytes || client.output_is_held_up() ||
       context_.memory != ShardContext::Memory::kPlenty)) {
    ++context_.counters.dropped_slow;
    return;
  }
  const PublishDelivery delivery{
      .version = client.version(),
      .retain = terms.retain,
      .subscription_ids = client.is_v5() ? terms.subscription_ids : std::span<const uint32_t>()};
  if (!Fits(message.encoder(), delivery, client)) {
    ++context_.counters.dropped_too_large;  // [MQTT-3.1.2-25]
    return;
  }
  Write(message.encoder(), delivery, client);
}

void Delivery::Track(OutboundMessage outbound, PublishEncoder& encoder, Session& session) {
  Client& client = *session.client;
  PublishDelivery delivery = DeliveryOf(outbound, 0, client);
  if (!Fits(encoder, delivery, client)) {
    ++context_.counters.dropped_too_large;  // [MQTT-3.1.2-25]
    return;
  }
  const PacketId id = session.inflight.Add(std::move(outbound));
  // The identifiers moved with the message.
  delivery = DeliveryOf(session.inflight.Find(id)->outbound, id, client);
  Write(encoder, delivery, client);
}

void Delivery::Write(PublishEncoder& encoder, PublishDelivery delivery, Client& client) {
  OutboundAliases* aliases = client.outbound_aliases();
  if (aliases != nullptr && encoder.SizeBound(delivery) <= client.maximum_packet_size()) {
    const OutboundAliases::Use use = aliases->For(encoder.message().topic_name);
    delivery.topic_alias = use.alias;
    delivery.alias_known = use.known;
  }
  encoder.Write(delivery, &client.output());
  client.NoteOutput();
  ++context_.counters.messages_delivered;
}

void Delivery::Queue(OutboundMessage outbound, const PublisherId& publisher, Session& session) {
  const bool behind = brake_.IsBehind(session);
  switch (session.queue.Push(std::move(outbound), brake_.BoundsOf(session), context_.now)) {
    case OutboundQueue::Outcome::kQueued:
      ++context_.counters.messages_queued;
      if (behind) brake_.HoldBack(session, publisher);
      break;
    case OutboundQueue::Outcome::kDroppedNew:
    case OutboundQueue::Outcome::kDroppedOldest:
      ++context_.counters.dropped_queue_full;
      break;
  }
}

void Delivery::Pump(Session& session) {
  const auto takes_output = [&] {
    return session.client != nullptr &&
           session.client->output().size() < context_.limits.output_soft_bytes;
  };
  while (takes_output()) {
    const PacketId id = session.inflight.NextToResend();
    if (id == 0) break;
    const bool needs_quota = session.inflight.Find(id)->stage == InflightWindow::Stage::kPublished;
    if (needs_quota && !session.inflight.CanResend()) return;
    Resend(id, session);
  }
  const size_t queued = session.queue.size();
  while (takes_output() && session.inflight.HasQuota() &&
         session.queue.Front(context_.now) != nullptr) {
    SendQueued(session);
  }
  brake_.OnTaken(session, queued - session.queue.size());
}

void Delivery::Resend(PacketId id, Session& session) {
  Client& client = *session.client;
  const InflightWindow::Entry& entry = *session.inflight.Find(id);
  if (entry.stage == InflightWindow::Stage::kReleased) {
    client.output().Append(EncodeShortPublishAck(PacketType::kPubrel, id));
    client.NoteOutput();
    session.inflight.MarkResent(id);
    return;
  }
  const MessageView view = entry.outbound.message->View();
  PublishEncoder encoder(view, context_.now);
  PublishDelivery delivery = DeliveryOf(entry.outbound, id, client);
  delivery.dup = true;  // [MQTT-3.3.1-1]
  if (!Fits(encoder, delivery, client)) {
    ++context_.counters.dropped_too_large;
    session.inflight.Complete(id);
    return;
  }
  session.inflight.MarkResent(id);
  Write(encoder, delivery, client);
}

void Delivery::SendQueued(Session& session) {
  OutboundMessage outbound = session.queue.Pop();
  const MessageRef message = outbound.message;
  const MessageView view = message->View();
  PublishEncoder encoder(view, context_.now);
  Track(std::move(outbound), encoder, session);
}

}  // namespace signet
