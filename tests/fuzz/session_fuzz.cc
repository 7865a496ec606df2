// Connections that want the same Session, and a third client that talks to it: take-over,
// resumption, Wills and expiry in any order, with shards that have their turns one by one. Never do
// two of them hold it, all they get are packets, and nothing of it stays. Input: a program, each
// step of which is a byte that says what and who, and what that takes.
#include <array>
#include <iterator>

#include "core/mqtt/disconnect.h"
#include "core/mqtt/ping.h"
#include "core/mqtt/publish_ack.h"
#include "core/mqtt/subscribe.h"
#include "core/mqtt/unsubscribe.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/link.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/world.h"

namespace signet::fuzz::session_fuzz {
namespace {

constexpr std::string_view kTopics[] = {"a", "a/b", "b", "$a"};
constexpr std::string_view kFilters[] = {"a",          "a/b",        "+/b",        "#",
                                         "$share/g/a", "$share/g/+", "$share/h/#", "$a"};

template <typename T, size_t kSize>
const T& OneOf(const T (&all)[kSize], size_t choice) {
  return all[choice % kSize];
}

class Program {
 public:
  explicit Program(Input input) : input_(input), world_(SmallWorld(kShards)) {}

  void Run() {
    // More steps would only be slower.
    for (int steps = 0; steps < 300 && !input_.empty(); ++steps) {
      Step(input_.Byte());
      CheckOwners(owners_);
      CheckOwners(thirds_);
    }
    for (Link& link : links_) link.Receive();
    std::vector<CoreWorld::Peer*> peers = owners_;
    peers.insert(peers.end(), thirds_.begin(), thirds_.end());
    CheckNothingIsLeft(&world_, peers);
  }

 private:
  static constexpr uint32_t kShards = 2;
  static constexpr size_t kMostConnections = 24;

  void Step(uint8_t byte) {
    const size_t who = byte >> 4 & 3;
    Link& link = links_[who == 3 ? 0 : who];
    switch (byte & 15) {
      case 0:
        return Connect(&link);
      case 1:
      case 2:
        return Publish(&link);
      case 3:
        return Subscribe(&link);
      case 4:
        return Unsubscribe(&link);
      case 5:
        return Acknowledge(&link);
      case 6:
        return Disconnect(&link);
      case 7:
        return link.Drop();
      case 8:
        return world_.Jump(milliseconds(250) * input_.Byte());
      case 9:
        return world_.RunShard(who % kShards);
      case 10:
        return world_.Run();
      case 11:
        return link.Send(input_.Bytes(input_.Byte() % 64));
      case 12:
        return SetFlow(&link);
      case 13:
        return world_.SetMailboxSlots(1 + input_.Byte() % 8);
      case 14:
        return link.Answer();
      default:
        return link.Send(kPingreqBytes);
    }
  }

  // An older connection of the link stays as it is: the new one takes its Session over.
  void Connect(Link* link) {
    const uint8_t choice = input_.Byte();
    if (opened_++ == kMostConnections) return;
    const bool is_third = link == &links_[2];
    const bool is_5 = (choice & 1) == 0;
    PropertyBuffer properties;
    if ((choice & 4) != 0) properties.AddU32(PropertyId::kSessionExpiryInterval, 20);
    if ((choice & 8) != 0) properties.AddU16(PropertyId::kReceiveMaximum, 1);
    if ((choice & 16) != 0) properties.AddU16(PropertyId::kTopicAliasMaximum, 1);
    PropertyBuffer will_properties;
    if ((choice & 64) != 0) will_properties.AddU32(PropertyId::kWillDelayInterval, 5);
    ConnectView connect{.version = is_5 ? ProtocolVersion::k5 : ProtocolVersion::k311,
                        .clean_start = (choice & 2) != 0,
                        .client_id = is_third ? "third" : "shared"};
    if (is_5) connect.properties.wire = properties.wire();
    if ((choice & 32) != 0) {
      connect.will = WillView{.qos = QoS::kAtLeastOnce, .topic_name = "a", .payload = AsBytes("w")};
      if (is_5) connect.will->properties.wire = will_properties.wire();
    }
    link->Connect(&world_, choice >> 7, connect);
    if (link->is_open()) (is_third ? thirds_ : owners_).push_back(&link->peer());
  }

  void Publish(Link* link) {
    const uint8_t choice = input_.Byte();
    const uint8_t more = input_.Byte();
    PublishView publish{.qos = static_cast<QoS>(choice % 3),
                        .retain = (choice & 4) != 0,
                        .topic_name = OneOf(kTopics, choice >> 3)};
    if (publish.qos != QoS::kAtMostOnce) {
      publish.packet_id = static_cast<PacketId>(1 + (choice >> 5));
      publish.dup = (more & 1) != 0;
    }
    const std::string payload(OneOf({size_t{0}, size_t{1}, size_t{700}, size_t{5000}}, more >> 1),
                              'p');
    publish.payload = AsBytes(payload);
    PropertyBuffer properties;
    if ((more & 8) != 0) properties.AddU32(PropertyId::kMessageExpiryInterval, more >> 4);
    if ((more & 16) != 0) properties.AddU16(PropertyId::kTopicAlias, 1);
    if ((more & 32) != 0) publish.topic_name = "";
    publish.properties.wire = properties.wire();
    PacketBytes bytes;
    EncodePublish(publish, link->version(), &bytes);
    link->Send(bytes);
  }

  void Subscribe(Link* link) {
    const uint8_t choice = input_.Byte();
    const SubscribeEntry entry{
        .topic_filter = OneOf(kFilters, choice),
        .options = {.maximum_qos = static_cast<QoS>((choice >> 3) % 3),
                    .no_local = link->version() == ProtocolVersion::k5 && (choice & 32) != 0,
                    .retain_as_published = false}};
    PacketBytes entries;
    AppendSubscribeEntry(entry, &entries);
    SubscribeView subscribe{.packet_id = 9, .entries = entries, .count = 1};
    PropertyBuffer properties;
    if ((choice & 64) != 0) properties.AddVarInt(PropertyId::kSubscriptionIdentifier, 1 + choice);
    subscribe.properties.wire = properties.wire();
    PacketBytes bytes;
    EncodeSubscribe(subscribe, link->version(), &bytes);
    link->Send(bytes);
  }

  void Unsubscribe(Link* link) {
    PacketBytes entries;
    AppendUnsubscribeEntry(OneOf(kFilters, input_.Byte()), &entries);
    PacketBytes bytes;
    EncodeUnsubscribe({.packet_id = 10, .entries = entries, .count = 1}, link->version(), &bytes);
    link->Send(bytes);
  }

  // Of anything, whether or not it has been sent.
  void Acknowledge(Link* link) {
    const uint8_t choice = input_.Byte();
    const PacketType type =
        OneOf({PacketType::kPuback, PacketType::kPubrec, PacketType::kPubrel, PacketType::kPubcomp},
              choice);
    PublishAckView ack{.packet_id = static_cast<PacketId>(1 + (choice >> 2 & 15))};
    const bool refuses = type == PacketType::kPuback || type == PacketType::kPubrec;
    if ((choice & 64) != 0 && refuses) ack.reason_code = ReasonCode::kQuotaExceeded;
    PacketBytes bytes;
    EncodePublishAck(type, ack, link->version(), &bytes);
    link->Send(bytes);
  }

  void Disconnect(Link* link) {
    const uint8_t choice = input_.Byte();
    DisconnectView disconnect;
    if ((choice & 1) != 0) disconnect.reason_code = ReasonCode::kDisconnectWithWillMessage;
    PropertyBuffer properties;
    if ((choice & 2) != 0) properties.AddU32(PropertyId::kSessionExpiryInterval, choice >> 2);
    disconnect.properties.wire = properties.wire();
    PacketBytes bytes;
    EncodeDisconnect(disconnect, link->version(), &bytes);
    link->Send(bytes);
  }

  void SetFlow(Link* link) {
    const uint8_t choice = input_.Byte();
    if (!link->is_open()) return;
    link->peer().SetWindow(OneOf({size_t{0}, size_t{3}, size_t{500}, SIZE_MAX}, choice));
    link->peer().SetSegment(OneOf({size_t{1}, size_t{7}, size_t{500}, SIZE_MAX}, choice >> 2));
  }

  // [MQTT-3.1.4-3]
  void CheckOwners(const std::vector<CoreWorld::Peer*>& peers) {
    size_t connected = 0;
    for (const CoreWorld::Peer* peer : peers) {
      const Client* client = world_.ClientOf(*peer);
      if (client != nullptr && client->state() == Client::State::kConnected) ++connected;
    }
    CHECK(connected <= 1);
  }

  Input input_;
  CoreWorld world_;
  std::array<Link, 3> links_;  // The last one is the third client.
  // Every connection that has asked for the Session, and for the third client's.
  std::vector<CoreWorld::Peer*> owners_;
  std::vector<CoreWorld::Peer*> thirds_;
  size_t opened_ = 0;
};

}  // namespace

FUZZ_TARGET(session) {
  Program({data, size}).Run();
  return 0;
}

}  // namespace signet::fuzz::session_fuzz
