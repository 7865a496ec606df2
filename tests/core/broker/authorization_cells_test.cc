// The table of authorization: eight ways in which a message, or the right to get one, passes the
// broker, each of them allowed, denied, and revoked afterwards. Each cell is a test.
#include "tests/core/broker/authorization_test.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

using Texts = std::vector<std::string>;

class AuthorizationCells : public AuthorizationTest {
 protected:
  static ConnectOptions WithWill(ProtocolVersion version = kV5) {
    return {.version = version,
            .clean_start = true,
            .will = WillView{.qos = kQos1, .topic_name = "t", .payload = AsBytes("gone")}};
  }
};
INSTANTIATE_BROKER_TEST(AuthorizationCells);

// -- Publish.

TEST_P(AuthorizationCells, PublishAllowed) {
  auto reader = Client("r");
  reader->Subscribe("t", kQos1);
  auto publisher = Client("p");
  EXPECT_EQ(publisher->Publish({.topic = "t", .payload = "x", .qos = kQos1}), 0);
  EXPECT_EQ(reader->Messages(), Texts{"x"});
  EXPECT_EQ(world().Sum().denied_publish, 0u);
}

TEST_P(AuthorizationCells, PublishDenied) {
  rules_.Deny({"p", Action::kPublish, "t"});
  rules_.Deny({"old", Action::kPublish, "t"});
  auto reader = Client("r");
  reader->Subscribe("t", kQos2);
  auto publisher = Client("p");
  publisher->SendPublish({.topic = "t", .payload = "0", .qos = kQos0});
  EXPECT_TRUE(publisher->Silent());
  EXPECT_EQ(publisher->Publish({.topic = "t", .payload = "1", .qos = kQos1}), kNotAuthorized);
  EXPECT_EQ(publisher->Publish({.topic = "t", .payload = "2", .qos = kQos2}), kNotAuthorized);
  EXPECT_FALSE(publisher->closed());
  // MQTT 3.1.1 has no word for it: acknowledged, and gone.
  auto old = Client("old", {.version = kV311});
  EXPECT_EQ(old->Publish({.topic = "t", .payload = "1", .qos = kQos1}), 0);
  EXPECT_EQ(old->Publish({.topic = "t", .payload = "2", .qos = kQos2}), 0);
  EXPECT_FALSE(old->closed());
  EXPECT_TRUE(reader->Silent());
  EXPECT_EQ(world().Sum().denied_publish, 5u);
  // Elsewhere it may.
  EXPECT_EQ(publisher->Publish({.topic = "u", .qos = kQos1}), 0x10);
}

// What is asked about is what an alias stands for when it is used.
TEST_P(AuthorizationCells, PublishByATopicAlias) {
  rules_.Deny({"p", Action::kPublish, "no"});
  auto publisher = Client("p");
  const auto alias = Bytes("23 0001");
  EXPECT_EQ(publisher->Publish({.topic = "yes", .qos = kQos1, .properties = alias}), 0x10);
  EXPECT_EQ(publisher->Publish({.topic = "", .qos = kQos1, .properties = alias}), 0x10);
  EXPECT_EQ(publisher->Publish({.topic = "no", .qos = kQos1, .properties = alias}), kNotAuthorized);
  EXPECT_EQ(publisher->Publish({.topic = "", .qos = kQos1, .properties = alias}), kNotAuthorized);
  EXPECT_EQ(publisher->Publish({.topic = "yes", .qos = kQos1, .properties = alias}), 0x10);
  Revoke({"p", Action::kPublish, "yes"});
  EXPECT_EQ(publisher->Publish({.topic = "", .qos = kQos1, .properties = alias}), kNotAuthorized);
  EXPECT_FALSE(publisher->closed());
}

TEST_P(AuthorizationCells, PublishRevokedAfterwards) {
  auto reader = Client("r");
  reader->Subscribe("t", kQos1);
  auto publisher = Client("p");
  EXPECT_EQ(publisher->Publish({.topic = "t", .payload = "1", .qos = kQos1}), 0);
  Revoke({"p", Action::kPublish, "t"});
  EXPECT_EQ(publisher->Publish({.topic = "t", .payload = "2", .qos = kQos1}), kNotAuthorized);
  EXPECT_FALSE(publisher->closed());
  EXPECT_EQ(reader->Messages(), Texts{"1"});
}

// -- Subscribe.

TEST_P(AuthorizationCells, SubscribeAllowed) {
  auto reader = Client("r");
  EXPECT_EQ(reader->Subscribe("t", kQos1), std::vector<uint8_t>{1});
  EXPECT_EQ(reader->Unsubscribe("t"), 0);
}

TEST_P(AuthorizationCells, SubscribeDenied) {
  rules_.Deny({"r", Action::kSubscribe, "t"});
  rules_.Deny({"old", Action::kSubscribe, "t"});
  auto reader = Client("r");
  const std::vector<SubscribeEntry> entries = {{.topic_filter = "a", .options = {}},
                                               {.topic_filter = "t", .options = {}},
                                               {.topic_filter = "b", .options = {}}};
  EXPECT_EQ(reader->Subscribe(entries), (std::vector<uint8_t>{0, kNotAuthorized, 0}));
  EXPECT_FALSE(reader->closed());
  EXPECT_EQ(reader->Unsubscribe("t"), 0x11);
  // Within a Shared Subscription there is no other one: nobody asks about it as `a`.
  rules_.Deny({"r", Action::kSubscribe, "$share/g/$share/h/a"});
  EXPECT_EQ(reader->Subscribe("$share/g/$share/h/a"), std::vector<uint8_t>{kNotAuthorized});
  auto old = Client("old", {.version = kV311});
  EXPECT_EQ(old->Subscribe("t", kQos1), std::vector<uint8_t>{0x80});
  EXPECT_FALSE(old->closed());
  EXPECT_EQ(world().Sum().denied_subscribe, 3u);
}

TEST_P(AuthorizationCells, SubscribeRevokedAfterwards) {
  auto reader = Client("r");
  reader->Subscribe("t", kQos1);
  reader->Subscribe("u", kQos1);
  Revoke({"r", Action::kSubscribe, "t"});
  EXPECT_FALSE(reader->closed());
  EXPECT_EQ(world().Sum().revoked_subscriptions, 1u);
  EXPECT_EQ(reader->Unsubscribe("t"), 0x11);
  EXPECT_EQ(reader->Unsubscribe("u"), 0);
  EXPECT_EQ(reader->Subscribe("t", kQos1), std::vector<uint8_t>{kNotAuthorized});
}

// -- Live delivery.

TEST_P(AuthorizationCells, LiveAllowed) {
  auto reader = Client("r");
  reader->Subscribe("t/#");
  const size_t before = rules_.asked();
  auto publisher = Client("p");
  for (const char* topic : {"t/1", "t/2", "t/3"}) publisher->Publish({.topic = topic});
  EXPECT_EQ(reader->Messages().size(), 3u);
  // Once for CONNECT, at most twice, and once for each PUBLISH: a delivery asks nobody.
  EXPECT_LE(rules_.asked() - before, 2u + 3u);
}

TEST_P(AuthorizationCells, LiveDenied) {
  rules_.Deny({"r", Action::kSubscribe, "t/#"});
  auto reader = Client("r");
  reader->Subscribe("t/#");
  Client("p")->Publish({.topic = "t/1", .payload = "x", .qos = kQos1});
  EXPECT_TRUE(reader->Silent());
}

TEST_P(AuthorizationCells, LiveRevokedAfterwards) {
  auto reader = Client("r");
  reader->Subscribe("t/#");
  auto other = Client("o");
  other->Subscribe("t/#");
  auto publisher = Client("p");
  publisher->Publish({.topic = "t/1", .payload = "1"});
  Revoke({"r", Action::kSubscribe, "t/#"});
  publisher->Publish({.topic = "t/1", .payload = "2"});
  EXPECT_EQ(reader->Messages(), Texts{"1"});
  EXPECT_EQ(other->Messages(), (Texts{"1", "2"}));
  EXPECT_FALSE(reader->closed());
}

// -- Retained Messages.

TEST_P(AuthorizationCells, RetainedAllowed) {
  Client("p")->Publish({.topic = "t", .payload = "kept", .qos = kQos1, .retain = true});
  auto reader = Client("r");
  reader->Subscribe("#", kQos1);
  EXPECT_EQ(reader->Messages(), Texts{"kept"});
}

TEST_P(AuthorizationCells, RetainedDenied) {
  rules_.Deny({"p", Action::kPublish, "no"});
  rules_.Deny({"r", Action::kSubscribe, "t"});
  auto publisher = Client("p");
  EXPECT_EQ(publisher->Publish({.topic = "no", .payload = "x", .qos = kQos1, .retain = true}),
            kNotAuthorized);
  publisher->Publish({.topic = "t", .payload = "x", .qos = kQos1, .retain = true});
  auto reader = Client("r");
  EXPECT_EQ(reader->Subscribe("t", kQos1), std::vector<uint8_t>{kNotAuthorized});
  reader->Subscribe("no", kQos1);
  EXPECT_TRUE(reader->Silent());
}

TEST_P(AuthorizationCells, RetainedRevokedAfterwards) {
  for (const char* topic : {"t/1", "t/2", "t/3"}) {
    Client("p")->Publish({.topic = topic, .payload = "p", .qos = kQos1, .retain = true});
  }
  Client("o")->Publish({.topic = "t/4", .payload = "o", .qos = kQos1, .retain = true});
  const Denial denial{"p", Action::kPublish, "t/2"};
  Revoke(denial);
  auto reader = Client("r");
  reader->Subscribe("t/+", kQos1);
  EXPECT_EQ(reader->Messages().size(), 3u);
  EXPECT_EQ(world().Sum().retained_withheld, 1u);
  reader->Subscribe("t/2", kQos1);
  EXPECT_TRUE(reader->Silent());
  // Who publishes it anew is another author.
  Client("o")->Publish({.topic = "t/2", .payload = "o", .qos = kQos1, .retain = true});
  EXPECT_EQ(reader->Messages(), Texts{"o"});
  auto late = Client("late");
  late->Subscribe("t/2", kQos1);
  EXPECT_EQ(late->Messages(), Texts{"o"});
}

// -- What is queued for a Session.

TEST_P(AuthorizationCells, QueuedAllowed) {
  auto reader = Client("r", kKeep);
  reader->Subscribe("t", kQos1);
  reader->peer().Drop();
  Client("p")->Publish({.topic = "t", .payload = "x", .qos = kQos1});
  TestClient again(&world(), "r");
  EXPECT_TRUE(again.Connect(kKeep).session_present);
  EXPECT_EQ(again.Messages(), Texts{"x"});
}

TEST_P(AuthorizationCells, QueuedDenied) {
  rules_.Deny({"r", Action::kSubscribe, "t"});
  auto reader = Client("r", kKeep);
  reader->Subscribe("t", kQos1);
  reader->peer().Drop();
  Client("p")->Publish({.topic = "t", .payload = "x", .qos = kQos1});
  TestClient again(&world(), "r");
  EXPECT_TRUE(again.Connect(kKeep).session_present);
  EXPECT_TRUE(again.Silent());
  EXPECT_EQ(world().Sum().messages_queued, 0u);
}

TEST_P(AuthorizationCells, QueuedRevokedAfterwards) {
  auto reader = Client("r", kKeep);
  reader->Subscribe("t", kQos1);
  reader->Subscribe("u", kQos1);
  reader->peer().Drop();
  auto publisher = Client("p");
  for (const char* topic : {"t", "u", "t", "u"}) {
    publisher->Publish({.topic = topic, .payload = topic, .qos = kQos1});
  }
  Revoke({"r", Action::kSubscribe, "t"});
  EXPECT_EQ(world().Sum().revoked_messages, 2u);
  publisher->Publish({.topic = "t", .payload = "t", .qos = kQos1});
  publisher->Publish({.topic = "u", .payload = "last", .qos = kQos1});
  TestClient again(&world(), "r");
  EXPECT_TRUE(again.Connect(kKeep).session_present);
  EXPECT_EQ(again.Messages(), (Texts{"u", "u", "last"}));
  EXPECT_EQ(world().Sum().revoked_subscriptions, 1u);
}

// -- Shared Subscriptions.

TEST_P(AuthorizationCells, SharedAllowed) {
  auto member = Client("m");
  EXPECT_EQ(member->Subscribe("$share/g/t", kQos1), std::vector<uint8_t>{1});
  Client("p")->Publish({.topic = "t", .payload = "x", .qos = kQos1});
  EXPECT_EQ(member->Messages(), Texts{"x"});
}

TEST_P(AuthorizationCells, SharedDenied) {
  rules_.Deny({"m", Action::kSubscribe, "t"});  // Of the filter: the ShareName has no say.
  auto member = Client("m");
  EXPECT_EQ(member->Subscribe("$share/g/t", kQos1), std::vector<uint8_t>{kNotAuthorized});
  auto other = Client("o");
  other->Subscribe("$share/g/t", kQos1);
  auto publisher = Client("p");
  for (int i = 0; i < 4; ++i) publisher->Publish({.topic = "t", .payload = "x", .qos = kQos1});
  EXPECT_TRUE(member->Silent());
  EXPECT_EQ(other->Messages().size(), 4u);
}

TEST_P(AuthorizationCells, SharedRevokedAfterwards) {
  auto member = Client("m");
  auto other = Client("o");
  // Enough of them that a group lives elsewhere than its member.
  const Texts groups = {"a", "b", "c", "d", "e", "f"};
  for (const std::string& group : groups) {
    member->Subscribe("$share/" + group + "/t", kQos1);
    other->Subscribe("$share/" + group + "/t", kQos1);
  }
  auto publisher = Client("p");
  rules_.Deny({"m", Action::kSubscribe, "t"});
  ++epoch_;
  // The groups do not know it yet, and give half of their messages to the one who may not.
  for (uint32_t i = 0; i < world().shards(); ++i) {
    world().shard(i).BeginTurn(world().now());
    world().shard(i).SetPort(PortId(0), Access());
    world().shard(i).EndTurn();
  }
  for (int i = 0; i < 4; ++i) publisher->Publish({.topic = "t", .payload = "x", .qos = kQos1});
  EXPECT_TRUE(member->Silent());
  EXPECT_EQ(other->Messages().size(), 4 * groups.size());
  EXPECT_EQ(world().Sum().revoked_subscriptions, groups.size());
  EXPECT_FALSE(member->closed());
}

// -- Wills.

TEST_P(AuthorizationCells, WillAllowed) {
  auto witness = Client("w");
  witness->Subscribe("t", kQos1);
  Client("c", WithWill())->peer().Drop();
  EXPECT_EQ(witness->Messages(), Texts{"gone"});
}

TEST_P(AuthorizationCells, WillDenied) {
  auto witness = Client("w");
  witness->Subscribe("t", kQos1);
  auto first = Client("c");
  rules_.Deny({"c", Action::kPublish, "t"});
  TestClient client(&world(), "c");
  EXPECT_EQ(TryConnect(client, WithWill()), kNotAuthorized);
  EXPECT_TRUE(client.closed());
  TestClient old(&world(), "c");
  EXPECT_EQ(TryConnect(old, WithWill(kV311)), 5);
  EXPECT_TRUE(old.closed());
  EXPECT_FALSE(first->closed()) << "who is refused takes nobody's place";
  EXPECT_TRUE(witness->Silent());
  EXPECT_EQ(world().Sum().denied_publish, 2u);
  EXPECT_EQ(world().Sum().wills_published, 0u);
}

TEST_P(AuthorizationCells, WillRevokedAfterwards) {
  auto witness = Client("w");
  witness->Subscribe("t", kQos1);
  ConnectOptions delayed = WithWill();
  delayed.session_expiry_s = 100;
  const auto delay = Bytes("18 00000010");
  delayed.will->properties.wire = delay;
  auto client = Client("c", WithWill());
  auto away = Client("d", delayed);
  auto allowed = Client("e", delayed);
  away->peer().Drop();
  allowed->peer().Drop();
  world().Run();
  rules_.Deny({"d", Action::kPublish, "t"});
  Revoke({"c", Action::kPublish, "t"});
  EXPECT_FALSE(client->closed());
  client->peer().Drop();
  world().Advance(seconds(20));
  EXPECT_EQ(witness->Messages().size(), 1u) << "that of e alone";
  EXPECT_EQ(world().Sum().wills_withheld, 2u);
  EXPECT_EQ(world().Sum().wills_published, 1u);
}

// -- What is QoS 2 and was begun before the Network Connection broke.

TEST_P(AuthorizationCells, Qos2ReleaseAllowed) {
  auto reader = Client("r");
  reader->Subscribe("t", kQos1);
  auto client = Client("p", kKeep);
  const PacketId id = client->SendPublish({.topic = "t", .payload = "once", .qos = kQos2});
  client->Next(PacketType::kPubrec);
  client->peer().Drop();
  TestClient again(&world(), "p");
  EXPECT_TRUE(again.Connect(kKeep).session_present);
  again.SendAck(PacketType::kPubrel, id);
  EXPECT_EQ(again.Next(PacketType::kPubcomp).code, 0);
  EXPECT_EQ(reader->Messages(), Texts{"once"});
}

TEST_P(AuthorizationCells, Qos2ReleaseDenied) {
  rules_.Deny({"p", Action::kPublish, "t"});
  auto reader = Client("r");
  reader->Subscribe("t", kQos1);
  auto client = Client("p", kKeep);
  const PacketId id = client->SendPublish({.topic = "t", .payload = "never", .qos = kQos2});
  EXPECT_EQ(client->Next(PacketType::kPubrec).code, kNotAuthorized);
  client->peer().Drop();
  TestClient again(&world(), "p");
  EXPECT_TRUE(again.Connect(kKeep).session_present);
  again.SendAck(PacketType::kPubrel, id);
  EXPECT_EQ(again.Next(PacketType::kPubcomp).code, 0x92) << "nothing was kept to be released";
  // Of MQTT 3.1.1 the exchange goes its way, and nothing comes of it.
  const ConnectOptions keep311{.version = kV311, .clean_start = false};
  rules_.Deny({"old", Action::kPublish, "t"});
  auto old = Client("old", keep311);
  const PacketId old_id = old->SendPublish({.topic = "t", .payload = "never", .qos = kQos2});
  old->Next(PacketType::kPubrec);
  old->peer().Drop();
  TestClient back(&world(), "old");
  back.Connect(keep311);
  back.SendAck(PacketType::kPubrel, old_id);
  back.Next(PacketType::kPubcomp);
  EXPECT_TRUE(reader->Silent());
}

TEST_P(AuthorizationCells, Qos2ReleaseRevokedAfterwards) {
  auto reader = Client("r", kKeep);
  reader->Subscribe("t", kQos2);
  auto client = Client("p", kKeep);
  const PacketId id = client->SendPublish({.topic = "t", .payload = "once", .qos = kQos2});
  client->Next(PacketType::kPubrec);
  const Received sent = reader->Next(PacketType::kPublish);
  EXPECT_EQ(sent.payload, "once");
  client->peer().Drop();
  reader->peer().Drop();
  world().Run();
  rules_.Deny({"r", Action::kSubscribe, "t"});
  Revoke({"p", Action::kPublish, "t"});
  // The publisher, who was allowed when it was published: what is left of it publishes nothing.
  TestClient again(&world(), "p");
  EXPECT_TRUE(again.Connect(kKeep).session_present);
  again.SendPublish({.topic = "t", .payload = "once", .qos = kQos2, .dup = true, .packet_id = id});
  EXPECT_EQ(again.Next(PacketType::kPubrec).code, 0);
  again.SendAck(PacketType::kPubrel, id);
  EXPECT_EQ(again.Next(PacketType::kPubcomp).code, 0);
  // The reader does not get it again; its identifier is released.
  TestClient back(&world(), "r");
  EXPECT_TRUE(back.Connect(kKeep).session_present);
  EXPECT_EQ(back.Next(PacketType::kPubrel).packet_id, sent.packet_id);
  back.SendAck(PacketType::kPubcomp, sent.packet_id);
  EXPECT_TRUE(back.Silent());
  EXPECT_EQ(world().Sum().revoked_messages, 1u);
}

}  // namespace
}  // namespace signet
