// What the broker writes of its clients into the log.
#include <algorithm>

#include "tests/core/broker/broker_test.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

using LogTest = BrokerTest;
INSTANTIATE_BROKER_TEST(LogTest);

const std::vector<uint8_t> kConnect = Bytes("10 0E 0004 'MQTT' 05 02 0000 00 0001 'c'");

size_t Count(const std::vector<std::string>& lines, std::string_view event) {
  return static_cast<size_t>(std::ranges::count_if(
      lines, [&](const std::string& line) { return line.starts_with(event); }));
}

// The lines about a peer that sends this.
std::vector<std::string> LinesOf(CoreWorld& world, ByteView bytes) {
  world.Advance(seconds(2));  // Until the limit has recovered.
  const size_t before = world.log().lines().size();
  CoreWorld::Peer* peer = world.Open();
  peer->Send(bytes);
  world.Run();
  EXPECT_TRUE(peer->closed()) << Hex(bytes);
  const std::vector<std::string>& all = world.log().lines();
  return {all.begin() + static_cast<ptrdiff_t>(before), all.end()};
}

TEST_P(LogTest, SaysWhenAClientComesAndGoes) {
  const std::vector<std::string> lines = LinesOf(world(), Concat({kConnect, Bytes("E000")}));
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_TRUE(lines[0].starts_with("client connected client_id=\"c\"")) << lines[0];
  EXPECT_TRUE(lines[1].starts_with("client disconnected client_id=\"c\"")) << lines[1];
}

// 4.13
TEST_P(LogTest, SaysInOneLineWhyAPeerIsRefusedBeforeItIsConnected) {
  limits().connect_bytes = 256;
  for (const char* bytes : {
           "C000",                                                    // Not CONNECT,
           "30 03 0001 't'",                                          //
           "F000",                                                    //
           "30 FFFF7F",                                               // nor of a size for it.
           "0000",                                                    // A type that is reserved,
           "1100",                                                    // flags that are,
           "10 FFFFFFFF",                                             // a number without end.
           "10 00",                                                   // A CONNECT without anything,
           "10 0D 0004 'MQTT' 04 03 0000 0001 'c'",                   // with a reserved flag,
           "10 0F 0006 'MQIsdp' 03 02 0000 0001 'c'",                 // of another protocol,
           "10 0E 0004 'MQTT' 05 02 0000 01 0001 'c'",                // with half a property,
           "10 0C 0004 'MQTT' 04 00 0000 0000",                       // without a name,
           "10 FFFF7F 0004 'MQTT' 05",                                // too large,
           "10 14 0004 'MQTT' 05 02 0000 06 15 0003 'abc' 0001 'c'",  // by an unknown method.
       }) {
    const std::vector<std::string> lines = LinesOf(world(), Bytes(bytes));
    ASSERT_EQ(lines.size(), 1u) << bytes;
    EXPECT_TRUE(lines[0].starts_with("client refused ")) << lines[0];
  }
}

TEST_P(LogTest, SaysWhoDoesNotConnectInTime) {
  CoreWorld::Peer* peer = world().Open();
  world().Advance(seconds(11));
  EXPECT_TRUE(peer->closed());
  ASSERT_EQ(world().log().lines().size(), 1u);
  const std::string& line = world().log().lines()[0];
  EXPECT_TRUE(line.starts_with("client given up peer=")) << line;
  EXPECT_NE(line.find("no CONNECT in time"), line.npos) << line;
}

TEST_P(LogTest, SaysInOneLineWhyAClientIsRefusedOnceItIsConnected) {
  limits().packet_bytes = 1024;
  for (const char* bytes : {
           "0000",                       // A type that is reserved.
           "C000 C001 00",               // PINGREQ with a body.
           "C0 8000",                    // A length that is longer than it needs to be.
           "82 03 0001 00",              // SUBSCRIBE to nothing.
           "30 04 0002 't#' 00",         // PUBLISH to a wildcard,
           "30 FFFF7F",                  // too large,
           "30 07 0001 't' 03 23 00FF",  // with an alias that there is not.
           "D000",                       // What only a Server sends.
           "F000",                       // AUTH without a method.
           "E0 01 FF",                   // DISCONNECT without sense.
           "10 0E 0004 'MQTT' 05 02 0000 00 0001 'c'",  // A second CONNECT.
       }) {
    const std::vector<std::string> lines = LinesOf(world(), Concat({kConnect, Bytes(bytes)}));
    ASSERT_EQ(lines.size(), 2u) << bytes;
    EXPECT_TRUE(lines[0].starts_with("client connected ")) << lines[0];
    EXPECT_TRUE(lines[1].starts_with("client refused client_id=\"c\"")) << lines[1];
  }
}

TEST_P(LogTest, WritesAFewLinesOfManyPeersThatAreRefused) {
  for (const auto& bytes : {Concat({kConnect, Bytes("0000")}), Bytes("C000"), Bytes("1000")}) {
    world().Advance(seconds(2));
    const size_t refused = Count(world().log().lines(), "client refused");
    for (int i = 0; i < 500; ++i) {
      CoreWorld::Peer* peer = world().Open();
      peer->Send(bytes);
      world().Run();
      EXPECT_TRUE(peer->closed());
    }
    const std::vector<std::string>& lines = world().log().lines();
    const size_t written = Count(lines, "client refused") - refused;
    EXPECT_GT(written, 0u);
    EXPECT_LE(written, 20u * GetParam());
    EXPECT_EQ(Count(lines, "client disconnected"), 0u);
  }
  world().Advance(seconds(2));
  for (uint32_t shard = 0; shard < GetParam(); ++shard) {
    world().Open(shard)->Send(Bytes("C000"));
    world().Run();
    EXPECT_EQ(world().log().lines().back().find("not_logged_before=\"0\""), std::string::npos)
        << world().log().lines().back();
  }
}

TEST_P(LogTest, EscapesWhatAPeerHasChosen) {
  LinesOf(world(), Bytes("10 10 0004 'MQTT' 05 02 0000 00 0003 41 0A 42 0000"));
  for (const std::string& line : world().log().lines()) {
    EXPECT_NE(line.find(R"(client_id="A\nB")"), std::string::npos) << line;
    EXPECT_TRUE(std::ranges::none_of(line, [](char c) { return c >= 0 && c < ' '; })) << line;
  }
}

}  // namespace
}  // namespace signet
