#include <algorithm>
#include <set>

#include "tests/core/broker/broker_test.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

using ConnectTest = BrokerTest;
INSTANTIATE_BROKER_TEST(ConnectTest);

TEST_P(ConnectTest, AnswersConnectWhateverShardItMeets) {
  for (uint32_t shard = 0; shard < GetParam(); ++shard) {
    TestClient client(&world(), "same-name", shard);
    EXPECT_FALSE(client.Connect().session_present);
    client.Disconnect();
    EXPECT_TRUE(client.closed());
  }
}

TEST_P(ConnectTest, ClosesWhenTheFirstPacketIsAnotherOne) {  // [MQTT-3.1.0-1]
  CoreWorld::Peer* peer = world().Open();
  peer->Send(Bytes("C000"));
  world().Run();
  EXPECT_TRUE(peer->closed());
  EXPECT_TRUE(peer->received().empty());
}

TEST_P(ConnectTest, HandlesConnectAndWhatFollowsSplitAtEveryByte) {
  for (size_t segment = 1; segment < 40; ++segment) {
    TestClient client(&world(), "split-" + std::to_string(segment));
    client.peer().SetSegment(segment);
    client.SendConnect({});
    client.peer().Send(Bytes("C000 C000"));
    EXPECT_EQ(client.Next(PacketType::kConnack).code, 0);
    client.Next(PacketType::kPingresp);
    client.Next(PacketType::kPingresp);
  }
}

TEST_P(ConnectTest, ResumesASessionThatHasNotExpired) {  // [MQTT-3.1.2-5]
  auto first = Client("c", {.session_expiry_s = 100});
  first->Subscribe("a/b", kQos1);
  first->peer().Drop();
  world().Advance(seconds(99));
  TestClient second(&world(), "c");
  EXPECT_TRUE(second.Connect({.clean_start = false, .session_expiry_s = 100}).session_present);
  Client("p")->Publish({.topic = "a/b", .payload = "kept", .qos = kQos1});
  EXPECT_EQ(second.NextMessage().payload, "kept");
}

TEST_P(ConnectTest, ForgetsASessionWhenItsExpiryIntervalHasPassed) {  // [MQTT-3.1.2-23]
  auto first = Client("c", {.session_expiry_s = 100});
  first->Subscribe("a/b", kQos1);
  first->peer().Drop();
  world().Advance(seconds(102));
  TestClient second(&world(), "c");
  EXPECT_FALSE(second.Connect({.clean_start = false}).session_present);
  EXPECT_EQ(world().totals().sessions, 1u);
}

TEST_P(ConnectTest, CleanStartDiscardsTheSession) {  // [MQTT-3.1.2-4]
  auto first = Client("c", {.session_expiry_s = 100});
  first->Subscribe("a/b", kQos1);
  first->Disconnect();
  TestClient second(&world(), "c");
  EXPECT_FALSE(second.Connect({.clean_start = true, .session_expiry_s = 100}).session_present);
  Client("p")->Publish({.topic = "a/b", .payload = "lost", .qos = kQos1});
  EXPECT_TRUE(second.Silent());
}

TEST_P(ConnectTest, TakesOverTheSessionFromAnOlderConnection) {  // [MQTT-3.1.4-3]
  auto first = Client("c", {.session_expiry_s = 100});
  first->Subscribe("a/b", kQos1);
  TestClient second(&world(), "c");
  EXPECT_TRUE(second.Connect({.clean_start = false, .session_expiry_s = 100}).session_present);
  const Received last = first->Next(PacketType::kDisconnect);
  EXPECT_EQ(last.code, 0x8E);
  EXPECT_TRUE(first->closed());
  Client("p")->Publish({.topic = "a/b", .payload = "moved", .qos = kQos1});
  EXPECT_EQ(second.NextMessage().payload, "moved");
}

TEST_P(ConnectTest, ClosesAnOlderConnectionOf311WithoutAWord) {
  auto first = Client("c", {.version = kV311});
  auto second = Client("c", {.version = kV311});
  EXPECT_TRUE(first->closed());
  EXPECT_TRUE(first->Silent());
}

TEST_P(ConnectTest, AssignsAClientIdentifierThatIsAtHomeWhereItConnected) {  // [MQTT-3.1.3-6]
  std::set<std::string> names;
  for (int i = 0; i < 20; ++i) {
    TestClient client(&world(), "");
    names.insert(client.Connect().assigned_client_id);
  }
  EXPECT_EQ(names.size(), 20u);
  EXPECT_EQ(names.count(""), 0u);
}

TEST_P(ConnectTest, Refuses311WithoutClientIdentifierThatWantsToKeepItsSession) {
  TestClient client(&world(), "");  // MQTT 3.1.1: [MQTT-3.1.3-8]
  client.SendConnect({.version = kV311, .clean_start = false});
  EXPECT_EQ(client.Next(PacketType::kConnack).code, 2);
  EXPECT_TRUE(client.closed());
}

TEST_P(ConnectTest, DisconnectsASilentClientAfterOneAndAHalfTimesKeepAlive) {  // [MQTT-3.1.2-22]
  auto client = Client("c", {.keep_alive_s = 10});
  world().Advance(seconds(14));
  EXPECT_FALSE(client->closed());
  client->peer().Send(Bytes("C000"));
  client->Next(PacketType::kPingresp);
  world().Advance(seconds(14));
  EXPECT_FALSE(client->closed());
  world().Advance(seconds(2));
  EXPECT_EQ(client->Next(PacketType::kDisconnect).code, 0x8D);
  EXPECT_TRUE(client->closed());
}

TEST_P(ConnectTest, HoldsAClientToTheLargestKeepAlive) {  // [MQTT-3.1.2-21]
  limits().keep_alive_s = 60;
  TestClient client(&world(), "c");
  const Received connack = client.Connect({.keep_alive_s = 0});
  EXPECT_NE(Hex(connack.properties).find(Hex(Bytes("13 003C"))), std::string::npos);
  world().Advance(seconds(92));
  EXPECT_TRUE(client.closed());
}

TEST_P(ConnectTest, ClosesWhoSendsNoConnectInTime) {
  limits().connect_timeout_s = 5;
  CoreWorld::Peer* silent = world().Open();
  CoreWorld::Peer* slow = world().Open();
  for (const uint8_t byte : Bytes("10 10 0004 'MQTT'")) {
    slow->Send({&byte, 1});
    world().Advance(milliseconds(900));
  }
  EXPECT_TRUE(silent->closed());
  EXPECT_TRUE(slow->closed());
}

TEST_P(ConnectTest, RefusesOneConnectionMoreThanTheLimit) {
  limits().connections = 3;
  auto a = Client("a"), b = Client("b"), c = Client("c");
  EXPECT_EQ(world().Open(), nullptr);
  b->Disconnect();
  EXPECT_NE(world().Open(), nullptr);
}

TEST_P(ConnectTest, RefusesOneSessionMoreThanTheLimit) {
  limits().sessions = 2;
  auto a = Client("a"), b = Client("b");
  TestClient c(&world(), "c");
  c.SendConnect({});
  EXPECT_EQ(c.Next(PacketType::kConnack).code, 0x97);
  EXPECT_TRUE(c.closed());
  TestClient again(&world(), "a");
  again.Connect();
}

TEST_P(ConnectTest, CapsTheSessionExpiryIntervalAndSaysSo) {
  limits().session_expiry_s = 50;
  TestClient client(&world(), "c");
  const Received connack = client.Connect({.session_expiry_s = 1000});
  EXPECT_NE(Hex(connack.properties).find(Hex(Bytes("11 00000032"))), std::string::npos);
}

TEST_P(ConnectTest, ChangesTheExpiryIntervalAtDisconnect) {  // 3.14.2.2.2
  auto client = Client("c", {.session_expiry_s = 100});
  client->peer().Send(Bytes("E0 07 00 05 11 00000005"));
  world().Advance(seconds(7));
  EXPECT_EQ(world().totals().sessions, 0u);
}

TEST_P(ConnectTest, RefusesAnExpiryIntervalAtDisconnectWhereThereWasNone) {
  auto client = Client("c");
  client->peer().Send(Bytes("E0 07 00 05 11 00000005"));
  EXPECT_EQ(client->Next(PacketType::kDisconnect).code, 0x82);
}

TEST_P(ConnectTest, AnswersAConnectThatIsTooLargeInItsOwnVersion) {
  limits().connect_bytes = 256;
  const std::string name(300, 'x');
  TestClient v5(&world(), name);
  v5.SendConnect({});
  EXPECT_EQ(v5.Next(PacketType::kConnack).code, 0x95);
  TestClient v311(&world(), name);
  v311.SendConnect({.version = kV311});
  EXPECT_TRUE(v311.closed());
  EXPECT_TRUE(v311.Silent());
}

// What the broker answers to a first packet that comes in two pieces, and that it closes then.
std::vector<uint8_t> AnswerInTwo(CoreWorld& world, ByteView packet, size_t split) {
  CoreWorld::Peer* peer = world.Open();
  peer->Send(packet.first(split));
  world.Run();
  peer->Send(packet.subspan(split));
  world.Run();
  EXPECT_TRUE(peer->closed()) << split;
  return peer->Take();
}

TEST_P(ConnectTest, AnswersAConnectThatIsTooLargeHoweverItIsSplit) {
  for (const uint64_t limit : {256u, 12u * 1024}) {
    CoreWorld::Options small{.shards = GetParam()};
    small.limits.connect_bytes = limit;
    CoreWorld world(small);
    const std::string name(limit, 'x');
    for (const ProtocolVersion version : {kV5, kV311}) {
      PacketBytes packet;
      EncodeConnect({.version = version, .clean_start = true, .client_id = name}, &packet);
      const std::vector<uint8_t> whole = AnswerInTwo(world, packet, packet.size());
      if (version == kV5) {
        ASSERT_GT(whole.size(), 4u);
        EXPECT_EQ(whole[3], 0x95);
      } else {
        EXPECT_TRUE(whole.empty());
      }
      for (size_t split = 1; split < std::min<size_t>(packet.size(), 300); ++split) {
        EXPECT_EQ(AnswerInTwo(world, packet, split), whole)
            << limit << " bytes, split at " << split;
      }
    }
  }
}

TEST_P(ConnectTest, WaitsForNoMoreOfAConnectThatIsTooLargeThanItsVersion) {
  limits().connect_bytes = 256;
  limits().connect_timeout_s = 5;
  const std::vector<uint8_t> packet = Bytes("10 FFFF7F 0004 'MQTT' 05");
  for (size_t size = 4; size <= packet.size(); ++size) {
    CoreWorld::Peer* peer = world().Open();
    peer->Send(ByteView(packet).first(size));
    world().Run();
    EXPECT_EQ(peer->closed(), size == packet.size()) << size;
    world().Advance(seconds(6));
    EXPECT_TRUE(peer->closed()) << size;
    EXPECT_EQ(peer->received().empty(), size < packet.size()) << size;
  }
}

TEST_P(ConnectTest, ClosesAtOnceWhenAFirstPacketThatIsTooLargeIsAnotherOne) {
  limits().connect_bytes = 256;
  for (const char* beginning : {"30 FFFF7F", "82 8002", "F0 FFFFFF7F", "11", "10 FFFFFFFF"}) {
    CoreWorld::Peer* peer = world().Open();
    peer->Send(Bytes(beginning));
    world().Run();
    EXPECT_TRUE(peer->closed()) << beginning;
    EXPECT_TRUE(peer->received().empty()) << beginning;
  }
}

TEST_P(ConnectTest, GivesResponseInformationToWhoAsksForIt) {
  options().response_information = "response/";
  CoreWorld::Peer* peer = world().Open();
  peer->Send(Bytes("10 10 0004 'MQTT' 05 02 0000 02 19 01 0001 'c'"));
  world().Run();
  EXPECT_NE(Hex(peer->received()).find(Hex(Bytes("1A 000A 'response/c'"))), std::string::npos);
}

TEST_P(ConnectTest, TellsClientsThatTheBrokerIsBeingStopped) {
  auto v5 = Client("v5");
  auto v311 = Client("v311", {.version = kV311});
  for (uint32_t i = 0; i < GetParam(); ++i) {
    world().shard(i).BeginTurn(world().now());
    world().shard(i).Drain();
  }
  EXPECT_EQ(v5->Next(PacketType::kDisconnect).code, 0x8B);
  EXPECT_TRUE(v5->closed());
  EXPECT_TRUE(v311->closed());
  TestClient late(&world(), "late");
  late.SendConnect({});
  EXPECT_EQ(late.Next(PacketType::kConnack).code, 0x88);
}

TEST_P(ConnectTest, RefusesAnAuthenticationMethodThatIsNotThere) {  // [MQTT-4.12.0-1]
  CoreWorld::Peer* peer = world().Open();
  peer->Send(Bytes("10 14 0004 'MQTT' 05 02 0000 06 15 0003 'abc' 0001 'c'"));
  world().Run();
  EXPECT_EQ(peer->received().at(3), 0x8C);
  EXPECT_TRUE(peer->closed());
}

}  // namespace
}  // namespace signet
