// Proofs in several steps (MQTT 5, 4.12), as a shard leads them between a client and the auth
// shard: whose turn it is, what may be sent then, and what becomes of what was begun.
#include "tests/core/broker/auth_desk_test.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

constexpr ExchangeId kExchange{.slot = 4, .generation = 2};
constexpr ExchangeId kOtherExchange{.slot = 5, .generation = 1};
const ConnectOptions kScram{
    .session_expiry_s = 100, .authentication_method = "SCRAM-SHA-256", .authentication_data = "c1"};

Challenge More(std::string_view data, ExchangeId exchange = kExchange) {
  return {.authentication_data = {data.begin(), data.end()}, .exchange = exchange};
}

class AuthExchangeTest : public AuthDeskTest {
 protected:
  // Challenged once, in the middle of CONNECT.
  std::unique_ptr<TestClient> Challenged(const ConnectOptions& options = kScram,
                                         std::string client_id = "c") {
    auto client = New(std::move(client_id));
    desk_->Answer(Ask(*client, options), More("s1"));
    EXPECT_EQ(client->Next(PacketType::kAuth).code, 0x18);
    return client;
  }
  // Connected, and challenged once in the middle of AUTH 0x19.
  std::unique_ptr<TestClient> ChallengedAgain() {
    auto client = Proven("c", kScram);
    desk_->Answer(Send(*client, ReasonCode::kReauthenticate, "c1"), More("s1"));
    EXPECT_EQ(client->Next(PacketType::kAuth).code, 0x18);
    return client;
  }
  // What AUTH makes the shard ask.
  ScriptedDesk::Asked Send(TestClient& client, ReasonCode code, std::string_view data) {
    client.SendAuth(code, "SCRAM-SHA-256", data);
    world().Run();
    return desk_->Next();
  }
  ScriptedDesk::Asked GoOn(TestClient& client, std::string_view data) {
    return Send(client, ReasonCode::kContinueAuthentication, data);
  }
};
INSTANTIATE_BROKER_TEST(AuthExchangeTest);

// -- CONNECT.

// [MQTT-4.12.0-2] [MQTT-4.12.0-3] [MQTT-4.12.0-5]
TEST_P(AuthExchangeTest, GoesBackAndForthUntilConnack) {
  auto client = New("c");
  const auto asked = Ask(*client, kScram);
  EXPECT_FALSE(static_cast<bool>(asked.question.exchange));
  desk_->Answer(asked, More("s1"));
  const Received first = client->Next(PacketType::kAuth);
  EXPECT_EQ(first.authentication_data, "s1");
  EXPECT_EQ(first.authentication_method, "SCRAM-SHA-256");

  const auto second = GoOn(*client, "c2");
  EXPECT_EQ(second.question.exchange, kExchange);
  EXPECT_EQ(second.question.client, asked.question.client);
  EXPECT_FALSE(static_cast<bool>(second.question.grant));
  desk_->Answer(second, More("s2"));
  EXPECT_EQ(client->Next(PacketType::kAuth).authentication_data, "s2");

  const auto third = GoOn(*client, "c3");
  EXPECT_EQ(third.question.exchange, kExchange);
  EXPECT_EQ(third.question.credentials.authentication_data.text(), "c3");
  EXPECT_TRUE(client->Silent());
  Authenticated yes = Yes();
  yes.authentication_data = {'s', '3'};
  desk_->Answer(third, std::move(yes));
  const Received connack = client->Next(PacketType::kConnack);
  EXPECT_EQ(connack.code, 0);
  EXPECT_EQ(connack.authentication_method, "SCRAM-SHA-256");
  EXPECT_EQ(connack.authentication_data, "s3");
  EXPECT_TRUE(desk_->dropped().empty());  // It has ended by itself.
}

TEST_P(AuthExchangeTest, TakesNobodysPlaceBeforeItIsOver) {
  auto first = Proven("c", kScram);
  auto second = Challenged();
  const auto asked = GoOn(*second, "c2");
  EXPECT_TRUE(first->Silent());
  EXPECT_FALSE(first->closed());
  desk_->Answer(asked, Yes({.slot = 8, .generation = 1}));
  EXPECT_EQ(second->Next(PacketType::kConnack).code, 0);
  EXPECT_EQ(first->Next(PacketType::kDisconnect).code, 0x8E);
}

TEST_P(AuthExchangeTest, WhoFailsTakesNobodysPlace) {
  auto first = Proven("c", kScram);
  auto second = Challenged();
  desk_->Answer(GoOn(*second, "c2"), Rejected{ReasonCode::kBadUserNameOrPassword});
  EXPECT_EQ(second->Next(PacketType::kConnack).code, 0x86);
  EXPECT_TRUE(second->closed());
  EXPECT_FALSE(first->closed());
  EXPECT_EQ(world().Sum().sessions_taken_over, 0u);
}

// Some methods have nothing to say at some step: it is for them to refuse that (4.12).
TEST_P(AuthExchangeTest, DataMayBeAbsent) {
  auto client = New("c");
  desk_->Answer(Ask(*client, {.authentication_method = "SCRAM-SHA-256"}), More(""));
  const Received first = client->Next(PacketType::kAuth);
  EXPECT_EQ(first.code, 0x18);
  EXPECT_EQ(first.authentication_data, "");
  const auto asked = GoOn(*client, "");
  EXPECT_TRUE(asked.question.credentials.authentication_data.empty());
}

// [MQTT-3.1.2-30]
TEST_P(AuthExchangeTest, TakesNothingButAuthAndDisconnect) {
  for (int kind = 0; kind < 4; ++kind) {
    auto client = Challenged();
    if (kind == 0) client->SendPublish({.topic = "t", .payload = "early"});
    if (kind == 1) client->peer().Send(Bytes("C000"));                       // PINGREQ.
    if (kind == 2) client->peer().Send(Bytes("82 07 0001 00 0001 't' 00"));  // SUBSCRIBE.
    if (kind == 3) client->SendConnect(kScram);
    EXPECT_TRUE(client->closed()) << kind;
    EXPECT_TRUE(client->Silent()) << kind;
    EXPECT_EQ(desk_->waiting(), 0u);
    EXPECT_EQ(desk_->dropped().size(), static_cast<size_t>(kind) + 1);
  }
}

// [MQTT-4.12.0-3]
TEST_P(AuthExchangeTest, AnAuthThatIsWrongEndsIt) {
  const std::pair<ReasonCode, std::string_view> wrong[] = {
      {ReasonCode::kContinueAuthentication, "OTHER"},
      {ReasonCode::kReauthenticate, "SCRAM-SHA-256"},
      {ReasonCode::kSuccess, "SCRAM-SHA-256"},
  };
  size_t ended = 0;
  for (const auto& [code, method] : wrong) {
    auto client = Challenged();
    client->SendAuth(code, method, "c2");
    EXPECT_TRUE(client->closed());
    EXPECT_EQ(desk_->waiting(), 0u);
    EXPECT_EQ(desk_->dropped().size(), ++ended);
    EXPECT_EQ(desk_->dropped().back(), kExchange);
  }
  auto client = Challenged();
  client->peer().Send(Bytes("F000"));  // AUTH 0x00 without anything.
  EXPECT_TRUE(client->closed());
  EXPECT_EQ(desk_->waiting(), 0u);
}

TEST_P(AuthExchangeTest, WhatComesTooSoonIsReadInItsTurn) {
  auto client = New("c");
  client->SendConnect(kScram);
  client->SendAuth(ReasonCode::kContinueAuthentication, "SCRAM-SHA-256", "c2");
  world().Run();
  ASSERT_EQ(desk_->waiting(), 1u);
  desk_->Answer(desk_->Next(), More("s1"));
  EXPECT_EQ(client->Next(PacketType::kAuth).authentication_data, "s1");
  world().Run();
  EXPECT_EQ(desk_->Next().question.credentials.authentication_data.text(), "c2");
}

// The CONNECT timeout runs while the client is waited for, each time, and not while it waits.
TEST_P(AuthExchangeTest, AClientHasItsTimeForEachStep) {
  const auto timeout = seconds(limits().connect_timeout_s);
  auto client = Challenged();
  world().Advance(timeout - seconds(1));
  const auto asked = GoOn(*client, "c2");
  world().Advance(timeout * 2);
  EXPECT_FALSE(client->closed());
  desk_->Answer(asked, More("s2"));
  EXPECT_EQ(client->Next(PacketType::kAuth).authentication_data, "s2");
  world().Advance(timeout - seconds(1));
  EXPECT_FALSE(client->closed());
  EXPECT_TRUE(desk_->dropped().empty());
  world().Advance(seconds(2));
  EXPECT_TRUE(client->closed());
  EXPECT_EQ(desk_->dropped(), std::vector<ExchangeId>{kExchange});
}

// Bytes that are no packet yet win it none.
TEST_P(AuthExchangeTest, ADrippingClientHasNoMoreTime) {
  auto client = Challenged();
  for (uint64_t second = 0; second <= limits().connect_timeout_s; ++second) {
    client->peer().Send(Bytes(second == 0 ? "F0" : second == 1 ? "7F" : "00"));
    world().Advance(seconds(1));
  }
  EXPECT_TRUE(client->closed());
}

// Before it is known who it is a client costs little: CONNECT and AUTH together are bounded.
TEST_P(AuthExchangeTest, AnAuthBeforeConnackIsSmall) {
  for (const bool fits : {true, false}) {
    auto client = Challenged();
    const size_t size = limits().connect_bytes - (fits ? 200 : 20);
    client->SendAuth(ReasonCode::kContinueAuthentication, "SCRAM-SHA-256", std::string(size, 'x'));
    world().Run();
    EXPECT_EQ(desk_->waiting(), fits ? 1u : 0u);
    EXPECT_EQ(client->closed(), !fits);
    if (fits) desk_->Answer(desk_->Next(), Rejected{});
  }
}

TEST_P(AuthExchangeTest, TheLargestConnectLeavesRoomForAuth) {
  const std::string payload(limits().connect_bytes - 200, 'x');
  ConnectOptions options = kScram;
  options.will = WillView{.topic_name = "will", .payload = AsBytes(payload)};
  auto client = Challenged(options);
  GoOn(*client, std::string(Client::kFirstAuthBytes - 200, 'x'));
  EXPECT_FALSE(client->closed());
}

TEST_P(AuthExchangeTest, WhoGoesDropsIt) {
  auto dropped = Challenged();
  dropped->peer().Drop();
  world().Run();
  EXPECT_EQ(desk_->dropped(), std::vector<ExchangeId>{kExchange});
  auto polite = Challenged();
  polite->Disconnect();
  world().Run();
  EXPECT_EQ(desk_->dropped().size(), 2u);
}

TEST_P(AuthExchangeTest, WhoIsGoneWhenItIsChallengedDropsIt) {
  for (const bool in_the_middle : {false, true}) {
    auto client = in_the_middle ? Challenged() : New("c");
    const auto asked = in_the_middle ? GoOn(*client, "c2") : Ask(*client, kScram);
    client->peer().Drop();
    world().Run();
    EXPECT_EQ(desk_->dropped().size(), in_the_middle ? 1u : 0u);
    desk_->Answer(asked, More("s", kOtherExchange));
    world().Run();
    EXPECT_EQ(desk_->dropped().size(), in_the_middle ? 2u : 1u);
    EXPECT_EQ(desk_->dropped().back(), kOtherExchange);
  }
}

TEST_P(AuthExchangeTest, WhoseMaximumPacketSizeIsTooSmallDropsIt) {
  ConnectOptions options = kScram;
  options.maximum_packet_size = 40;
  auto client = New("c");
  desk_->Answer(Ask(*client, options), More(std::string(40, 's')));
  EXPECT_TRUE(client->closed());
  EXPECT_EQ(desk_->dropped(), std::vector<ExchangeId>{kExchange});
}

TEST_P(AuthExchangeTest, WhenTooManyWaitItIsRefusedAndDropped) {
  limits().auth_questions = 1;
  StartAnew();
  auto client = Challenged();
  std::vector<std::unique_ptr<TestClient>> waiting;
  for (uint32_t i = 0; i < GetParam(); ++i) {
    waiting.push_back(std::make_unique<TestClient>(&world(), "d", i));
    waiting.back()->SendConnect(kWithToken);
  }
  world().Run();
  client->SendAuth(ReasonCode::kContinueAuthentication, "SCRAM-SHA-256", "c2");
  EXPECT_EQ(client->Next(PacketType::kConnack).code, 0x89);
  EXPECT_EQ(desk_->dropped(), std::vector<ExchangeId>{kExchange});
}

TEST_P(AuthExchangeTest, APortThatIsClosedEndsIt) {
  auto client = Challenged();
  for (uint32_t i = 0; i < GetParam(); ++i) world().shard(i).ClosePort(PortId(0));
  EXPECT_TRUE(client->closed());
  EXPECT_EQ(desk_->dropped(), std::vector<ExchangeId>{kExchange});
}

// -- AUTH 0x19.

// [MQTT-4.12.1-1]
TEST_P(AuthExchangeTest, ProvesItAgainInSeveralStepsWhileTrafficGoesOn) {
  auto client = ChallengedAgain();
  client->Subscribe("t", kQos1);
  client->SendPublish({.topic = "t", .payload = "meanwhile"});
  EXPECT_EQ(client->NextMessage().payload, "meanwhile");
  const auto asked = GoOn(*client, "c2");
  EXPECT_EQ(asked.question.exchange, kExchange);
  EXPECT_EQ(asked.question.grant, kGrant);
  client->SendPublish({.topic = "t", .payload = "and still"});
  EXPECT_EQ(client->NextMessage().payload, "and still");
  Authenticated yes = Yes();
  yes.authentication_data = {'s', '2'};
  desk_->Answer(asked, std::move(yes));
  const Received success = client->Next(PacketType::kAuth);
  EXPECT_EQ(success.code, 0);
  EXPECT_EQ(success.authentication_method, "SCRAM-SHA-256");
  EXPECT_EQ(success.authentication_data, "s2");
  EXPECT_TRUE(desk_->dropped().empty());
}

// Who has been challenged answers, and does not begin anew.
TEST_P(AuthExchangeTest, WhileItIsChallengedNothingElseIsItsTurn) {
  const std::pair<ReasonCode, std::string_view> wrong[] = {
      {ReasonCode::kReauthenticate, "SCRAM-SHA-256"},
      {ReasonCode::kSuccess, "SCRAM-SHA-256"},
      {ReasonCode::kContinueAuthentication, "OTHER"},
  };
  size_t ended = 0;
  for (const auto& [code, method] : wrong) {
    auto client = ChallengedAgain();
    client->SendAuth(code, method, "c1");
    EXPECT_EQ(client->Next(PacketType::kDisconnect).code, 0x82);
    EXPECT_TRUE(client->closed());
    world().Run();
    EXPECT_EQ(desk_->dropped().size(), ++ended);
    EXPECT_EQ(desk_->waiting(), 0u);
  }
}

TEST_P(AuthExchangeTest, ASecondAnswerIsOutOfTurn) {
  auto client = ChallengedAgain();
  client->SendAuth(ReasonCode::kContinueAuthentication, "SCRAM-SHA-256", "c2");
  client->SendAuth(ReasonCode::kContinueAuthentication, "SCRAM-SHA-256", "c3");
  EXPECT_EQ(client->Next(PacketType::kDisconnect).code, 0x82);
  EXPECT_EQ(desk_->waiting(), 1u);
}

// [MQTT-4.12.1-2]
TEST_P(AuthExchangeTest, EndsWhenItsSecondProofFails) {
  auto client = ChallengedAgain();
  desk_->Answer(GoOn(*client, "c2"), Rejected{ReasonCode::kBadUserNameOrPassword});
  EXPECT_EQ(client->Next(PacketType::kDisconnect).code, 0x87);
  EXPECT_TRUE(client->closed());
}

TEST_P(AuthExchangeTest, WhenNobodyCanDecideItMayBeginAnew) {
  auto client = ChallengedAgain();
  desk_->Answer(GoOn(*client, "c2"), Undecided{});
  const Received undecided = client->Next(PacketType::kAuth);
  EXPECT_EQ(undecided.code, 0x18);
  EXPECT_EQ(undecided.authentication_data, "");
  const auto asked = Send(*client, ReasonCode::kReauthenticate, "c1");
  EXPECT_FALSE(static_cast<bool>(asked.question.exchange));
}

// The question was never put, so what it answers is still there; or it begins anew.
TEST_P(AuthExchangeTest, WhoCouldNotBeAskedAboutGoesOnOrBeginsAnew) {
  limits().auth_questions = 1;
  for (const bool goes_on : {true, false}) {
    StartAnew();
    auto client = ChallengedAgain();
    std::vector<std::unique_ptr<TestClient>> waiting;
    for (uint32_t i = 0; i < GetParam(); ++i) {
      waiting.push_back(std::make_unique<TestClient>(&world(), "d", i));
      waiting.back()->SendConnect(kWithToken);
    }
    world().Run();
    client->SendAuth(ReasonCode::kContinueAuthentication, "SCRAM-SHA-256", "c2");
    world().Advance(seconds(1) + milliseconds(100));
    EXPECT_EQ(client->Next(PacketType::kAuth).code, 0x18);
    while (desk_->waiting() > 0) desk_->Answer(desk_->Next(), Rejected{});
    world().Run();
    const auto asked = Send(
        *client, goes_on ? ReasonCode::kContinueAuthentication : ReasonCode::kReauthenticate, "c");
    EXPECT_EQ(asked.question.exchange, goes_on ? kExchange : ExchangeId{});
    EXPECT_EQ(desk_->dropped().size(), goes_on ? 0u : 1u);
  }
}

TEST_P(AuthExchangeTest, WhoseCredentialEndsMeanwhileDropsIt) {
  auto client = New("c");
  const auto asked = Ask(*client, kScram);
  desk_->Answer(asked, Yes());
  EXPECT_EQ(client->Next(PacketType::kConnack).code, 0);
  desk_->Answer(Send(*client, ReasonCode::kReauthenticate, "c1"), More("s1"));
  EXPECT_EQ(client->Next(PacketType::kAuth).code, 0x18);
  const auto [shard, id] = Place(asked);
  desk_->Tell(shard, GrantEnded{.client = id, .grant = kGrant, .why = "its credential expired"});
  EXPECT_TRUE(client->closed());
  EXPECT_EQ(desk_->dropped(), std::vector<ExchangeId>{kExchange});
  EXPECT_EQ(desk_->returned(), std::vector<GrantId>{kGrant});
}

// A client that is challenged and says nothing stays in as long as its credential holds.
TEST_P(AuthExchangeTest, WhoSaysNothingStaysIn) {
  auto client = ChallengedAgain();
  world().Advance(seconds(2 * limits().connect_timeout_s));
  EXPECT_FALSE(client->closed());
  EXPECT_EQ(client->Publish({.topic = "t", .qos = kQos1}), 0x10);  // Nobody has subscribed.
}

}  // namespace
}  // namespace signet
