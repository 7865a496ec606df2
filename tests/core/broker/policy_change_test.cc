// What a change of policy, or of what a client has proven, takes back, from whom, and what it costs
// the others; and what is said of refusals.
#include "core/broker/client.h"
#include "tests/core/broker/auth_desk_test.h"
#include "tests/core/broker/authorization_test.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

using Texts = std::vector<std::string>;

class PolicyChangeTest : public AuthorizationTest {
 protected:
  size_t LinesWith(std::string_view text) {
    return static_cast<size_t>(std::ranges::count_if(
        world().log().lines(),
        [&](const std::string& line) { return line.find(text) != std::string::npos; }));
  }
};
INSTANTIATE_BROKER_TEST(PolicyChangeTest);

// -- Who is connected.

TEST_P(PolicyChangeTest, WhoMayNotConnectAnyMoreIsDisconnected87) {
  auto gone = Client("gone");
  auto old = Client("old", {.version = kV311});
  auto stays = Client("stays");
  stays->Subscribe("t");
  rules_.Deny({"old", Action::kConnect, ""});
  Revoke({"gone", Action::kConnect, ""});
  EXPECT_EQ(gone->Next(PacketType::kDisconnect).code, kNotAuthorized);
  EXPECT_TRUE(gone->closed());
  EXPECT_TRUE(old->Silent());
  EXPECT_TRUE(old->closed());
  EXPECT_FALSE(stays->closed());
  stays->Publish({.topic = "t", .payload = "x"});
  EXPECT_EQ(stays->Messages(), Texts{"x"});
  EXPECT_EQ(world().Sum().revoked_clients, 2u);
  TestClient again(&world(), "gone");
  EXPECT_EQ(TryConnect(again), kNotAuthorized);
}

TEST_P(PolicyChangeTest, TheSessionOfWhoIsSentAwayIsPrunedToo) {
  auto client = Client("c", kKeep);
  client->Subscribe("t", kQos1);
  client->Subscribe("u", kQos1);
  const Denial connect{"c", Action::kConnect, ""};
  rules_.Deny(connect);
  Revoke({"c", Action::kSubscribe, "t"});
  EXPECT_EQ(client->Next(PacketType::kDisconnect).code, kNotAuthorized);
  auto publisher = Client("p");
  publisher->Publish({.topic = "t", .payload = "t", .qos = kQos1});
  publisher->Publish({.topic = "u", .payload = "u", .qos = kQos1});
  rules_.Allow(connect);
  Change();
  TestClient again(&world(), "c");
  EXPECT_TRUE(again.Connect(kKeep).session_present);
  EXPECT_EQ(again.Messages(), Texts{"u"});
}

TEST_P(PolicyChangeTest, DisconnectSendsEverybodyAway) {
  auto client = Client("c", kKeep);
  client->Subscribe("t", kQos1);
  client->Subscribe("u", kQos1);
  auto old = Client("old", {.version = kV311});
  disconnects_ = true;
  Revoke({"c", Action::kSubscribe, "t"});
  EXPECT_EQ(client->Next(PacketType::kDisconnect).code, 0x98);
  EXPECT_TRUE(client->closed());
  EXPECT_TRUE(old->closed());
  TestClient again(&world(), "c");
  EXPECT_TRUE(again.Connect(kKeep).session_present);
  auto publisher = Client("p");
  publisher->Publish({.topic = "t", .payload = "t", .qos = kQos1});
  publisher->Publish({.topic = "u", .payload = "u", .qos = kQos1});
  EXPECT_EQ(again.Messages(), Texts{"u"});
  // By this policy they are in: setting the port anew for another reason sends nobody away.
  for (uint32_t i = 0; i < world().shards(); ++i) world().shard(i).SetPort(PortId(0), Access());
  world().Run();
  EXPECT_FALSE(again.closed());
}

// A second change that would leave clients alone, before the first one has come to all of them.
TEST_P(PolicyChangeTest, WhoIsToBeSentAwayIsSentAwayWhateverFollows) {
  auto client = Client("c");
  disconnects_ = true;
  ++epoch_;
  for (uint32_t i = 0; i < world().shards(); ++i) world().shard(i).SetPort(PortId(0), Access());
  disconnects_ = false;
  Change();
  EXPECT_EQ(client->Next(PacketType::kDisconnect).code, 0x98);
}

TEST_P(PolicyChangeTest, ComesToAShareOfTheClientsInATurn) {
  const size_t count = 600 * world().shards();
  std::vector<std::unique_ptr<TestClient>> clients;
  for (size_t i = 0; i < count; ++i) {
    clients.push_back(Client("c" + std::to_string(i)));
    clients.back()->Subscribe("t");
  }
  rules_.Deny({"", Action::kSubscribe, "t"});
  ++epoch_;
  for (uint32_t i = 0; i < world().shards(); ++i) {
    world().shard(i).BeginTurn(world().now());
    world().shard(i).SetPort(PortId(0), Access());
    world().shard(i).EndTurn();
    EXPECT_EQ(world().shard(i).NextDeadline(), world().now());
  }
  const uint64_t first = world().Sum().revoked_subscriptions;
  EXPECT_GT(first, 0u);
  EXPECT_LT(first, count);
  world().Run();
  EXPECT_EQ(world().Sum().revoked_subscriptions, count);
  EXPECT_EQ(world().Sum().revoked_clients, 0u);
}

// -- What waits for a client that is connected.

TEST_P(PolicyChangeTest, TakesBackWhatAConnectedClientHasNotBeenSent) {
  auto reader = Client("r", {.receive_maximum = 1});
  reader->Subscribe("t", kQos1);
  reader->Subscribe("u", kQos1);
  auto publisher = Client("p");
  for (const char* topic : {"t", "t", "u"}) {
    publisher->Publish({.topic = topic, .payload = topic, .qos = kQos1});
  }
  const Received sent = reader->Next(PacketType::kPublish);
  Revoke({"r", Action::kSubscribe, "t"});
  EXPECT_EQ(world().Sum().revoked_messages, 1u);
  reader->SendAck(PacketType::kPuback, sent.packet_id);
  EXPECT_EQ(reader->Messages(), Texts{"u"});
}

TEST_P(PolicyChangeTest, DoesNotResendWhatIsNotAllowedAnyMore) {
  auto reader = Client("r", kKeep);
  reader->Subscribe("t", kQos1);
  reader->Subscribe("u", kQos1);
  auto publisher = Client("p");
  for (const char* topic : {"t", "u"}) {
    publisher->Publish({.topic = topic, .payload = topic, .qos = kQos1});
  }
  reader->Next(PacketType::kPublish);
  reader->Next(PacketType::kPublish);
  reader->peer().Drop();
  world().Run();
  Revoke({"r", Action::kSubscribe, "t"});
  TestClient again(&world(), "r");
  again.Connect(kKeep);
  EXPECT_EQ(again.Messages(), Texts{"u"});
}

// Whoever holds the Session now is asked about, not who held it when it was filled.
TEST_P(PolicyChangeTest, AResumedSessionIsJudgedByTheRightsOfWhoResumesIt) {
  auto first = Client("c", kKeep);
  first->Subscribe("t", kQos1);
  first->Subscribe("u", kQos1);
  first->peer().Drop();
  auto publisher = Client("p");
  publisher->Publish({.topic = "t", .payload = "t", .qos = kQos1});
  publisher->Publish({.topic = "u", .payload = "u", .qos = kQos1});
  rules_.Deny({"c", Action::kSubscribe, "t"});  // The policy is the same: somebody else is there.
  TestClient second(&world(), "c");
  EXPECT_TRUE(second.Connect(kKeep).session_present);
  EXPECT_EQ(second.Messages(), Texts{"u"});
  EXPECT_EQ(second.Unsubscribe("t"), 0x11);
}

// -- CONNECT.

TEST_P(PolicyChangeTest, AClientWithoutANameIsAskedAboutByTheOneItGets) {
  class OnlyNamed : public Authorizer {
   public:
    bool Allows(const Principal&, std::string_view client_id, Action, std::string_view,
                const Manner&) override {
      return client_id.starts_with("signet-");
    }
  } only_named;
  options().ports = {{.authorizer = &only_named}};
  world_ = nullptr;
  TestClient client(&world(), "");
  EXPECT_NE(client.Connect().assigned_client_id, "");
  TestClient named(&world(), "c");
  EXPECT_EQ(TryConnect(named), kNotAuthorized);
  world_ = nullptr;  // Before the rules go.
}

TEST_P(PolicyChangeTest, WhoIsOnItsWayHomeIsJudgedByThePolicyOfThen) {
  world().SetMailboxSlots(0);
  std::vector<std::unique_ptr<TestClient>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(std::make_unique<TestClient>(&world(), "c" + std::to_string(i), 0));
    clients.back()->SendConnect({});
  }
  world().RunShard(0);
  size_t refused = 0;
  for (const auto& client : clients) {
    rules_.Deny({client->client_id(), Action::kConnect, ""});
  }
  ++epoch_;
  for (uint32_t i = 0; i < world().shards(); ++i) world().shard(i).SetPort(PortId(0), Access());
  world().SetMailboxSlots(1024);
  for (const auto& client : clients) {
    const uint8_t code = client->Next(PacketType::kConnack).code;
    if (code == kNotAuthorized) {
      ++refused;
    } else {
      EXPECT_EQ(client->Next(PacketType::kDisconnect).code, kNotAuthorized);
    }
    EXPECT_TRUE(client->closed());
  }
  EXPECT_EQ(refused > 0, GetParam() > 1);
  EXPECT_EQ(world().Sum().denied_connect, clients.size());
}

// -- Ports that are replaced.

TEST_P(PolicyChangeTest, WhatClientsOfAReplacedPortLeftBehindIsBoundByItsHeir) {
  auto witness = Client("w", {.session_expiry_s = 100});
  witness->Subscribe("t", kQos1);
  auto client = Client("c", {.will = WillView{.topic_name = "t", .payload = AsBytes("gone")}});
  ScriptedAuthorizer heir;
  heir.Deny({"c", Action::kPublish, "t"});
  for (uint32_t i = 0; i < world().shards(); ++i) {
    world().shard(i).SetPort(PortId(1), {.authorizer = &heir, .policy_epoch = 2});
  }
  for (uint32_t i = 0; i < world().shards(); ++i) {
    world().shard(i).BeginTurn(world().now());
    world().shard(i).ReplacePort(PortId(0), PortId(1));
  }
  world().Run();
  EXPECT_TRUE(client->closed());
  EXPECT_EQ(world().Sum().wills_withheld, 1u);
  EXPECT_EQ(world().Sum().wills_published, 0u);
  EXPECT_EQ(world().Sum().denied_publish, 1u);
  world_ = nullptr;  // Before the rules go.
}

// -- What is said of refusals.

TEST_P(PolicyChangeTest, CountsDenialsByActionAndLogsEachOnce) {
  rules_.Deny({"c", Action::kPublish, "t"});
  rules_.Deny({"c", Action::kSubscribe, "s"});
  rules_.Deny({"d", Action::kConnect, ""});
  auto client = Client("c");
  client->Publish({.topic = "t", .qos = kQos1});
  client->Subscribe("s");
  TestClient denied(&world(), "d");
  EXPECT_EQ(TryConnect(denied), kNotAuthorized);
  const Counters sum = world().Sum();
  EXPECT_EQ(sum.denied_publish, 1u);
  EXPECT_EQ(sum.denied_subscribe, 1u);
  EXPECT_EQ(sum.denied_connect, 1u);
  EXPECT_EQ(sum.connects_refused, 1u);
  EXPECT_EQ(LinesWith("not allowed"), 3u);
  EXPECT_EQ(LinesWith("Publish"), 1u);
  EXPECT_EQ(LinesWith("client refused"), 0u);
}

// -- What a re-authentication changes.

// Nobody may use what begins with a line of the plant that is not its own.
class LineAuthorizer : public Authorizer {
 public:
  bool Allows(const Principal& principal, std::string_view, Action action, std::string_view topic,
              const Manner&) override {
    const std::string line = LineOf(principal);
    if (action == Action::kConnect) return line != "none";
    return topic.starts_with(line);
  }

 private:
  static std::string LineOf(const Principal& principal) {
    for (const auto& [name, value] : principal.attributes) {
      if (name == "line") return value;
    }
    return "none";
  }
};

class ProvenAnewTest : public AuthDeskTest {
 protected:
  void SetUp() override {
    options().ports = {{.authenticates = true, .authorizer = &rules_, .policy_epoch = 1}};
    desk_ = std::make_unique<ScriptedDesk>(GetParam());
    world().SetDesk(desk_.get());
  }
  static Authenticated Of(std::string line) {
    Authenticated yes = Yes();
    yes.principal.attributes = {{"line", std::move(line)}};
    return yes;
  }
  std::unique_ptr<TestClient> ClientOf(std::string line) {
    auto client = New("c");
    desk_->Answer(Ask(*client, kWithToken), Of(std::move(line)));
    EXPECT_EQ(client->Next(PacketType::kConnack).code, 0);
    return client;
  }
  void ProveAnew(TestClient& client, std::string line) {
    client.SendAuth(ReasonCode::kReauthenticate, "K8S-SAT", "fresh");
    world().Run();
    desk_->Answer(desk_->Next(), Of(std::move(line)));
    EXPECT_EQ(client.Next(PacketType::kAuth).code, 0);
  }

  LineAuthorizer rules_;
};
INSTANTIATE_BROKER_TEST(ProvenAnewTest);

TEST_P(ProvenAnewTest, TakesBackWhatTheNewAttributesDoNotAllow) {
  auto client = ClientOf("L1");
  EXPECT_EQ(client->Subscribe("L1/x", kQos1), std::vector<uint8_t>{1});
  EXPECT_EQ(client->Subscribe("L2/x", kQos1), std::vector<uint8_t>{0x87});
  ProveAnew(*client, "L2");
  EXPECT_EQ(client->Unsubscribe("L1/x"), 0x11);
  EXPECT_EQ(client->Subscribe("L2/x", kQos1), std::vector<uint8_t>{1});
  EXPECT_EQ(client->Publish({.topic = "L1/x", .qos = kQos1}), 0x87);
  client->Publish({.topic = "L2/x", .payload = "x"});
  EXPECT_EQ(client->NextMessage().payload, "x");
}

TEST_P(ProvenAnewTest, EndsTheConnectionOfWhoMayNotConnectAnyMore) {
  auto client = ClientOf("L1");
  ProveAnew(*client, "none");
  EXPECT_EQ(client->Next(PacketType::kDisconnect).code, 0x87);
  EXPECT_TRUE(client->closed());
}

TEST_P(ProvenAnewTest, TheSessionOfWhoIsSentAwayIsPrunedToo) {
  ConnectOptions options = kWithToken;
  options.clean_start = false;
  options.session_expiry_s = 1000;
  auto client = New("c");
  desk_->Answer(Ask(*client, options), Of("L1"));
  EXPECT_EQ(client->Next(PacketType::kConnack).code, 0);
  EXPECT_EQ(client->Subscribe("L1/x", kQos1), std::vector<uint8_t>{1});
  ProveAnew(*client, "none");
  EXPECT_EQ(client->Next(PacketType::kDisconnect).code, 0x87);
  world().Run();
  EXPECT_EQ(world().Sum().revoked_subscriptions, 1u);
}

// What it published stays bound by the attributes that it had then; its Will by the last ones.
TEST_P(ProvenAnewTest, TheWillIsBoundByTheLastAttributes) {
  ConnectOptions options = kWithToken;
  options.will = WillView{.topic_name = "L1/gone", .payload = AsBytes("x")};
  auto client = New("c");
  desk_->Answer(Ask(*client, options), Of("L1"));
  EXPECT_EQ(client->Next(PacketType::kConnack).code, 0);
  ProveAnew(*client, "L2");
  client->peer().Drop();
  world().Run();
  EXPECT_EQ(world().Sum().wills_withheld, 1u);
  EXPECT_EQ(world().Sum().wills_published, 0u);
}

}  // namespace
}  // namespace signet
