// How a client takes what the broker sends, and what of it the standard forbids.
#include <algorithm>

#include "fmt/format.h"
#include "tests/sim/sim_client.h"

namespace signet::sim {

void SimClient::Poll() {
  if (line_ == Line::kNone) return;
  const std::vector<uint8_t> fresh = peer_->Take();
  bytes_.insert(bytes_.end(), fresh.begin(), fresh.end());
  std::deque<Received> packets;
  TakePackets(&bytes_, habits_.version, &packets);
  for (const Received& packet : packets) {
    for (int times = ears_ ? ears_(packet) : 1; times > 0; --times) Handle(packet);
  }
  // The broker may have closed long before a slow reader sees it.
  if (line_ == Line::kConnected && owners() > 0) alive_until_ = world_.now();
  if (!peer_->closed()) return;
  if (line_ != Line::kLeaving) return Leave(FateByAbnormalEnd());
  // DISCONNECT may have come too late: behind a rival's CONNECT, the end of Keep Alive, or a
  // policy.
  const bool was_heard = abandoned_.empty() && habits_.keep_alive_s == 0 &&
                         !ledger_.law().MaySendAway(name_, connecting_since_);
  Leave(was_heard ? Fate::kNever : Fate::kUnknown);
}

void SimClient::Handle(const Received& packet) {
  if (packet.type == PacketType::kConnack) return OnConnack(packet);
  if (line_ == Line::kConnecting && packet.type != PacketType::kDisconnect) {
    return Fail(fmt::format("{} came before CONNACK", Name(packet.type)));
  }
  switch (packet.type) {
    case PacketType::kPublish:
      return OnPublish(packet);
    case PacketType::kPuback:
    case PacketType::kPubrec:
    case PacketType::kPubcomp:
      return OnPublishAck(packet);
    case PacketType::kPubrel:
      return OnPubrel(packet);
    case PacketType::kSuback:
    case PacketType::kUnsuback:
      return OnRequestAck(packet);
    case PacketType::kDisconnect:
      return OnDisconnect(packet);
    default:
      return;
  }
}

void SimClient::OnDisconnect(const Received& packet) {
  constexpr uint8_t kNotAuthorized = 0x87;
  if (packet.code == kNotAuthorized &&
      !ledger_.law().MayDeny(name_, Action::kConnect, {}, connecting_since_)) {
    Fail("sent away, and it may be connected");
  }
}

void SimClient::OnConnack(const Received& packet) {
  const uint8_t not_authorized = is_v5() ? 0x87 : 0x05;
  if (packet.code == not_authorized) return OnRefused();
  if (packet.code != 0) return Fail(fmt::format("refused by CONNACK {:02x}", packet.code));
  if (!ledger_.law().MayAllow(name_, Action::kConnect, {}, connecting_since_)) {
    Fail("connected, and it may not be");
  }
  if (line_ == Line::kConnecting) line_ = Line::kConnected;
  const bool is_alive = habits_.session_expiry_s == UINT32_MAX ||
                        world_.now() < alive_until_ + seconds(habits_.session_expiry_s);
  if (clean_start_ && packet.session_present) return Fail("Session Present after a Clean Start");
  if (!clean_start_ && has_session_ && is_alive && !packet.session_present) {
    return Fail("its Session is lost");
  }
  ResumeOrForget(packet.session_present);
}

// Its Session, if it has one, stays as it was, and so does the Will of who holds it.
void SimClient::OnRefused() {
  const Law& law = ledger_.law();
  if (!law.MayDenyAnywhere(name_, Action::kConnect, {}, connecting_since_) &&
      !(will_ &&
        law.MayDenyAnywhere(name_, Action::kPublish, "will/" + name_, connecting_since_))) {
    return Fail("refused, and it may connect");
  }
  if (will_) ledger_.WillMust(*will_, Fate::kNever);
  will_.reset();
}

void SimClient::ResumeOrForget(bool session_present) {
  resumed_ = session_present;
  wants_clean_ = false;
  has_session_ = keeps_session();
  if (!session_present) {
    ledger_.SessionEnded(name_);
    outbound_.clear();
    received_qos2_.clear();
    return;
  }
  for (const Outbound& outbound : outbound_) {
    if (outbound.released) {
      SendAck(PacketType::kPubrel, outbound.id);
    } else {
      if (!outbound.is_clearing) ledger_.SentAgain(outbound.number);
      SendPublish(outbound, /*dup=*/true);
    }
  }
}

std::string SimClient::TopicOf(const Received& publish) {
  if (!publish.topic_alias) return publish.topic;
  if (*publish.topic_alias > habits_.topic_alias_maximum) Fail("a Topic Alias beyond its maximum");
  std::string& topic = aliases_[*publish.topic_alias];
  if (!publish.topic.empty()) topic = publish.topic;
  if (topic.empty()) Fail("a Topic Alias that stands for nothing");
  return topic;
}

void SimClient::OnPublish(const Received& packet) {
  const std::string topic = TopicOf(packet);
  if (packet.qos == QoS::kAtMostOnce) {
    if (packet.dup) Fail("DUP at QoS 0");
    return ledger_.Received(name_, packet, topic);
  }
  if (packet.dup && !resumed_) Fail("DUP on a connection that resumed nothing");
  if (!unacknowledged_.insert(packet.packet_id).second) {
    Fail(fmt::format("Packet Identifier {} is in use", packet.packet_id));
  }
  if (unacknowledged_.size() > habits_.receive_maximum) Fail("beyond its Receive Maximum");
  if (packet.qos == QoS::kAtLeastOnce) {
    owed_.push_back({PacketType::kPuback, packet.packet_id});
    return ledger_.Received(name_, packet, topic);
  }
  owed_.push_back({PacketType::kPubrec, packet.packet_id});
  if (received_qos2_.insert(packet.packet_id).second) return ledger_.Received(name_, packet, topic);
  if (!packet.dup) Fail(fmt::format("QoS 2 message {} again, without DUP", packet.packet_id));
}

void SimClient::OnPubrel(const Received& packet) {
  received_qos2_.erase(packet.packet_id);
  owed_.push_back({PacketType::kPubcomp, packet.packet_id});
}

void SimClient::OnPublishAck(const Received& packet) {
  const auto outbound = std::ranges::find(outbound_, packet.packet_id, &Outbound::id);
  if (outbound == outbound_.end()) {
    return Fail(
        fmt::format("{} for {}, which it did not send", Name(packet.type), packet.packet_id));
  }
  const bool is_first = packet.type != PacketType::kPubcomp;
  if (is_first && packet.code == 0x87 && !outbound->is_clearing) {
    ledger_.Refused(outbound->number);
    outbound_.erase(outbound);  // [MQTT-4.3.3-4]: no PUBREL follows.
    return;
  }
  if (is_first && packet.code >= 0x80) return Fail("a message was refused");
  const bool is_qos1 = outbound->qos == QoS::kAtLeastOnce;
  if (is_first && is_qos1 != (packet.type == PacketType::kPuback)) return Fail("the wrong answer");
  if (is_first && !outbound->is_clearing) ledger_.Acknowledged(outbound->number, is_v5());
  if (packet.type == PacketType::kPubrec) {
    outbound->released = true;
    if (line_ == Line::kConnected) SendAck(PacketType::kPubrel, packet.packet_id);
    return;
  }
  outbound_.erase(outbound);
}

void SimClient::OnRequestAck(const Received& packet) {
  const auto request = requests_.find(packet.packet_id);
  const bool is_suback = packet.type == PacketType::kSuback;
  if (request == requests_.end() || request->second.is_subscribe != is_suback) {
    return Fail(
        fmt::format("{} for {}, which it did not ask", Name(packet.type), packet.packet_id));
  }
  const std::string filter = request->second.filter;
  const size_t asked = request->second.asked;
  requests_.erase(request);
  if (!is_suback) return ledger_.Ended(name_, filter, asked);
  if (packet.code == (is_v5() ? 0x87 : 0x80)) return ledger_.Refused(name_, asked);
  if (packet.code != static_cast<uint8_t>(QosOf(filter))) return Fail("SUBSCRIBE was refused");
  ledger_.Granted(name_, asked);
}

}  // namespace signet::sim
