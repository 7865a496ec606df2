// Rows of the decision tables of authentication that auth_test.cc has no test for (docs/
// decision-tables.md): as whom a client is known, what a re-authentication changes, and what the
// end of a credential finds under way.
#include "core/access/authorizer.h"
#include "tests/core/broker/auth_desk_test.h"

namespace signet {
namespace {

class AuthRowsTest : public AuthDeskTest {
 protected:
  const Principal& PrincipalOf(TestClient& client) {
    static const Principal nobody;
    const auto* const found = world().ClientOf(client.peer());
    EXPECT_NE(found, nullptr);
    return found != nullptr ? found->principal() : nobody;
  }
  // Let in with these words of its own, by a method that has proven `proven`.
  std::unique_ptr<TestClient> Known(std::string_view proven, const ConnectOptions& options) {
    auto client = New("c");
    Authenticated yes = Yes();
    yes.principal.username = proven;
    desk_->Answer(Ask(*client, options), std::move(yes));
    EXPECT_EQ(client->Next(PacketType::kConnack).code, 0);
    return client;
  }
  // AUTH of a client that is connected; what the desk is asked.
  ScriptedDesk::Asked AskAgain(TestClient& client, ReasonCode code = ReasonCode::kReauthenticate) {
    client.SendAuth(code, "K8S-SAT", "fresh");
    world().Run();
    return desk_->Next();
  }
  // As the desk does when the credential behind kGrant has ended, which was given to `asked`.
  void End(const ScriptedDesk::Asked& asked) {
    const auto [shard, id] = Place(asked);
    desk_->Tell(shard, GrantEnded{.client = id, .grant = kGrant, .why = "its credential expired"});
    world().Run();
  }
};
INSTANTIATE_BROKER_TEST(AuthRowsTest);

// -- As whom it is known (9.12).

TEST_P(AuthRowsTest, TheNameThatACertificateProvesIsItsUsername) {  // 3.4
  auto client = Known("pump-7", {.username = "root"});
  EXPECT_EQ(PrincipalOf(*client).username, "pump-7");
}

TEST_P(AuthRowsTest, TheNameThatACertificateProvesNeedsNoneInConnect) {  // 3.4
  auto client = Known("pump-7", {});
  EXPECT_EQ(PrincipalOf(*client).username, "pump-7");
}

TEST_P(AuthRowsTest, ATokenProvesNoNameSoItsUsernameIsWhatItSays) {  // 3.3
  ConnectOptions options = kWithToken;
  options.username = "press";
  auto client = Known("", options);
  EXPECT_EQ(PrincipalOf(*client).username, "press");
  EXPECT_EQ(PrincipalOf(*client).identity, "system:serviceaccount:a:b");
}

TEST_P(AuthRowsTest, WhoProvesAndSaysNoNameHasNone) {
  auto client = Known("", kWithToken);
  EXPECT_EQ(PrincipalOf(*client).username, "");
  EXPECT_FALSE(PrincipalOf(*client).is_anonymous());
}

TEST_P(AuthRowsTest, WithoutAuthenticationNobodyIsAnybody) {  // 9.7
  options().ports = {{.authenticates = false}};
  world_ = nullptr;
  world().SetDesk(desk_.get());
  auto client = Client("c", {.username = "admin", .password = "secret"});
  EXPECT_TRUE(PrincipalOf(*client).is_anonymous());
  EXPECT_EQ(desk_->waiting(), 0u);
}

// -- Before the Session of that name is touched (9.8).

class DenyingConnect : public Authorizer {
 public:
  bool Allows(const Principal&, std::string_view, Action action, std::string_view,
              const Manner&) override {
    return action != Action::kConnect || allows;
  }
  bool allows = true;
};

TEST_P(AuthRowsTest, WhoCannotBeJudgedTakesNobodysPlace) {
  auto first = Proven("c");
  auto second = New("c");
  desk_->Answer(Ask(*second, kWithToken), Undecided{});
  EXPECT_EQ(second->Next(PacketType::kConnack).code, 0x88);
  EXPECT_FALSE(first->closed());
  EXPECT_EQ(world().Sum().sessions_taken_over, 0u);
}

TEST_P(AuthRowsTest, WhoMayNotConnectTakesNobodysPlaceAndGivesItsGrantBack) {
  DenyingConnect rules;
  options().ports = {{.authenticates = true, .authorizer = &rules}};
  world_ = nullptr;
  world().SetDesk(desk_.get());
  auto first = Proven("c");
  rules.allows = false;
  auto second = New("c");
  constexpr GrantId kOther{.slot = 8, .generation = 1};
  desk_->Answer(Ask(*second, kWithToken), Yes(kOther));
  EXPECT_EQ(second->Next(PacketType::kConnack).code, 0x87);
  EXPECT_TRUE(second->closed());
  EXPECT_FALSE(first->closed());
  EXPECT_EQ(world().Sum().sessions_taken_over, 0u);
  EXPECT_EQ(desk_->returned(), std::vector<GrantId>{kOther});
  world_ = nullptr;  // Before the rules go.
}

TEST_P(AuthRowsTest, WhoIsLetInTakesThePlaceOfAnOlderConnection) {
  auto first = Proven("c");
  auto second = New("c");
  desk_->Answer(Ask(*second, kWithToken), Yes({.slot = 8, .generation = 1}));
  EXPECT_EQ(second->Next(PacketType::kConnack).code, 0);
  EXPECT_EQ(first->Next(PacketType::kDisconnect).code, 0x8E);
  world().Run();
  EXPECT_EQ(desk_->returned(), std::vector<GrantId>{kGrant});
}

// -- Re-authentication (3.6.2 to 3.6.5).

TEST_P(AuthRowsTest, SuccessReplacesAttributesAndDeadline) {
  ConnectOptions options = kWithToken;
  options.username = "press";
  auto client = Known("", options);
  Authenticated yes = Yes();
  yes.principal.attributes = {{"line", "L2"}};
  yes.principal.deadline = WallTime::FromSeconds(2'000'000'000);
  desk_->Answer(AskAgain(*client), std::move(yes));
  EXPECT_EQ(client->Next(PacketType::kAuth).code, 0);
  EXPECT_EQ(PrincipalOf(*client).attributes, (Attributes{{"line", "L2"}}));
  EXPECT_EQ(PrincipalOf(*client).deadline, WallTime::FromSeconds(2'000'000'000));
  EXPECT_EQ(PrincipalOf(*client).username, "press");  // AUTH has no word for it.
  // And once more.
  desk_->Answer(AskAgain(*client), Yes());
  EXPECT_EQ(client->Next(PacketType::kAuth).code, 0);
  EXPECT_EQ(PrincipalOf(*client).attributes, Attributes());
  EXPECT_TRUE(desk_->returned().empty());
}

// A method may refuse by a code that CONNACK has and DISCONNECT has not.
TEST_P(AuthRowsTest, ARefusalIsDisconnect87WhateverTheMethodSays) {  // 3.6.3
  for (const ReasonCode code :
       {ReasonCode::kNotAuthorized, ReasonCode::kBadUserNameOrPassword, ReasonCode::kBanned,
        ReasonCode::kBadAuthenticationMethod, ReasonCode::kUnspecifiedError}) {
    auto client = Proven("c");
    desk_->Answer(AskAgain(*client), Rejected{code});
    EXPECT_EQ(client->Next(PacketType::kDisconnect).code, 0x87) << Name(code);
    EXPECT_TRUE(client->closed());
  }
}

TEST_P(AuthRowsTest, UndecidedKeepsWhatTheOldCredentialGave) {  // 3.6.3
  auto client = New("c");
  Authenticated yes = Yes();
  yes.principal.attributes = {{"line", "L1"}};
  yes.principal.deadline = WallTime::FromSeconds(2'000'000'000);
  desk_->Answer(Ask(*client, kWithToken), std::move(yes));
  client->Next(PacketType::kConnack);
  desk_->Answer(AskAgain(*client), Undecided{});
  const Received more = client->Next(PacketType::kAuth);
  EXPECT_EQ(more.code, 0x18);
  EXPECT_EQ(more.authentication_method, "K8S-SAT");
  EXPECT_EQ(PrincipalOf(*client).attributes, (Attributes{{"line", "L1"}}));
  EXPECT_EQ(PrincipalOf(*client).deadline, WallTime::FromSeconds(2'000'000'000));
}

TEST_P(AuthRowsTest, ARetryBy18MaySucceed) {  // 3.6.5, as the client in Rust does.
  auto client = Proven("c");
  desk_->Answer(AskAgain(*client), Undecided{});
  EXPECT_EQ(client->Next(PacketType::kAuth).code, 0x18);
  desk_->Answer(AskAgain(*client, ReasonCode::kContinueAuthentication), Yes());
  EXPECT_EQ(client->Next(PacketType::kAuth).code, 0);
  // With that it is over: 0x18 answers nothing any more.
  client->SendAuth(ReasonCode::kContinueAuthentication, "K8S-SAT", "fresh");
  EXPECT_EQ(client->Next(PacketType::kDisconnect).code, 0x82);
}

TEST_P(AuthRowsTest, AnEmptyAuthIsAProtocolError) {  // 3.6.5, as the client in Go does.
  auto client = Proven("c");
  desk_->Answer(AskAgain(*client), Undecided{});
  EXPECT_EQ(client->Next(PacketType::kAuth).code, 0x18);
  client->peer().Send(std::array<uint8_t, 2>{0xF0, 0x00});
  EXPECT_EQ(client->Next(PacketType::kDisconnect).code, 0x82);
  EXPECT_TRUE(client->closed());
}

// -- AUTH of who may send none (9.34).

TEST_P(AuthRowsTest, AuthOfAClientOf311EndsItWithoutAWord) {
  auto client = Proven("c", {.version = kV311, .username = "K8S-SAT", .password = "token"});
  client->SendAuth(ReasonCode::kReauthenticate, "K8S-SAT", "fresh");
  EXPECT_TRUE(client->closed());
  EXPECT_TRUE(client->Silent());
  EXPECT_EQ(desk_->waiting(), 0u);
}

TEST_P(AuthRowsTest, AuthOfAClientWithACertificateIsAProtocolError) {
  auto client = New("c");
  Authenticated yes = Yes();
  yes.principal.username = "pump-7";
  yes.principal.method = "X509";
  yes.principal.may_reauthenticate = false;
  desk_->Answer(Ask(*client, {}), std::move(yes));
  client->Next(PacketType::kConnack);
  client->SendAuth(ReasonCode::kReauthenticate, "X509", "");
  EXPECT_EQ(client->Next(PacketType::kDisconnect).code, 0x82);
  EXPECT_EQ(desk_->waiting(), 0u);
}

// -- The end of a credential (3.6.1, 9.31, 9.33).

TEST_P(AuthRowsTest, A311ClientIsClosedAndItsSessionLivesOn) {
  const ConnectOptions options{
      .version = kV311, .clean_start = false, .username = "K8S-SAT", .password = "token"};
  auto client = New("c");
  const auto asked = Ask(*client, options);
  desk_->Answer(asked, Yes());
  client->Next(PacketType::kConnack);
  End(asked);
  EXPECT_TRUE(client->closed());
  EXPECT_TRUE(client->Silent());
  auto back = New("c");
  desk_->Answer(Ask(*back, options), Yes());
  EXPECT_TRUE(back->Next(PacketType::kConnack).session_present);
}

TEST_P(AuthRowsTest, ItEndsWhileAReauthenticationIsOpen) {  // 9.33
  auto client = New("c");
  const auto asked = Ask(*client, kWithToken);
  desk_->Answer(asked, Yes());
  client->Next(PacketType::kConnack);
  const auto again = AskAgain(*client);
  End(asked);
  EXPECT_TRUE(client->closed());
  EXPECT_TRUE(client->Silent());
  // What is found out now is for nobody.
  desk_->Answer(again, Yes());
  world().Run();
  EXPECT_TRUE(client->Silent());
  EXPECT_EQ(world().shard(again.from.value()).connection_count(), 0u);
}

TEST_P(AuthRowsTest, ItEndsAfterARefusedReauthenticationOnlyOnce) {
  auto client = New("c");
  const auto asked = Ask(*client, kWithToken);
  desk_->Answer(asked, Yes());
  client->Next(PacketType::kConnack);
  desk_->Answer(AskAgain(*client), Rejected{});
  End(asked);  // It crosses the return of the grant.
  EXPECT_EQ(client->Next(PacketType::kDisconnect).code, 0x87);
  EXPECT_TRUE(client->Silent());
  EXPECT_EQ(desk_->returned(), std::vector<GrantId>{kGrant});
}

// jwt-and-expiry 8: "expiry during QoS 2 exchange".
TEST_P(AuthRowsTest, ItEndsBetweenPublishAndPubrel) {
  auto witness = New("witness");
  desk_->Answer(Ask(*witness, kWithToken), Yes({.slot = 8, .generation = 1}));
  witness->Next(PacketType::kConnack);
  witness->Subscribe("t", kQos2);
  ConnectOptions options = kWithToken;
  options.clean_start = false;
  auto client = New("c");
  const auto asked = Ask(*client, options);
  desk_->Answer(asked, Yes());
  client->Next(PacketType::kConnack);
  const PacketId id = client->SendPublish({.topic = "t", .payload = "once", .qos = kQos2});
  EXPECT_EQ(client->Next(PacketType::kPubrec).packet_id, id);
  EXPECT_EQ(witness->NextMessage().payload, "once");
  End(asked);
  EXPECT_TRUE(client->closed());
  // Once it can prove itself again, the exchange goes on where it was.
  auto back = New("c");
  desk_->Answer(Ask(*back, options), Yes());
  EXPECT_TRUE(back->Next(PacketType::kConnack).session_present);
  back->SendPublish({.topic = "t", .payload = "once", .qos = kQos2, .dup = true, .packet_id = id});
  EXPECT_EQ(back->Next(PacketType::kPubrec).packet_id, id);
  back->SendAck(PacketType::kPubrel, id);
  EXPECT_EQ(back->Next(PacketType::kPubcomp).packet_id, id);
  EXPECT_TRUE(witness->Silent());
}

TEST_P(AuthRowsTest, ItEndsBeforeWhatItWasSentIsComplete) {
  ConnectOptions options = kWithToken;
  options.clean_start = false;
  auto client = New("c");
  const auto asked = Ask(*client, options);
  desk_->Answer(asked, Yes());
  client->Next(PacketType::kConnack);
  client->Subscribe("t", kQos2);
  client->SendPublish({.topic = "t", .payload = "kept", .qos = kQos2});
  const Received first = client->Next(PacketType::kPublish);
  client->Next(PacketType::kPubrec);
  End(asked);
  EXPECT_TRUE(client->closed());
  auto back = New("c");
  desk_->Answer(Ask(*back, options), Yes());
  EXPECT_TRUE(back->Next(PacketType::kConnack).session_present);
  const Received again = back->NextMessage();
  EXPECT_EQ(again.payload, "kept");
  EXPECT_EQ(again.packet_id, first.packet_id);
  EXPECT_TRUE(again.dup);
}

}  // namespace
}  // namespace signet
