// Rights of a token that allow a filter and not what it matches, while a group is being left: what
// another Subscription brings, or would, is not lost.
#include <memory>
#include <string>
#include <utility>

#include "core/access/rights.h"
#include "core/base/hash.h"
#include "tests/core/broker/auth_desk_test.h"
#include "tests/core/broker/authorization_test.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

using Texts = std::vector<std::string>;

// The policy decides; but there are some.
class Silent : public Rights {
 public:
  Answer Decide(const Principal&, std::string_view, Action, std::string_view,
                const Manner&) const override {
    return Answer::kSilent;
  }
};

class RightsRaceTest : public AuthDeskTest {
 protected:
  void SetUp() override {
    AuthDeskTest::SetUp();
    options().ports = {Access()};
  }

  PortAccess Access() {
    return {.authenticates = true, .authorizer = &rules_, .policy_epoch = epoch_};
  }
  uint32_t HomeOf(std::string_view name) {
    return static_cast<uint32_t>(StableHash(name, options().seed) % world().shards());
  }
  // A name that is at home there, or not.
  std::string NameAt(uint32_t shard, bool at_home, std::string name) {
    while ((HomeOf(name) == shard) != at_home) name += name.front();
    return name;
  }
  std::unique_ptr<TestClient> WithRights(std::string client_id,
                                         std::shared_ptr<const Rights> rights,
                                         const ConnectOptions& options = kWithToken) {
    auto client = New(std::move(client_id));
    Authenticated answer = Yes();
    answer.principal.rights = std::move(rights);
    desk_->Answer(Ask(*client, options), std::move(answer));
    EXPECT_EQ(client->Next(PacketType::kConnack).code, 0);
    return client;
  }

  ScriptedAuthorizer rules_;
  uint64_t epoch_ = 1;
};
INSTANTIATE_BROKER_TEST(RightsRaceTest);

TEST_P(RightsRaceTest, AMessageThatWaitsGoesWithTheGrantOfItsQoS) {
  auto client = WithRights("c", std::make_shared<const Silent>());
  client->Subscribe("t", kQos2);
  client->peer().Drop();
  auto publisher = WithRights("p", nullptr);
  for (const QoS qos : {kQos1, kQos2}) {
    publisher->Publish({.topic = "t", .payload = qos == kQos1 ? "1" : "2", .qos = qos});
  }
  rules_.Deny({"c", Action::kSubscribe, "t", kQos2});
  ++epoch_;
  for (uint32_t i = 0; i < world().shards(); ++i) {
    world().shard(i).BeginTurn(world().now());
    world().shard(i).SetPort(PortId(0), Access());
  }
  world().Run();
  ConnectOptions resume = kWithToken;
  resume.clean_start = false;
  auto again = WithRights("c", std::make_shared<const Silent>(), resume);
  EXPECT_EQ(again->Messages(), std::vector<std::string>{"1"});
}

TEST_P(RightsRaceTest, AMessageThatWaitsStaysWhenItsSubscriptionIsReplacedByOneWithLess) {
  rules_.Deny({"c", Action::kSubscribe, "t"});  // Not "+".
  ConnectOptions options = kWithToken;
  options.receive_maximum = 1;
  auto client = WithRights("c", std::make_shared<const Silent>(), options);
  client->Subscribe("+", kQos2);
  auto publisher = WithRights("p", nullptr);
  for (const char* text : {"1", "2"}) {
    publisher->Publish({.topic = "t", .payload = text, .qos = kQos2});
  }
  client->peer().Send(Bytes("82 07 0009 00 0001 '+' 01"));
  world().Run();
  client->peer().Drop();
  options.clean_start = false;
  client = WithRights("c", std::make_shared<const Silent>(), options);
  EXPECT_EQ(client->Messages(), (std::vector<std::string>{"1", "2"}));
}

TEST_P(RightsRaceTest, AMessageOfAGroupThatStaysIsNotLostWhileAnotherOneIsBeingLeft) {
  if (GetParam() == 1) return;  // It sees that at once.
  for (const bool by_token : {true, false}) {
    const uint32_t home = HomeOf("c");
    const std::string stays = NameAt(home, true, "s");
    const std::string leaves = NameAt(home, false, "l");
    rules_ = {};
    StartAnew();
    auto client = WithRights("c", by_token ? std::make_shared<const Silent>() : nullptr);
    for (const std::string& filter : {"$share/" + stays + "/+", "$share/" + leaves + "/t"}) {
      EXPECT_EQ(client->Subscribe(filter, kQos1), std::vector<uint8_t>{1});
    }
    auto publisher = WithRights(NameAt(home, true, "p"), nullptr);
    rules_.Deny({"c", Action::kSubscribe, "t"});
    ++epoch_;
    world().shard(home).BeginTurn(world().now());
    world().shard(home).SetPort(PortId(0), Access());
    world().RunShard(home);  // The other group has not heard of it.
    publisher->SendPublish({.topic = "t", .payload = "1", .qos = kQos1});
    world().RunShard(home);
    EXPECT_EQ(client->Messages(), by_token ? Texts{"1"} : Texts{});
  }
}

}  // namespace
}  // namespace signet
