#include "tests/net/faults/scenario.h"

#include <algorithm>
#include <array>
#include <cerrno>

namespace signet {
namespace {

constexpr size_t kOutputHardBytes = 16 * 1024;

std::vector<uint8_t> Connect311(std::string_view client_id, bool clean_session) {
  const auto head =
      clean_session ? Bytes("0004 'MQTT' 04 02 0000") : Bytes("0004 'MQTT' 04 00 0000");
  return MakePacket(0x10, Concat({head, WithLength(AsBytes(client_id))}));
}

std::vector<uint8_t> Subscribe(std::string_view filter, uint8_t qos) {
  const std::array<uint8_t, 1> option{qos};
  return MakePacket(0x82, Concat({Bytes("0001"), WithLength(AsBytes(filter)), option}));
}

std::vector<uint8_t> Publish(std::string_view topic, uint8_t qos, uint8_t packet_id,
                             ByteView payload) {
  const std::array<uint8_t, 2> id{0, packet_id};
  return MakePacket(
      static_cast<uint8_t>(0x30 | qos << 1),
      Concat({WithLength(AsBytes(topic)), ByteView(id).first(qos > 0 ? 2 : 0), payload}));
}

std::vector<uint8_t> Ack(uint8_t first, uint8_t packet_id) { return {first, 2, 0, packet_id}; }
std::vector<uint8_t> Puback(uint8_t packet_id) { return Ack(0x40, packet_id); }
std::vector<uint8_t> Pubrec(uint8_t packet_id) { return Ack(0x50, packet_id); }
std::vector<uint8_t> Pubrel(uint8_t packet_id) { return Ack(0x62, packet_id); }
std::vector<uint8_t> Pubcomp(uint8_t packet_id) { return Ack(0x70, packet_id); }

// Whether a client may lose its connection by it. What did not happen for no reason that lasts has
// to be done again, and a want of receive buffers is the broker's own; where the kernel has no
// memory for a client, that client goes. Whom a lost completion was about nobody knows.
bool Hurts(const FaultInjector::Hit& hit) {
  return (hit.occasion.op == Op::kReceive && hit.fault.error == ENOMEM) ||
         (hit.occasion.op == Op::kSend &&
          (hit.fault.error == ENOMEM || hit.fault.error == ENOBUFS));
}

}  // namespace

Limits Scenario::MakeLimits() {
  Limits limits;
  limits.output_hard_bytes = kOutputHardBytes;
  return limits;
}

void Scenario::Step(ScriptedClient& from, ByteView bytes, std::initializer_list<Effect> effects) {
  if (!from.is_connected()) return;
  for (const Effect& effect : effects) {
    if (effect.client->is_connected()) effect.client->Expect(effect.packets);
  }
  // Its answer says that all before it has been read.
  from.ExpectPingresps(1);
  from.Send(Concat({bytes, Bytes("C0 00")}));
  from.ReceiveAll();
  ExpectNotCutOff(from);
  for (const Effect& effect : effects) {
    if (effect.client == &from || !effect.client->is_connected()) continue;
    if (!from.is_connected()) effect.client->ExcuseRest();
    effect.client->ReceiveAll();
    ExpectNotCutOff(*effect.client);
  }
}

bool Scenario::IsHurt(const ScriptedClient& client) const {
  const auto hits = faults_.hits();
  return std::ranges::any_of(hits, [&](const auto& hit) {
    return hit.fault.kind == Fault::Kind::kLose || (hit.peer_port == client.port() && Hurts(hit));
  });
}

void Scenario::ExpectNotCutOff(const ScriptedClient& client) const {
  EXPECT_TRUE(client.is_connected() || IsHurt(client)) << client.name() << " is cut off";
}

void Scenario::Connect(ScriptedClient& client, bool clean_session, ByteView answer) {
  client.Connect(broker_.port());
  Step(client, Connect311(client.name(), clean_session),
       {{&client, {answer.begin(), answer.end()}}});
}

void Scenario::Disconnect(ScriptedClient& client) {
  client.Send(Bytes("E0 00"));
  client.ReceiveEnd();
}

void Scenario::ConnectWitnesses() {
  Connect(subscribed_witness_, true, Bytes("20 02 00 00"));
  Step(subscribed_witness_, Subscribe("witness/#", 1),
       {{&subscribed_witness_, Bytes("90 03 0001 01")}});
  Connect(publishing_witness_, true, Bytes("20 02 00 00"));
}

void Scenario::Witness() {
  const uint8_t id = ++witnessed_;
  const std::array<uint8_t, 1> payload{id};
  const auto first = Publish("witness/0", 0, 0, payload);
  const auto second = Publish("witness/1", 1, id, payload);
  Step(publishing_witness_, Concat({first, second}),
       {{&publishing_witness_, Puback(id)}, {&subscribed_witness_, Concat({first, second})}});
  Step(subscribed_witness_, Puback(id), {});
}

void Scenario::Play() {
  Connect(subscriber_, false, Bytes("20 02 00 00"));
  Step(subscriber_, Subscribe("news/#", 2), {{&subscriber_, Bytes("90 03 0001 02")}});
  Witness();
  Connect(publisher_, true, Bytes("20 02 00 00"));
  ExchangeMessages();
  Witness();
  HoldBack();
  ResumeSession();
  Witness();
  Misbehave();
  Witness();
}

void Scenario::ExchangeMessages() {
  const auto once = Publish("news/1", 1, 1, AsBytes("at least once"));
  Step(publisher_, once, {{&publisher_, Puback(1)}, {&subscriber_, once}});
  Step(subscriber_, Puback(1), {});
  const auto exactly = Publish("news/2", 2, 2, AsBytes("exactly once"));
  Step(publisher_, exactly, {{&publisher_, Pubrec(2)}, {&subscriber_, exactly}});
  Step(subscriber_, Pubrec(2), {{&subscriber_, Pubrel(2)}});
  Step(publisher_, Pubrel(2), {{&publisher_, Pubcomp(2)}});
  Step(subscriber_, Pubcomp(2), {});
  // Too large to be copied into the output.
  const auto large = Publish("news/0", 0, 0, std::vector<uint8_t>(10'000, 'x'));
  Step(publisher_, large, {{&subscriber_, large}});
}

// Asks at once for more than may wait for it, and goes on asking. What it gets is one packet: how
// many bytes of it wait does not depend on how quick anybody is, and so its receive is cancelled.
void Scenario::HoldBack() {
  constexpr size_t kPings = 1'000;
  const auto much = Publish("news/0", 0, 0, std::vector<uint8_t>(kOutputHardBytes, 'x'));
  std::vector<uint8_t> bytes = much;
  for (size_t i = 0; i < kPings; ++i) bytes.insert(bytes.end(), {0xC0, 0x00});
  if (subscriber_.is_connected()) subscriber_.ExpectPingresps(kPings);
  Step(subscriber_, bytes, {{&subscriber_, much}});
}

void Scenario::ResumeSession() {
  Disconnect(subscriber_);
  const bool subscriber_is_hurt = IsHurt(subscriber_);
  const auto missed = Publish("news/3", 1, 1, AsBytes("meanwhile"));
  Step(publisher_, missed, {{&publisher_, Puback(1)}});
  if (subscriber_is_hurt) return;
  subscriber_.Connect(broker_.port());
  subscriber_.Expect(Bytes("20 02 01 00"));
  subscriber_.Expect(missed, /*excused=*/!publisher_.is_connected());
  Step(subscriber_, Connect311(subscriber_.name(), false), {});
  Step(subscriber_, Puback(1), {});
}

// Is closed by the broker.
void Scenario::Misbehave() {
  Connect(offender_, true, Bytes("20 02 00 00"));
  offender_.Send(Connect311(offender_.name(), true));
  offender_.ReceiveEnd();
}

void Scenario::Leave() {
  Disconnect(subscribed_witness_);
  Disconnect(subscriber_);
  publishing_witness_.Reset();
  publisher_.Close();
}

void Scenario::PlayAgain() {
  Connect(subscriber_, true, Bytes("20 02 00 00"));
  Step(subscriber_, Subscribe("news/#", 2), {{&subscriber_, Bytes("90 03 0001 02")}});
  Connect(publisher_, true, Bytes("20 02 00 00"));
  ExchangeMessages();
  Disconnect(publisher_);
  Disconnect(subscriber_);
}

}  // namespace signet
