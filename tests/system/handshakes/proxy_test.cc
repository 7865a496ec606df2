// PROXY headers from those who may not send them, that lie, and that do not end. Memory grows by no
// more than slack(), and the witness misses nothing.
#include "fmt/format.h"
#include "tests/support/bytes.h"
#include "tests/system/handshakes/handshake_fixture.h"

namespace signet {
namespace {

constexpr std::string_view kHeader = "PROXY TCP4 192.0.2.7 192.0.2.8 1111 1883\r\n";

class HostileProxy : public HandshakeTest {
 protected:
  void TearDown() override {
    ExpectPeakGrowthWithin(slack());
    HandshakeTest::TearDown();
  }
};
INSTANTIATE_TEST_SUITE_P(Shards, HostileProxy, testing::ValuesIn(kShardCounts),
                         testing::PrintToStringParamName());

std::vector<uint8_t> Connect() {
  return ConnectBytes(
      {.version = ProtocolVersion::k5, .clean_start = true, .client_id = "proxied"});
}

TEST_P(HostileProxy, StrangersAreNotListenedTo) {
  Start();
  SocketClient client(PortOf(HostilePort::kStrangers));
  client.Send(AsBytes(kHeader));
  ExpectEnd(client, "it is in none of the port's trustedNetworks");
  EXPECT_EQ(broker().Log().find("192.0.2.7"), std::string::npos);
}

TEST_P(HostileProxy, LiesAreNamed) {
  Start();
  constexpr HostilePort kPort = HostilePort::kProxied;
  ExpectRefused(kPort, Connect(), "the PROXY header is missing");
  ExpectRefused(kPort, AsBytes(ClientHelloBytes()), "the PROXY header is missing");
  ExpectRefused(kPort, AsBytes("PROXY TCP4 300.0.2.7 192.0.2.8 1 2\r\n"),
                "the PROXY header of version 1 is malformed");
  ExpectRefused(kPort, AsBytes("PROXY TCP6 192.0.2.7 192.0.2.8 1 2\r\n"),
                "the PROXY header of version 1 is malformed");
  ExpectRefused(kPort, AsBytes("PROXY TCP4 " + std::string(200, '1')),
                "the PROXY header of version 1 has no end within 107 bytes");
  ExpectRefused(kPort, Bytes("0d0a0d0a000d0a515549540a 31 11 000c"),
                "the PROXY header has a version that is neither 1 nor 2");
  ExpectRefused(kPort, Bytes("0d0a0d0a000d0a515549540a 21 11 ffff"),
                "the PROXY header is longer than 4096 bytes");
  ExpectRefused(kPort, Bytes("0d0a0d0a000d0a515549540a 21 11 0004 01020304"),
                "the PROXY header is too short for its addresses");
  ExpectRefused(kPort,
                Bytes("0d0a0d0a000d0a515549540a 21 11 000f c0000207c0000208 0001 0002 "
                      "03 ffff"),
                "the PROXY header has an addition that is longer than itself");
}

// What follows the header belongs to MQTT, also in the same segment; a second header does not.
TEST_P(HostileProxy, AHeaderByteByByteIsTakenAndASecondOneIsNot) {
  Start();
  SocketClient client(PortOf(HostilePort::kProxied));
  for (const char& byte : kHeader) EXPECT_TRUE(client.Send(AsBytes(std::string_view(&byte, 1))));
  client.Send(Connect());
  EXPECT_EQ(client.Receive(1), Bytes("20"));
  EXPECT_TRUE(Logs("192.0.2.7:1111 via 127.0.0.1"));
  SocketClient twice(PortOf(HostilePort::kProxied));
  // As MQTT it is a PUBREC of 84 bytes, and refused once they are there.
  twice.Send(AsBytes(std::string(kHeader) + std::string(kHeader) + std::string(kHeader)));
  ExpectEnd(twice, "client refused");
}

TEST_P(HostileProxy, AHeaderInFrontOfTlsIsTakenAndWithinItIsNot) {
  Start();
  TlsSocket client(PortOf(HostilePort::kProxiedTls));
  client.socket().Send(AsBytes(kHeader));
  EXPECT_TRUE(client.Shake() && client.Connect("behind"));
  TlsSocket within(PortOf(HostilePort::kProxiedTls));
  within.socket().Send(AsBytes(kHeader));
  EXPECT_TRUE(within.Shake() && within.Write(kHeader) && within.Write(kHeader));
  ExpectEnd(within.socket(), "client refused");
  ExpectRefused(HostilePort::kProxiedTls, AsBytes(ClientHelloBytes()),
                "the PROXY header is missing");
}

TEST_P(HostileProxy, AnEndOrAResetWithinTheHeaderIsTaken) {
  Start();
  for (size_t size = 0; size < kHeader.size(); ++size) {
    SocketClient client(PortOf(HostilePort::kProxied));
    client.Send(AsBytes(kHeader).first(size));
    if (size % 2 == 0) {
      client.EndSending();
      EXPECT_TRUE(client.ReceiveUntilClosed().has_value()) << size;
    } else {
      client.Reset();
    }
  }
}

}  // namespace
}  // namespace signet
