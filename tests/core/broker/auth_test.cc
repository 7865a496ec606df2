// Who may come in, and stay: what a shard makes of the answers of the auth shard (MQTT 5, 4.12;
// azure-iot-operations 3.6 and 9).
#include "tests/core/broker/auth_desk_test.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

class AuthTest : public AuthDeskTest {};
INSTANTIATE_BROKER_TEST(AuthTest);

TEST_P(AuthTest, AsksWithAllThatWasPresented) {
  auto client = New("c");
  const auto asked = Ask(*client, {.username = "u",
                                   .password = "",
                                   .authentication_method = "M",
                                   .authentication_data = "data"});
  const Credentials& credentials = asked.question.credentials;
  EXPECT_EQ(credentials.source, Credentials::Source::kConnect);
  EXPECT_EQ(credentials.client_id, "c");
  EXPECT_EQ(credentials.username, "u");
  ASSERT_TRUE(credentials.password.has_value());  // Empty is not absent.
  EXPECT_TRUE(credentials.password->empty());
  EXPECT_EQ(credentials.authentication_method, "M");
  EXPECT_EQ(credentials.authentication_data.text(), "data");
  EXPECT_EQ(credentials.chain, nullptr);
}

// [MQTT-4.12.0-5]
TEST_P(AuthTest, SaysNothingUntilItIsAnswered) {
  auto client = New("c");
  const auto asked = Ask(*client, kWithToken);
  EXPECT_TRUE(client->Silent());
  EXPECT_EQ(world().Sum().sessions_taken_over, 0u);
  desk_->Answer(asked, Yes());
  const Received connack = client->Next(PacketType::kConnack);
  EXPECT_EQ(connack.code, 0);
  EXPECT_EQ(connack.authentication_method, "K8S-SAT");
}

// [MQTT-4.12.0-6] [MQTT-4.12.0-7]
TEST_P(AuthTest, NamesNoMethodWhereTheClientNamedNone) {
  auto client = Proven("c", {.username = "K8S-SAT", .password = "token"});
  client->SendAuth(ReasonCode::kReauthenticate, "K8S-SAT", "token");
  EXPECT_EQ(client->Next(PacketType::kDisconnect).code, 0x82);
  EXPECT_TRUE(client->closed());
}

struct Refusal {
  AuthOutcome outcome;
  uint8_t code;
  uint8_t code311;
};

TEST_P(AuthTest, RefusesAsItIsTold) {  // azure-iot-operations 4.3, 5.3 rule 4.
  const Refusal refusals[] = {
      {Rejected{ReasonCode::kNotAuthorized}, 0x87, 5},
      {Rejected{ReasonCode::kBadUserNameOrPassword}, 0x86, 4},
      {Rejected{ReasonCode::kBadAuthenticationMethod}, 0x8C, 5},
      {Rejected{ReasonCode::kQuotaExceeded}, 0x97, 3},
      {Rejected{ReasonCode::kBanned}, 0x8A, 5},
      {Undecided{}, 0x88, 3},
  };
  for (const Refusal& refusal : refusals) {
    auto v5 = New("c");
    desk_->Answer(Ask(*v5, {}), refusal.outcome);
    EXPECT_EQ(v5->Next(PacketType::kConnack).code, refusal.code);
    EXPECT_TRUE(v5->closed());
    auto v311 = New("c");
    desk_->Answer(Ask(*v311, {.version = kV311}), refusal.outcome);
    EXPECT_EQ(v311->Next(PacketType::kConnack).code, refusal.code311) << int{refusal.code};
    EXPECT_TRUE(v311->closed());
  }
}

TEST_P(AuthTest, WhoIsRefusedTakesNobodysPlace) {
  auto first = Proven("c");
  auto second = New("c");
  desk_->Answer(Ask(*second, kWithToken), Rejected{});
  EXPECT_EQ(second->Next(PacketType::kConnack).code, 0x87);
  EXPECT_TRUE(first->Silent());
  EXPECT_FALSE(first->closed());
}

TEST_P(AuthTest, WhoHasGoneNeedsNoAnswer) {
  auto client = New("c");
  const auto asked = Ask(*client, kWithToken);
  client->peer().Drop();
  world().Run();
  desk_->Answer(asked, Yes());
  world().Run();
  EXPECT_EQ(desk_->returned(), std::vector<GrantId>{kGrant});
  EXPECT_EQ(world().shard(0).session_count(), 0u);
}

TEST_P(AuthTest, GivesTheGrantBackWhenTheClientGoes) {
  auto client = Proven("c");
  client->Disconnect();
  world().Run();
  EXPECT_EQ(desk_->returned(), std::vector<GrantId>{kGrant});
}

TEST_P(AuthTest, TellsWhereTheClientWent) {
  auto client = New("c");
  const auto asked = Ask(*client, kWithToken);
  desk_->Answer(asked, Yes());
  client->Next(PacketType::kConnack);
  const auto [shard, id] = Place(asked);
  EXPECT_NE(world().shard(shard.value()).Find(id), nullptr);
}

// [MQTT-4.12.0-2] [MQTT-4.12.0-5]
TEST_P(AuthTest, AsksForMoreAndGoesOn) {
  auto client = New("c");
  desk_->Answer(Ask(*client, kWithToken), Challenge{{'s', '1'}});
  const Received challenge = client->Next(PacketType::kAuth);
  EXPECT_EQ(challenge.code, 0x18);
  EXPECT_EQ(challenge.authentication_data, "s1");
  EXPECT_EQ(challenge.authentication_method, "K8S-SAT");
  client->SendAuth(ReasonCode::kContinueAuthentication, "K8S-SAT", "c2");
  world().Run();
  const auto again = desk_->Next();
  EXPECT_EQ(again.question.credentials.source, Credentials::Source::kContinue);
  EXPECT_EQ(again.question.credentials.authentication_data.text(), "c2");
  Authenticated yes = Yes();
  yes.authentication_data = {'e', 'n', 'd'};
  desk_->Answer(again, std::move(yes));
  const Received connack = client->Next(PacketType::kConnack);
  EXPECT_EQ(connack.code, 0);
  EXPECT_EQ(connack.authentication_data, "end");
}

TEST_P(AuthTest, TakesNothingElseBetweenChallengeAndConnack) {
  auto client = New("c");
  desk_->Answer(Ask(*client, kWithToken), Challenge{});
  client->Next(PacketType::kAuth);
  client->SendPublish({.topic = "t"});
  EXPECT_TRUE(client->closed());
  EXPECT_EQ(desk_->waiting(), 0u);
}

// What a challenged client may send wrongly: another method, another Reason Code.
// [MQTT-4.12.0-3]
TEST_P(AuthTest, EndsAnExchangeThatGoesWrong) {
  const std::pair<ReasonCode, std::string_view> wrong[] = {
      {ReasonCode::kContinueAuthentication, "OTHER"},
      {ReasonCode::kReauthenticate, "K8S-SAT"},
      {ReasonCode::kSuccess, "K8S-SAT"},
  };
  for (const auto& [code, method] : wrong) {
    auto client = New("c");
    desk_->Answer(Ask(*client, kWithToken), Challenge{});
    client->Next(PacketType::kAuth);
    client->SendAuth(code, method, "x");
    EXPECT_TRUE(client->closed());
    EXPECT_EQ(desk_->waiting(), 0u);
  }
}

TEST_P(AuthTest, RefusesWhenTooManyWait) {
  limits().auth_questions = 1;
  StartAnew();
  std::vector<std::unique_ptr<TestClient>> waiting;
  for (uint32_t i = 0; i < GetParam(); ++i) {
    waiting.push_back(std::make_unique<TestClient>(&world(), "c", i));
    waiting.back()->SendConnect(kWithToken);
  }
  auto more = New("d");
  more->SendConnect(kWithToken);
  EXPECT_EQ(more->Next(PacketType::kConnack).code, 0x89);
  EXPECT_EQ(desk_->waiting(), GetParam());
}

// -- Re-authentication.

TEST_P(AuthTest, ProvesItselfAgainWhileTrafficGoesOn) {
  auto client = Proven("c");
  client->SendAuth(ReasonCode::kReauthenticate, "K8S-SAT", "fresh");
  world().Run();
  const auto asked = desk_->Next();
  EXPECT_EQ(asked.question.credentials.source, Credentials::Source::kReauthenticate);
  EXPECT_EQ(asked.question.grant, kGrant);
  client->Subscribe("t", kQos1);
  client->SendPublish({.topic = "t", .payload = "meanwhile"});
  EXPECT_EQ(client->NextMessage().payload, "meanwhile");
  desk_->Answer(asked, Yes());
  const Received success = client->Next(PacketType::kAuth);
  EXPECT_EQ(success.code, 0);
  EXPECT_EQ(success.authentication_method, "K8S-SAT");
  EXPECT_TRUE(desk_->returned().empty());
}

// [MQTT-4.12.1-2]
TEST_P(AuthTest, EndsWhenItsReauthenticationIsRefused) {
  auto client = Proven("c");
  client->SendAuth(ReasonCode::kReauthenticate, "K8S-SAT", "bad");
  world().Run();
  desk_->Answer(desk_->Next(), Rejected{});
  EXPECT_EQ(client->Next(PacketType::kDisconnect).code, 0x87);
  EXPECT_TRUE(client->closed());
  EXPECT_EQ(desk_->returned(), std::vector<GrantId>{kGrant});
}

TEST_P(AuthTest, StaysWhenNobodyCanDecide) {
  auto client = Proven("c");
  client->SendAuth(ReasonCode::kReauthenticate, "K8S-SAT", "fresh");
  world().Run();
  desk_->Answer(desk_->Next(), Undecided{});
  EXPECT_EQ(client->Next(PacketType::kAuth).code, 0x18);
  // A client may answer by the same again, or begin anew.
  for (const auto code : {ReasonCode::kContinueAuthentication, ReasonCode::kReauthenticate}) {
    client->SendAuth(code, "K8S-SAT", "fresh");
    world().Run();
    desk_->Answer(desk_->Next(), Undecided{});
    EXPECT_EQ(client->Next(PacketType::kAuth).code, 0x18);
  }
  EXPECT_EQ(client->Publish({.topic = "t", .qos = kQos1}), 0x10);  // Nobody has subscribed.
}

TEST_P(AuthTest, ASecondReauthenticationMeanwhileIsAProtocolError) {
  auto client = Proven("c");
  client->SendAuth(ReasonCode::kReauthenticate, "K8S-SAT", "one");
  client->SendAuth(ReasonCode::kReauthenticate, "K8S-SAT", "two");
  EXPECT_EQ(client->Next(PacketType::kDisconnect).code, 0x82);
  EXPECT_TRUE(client->closed());
}

// [MQTT-4.12.1-1]
TEST_P(AuthTest, AuthOutOfTurnIsAProtocolError) {
  const std::pair<ReasonCode, std::string_view> wrong[] = {
      {ReasonCode::kReauthenticate, "OTHER"},
      {ReasonCode::kContinueAuthentication, "K8S-SAT"},
      {ReasonCode::kSuccess, "K8S-SAT"},
  };
  for (const auto& [code, method] : wrong) {
    auto client = Proven("c");
    client->SendAuth(code, method, "x");
    EXPECT_EQ(client->Next(PacketType::kDisconnect).code, 0x82);
    EXPECT_TRUE(client->closed());
  }
}

TEST_P(AuthTest, WhoWasProvenByACertificateCannotBeProvenAgain) {
  auto client = New("c");
  Authenticated yes = Yes();
  yes.principal.method = "X509";
  yes.principal.may_reauthenticate = false;
  desk_->Answer(Ask(*client, kWithToken), std::move(yes));
  client->Next(PacketType::kConnack);
  client->SendAuth(ReasonCode::kReauthenticate, "K8S-SAT", "token");
  EXPECT_EQ(client->Next(PacketType::kDisconnect).code, 0x82);
}

TEST_P(AuthTest, RefusesMoreDataThanItReads) {
  limits().credential_bytes = 1024;
  StartAnew();
  auto client = Proven("c");
  client->SendAuth(ReasonCode::kReauthenticate, "K8S-SAT", std::string(1024, 'x'));
  world().Run();
  EXPECT_EQ(desk_->waiting(), 1u);
  desk_->Answer(desk_->Next(), Undecided{});
  EXPECT_EQ(client->Next(PacketType::kAuth).code, 0x18);
  client->SendAuth(ReasonCode::kReauthenticate, "K8S-SAT", std::string(1025, 'x'));
  EXPECT_EQ(client->Next(PacketType::kDisconnect).code, 0x87);
  EXPECT_EQ(desk_->waiting(), 0u);
}

TEST_P(AuthTest, HearsUndecidedWhenTooManyWait) {
  limits().auth_questions = 1;
  StartAnew();
  auto client = Proven("c");
  std::vector<std::unique_ptr<TestClient>> waiting;
  for (uint32_t i = 0; i < GetParam(); ++i) {
    waiting.push_back(std::make_unique<TestClient>(&world(), "d", i));
    waiting.back()->SendConnect(kWithToken);
  }
  world().Run();
  client->SendAuth(ReasonCode::kReauthenticate, "K8S-SAT", "fresh");
  // Official clients answer by the same token, at once: that must not become a loop.
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(client->Silent());
    world().Advance(seconds(1) + milliseconds(100));
    EXPECT_EQ(client->Next(PacketType::kAuth).code, 0x18);
    client->SendAuth(ReasonCode::kContinueAuthentication, "K8S-SAT", "fresh");
  }
  EXPECT_FALSE(client->closed());
  EXPECT_EQ(desk_->waiting(), GetParam());
}

TEST_P(AuthTest, WhoGoesBeforeItHearsThatTooManyWaitHearsNothing) {
  limits().auth_questions = 1;
  StartAnew();
  auto client = Proven("c");
  std::vector<std::unique_ptr<TestClient>> waiting;
  for (uint32_t i = 0; i < GetParam(); ++i) {
    waiting.push_back(std::make_unique<TestClient>(&world(), "d", i));
    waiting.back()->SendConnect(kWithToken);
  }
  world().Run();
  client->SendAuth(ReasonCode::kReauthenticate, "K8S-SAT", "fresh");
  client->peer().Drop();
  world().Advance(seconds(2));
  EXPECT_EQ(desk_->returned().size(), 1u);
}

// -- The end of a credential.

TEST_P(AuthTest, IsClosedWithoutAWordWhenItsCredentialEnds) {  // azure-iot-operations 3.6.1
  auto witness = Proven("witness");
  witness->Subscribe("will", kQos1);
  auto client = New("c");
  constexpr GrantId kOther{.slot = 8, .generation = 1};
  ConnectOptions with_will = kWithToken;
  with_will.will = WillView{.qos = kQos1, .topic_name = "will", .payload = AsBytes("gone")};
  const auto asked = Ask(*client, with_will);
  desk_->Answer(asked, Yes(kOther));
  client->Next(PacketType::kConnack);
  client->Subscribe("kept", kQos1);
  const auto [shard, id] = Place(asked, kOther);
  desk_->Tell(shard, GrantEnded{.client = id, .grant = kOther, .why = "its credential expired"});
  EXPECT_TRUE(client->closed());
  EXPECT_TRUE(client->Silent());
  EXPECT_EQ(witness->NextMessage().payload, "gone");
  const auto& lines = world().log().lines();
  EXPECT_TRUE(std::ranges::any_of(lines, [](const std::string& line) {
    return line.starts_with("client disconnected client_id=\"c\"") &&
           line.find("its credential expired") != line.npos;
  }));
  // The Session lives on as for any abnormal end.
  auto back = New("c");
  ConnectOptions resume = kWithToken;
  resume.clean_start = false;
  desk_->Answer(Ask(*back, resume), Yes(kOther));
  EXPECT_TRUE(back->Next(PacketType::kConnack).session_present);
}

TEST_P(AuthTest, IsToldFirstWhereThatIsWanted) {
  for (const ProtocolVersion version : {kV5, kV311}) {
    const GrantId grant{.slot = 8, .generation = version == kV5 ? 1u : 2u};
    auto client = New("c");
    const auto asked = Ask(*client, {.version = version});
    desk_->Answer(asked, Yes(grant));
    client->Next(PacketType::kConnack);
    const auto [shard, id] = Place(asked, grant);
    desk_->Tell(shard, GrantEnded{.client = id,
                                  .grant = grant,
                                  .why = "its credential expired",
                                  .notice = ReasonCode::kNotAuthorized});
    if (version == kV5) {
      const Received disconnect = client->Next(PacketType::kDisconnect);
      EXPECT_EQ(disconnect.code, 0x87);
      // Why is for the log.
      EXPECT_NE(AsText(disconnect.properties).find(Name(ReasonCode::kNotAuthorized)),
                std::string_view::npos);
      EXPECT_EQ(AsText(disconnect.properties).find("expired"), std::string_view::npos);
    }
    EXPECT_TRUE(client->closed());
  }
}

TEST_P(AuthTest, AnotherClientInTheSamePlaceStays) {
  auto client = New("c");
  const auto asked = Ask(*client, kWithToken);
  desk_->Answer(asked, Yes());
  client->Next(PacketType::kConnack);
  const auto [shard, id] = Place(asked);
  desk_->Tell(shard, GrantEnded{.client = id, .grant = {.slot = 7, .generation = 2}});
  world().Run();
  EXPECT_FALSE(client->closed());
}

// A method has a timeout of its own, which may be longer than the one for CONNECT.
TEST_P(AuthTest, ASlowVerdictIsWaitedFor) {
  auto client = New("c");
  const auto asked = Ask(*client, kWithToken);
  world().Advance(seconds(2 * limits().connect_timeout_s));
  EXPECT_FALSE(client->closed());
  desk_->Answer(asked, Undecided{});
  EXPECT_EQ(client->Next(PacketType::kConnack).code, 0x88);
  EXPECT_TRUE(client->closed());
}

TEST_P(AuthTest, AVerdictIsNotWaitedForForEver) {
  auto client = New("c");
  Ask(*client, kWithToken);
  world().Advance(Client::kVerdictPatience + seconds(1));
  EXPECT_TRUE(client->closed());
}

TEST_P(AuthTest, AClientHasItsTimeForEachChallenge) {
  auto client = New("c");
  const auto asked = Ask(*client, kWithToken);
  world().Advance(seconds(2 * limits().connect_timeout_s));
  desk_->Answer(asked, Challenge{});
  EXPECT_EQ(client->Next(PacketType::kAuth).code, 0x18);
  world().Advance(seconds(limits().connect_timeout_s - 1));
  EXPECT_FALSE(client->closed());
  world().Advance(seconds(2));
  EXPECT_TRUE(client->closed());
}

}  // namespace
}  // namespace signet
