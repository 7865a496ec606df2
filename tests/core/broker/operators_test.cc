// What a shard tells operators, and does for them.
#include "core/broker/client.h"
#include "tests/core/broker/authorization_test.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

using Texts = std::vector<std::string>;

class OperatorsTest : public AuthorizationTest {
 protected:
  // The names on all pages of all shards.
  Texts Names(ClientPage::Bounds bounds) {
    Texts names;
    for (uint32_t i = 0; i < world().shards(); ++i) {
      std::optional<uint32_t> slot = 0;
      while (slot) {
        bounds.slot = *slot;
        const ClientPage page = world().shard(i).ListClients(bounds);
        EXPECT_LE(page.clients.size(), bounds.clients);
        for (const ClientReport& report : page.clients) names.push_back(report.client_id);
        slot = page.next_slot;
      }
    }
    std::ranges::sort(names);
    return names;
  }
  std::optional<ClientDetails> Find(std::string_view client_id) {
    std::optional<ClientDetails> found;
    for (uint32_t i = 0; i < world().shards(); ++i) {
      if (auto details = world().shard(i).FindClient(client_id)) found = std::move(details);
    }
    return found;
  }
  std::optional<bool> Decision(std::string_view client_id, Action action, std::string_view topic) {
    std::optional<bool> allowed;
    for (uint32_t i = 0; i < world().shards(); ++i) {
      const auto decision = world().shard(i).Decide(client_id, action, topic, {});
      if (decision) allowed = decision->is_allowed;
    }
    return allowed;
  }
  bool Kick(std::string_view client_id) {
    bool kicked = false;
    for (uint32_t i = 0; i < world().shards(); ++i) {
      world().shard(i).BeginTurn(world().now());
      kicked = world().shard(i).Kick(client_id) || kicked;
    }
    world().Run();
    return kicked;
  }
};
INSTANTIATE_BROKER_TEST(OperatorsTest);

TEST_P(OperatorsTest, PagesHaveEveryClientOnce) {
  std::vector<std::unique_ptr<TestClient>> clients;
  Texts all;
  for (int i = 0; i < 30; ++i) {
    all.push_back("client-" + std::to_string(i));
    clients.push_back(Client(all.back()));
  }
  std::ranges::sort(all);
  for (const size_t most : {1u, 7u, 100u}) EXPECT_EQ(Names({.clients = most}), all) << most;
}

TEST_P(OperatorsTest, APageHasAbsentClientsIfThoseAreAskedFor) {
  auto here = Client("here");
  auto away = Client("away", kKeep);
  away->Disconnect();
  world().Run();
  EXPECT_EQ(Names({.clients = 10}), Texts{"here"});
  EXPECT_EQ(Names({.clients = 10, .with_absent = true}), (Texts{"away", "here"}));
}

TEST_P(OperatorsTest, ATurnsShareOfAPageHasBounds) {
  Client("first");
  const ClientPage none = world().shard(0).ListClients({.slot = 0, .clients = 0});
  EXPECT_TRUE(none.clients.empty());
  EXPECT_EQ(none.next_slot, std::optional<uint32_t>(0));
  const ClientPage beyond = world().shard(0).ListClients({.slot = 1'000'000, .clients = 1});
  EXPECT_TRUE(beyond.clients.empty());
  EXPECT_FALSE(beyond.next_slot.has_value());
}

TEST_P(OperatorsTest, AClientIsToldOfWithItsSession) {
  EXPECT_FALSE(Find("c").has_value());
  auto client = Client("c", kKeep);
  client->Subscribe("a/#", kQos1);
  client->Subscribe("$share/g/b", kQos1);
  auto details = Find("c");
  ASSERT_TRUE(details.has_value());
  EXPECT_TRUE(details->report.is_connected);
  EXPECT_EQ(details->report.version, kV5);
  EXPECT_EQ(details->report.port, std::optional(PortId(0)));
  EXPECT_EQ(details->filters, (Texts{"a/#", "$share/g/b"}));
  client->Disconnect();
  auto publisher = Client("p");
  publisher->Publish({.topic = "a/1", .payload = "four", .qos = kQos1});
  details = Find("c");
  ASSERT_TRUE(details.has_value());
  EXPECT_FALSE(details->report.is_connected);
  EXPECT_EQ(details->report.queued_messages, 1u);
  EXPECT_GT(details->report.queued_bytes, 0u);
  EXPECT_EQ(details->report.subscriptions, 2u);
}

TEST_P(OperatorsTest, FiltersAreToldAsFarAsTheyFit) {
  auto client = Client("c");
  const size_t count = ClientDetails::kMostFilters + 5;
  for (size_t i = 0; i < count; ++i) client->Subscribe("t/" + std::to_string(i), kQos0);
  const auto details = Find("c");
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->filters.size(), ClientDetails::kMostFilters);
  EXPECT_EQ(details->report.subscriptions, count);
}

TEST_P(OperatorsTest, ADecisionIsThatOfThePolicyForPresentAndAbsent) {
  auto client = Client("c", kKeep);
  const auto asks = [&] {
    return std::vector{Decision("c", Action::kConnect, ""), Decision("c", Action::kPublish, "t"),
                       Decision("c", Action::kSubscribe, "t")};
  };
  using Answers = std::vector<std::optional<bool>>;
  EXPECT_EQ(asks(), (Answers{true, true, true}));
  Revoke({"c", Action::kPublish, "t"});
  EXPECT_EQ(asks(), (Answers{true, false, true}));
  client->Disconnect();
  world().Run();
  EXPECT_EQ(asks(), (Answers{true, false, true}));
  EXPECT_EQ(Decision("nobody", Action::kPublish, "t"), std::nullopt);
  // To ask is not to be refused.
  EXPECT_EQ(world().Sum().denied_publish, 0u);
}

TEST_P(OperatorsTest, WhoIsKickedHears98AndItsWillIsPublished) {
  auto witness = Client("witness");
  witness->Subscribe("will", kQos1);
  const std::vector<uint8_t> payload = Bytes("'gone'");
  ConnectOptions connect = kKeep;
  connect.will = WillView{.topic_name = "will", .payload = payload};
  auto client = Client("c", connect);
  auto old = Client("old", {.version = kV311});
  EXPECT_FALSE(Kick("nobody"));
  EXPECT_TRUE(Kick("c"));
  EXPECT_EQ(client->Next(PacketType::kDisconnect).code, 0x98);
  EXPECT_TRUE(client->closed());
  EXPECT_EQ(witness->Messages(), Texts{"gone"});
  EXPECT_TRUE(Kick("old"));
  EXPECT_TRUE(old->Silent());
  EXPECT_TRUE(old->closed());
  EXPECT_FALSE(witness->closed());
  EXPECT_EQ(world().Sum().kicked, 2u);
  // Nobody holds it now, and it may come again.
  EXPECT_FALSE(Kick("c"));
  TestClient again(&world(), "c");
  EXPECT_TRUE(again.Connect(kKeep).session_present);
}

}  // namespace
}  // namespace signet
