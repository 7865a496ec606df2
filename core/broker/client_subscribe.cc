// SUBSCRIBE and UNSUBSCRIBE (MQTT 5, 3.8 to 3.11).
#include "core/broker/asked_filter.h"
#include "core/broker/client.h"
#include "core/broker/shard_broker.h"
#include "core/mqtt/subscribe.h"
#include "core/mqtt/topic_name.h"
#include "core/mqtt/unsubscribe.h"

namespace signet {

void Client::OnSubscribe(const Packet& packet) {
  const Limits& limits = broker_.context_.limits;
  const auto subscribe = DecodeSubscribe(ByteReader(packet.body), version_,
                                         static_cast<uint32_t>(limits.user_properties));
  if (!subscribe.ok()) return Refuse(subscribe.error(), "SUBSCRIBE");
  std::vector<Subscribing::Request> requests;
  std::vector<uint8_t> codes;
  Fresh fresh;
  for (ByteView rest = subscribe->entries; !rest.empty();) {
    const SubscribeEntry entry = TakeSubscribeEntry(&rest);
    const auto filter = ParseTopicFilter(entry.topic_filter);
    if (!filter.ok())
      return Refuse(ReasonCode::kMalformedPacket, "SUBSCRIBE: a Topic Filter that cannot be");
    if (filter->is_shared() && entry.options.no_local) {  // [MQTT-3.8.3-4]
      return Refuse(ReasonCode::kProtocolError, "No Local on a Shared Subscription");
    }
    const bool known = session_->subscriptions.Contains(entry.topic_filter);
    const ReasonCode code =
        CheckSubscribe(*filter, entry.options.maximum_qos, codes.size(), fresh, known);
    if (code == ReasonCode::kSuccess) {
      requests.push_back({.topic_filter = std::string(entry.topic_filter),
                          .options = entry.options,
                          .index = codes.size()});
      if (!known) {
        ++fresh.filters;
        fresh.bytes += entry.topic_filter.size();
      }
    }
    codes.push_back(static_cast<uint8_t>(code));
  }
  const AckQueue::Ticket ticket = Await({.type = PacketType::kSuback,
                                         .packet_id = subscribe->packet_id,
                                         .ready = false,
                                         .weight = codes.size()});
  broker_.subscribing_.Subscribe(*session_, subscribe->properties.subscription_id,
                                 std::move(requests), std::move(codes), AnswerBy(ticket));
}

absl::AnyInvocable<void(std::vector<uint8_t>) &&> Client::AnswerBy(AckQueue::Ticket ticket) {
  return [&broker = broker_, id = id_, ticket](std::vector<uint8_t> codes) {
    Client* client = broker.Find(id);
    if (client == nullptr) return;
    PendingAck* ack = client->acks_.Find(ticket);
    if (ack == nullptr) return;
    ack->codes = std::move(codes);
    client->FinishAck(ticket, ReasonCode::kSuccess);
  };
}

ReasonCode Client::CheckSubscribe(const TopicFilterView& filter, QoS maximum_qos, size_t index,
                                  const Fresh& fresh, bool known) const {
  const Limits& limits = broker_.context_.limits;
  if (index >= limits.filters_per_packet) return ReasonCode::kQuotaExceeded;
  const SubscriptionSet& subscriptions = session_->subscriptions;
  if (!known && (subscriptions.size() + fresh.filters >= limits.subscriptions ||
                 subscriptions.bytes() + fresh.bytes + filter.filter.size() > limits.filter_bytes ||
                 broker_.context_.memory == ShardContext::Memory::kExhausted)) {
    return ReasonCode::kQuotaExceeded;
  }
  if (!broker_.IsTopicWithinLimits(filter.filter)) return ReasonCode::kTopicFilterInvalid;
  if (!MaySubscribe(AskedFilter(filter), maximum_qos)) {
    return ReasonCode::kNotAuthorized;
  }
  return ReasonCode::kSuccess;
}

bool Client::MaySubscribe(std::string_view topic_filter, QoS maximum_qos) const {
  return broker_.authority_.Allows(port_, principal(), session_->client_id, Action::kSubscribe,
                                   topic_filter, {.qos = maximum_qos});
}

void Client::OnUnsubscribe(const Packet& packet) {
  const auto unsubscribe =
      DecodeUnsubscribe(ByteReader(packet.body), version_,
                        static_cast<uint32_t>(broker_.context_.limits.user_properties));
  if (!unsubscribe.ok()) return Refuse(unsubscribe.error(), "UNSUBSCRIBE");
  // Looked at as a whole first: a packet that is refused takes back nothing.
  std::vector<std::string_view> filters;
  for (ByteView rest = unsubscribe->entries; !rest.empty();) {
    filters.push_back(TakeUnsubscribeEntry(&rest));
    if (!ParseTopicFilter(filters.back()).ok()) {
      return Refuse(ReasonCode::kMalformedPacket, "UNSUBSCRIBE: a Topic Filter that cannot be");
    }
  }
  const AckQueue::Ticket ticket = Await({.type = PacketType::kUnsuback,
                                         .packet_id = unsubscribe->packet_id,
                                         .ready = false,
                                         .weight = filters.size()});
  broker_.subscribing_.Unsubscribe(*session_, filters, AnswerBy(ticket));
}

}  // namespace signet
