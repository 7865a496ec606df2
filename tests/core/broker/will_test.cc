#include "tests/core/broker/broker_test.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

// Each way in which a Network Connection ends, with each Will Delay Interval: exactly one Will, or
// none, and when (MQTT 5, 3.1.2.5, 3.1.3.2.2, 3.14.4).
class WillTest : public BrokerTest {
 protected:
  void SetUp() override {
    witness_ = Client("witness");
    witness_->Subscribe("will/#", kQos1);
  }

  ConnectOptions WithWill(uint32_t delay_s, uint32_t session_expiry_s) {
    delay_ = Bytes("18");
    for (int shift = 24; shift >= 0; shift -= 8)
      delay_.push_back(static_cast<uint8_t>(delay_s >> shift));
    WillView will{.qos = kQos1, .topic_name = "will/c", .payload = AsBytes("gone")};
    if (delay_s != 0) will.properties.wire = delay_;
    return {.clean_start = true,
            .keep_alive_s = 10,
            .session_expiry_s = session_expiry_s,
            .will = will};
  }

  size_t Wills() { return witness_->Messages().size(); }

  std::unique_ptr<TestClient> witness_;
  std::vector<uint8_t> delay_;
};
INSTANTIATE_BROKER_TEST(WillTest);

TEST_P(WillTest, IsPublishedWhenTheConnectionBreaks) {  // [MQTT-3.1.2-8]
  auto client = Client("c", WithWill(0, 100));
  client->peer().Drop();
  const Received will = witness_->NextMessage();
  EXPECT_EQ(will.topic, "will/c");
  EXPECT_EQ(will.payload, "gone");
  EXPECT_EQ(will.qos, kQos1);
  world().Advance(seconds(200));
  EXPECT_EQ(Wills(), 0u) << "[MQTT-3.1.2-10]: once only";
}

TEST_P(WillTest, IsDiscardedByANormalDisconnect) {  // [MQTT-3.14.4-3]
  auto client = Client("c", WithWill(0, 100));
  client->Disconnect();
  world().Advance(seconds(200));
  EXPECT_EQ(Wills(), 0u);
}

TEST_P(WillTest, IsPublishedByADisconnectThatWantsIt) {
  auto client = Client("c", WithWill(0, 0));
  client->Disconnect(ReasonCode::kDisconnectWithWillMessage);
  EXPECT_EQ(Wills(), 1u);
}

TEST_P(WillTest, IsPublishedOnKeepAliveTimeout) {
  auto client = Client("c", WithWill(0, 100));
  world().Advance(seconds(16));
  EXPECT_TRUE(client->closed());
  EXPECT_EQ(Wills(), 1u);
}

TEST_P(WillTest, IsPublishedAfterAProtocolError) {
  auto client = Client("c", WithWill(0, 100));
  client->peer().Send(Bytes("F0 00 00"));
  EXPECT_TRUE(client->closed());
  EXPECT_EQ(Wills(), 1u);
}

TEST_P(WillTest, WaitsForItsDelay) {  // [MQTT-3.1.3-9]
  auto client = Client("c", WithWill(30, 100));
  client->peer().Drop();
  world().Advance(seconds(29));
  EXPECT_EQ(Wills(), 0u);
  world().Advance(seconds(2));
  EXPECT_EQ(Wills(), 1u);
}

TEST_P(WillTest, IsNotPublishedIfTheClientIsBackInTime) {  // [MQTT-3.1.3-9]
  auto client = Client("c", WithWill(30, 100));
  client->peer().Drop();
  world().Advance(seconds(29));
  TestClient again(&world(), "c");
  EXPECT_TRUE(again.Connect({.clean_start = false}).session_present);
  world().Advance(seconds(200));
  EXPECT_EQ(Wills(), 0u);
}

TEST_P(WillTest, IsPublishedWhenTheSessionEndsBeforeTheDelay) {
  auto client = Client("c", WithWill(1000, 30));
  client->peer().Drop();
  world().Advance(seconds(29));
  EXPECT_EQ(Wills(), 0u);
  world().Advance(seconds(2));
  EXPECT_EQ(Wills(), 1u);
  world().Advance(seconds(2000));
  EXPECT_EQ(Wills(), 0u);
}

TEST_P(WillTest, IsPublishedWhenACleanStartEndsTheSession) {
  auto client = Client("c", WithWill(30, 100));
  client->peer().Drop();
  world().Run();
  auto again = Client("c");
  EXPECT_EQ(Wills(), 1u);
}

TEST_P(WillTest, FollowsTheSessionWhenItIsTakenOver) {
  auto undelayed = Client("c", WithWill(0, 100));
  TestClient second(&world(), "c");
  second.Connect({.clean_start = false, .session_expiry_s = 100});
  EXPECT_EQ(Wills(), 1u);
  auto delayed = Client("d", WithWill(30, 100));
  TestClient fourth(&world(), "d");
  fourth.Connect({.clean_start = false, .session_expiry_s = 100});
  world().Advance(seconds(60));
  EXPECT_EQ(Wills(), 0u);
  auto fifth = Client("e", WithWill(30, 100));
  auto sixth = Client("e");
  EXPECT_EQ(Wills(), 1u);
}

TEST_P(WillTest, BelongsToTheConnectionThatSetIt) {
  auto client = Client("c", WithWill(0, 100));
  client->Disconnect();
  TestClient again(&world(), "c");
  again.Connect({.clean_start = false, .session_expiry_s = 100});
  again.peer().Drop();
  world().Advance(seconds(200));
  EXPECT_EQ(Wills(), 0u);
}

TEST_P(WillTest, IsNotPublishedWhenTheBrokerIsStopped) {
  auto client = Client("c", WithWill(0, 100));
  for (uint32_t i = 0; i < GetParam(); ++i) {
    world().shard(i).BeginTurn(world().now());
    world().shard(i).Drain();
  }
  world().Run();
  EXPECT_TRUE(client->closed());
  EXPECT_EQ(world().Sum().wills_published, 0u);
}

TEST_P(WillTest, CarriesItsPropertiesAndStartsItsExpiryWhenPublished) {
  const auto properties = Bytes("02 00000014 18 0000000A 01 01 26 0001 'k' 0001 'v'");
  WillView will{.qos = kQos1, .retain = true, .topic_name = "will/p", .payload = AsBytes("x")};
  will.properties.wire = properties;
  auto client = Client("c", {.session_expiry_s = 100, .will = will});
  world().Advance(seconds(5));
  client->peer().Drop();
  world().Advance(seconds(11));
  const Received message = witness_->NextMessage();
  EXPECT_EQ(message.message_expiry_s, 20u);
  EXPECT_EQ(Hex(message.properties), Hex(Bytes("02 00000014 01 01 26 0001 'k' 0001 'v'")));
  auto late = Client("late");  // [MQTT-3.1.2-15]
  late->Subscribe("will/p");
  EXPECT_TRUE(late->NextMessage().retain);
}

TEST_P(WillTest, IsSentAtOnceBy311) {
  auto client = Client("c", {.version = kV311,
                             .clean_start = false,
                             .will = WillView{.topic_name = "will/3", .payload = AsBytes("x")}});
  client->peer().Drop();
  EXPECT_EQ(Wills(), 1u);
}

}  // namespace
}  // namespace signet
