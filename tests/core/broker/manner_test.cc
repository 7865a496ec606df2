// Rights that turn on a QoS or a retain flag: every path says with which it is about to act.
#include "tests/core/broker/authorization_test.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

using Texts = std::vector<std::string>;

class MannerTest : public AuthorizationTest {};
INSTANTIATE_BROKER_TEST(MannerTest);

TEST_P(MannerTest, OfAPublish) {
  rules_.Deny({.action = Action::kPublish, .topic = "t", .qos = kQos2});
  rules_.Deny({.action = Action::kPublish, .topic = "u", .retain = true});
  auto reader = Client("r");
  reader->Subscribe("#", kQos0);
  auto publisher = Client("p");
  publisher->SendPublish({.topic = "t", .payload = "0", .qos = kQos0});
  EXPECT_EQ(publisher->Publish({.topic = "t", .payload = "1", .qos = kQos1}), 0);
  EXPECT_EQ(publisher->Publish({.topic = "t", .payload = "2", .qos = kQos2}), kNotAuthorized);
  EXPECT_EQ(publisher->Publish({.topic = "u", .payload = "3", .qos = kQos1}), 0);
  EXPECT_EQ(publisher->Publish({.topic = "u", .payload = "4", .qos = kQos1, .retain = true}),
            kNotAuthorized);
  EXPECT_EQ(reader->Messages(), (Texts{"0", "1", "3"}));
}

TEST_P(MannerTest, OfASubscription) {
  rules_.Deny({.action = Action::kSubscribe, .topic = "t", .qos = kQos2});
  auto client = Client("c");
  EXPECT_EQ(client->Subscribe("t", kQos2), std::vector<uint8_t>{kNotAuthorized});
  EXPECT_EQ(client->Subscribe("t", kQos1), std::vector<uint8_t>{1});
}

TEST_P(MannerTest, OfAWill) {
  auto witness = Client("w");
  witness->Subscribe("t", kQos1);
  const auto with_will = [](QoS qos, bool retain) {
    return ConnectOptions{
        .clean_start = true,
        .will =
            WillView{.qos = qos, .retain = retain, .topic_name = "t", .payload = AsBytes("gone")}};
  };
  rules_.Deny({.action = Action::kPublish, .topic = "t", .qos = kQos2});
  rules_.Deny({.action = Action::kPublish, .topic = "t", .retain = true});
  TestClient client(&world(), "c");
  EXPECT_EQ(TryConnect(client, with_will(kQos2, false)), kNotAuthorized);
  TestClient other(&world(), "c");
  EXPECT_EQ(TryConnect(other, with_will(kQos1, true)), kNotAuthorized);
  Client("c", with_will(kQos1, false))->peer().Drop();
  EXPECT_EQ(witness->Messages(), Texts{"gone"});
  // And when it is due.
  auto late = Client("c", with_will(kQos1, false));
  Revoke({.action = Action::kPublish, .topic = "t", .qos = kQos1});
  late->peer().Drop();
  EXPECT_TRUE(witness->Silent());
  EXPECT_EQ(world().Sum().wills_withheld, 1u);
}

TEST_P(MannerTest, OfARetainedMessage) {
  auto publisher = Client("p");
  publisher->Publish({.topic = "t/1", .payload = "1", .qos = kQos1, .retain = true});
  publisher->Publish({.topic = "t/2", .payload = "2", .qos = kQos2, .retain = true});
  Revoke({.action = Action::kPublish, .topic = "t/2", .qos = kQos2});
  auto reader = Client("r");
  reader->Subscribe("t/+", kQos0);
  EXPECT_EQ(reader->Messages(), Texts{"1"});
  Revoke({.action = Action::kPublish, .topic = "t/1", .retain = true});
  reader->Subscribe("t/1", kQos0);
  EXPECT_TRUE(reader->Silent());
}

// What is asked about again is what was granted last, with its QoS.
TEST_P(MannerTest, OfASubscriptionThatIsThere) {
  auto client = Client("c");
  for (const std::string_view filter : {"t/1", "t/2", "t/3"}) client->Subscribe(filter, kQos2);
  client->Subscribe("t/1", kQos1);
  Revoke({.action = Action::kSubscribe, .topic = "t/1", .qos = kQos2});
  Revoke({.action = Action::kSubscribe, .topic = "t/2", .qos = kQos2});
  Revoke({.action = Action::kSubscribe, .topic = "t/3", .qos = kQos1});
  auto publisher = Client("p");
  for (const std::string_view topic : {"t/1", "t/2", "t/3"}) {
    publisher->Publish({.topic = topic, .payload = topic, .qos = kQos1});
  }
  EXPECT_EQ(client->Messages(), (Texts{"t/1", "t/3"}));
}

TEST_P(MannerTest, OfASharedSubscriptionThatIsThere) {
  auto client = Client("c");
  client->Subscribe("$share/g/t", kQos2);
  Revoke({.action = Action::kSubscribe, .topic = "t", .qos = kQos2});
  Client("p")->Publish({.topic = "t", .payload = "1", .qos = kQos1});
  EXPECT_TRUE(client->Silent());
  EXPECT_EQ(client->Subscribe("$share/g/t", kQos1), std::vector<uint8_t>{1});
}

}  // namespace
}  // namespace signet
