// What a client does; sim_client_receive.cc has how it takes what the broker does.
#include "tests/sim/sim_client.h"

#include <algorithm>

#include "core/mqtt/connect.h"
#include "core/mqtt/disconnect.h"
#include "core/mqtt/publish_ack.h"
#include "core/mqtt/subscribe.h"
#include "core/mqtt/unsubscribe.h"
#include "fmt/format.h"
#include "tests/support/bytes.h"

namespace signet::sim {

SimClient::SimClient(CoreWorld* world, Ledger* ledger, Random* random, std::string name,
                     Habits habits, Ears* ears)
    : world_(*world),
      ledger_(*ledger),
      random_(*random),
      name_(std::move(name)),
      habits_(std::move(habits)),
      ears_(*ears) {}

void SimClient::Fail(std::string_view what) {
  ledger_.Violated(fmt::format("{}: {}", name_, what));
}

std::string SimClient::WaitsFor() const {
  if (line_ != Line::kConnected) return "its connection";
  if (!outbound_.empty()) {
    const Outbound& first = outbound_.front();
    return fmt::format("the acknowledgement of {} on {}, {}", first.id, first.topic,
                       first.released ? "PUBCOMP" : "PUBACK or PUBREC");
  }
  if (!requests_.empty()) return "SUBACK or UNSUBACK for " + requests_.begin()->second.filter;
  return owed_.empty() ? "" : "itself";
}

// The same for the same filter, so that a Subscription never changes.
QoS SimClient::QosOf(std::string_view filter) const {
  if (filter.starts_with("$share/")) return QoS::kExactlyOnce;
  if (filter.starts_with("will/"))
    return QoS::kAtLeastOnce;  // Who watches may be away for a moment.
  return static_cast<QoS>(
      (static_cast<size_t>(name_.back()) + filter.size() + static_cast<size_t>(filter.back())) % 3);
}

PacketBytes SimClient::MakeConnect(bool clean_start, std::optional<uint32_t> will) const {
  PropertyBuffer properties;
  PropertyBuffer will_properties;
  if (is_v5()) {
    properties.AddU32(PropertyId::kSessionExpiryInterval, habits_.session_expiry_s);
    properties.AddU16(PropertyId::kReceiveMaximum, habits_.receive_maximum);
    properties.AddU16(PropertyId::kTopicAliasMaximum, habits_.topic_alias_maximum);
    will_properties.AddU32(PropertyId::kWillDelayInterval, habits_.will_delay_s);
  }
  ConnectView connect{.version = habits_.version,
                      .clean_start = clean_start,
                      .keep_alive_s = habits_.keep_alive_s,
                      .client_id = name_};
  connect.properties.wire = properties.wire();
  const std::string topic = "will/" + name_;
  const std::string payload = will ? Ledger::PayloadOfWill(*will) : "";
  if (will) {
    connect.will = {.qos = QoS::kAtLeastOnce, .topic_name = topic, .payload = AsBytes(payload)};
    connect.will->properties.wire = will_properties.wire();
  }
  PacketBytes bytes;
  EncodeConnect(connect, &bytes);
  return bytes;
}

void SimClient::Connect() {
  peer_ = world_.Open(random_.Below(world_.shards()));
  if (peer_ == nullptr) return Fail("the broker accepts no connection");
  line_ = Line::kConnecting;
  // In MQTT 3.1.1 it is a word about the end of the Session too, and ours is to be kept.
  const bool may_forget = habits_.starts_clean && is_v5();
  clean_start_ = !keeps_session() || wants_clean_ || (may_forget && random_.Chance(10));
  wants_clean_ = clean_start_;
  connecting_since_ = ledger_.step();
  if (clean_start_) ledger_.SessionInDoubt(name_);
  if (habits_.has_will) will_ = ledger_.NewWill(name_);
  peer_->SetSegment(random_.Chance(50) ? SIZE_MAX : random_.Between(1, 40));
  Send(MakeConnect(clean_start_, will_));
}

void SimClient::TakeItselfOver() {
  abandoned_.push_back(peer_);
  Leave(FateByAbnormalEnd());
  Connect();
}

void SimClient::Race(uint32_t rivals) {
  if (!has_session_ || wants_clean_ || !keeps_session()) return;
  for (uint32_t i = 0; i < rivals; ++i) {
    CoreWorld::Peer* rival = world_.Open(random_.Below(world_.shards()));
    if (rival == nullptr) return Fail("the broker accepts no connection");
    rival->SetSegment(random_.Between(1, 60));
    rival->Send(MakeConnect(/*clean_start=*/false, std::nullopt));
    abandoned_.push_back(rival);
  }
}

PacketId SimClient::NextPacketId() {
  last_packet_id_ = last_packet_id_ == 65'535 ? PacketId{1} : PacketId(last_packet_id_ + 1);
  return last_packet_id_;
}

void SimClient::Publish() {
  if (habits_.topics.empty()) return;
  const std::string& topic = random_.OneOf(std::span<const std::string>(habits_.topics));
  const bool retain = topic.starts_with("r/");
  // What is retained is to be known in the end.
  const QoS qos = retain ? QoS::kAtLeastOnce : static_cast<QoS>(random_.Below(3));
  Publish(topic, qos, retain);
}

void SimClient::Publish(std::string_view topic, QoS qos, bool retain) {
  if (outbound_.size() >= 50) return;  // It waits; the broker's Receive Maximum is larger.
  Outbound outbound{.topic = std::string(topic), .qos = qos, .retain = retain};
  outbound.number = ledger_.Publish(name_, topic, qos, retain);
  if (qos == QoS::kAtMostOnce) return SendPublish(outbound, /*dup=*/false);
  outbound.id = NextPacketId();
  outbound_.push_back(outbound);
  SendPublish(outbound, /*dup=*/false);
}

void SimClient::ClearRetained(std::string_view topic) {
  outbound_.push_back({.id = NextPacketId(),
                       .topic = std::string(topic),
                       .qos = QoS::kAtLeastOnce,
                       .retain = true,
                       .is_clearing = true});
  SendPublish(outbound_.back(), /*dup=*/false);
}

void SimClient::SendPublish(const Outbound& outbound, bool dup) {
  const std::string payload = outbound.is_clearing ? "" : Ledger::PayloadOf(outbound.number);
  PacketBytes bytes;
  EncodePublish({.dup = dup,
                 .qos = outbound.qos,
                 .retain = outbound.retain,
                 .packet_id = outbound.id,
                 .topic_name = outbound.topic,
                 .payload = AsBytes(payload)},
                habits_.version, &bytes);
  Send(bytes);
}

void SimClient::Subscribe(std::string_view filter) {
  const PacketId id = NextPacketId();
  const QoS qos = QosOf(filter);
  requests_[id] = {.filter = std::string(filter),
                   .is_subscribe = true,
                   .asked = ledger_.Asked(name_, filter, qos)};
  PacketBytes entries;
  AppendSubscribeEntry({.topic_filter = filter, .options = {.maximum_qos = qos}}, &entries);
  PacketBytes bytes;
  EncodeSubscribe({.packet_id = id, .entries = entries}, habits_.version, &bytes);
  Send(bytes);
}

void SimClient::Unsubscribe(std::string_view filter) {
  const PacketId id = NextPacketId();
  requests_[id] = {.filter = std::string(filter), .asked = ledger_.GivenUp(name_, filter)};
  PacketBytes entries;
  AppendUnsubscribeEntry(filter, &entries);
  PacketBytes bytes;
  EncodeUnsubscribe({.packet_id = id, .entries = entries}, habits_.version, &bytes);
  Send(bytes);
}

void SimClient::Ping() { peer_->Send(Bytes("C0 00")); }

void SimClient::SendAck(PacketType type, PacketId id) {
  PacketBytes bytes;
  EncodePublishAck(type, {.packet_id = id}, habits_.version, &bytes);
  Send(bytes);
}

void SimClient::Acknowledge(size_t most) {
  for (; most > 0 && !owed_.empty(); --most) {
    const Ack ack = owed_.front();
    owed_.pop_front();
    if (ack.type != PacketType::kPubrec) unacknowledged_.erase(ack.id);
    SendAck(ack.type, ack.id);
  }
}

void SimClient::Disconnect() {
  PacketBytes bytes;
  EncodeDisconnect({}, habits_.version, &bytes);
  Send(bytes);
  line_ = Line::kLeaving;
}

Fate SimClient::FateByAbnormalEnd() const {
  return line_ == Line::kConnected && habits_.will_delay_s == 0 ? Fate::kOnce : Fate::kUnknown;
}

void SimClient::Drop() {
  peer_->Drop();
  Leave(FateByAbnormalEnd());
}

void SimClient::Leave(Fate will) {
  if (will_) ledger_.WillMust(*will_, will);
  will_.reset();
  line_ = Line::kNone;
  peer_ = nullptr;
  bytes_.clear();
  aliases_.clear();
  owed_.clear();
  unacknowledged_.clear();
  requests_.clear();
  resumed_ = false;
  if (!keeps_session()) ledger_.SessionInDoubt(name_);
}

void SimClient::Retire() {
  peer_ = world_.Open(random_.Below(world_.shards()));
  if (peer_ == nullptr) return Fail("the broker accepts no connection");
  PacketBytes bytes;
  EncodeConnect({.version = ProtocolVersion::k5, .clean_start = true, .client_id = name_}, &bytes);
  peer_->Send(bytes);
  peer_->Send(Bytes("E0 00"));
}

void SimClient::Unhinder() {
  std::vector<CoreWorld::Peer*> all = abandoned_;
  if (peer_ != nullptr) all.push_back(peer_);
  for (CoreWorld::Peer* peer : all) {
    peer->SetWindow(SIZE_MAX);
    peer->SetSegment(SIZE_MAX);
  }
}

bool SimClient::has_output() const {
  const Client* client = peer_ != nullptr ? world_.ClientOf(*peer_) : nullptr;
  return client != nullptr && !client->output().empty();
}

size_t SimClient::owners() const {
  const auto owns = [this](const CoreWorld::Peer* peer) {
    const Client* client = peer != nullptr ? world_.ClientOf(*peer) : nullptr;
    return client != nullptr && client->state() == Client::State::kConnected;
  };
  return static_cast<size_t>(std::ranges::count_if(abandoned_, owns)) + (owns(peer_) ? 1 : 0);
}

size_t SimClient::abandoned() const {
  return static_cast<size_t>(
      std::ranges::count_if(abandoned_, [](const auto* peer) { return !peer->closed(); }));
}

}  // namespace signet::sim
