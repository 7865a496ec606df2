// What the client is answered, in the order of what it asked (MQTT 5, 4.6): acknowledgements leave
// at once unless one before them waits for a commit.
#include "core/broker/client.h"
#include "core/broker/shard_broker.h"
#include "core/mqtt/publish_ack.h"
#include "core/mqtt/subscribe.h"
#include "core/mqtt/unsubscribe.h"

namespace signet {

void Client::Acknowledge(PacketType type, PacketId id, ReasonCode code) {
  if (acks_.empty()) return SendPublishAck(type, id, code);
  Await({.type = type, .packet_id = id, .code = code});
}

AckQueue::Ticket Client::Await(PendingAck ack) {
  const AckQueue::Ticket ticket = acks_.Push(std::move(ack));
  if (acks_.weight() > broker_.context_.limits.pending_acks) PauseInput(Pause::kAcks);
  return ticket;
}

void Client::FinishAck(AckQueue::Ticket ticket, ReasonCode code) {
  PendingAck* ack = acks_.Find(ticket);
  if (ack == nullptr) return;  // The connection was closed meanwhile.
  if (code != ReasonCode::kSuccess) ack->code = code;
  ack->ready = true;
  FlushAcks();
}

void Client::FlushAcks() {
  while (const PendingAck* ack = acks_.Front()) {
    SendAck(*ack);
    if (state_ == State::kClosed) return;
    acks_.Pop();
  }
  if (acks_.weight() * 2 <= broker_.context_.limits.pending_acks) ResumeInput(Pause::kAcks);
}

void Client::SendAck(const PendingAck& ack) {
  if (ack.type != PacketType::kSuback && ack.type != PacketType::kUnsuback) {
    return SendPublishAck(ack.type, ack.packet_id, ack.code);
  }
  PacketBytes bytes;
  if (ack.type == PacketType::kSuback) {
    EncodeSuback({.packet_id = ack.packet_id, .codes = ack.codes}, version_, &bytes);
  } else {
    EncodeUnsuback({.packet_id = ack.packet_id, .codes = ack.codes}, version_, &bytes);
  }
  if (bytes.size() > maximum_packet_size_) {  // [MQTT-3.1.2-24]
    return Disconnect(ReasonCode::kPacketTooLarge, "an answer exceeds the Maximum Packet Size");
  }
  Send(bytes);
}

void Client::SendPublishAck(PacketType type, PacketId id, ReasonCode code) {
  // With PUBACK, with PUBCOMP and with a PUBREC that refuses, a message of the client is complete.
  if (type == PacketType::kPuback) --inbound_open_;
  if (type == PacketType::kPubrec && is_v5() && IsError(code)) --inbound_open_;  // [MQTT-4.3.3-9]
  if (code == ReasonCode::kSuccess || !is_v5()) {
    output_.Append(EncodeShortPublishAck(type, id));
    return NoteOutput();
  }
  PublishAckView ack{.packet_id = id, .reason_code = code};
  PropertyBuffer properties;
  if (request_problem_information_ && IsError(code)) {  // [MQTT-3.1.2-29]
    properties.AddText(PropertyId::kReasonString, Name(code));
    ack.properties.wire = properties.wire();
  }
  PacketBytes bytes;
  EncodePublishAck(type, ack, version_, &bytes);
  if (bytes.size() > maximum_packet_size_) {  // [MQTT-3.4.2-2] and its like
    bytes.clear();
    EncodePublishAck(type, {.packet_id = id, .reason_code = code}, version_, &bytes);
  }
  Send(bytes);
}

}  // namespace signet
