// PUBLISH from the client (MQTT 5, 3.3, 4.3), and the acknowledgements of what it was sent.
#include "core/broker/client.h"
#include "core/broker/shard_broker.h"
#include "core/mqtt/publish_ack.h"
#include "core/mqtt/travelling_properties.h"

namespace signet {

void Client::OnPublish(const Packet& packet) {
  ShardContext& context = broker_.context_;
  auto decoded =
      DecodePublish(packet.header.flags, ByteReader(packet.body), version_, Sender::kClient,
                    static_cast<uint32_t>(context.limits.user_properties));
  if (!decoded.ok()) return Refuse(decoded.error(), "PUBLISH");
  PublishView& publish = *decoded;
  ++context.counters.messages_received;
  if (!ResolveTopicAlias(&publish)) return;
  if (publish.qos != QoS::kAtMostOnce) {
    const Admission admission = AdmitPublish(publish);
    if (admission == Admission::kRefused) return;
    if (admission == Admission::kDuplicate) {  // [MQTT-4.3.3-10]
      return Acknowledge(PacketType::kPubrec, publish.packet_id, ReasonCode::kSuccess);
    }
  }
  const ReasonCode code = CheckPublish(publish);
  if (code == ReasonCode::kSuccess) {
    Distribute(publish, MakeMessage(publish, packet));
  } else if (publish.qos != QoS::kAtMostOnce) {
    // With a PUBREC that refuses, the message is complete [MQTT-4.3.3-9]. Whether that gets out or
    // not: whoever has to send it again is answered anew. MQTT 3.1.1 has no word for a refusal.
    if (publish.qos == QoS::kExactlyOnce && is_v5()) {
      session_->received_qos2.Erase(publish.packet_id);
    }
    Acknowledge(publish.qos == QoS::kAtLeastOnce ? PacketType::kPuback : PacketType::kPubrec,
                publish.packet_id, code);
  }
}

bool Client::ResolveTopicAlias(PublishView* publish) {
  const uint16_t alias = publish->properties.topic_alias;
  if (alias == 0) return true;
  if (alias > promise().topic_alias_maximum) {  // [MQTT-3.3.2-9]
    Refuse(ReasonCode::kTopicAliasInvalid, "a Topic Alias beyond Topic Alias Maximum");
    return false;
  }
  if (inbound_aliases_ == nullptr) inbound_aliases_ = std::make_unique<InboundAliases>();
  if (!publish->topic_name.empty()) {
    inbound_aliases_->Set(alias, publish->topic_name);
    return true;
  }
  publish->topic_name = inbound_aliases_->Find(alias);
  if (!publish->topic_name.empty()) return true;
  Refuse(ReasonCode::kProtocolError, "a Topic Alias that was never set");  // 3.3.2.3.4
  return false;
}

Client::Admission Client::AdmitPublish(const PublishView& publish) {
  if (publish.qos == QoS::kExactlyOnce) {
    ReceivedMessages& received = session_->received_qos2;
    if (received.Contains(publish.packet_id)) {
      if (received.Count(publish.packet_id)) ++inbound_open_;
      return Admission::kDuplicate;
    }
  }
  // MQTT 3.1.1 has no Receive Maximum; there the Packet Identifiers are the bound.
  if (is_v5() && inbound_open_ >= promise().receive_maximum) {  // [MQTT-3.3.4-9]
    Refuse(ReasonCode::kReceiveMaximumExceeded, "more than Receive Maximum");
    return Admission::kRefused;
  }
  ++inbound_open_;
  if (publish.qos == QoS::kExactlyOnce) session_->received_qos2.Add(publish.packet_id);
  return Admission::kNew;
}

ReasonCode Client::CheckPublish(const PublishView& publish) const {
  if (!broker_.IsTopicWithinLimits(publish.topic_name)) return ReasonCode::kTopicNameInvalid;
  if (!MayPublish(session_->client_id, publish.topic_name,
                  {.qos = publish.qos, .retain = publish.retain})) {
    return ReasonCode::kNotAuthorized;
  }
  return ReasonCode::kSuccess;
}

bool Client::MayPublish(std::string_view client_id, std::string_view topic_name,
                        const Manner& manner) const {
  return broker_.authority_.Allows(port_, principal(), client_id, Action::kPublish, topic_name,
                                   manner);
}

MessageView Client::MakeMessage(const PublishView& publish, const Packet& packet) {
  MessageView message{.topic_name = publish.topic_name,
                      .payload = publish.payload,
                      .qos = publish.qos,
                      .retain = publish.retain,
                      .storage = packet.storage};
  if (!publish.properties.wire.empty()) {
    message.properties = TravellingProperties(publish.properties, &broker_.scratch_);
  }
  const std::optional<uint32_t> expiry_s = broker_.MessageExpiry(publish.properties);
  if (expiry_s.has_value()) message.expires_at = broker_.context_.now + seconds(*expiry_s);
  return message;
}

void Client::Distribute(const PublishView& publish, const MessageView& message) {
  const PacketType type =
      publish.qos == QoS::kAtLeastOnce ? PacketType::kPuback : PacketType::kPubrec;
  bool anybody = false;
  broker_.context_.sent_to = 0;
  const bool bound = publish.retain && broker_.authority_.Governs(port_);
  const SharedAuthor& author = bound ? AuthorOf(*session_) : Publisher::kNobody;
  if (publish.retain && publish.qos != QoS::kAtMostOnce) {
    // Acknowledged once it is with the retained store, perhaps on another shard.
    const AckQueue::Ticket ticket =
        Await({.type = type, .packet_id = publish.packet_id, .ready = false});
    // A PUBREC that refuses says that the message was not accepted (4.3.3): its sender might send
    // it again, and it would be delivered twice. Only PUBACK tells that the store had no room.
    const bool tells = publish.qos == QoS::kAtLeastOnce;
    broker_.publisher_.Publish(
        message, session_,
        [&broker = broker_, id = id_, ticket, tells](ReasonCode code) {
          Client* client = broker.Find(id);
          if (client == nullptr) return;
          client->FinishAck(ticket, tells ? code : ReasonCode::kSuccess);
        },
        author);
  } else {
    anybody = broker_.publisher_.Publish(message, session_, nullptr, author);
    if (publish.qos != QoS::kAtMostOnce) {
      Acknowledge(type, publish.packet_id,
                  anybody ? ReasonCode::kSuccess : ReasonCode::kNoMatchingSubscribers);
    }
  }
  if (broker_.MustHoldBack(broker_.context_.sent_to)) {
    PauseInput(Pause::kCongestion);
    broker_.held_back_.push_back(id_);
  }
}

void Client::OnPuback(const Packet& packet) {
  const auto ack = DecodePublishAck(PacketType::kPuback, ByteReader(packet.body), version_,
                                    static_cast<uint32_t>(broker_.context_.limits.user_properties));
  if (!ack.ok()) return Refuse(ack.error(), "PUBACK");
  const InflightWindow::Entry* entry = session_->inflight.Find(ack->packet_id);
  if (entry == nullptr) return;  // Perhaps of a Session that has ended; nothing follows from it.
  if (entry->stage != InflightWindow::Stage::kPublished ||
      entry->outbound.qos != QoS::kAtLeastOnce) {
    return Refuse(ReasonCode::kProtocolError, "PUBACK for a QoS 2 message");
  }
  session_->inflight.Complete(ack->packet_id);
  broker_.Pump(*session_);
}

void Client::OnPubrec(const Packet& packet) {
  const auto ack = DecodePublishAck(PacketType::kPubrec, ByteReader(packet.body), version_,
                                    static_cast<uint32_t>(broker_.context_.limits.user_properties));
  if (!ack.ok()) return Refuse(ack.error(), "PUBREC");
  const PacketId id = ack->packet_id;
  const InflightWindow::Entry* entry = session_->inflight.Find(id);
  if (entry == nullptr) {
    return Acknowledge(PacketType::kPubrel, id, ReasonCode::kPacketIdentifierNotFound);
  }
  if (entry->stage == InflightWindow::Stage::kPublished) {
    if (entry->outbound.qos != QoS::kExactlyOnce) {
      return Refuse(ReasonCode::kProtocolError, "PUBREC for a QoS 1 message");
    }
    if (IsError(ack->reason_code)) {  // [MQTT-4.3.3-4]: refused, and that is the end of it.
      session_->inflight.Complete(id);
      return broker_.Pump(*session_);
    }
    session_->inflight.Release(id);
  }
  Acknowledge(PacketType::kPubrel, id, ReasonCode::kSuccess);
}

void Client::OnPubrel(const Packet& packet) {
  const auto ack = DecodePublishAck(PacketType::kPubrel, ByteReader(packet.body), version_,
                                    static_cast<uint32_t>(broker_.context_.limits.user_properties));
  if (!ack.ok()) return Refuse(ack.error(), "PUBREL");
  if (!session_->received_qos2.Contains(ack->packet_id)) {
    return Acknowledge(PacketType::kPubcomp, ack->packet_id, ReasonCode::kPacketIdentifierNotFound);
  }
  if (session_->received_qos2.Erase(ack->packet_id)) --inbound_open_;
  Acknowledge(PacketType::kPubcomp, ack->packet_id, ReasonCode::kSuccess);
}

void Client::OnPubcomp(const Packet& packet) {
  const auto ack = DecodePublishAck(PacketType::kPubcomp, ByteReader(packet.body), version_,
                                    static_cast<uint32_t>(broker_.context_.limits.user_properties));
  if (!ack.ok()) return Refuse(ack.error(), "PUBCOMP");
  const InflightWindow::Entry* entry = session_->inflight.Find(ack->packet_id);
  if (entry == nullptr) return;
  if (entry->stage != InflightWindow::Stage::kReleased) {
    return Refuse(ReasonCode::kProtocolError, "PUBCOMP before PUBREC");
  }
  session_->inflight.Complete(ack->packet_id);
  broker_.Pump(*session_);
}

}  // namespace signet
