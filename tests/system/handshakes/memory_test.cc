// What a client holds of the broker's memory that has not said who it is, at each point where it
// may stop. 16 KiB is what docs/LIMITS.md promises for connect_bytes; it is kept as long as nothing
// is left unfinished behind a ClientHello. There wolfSSL's session takes most of it, and what one
// may leave unfinished comes on top, up to the limit that its case names.
#include <functional>

#include "fmt/format.h"
#include "net/tls/tls_transport.h"
#include "tests/support/bytes.h"
#include "tests/system/handshakes/handshake_fixture.h"

namespace signet {
namespace {

constexpr uint64_t kBeforeConnect = 16 * kKiB;
constexpr uint64_t kConnectBytes = 12 * kKiB;

class HandshakeMemory : public HandshakeTest {
 protected:
  // Latency: the witness goes on while they are held. Memory: each of them is within `bound`, all
  // of it, the broker's tables included; a second wave adds nothing to the first.
  void ExpectEachWithin(uint64_t bound, size_t count, HostilePort port,
                        const std::function<void(SocketClient&)>& stop) {
    const uint64_t before = broker().ResidentBytes();
    uint64_t most = 0;
    for (int wave = 0; wave < 2; ++wave) {
      std::vector<SocketClient> clients;
      for (size_t i = 0; i < count; ++i) {
        clients.emplace_back(PortOf(port));
        stop(clients.back());
      }
      EXPECT_TRUE(witness().Sees(10));
      most = std::max(most, broker().ResidentBytes());
      for (SocketClient& client : clients) client.Reset();
      EXPECT_TRUE(witness().Sees(10));
    }
    const uint64_t grown = most - std::min(most, before);
    RecordProperty("connections", std::to_string(count));
    RecordProperty("bytes_per_connection", std::to_string(grown / count));
    if (!kSanitized) {
      EXPECT_LE(grown, count * bound + slack()) << grown / count << " bytes each";
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Shards, HandshakeMemory, testing::ValuesIn(kShardCountsOfTwoPresets),
                         testing::PrintToStringParamName());

// A handshake costs its client as much as the broker, so there are fewer of them.
constexpr size_t Held() { return Scaled(1'000, 100); }

TEST_P(HandshakeMemory, OfTenThousandThatNeverSpeak) {
  const size_t count = Sockets(Scaled(10'000, 500));
  Start();
  // An empty connection costs a slot and its transport, never a buffer.
  ExpectEachWithin(2 * kKiB, count, HostilePort::kTls, [](SocketClient&) {});
}

TEST_P(HandshakeMemory, OfSilentWebSockets) {
  Start();
  ExpectEachWithin(2 * kKiB, Sockets(Scaled(5'000, 200)), HostilePort::kWebSocket,
                   [](SocketClient&) {});
}

TEST_P(HandshakeMemory, OfHalfAClientHello) {
  Start();
  const std::string hello = ClientHelloBytes();
  ExpectEachWithin(
      4 * kKiB, Sockets(Scaled(5'000, 200)), HostilePort::kTls,
      [&](SocketClient& client) { client.Send(AsBytes(hello).first(hello.size() / 2)); });
}

// All that may be kept of one: it announces the most, and ends one byte short.
TEST_P(HandshakeMemory, OfTheLongestClientHelloButOneByte) {
  Start();
  std::vector<uint8_t> hello = Bytes("16 0301 1ff0 01 001fec 0303");
  hello.resize(5 + 0x1ff0 - 1);
  ExpectEachWithin(kBeforeConnect, Held(), HostilePort::kTls,
                   [&](SocketClient& client) { client.Send(hello); });
}

TEST_P(HandshakeMemory, OfAHandshakeThatStopsHalfWay) {
  Start();
  const std::string hello = ClientHelloBytes();
  ExpectEachWithin(kBeforeConnect, Held(), HostilePort::kTls, [&](SocketClient& client) {
    client.Send(AsBytes(hello));
    EXPECT_TRUE(client.ReceiveSome().has_value());
  });
}

TEST_P(HandshakeMemory, OfAHandshakeOfTls12ThatStopsHalfWay) {
  Start();
  const std::string hello = ClientHelloBytes(TlsVersion::k12);
  ExpectEachWithin(kBeforeConnect, Held(), HostilePort::kTls, [&](SocketClient& client) {
    client.Send(AsBytes(hello));
    EXPECT_TRUE(client.ReceiveSome().has_value());
  });
}

// A Certificate that announces much, and stops before its end: the record is kept.
TEST_P(HandshakeMemory, OfAClientCertificateThatDoesNotEnd) {
  Start();
  const std::string hello = ClientHelloBytes(TlsVersion::k12);
  std::vector<uint8_t> certificate = Bytes("16 0303 2ff0 0b 005000 004ffd 004ffa");
  certificate.resize(5 + 0x2ff0 - 1);
  ExpectEachWithin(kBeforeConnect + kMaxHandshakeRecordBytes, Held(), HostilePort::kMutualTls,
                   [&](SocketClient& client) {
                     client.Send(AsBytes(hello));
                     EXPECT_TRUE(client.ReceiveSome().has_value());
                     client.Send(certificate);
                   });
}

TEST_P(HandshakeMemory, OfAClientCertificateWithoutEndInWholeRecords) {
  Start();
  const std::string hello = ClientHelloBytes(TlsVersion::k12);
  std::vector<uint8_t> records = Bytes("16 0303 2fe0 0b 007000 006ffd 006ffa");
  records.resize(5 + 0x2fe0);
  const std::vector<uint8_t> head = Bytes("16 0303 2fe0");
  records.insert(records.end(), head.begin(), head.end());
  records.resize(2 * records.size() - head.size());
  ExpectEachWithin(kBeforeConnect + kMaxHandshakeBytes, Held(), HostilePort::kMutualTls,
                   [&](SocketClient& client) {
                     client.Send(AsBytes(hello));
                     EXPECT_TRUE(client.ReceiveSome().has_value());
                     client.Send(records);
                   });
}

void ShakeAndStop(uint16_t port, TlsVersion version, SocketClient* client,
                  std::string_view then = {}) {
  TlsSocket tls(port, {.max_version = version});
  EXPECT_TRUE(tls.Shake());
  if (!then.empty()) tls.Write(then);
  *client = std::move(tls.socket());
}

TEST_P(HandshakeMemory, OfAHandshakeWithoutConnect) {
  Start();
  ExpectEachWithin(kBeforeConnect, Held(), HostilePort::kTls, [&](SocketClient& client) {
    ShakeAndStop(PortOf(HostilePort::kTls), TlsVersion::k13, &client);
  });
}

TEST_P(HandshakeMemory, OfAHandshakeOfTls12WithoutConnect) {
  Start();
  ExpectEachWithin(kBeforeConnect, Held(), HostilePort::kTls, [&](SocketClient& client) {
    ShakeAndStop(PortOf(HostilePort::kTls), TlsVersion::k12, &client);
  });
}

TEST_P(HandshakeMemory, OfAHandshakeWithTheLongestConnectButOneByte) {
  Start();
  std::vector<uint8_t> half = Bytes("10 FD 5F 0004 'MQTT' 05 02 0000 00 FFFF");
  half.resize(12'287, 'x');
  ExpectEachWithin(
      kBeforeConnect + kConnectBytes, Held(), HostilePort::kTls, [&](SocketClient& client) {
        ShakeAndStop(PortOf(HostilePort::kTls), TlsVersion::k13, &client, AsText(half));
      });
}

// The worst there is: both the packet and the record that would go on with it have begun.
TEST_P(HandshakeMemory, OfTheLongestConnectAndRecordButOneByteEach) {
  Start();
  std::vector<uint8_t> half = Bytes("10 FD 5F 0004 'MQTT' 05 02 0000 00 FFFF");
  half.resize(12'287, 'x');
  std::vector<uint8_t> record = Bytes("17 0303 4100");
  record.resize(5 + 0x4100 - 1);
  ExpectEachWithin(kBeforeConnect + kConnectBytes + RecordReader::kMaxRecordBytes, Held(),
                   HostilePort::kTls, [&](SocketClient& client) {
                     ShakeAndStop(PortOf(HostilePort::kTls), TlsVersion::k13, &client,
                                  AsText(half));
                     client.Send(record);
                   });
}

TEST_P(HandshakeMemory, OfAnUpgradeWithoutEnd) {
  Start();
  std::string request = "GET /mqtt HTTP/1.1\r\nHost: a\r\n";
  while (request.size() < 8'000)
    request += fmt::format("X-{}: {}\r\n", request.size(), std::string(300, 'x'));
  ExpectEachWithin(kBeforeConnect, Held(), HostilePort::kWebSocket,
                   [&](SocketClient& client) { client.Send(AsBytes(request)); });
}

TEST_P(HandshakeMemory, OfAProxyHeaderWithoutEnd) {
  Start();
  std::vector<uint8_t> header = Bytes("0d0a0d0a000d0a515549540a 21 11 0ff0");
  header.resize(16 + 0x0ff0 - 1);
  ExpectEachWithin(kBeforeConnect, Held(), HostilePort::kProxiedTls,
                   [&](SocketClient& client) { client.Send(header); });
}

}  // namespace
}  // namespace signet
