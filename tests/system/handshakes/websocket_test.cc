// WebSockets that break the rules of RFC 6455, before and after they are open. Memory grows by no
// more than slack() and what one connection may leave unsent; the witness misses nothing.
#include <sys/socket.h>

#include "fmt/format.h"
#include "tests/support/bytes.h"
#include "tests/support/websocket_client.h"
#include "tests/system/handshakes/handshake_fixture.h"

namespace signet {
namespace {

using websocket::ClientFrame;
using websocket::Encode;
using websocket::Opcode;

constexpr uint64_t kUnsent = 2 * kMiB;  // Limits::output_hard_bytes, twice.

class HostileWebSocket : public HandshakeTest {
 protected:
  void TearDown() override {
    ExpectPeakGrowthWithin(kUnsent + slack());
    HandshakeTest::TearDown();
  }
  // Opens one, sends `bytes`, and must be told the end by a Close frame with this code.
  void ExpectClosed(ByteView bytes, uint16_t code, std::string_view sentence) {
    SocketClient client(PortOf(HostilePort::kWebSocket));
    ASSERT_TRUE(OpenWebSocket(client));
    client.Send(bytes);
    const auto rest = client.ReceiveUntilClosed();
    ASSERT_TRUE(rest.has_value()) << sentence;
    ASSERT_GE(rest->size(), 4u) << sentence;
    const size_t at = rest->size() - 4;
    EXPECT_EQ((*rest)[at], 0x88) << sentence;
    EXPECT_EQ((*rest)[at + 2] << 8 | (*rest)[at + 3], code) << sentence;
    EXPECT_TRUE(Logs(sentence)) << sentence << "\n" << broker().Log();
  }
  void ExpectStatus(std::string_view request, int status) {
    SocketClient client(PortOf(HostilePort::kWebSocket));
    client.Send(AsBytes(request));
    const auto answer = client.ReceiveUntilClosed();
    ASSERT_TRUE(answer.has_value());
    EXPECT_TRUE(AsText(*answer).starts_with(fmt::format("HTTP/1.1 {} ", status)))
        << AsText(*answer);
  }
};
INSTANTIATE_TEST_SUITE_P(Shards, HostileWebSocket, testing::ValuesIn(kShardCounts),
                         testing::PrintToStringParamName());

TEST_P(HostileWebSocket, FramesThatBreakTheRulesAreNamedAndClosed) {
  Start();
  ExpectClosed(Encode({.mask = std::nullopt}, Bytes("c000")), 1002, "did not mask a frame");
  ExpectClosed(Encode({.reserved = 0x40}, Bytes("c000")), 1002, "set a reserved bit");
  ExpectClosed(Encode({.length_bytes = 2}, Bytes("c000")), 1002, "wrote a length too long");
  ExpectClosed(Encode({.length_bytes = 8}, Bytes("c000")), 1002, "wrote a length too long");
  ExpectClosed(Bytes("82 ff 8000000000000000"), 1002, "sent a negative length");
  ExpectClosed(Encode({.opcode = Opcode::kPing, .fin = false}, {}), 1002,
               "fragmented a control frame");
  ExpectClosed(Encode({.opcode = Opcode::kPing}, std::vector<uint8_t>(126)), 1002,
               "sent a control frame that is too long");
  ExpectClosed(Bytes("81 80 00000000"), 1003, "sent text");
}

// The frame says 2^63 - 1 bytes: nothing is kept for what has not come.
TEST_P(HostileWebSocket, ALengthThatLiesReservesNothing) {
  Start();
  std::vector<SocketClient> liars;
  for (size_t i = 0; i < Scaled(200, 50); ++i) {
    liars.emplace_back(PortOf(HostilePort::kWebSocket));
    ASSERT_TRUE(OpenWebSocket(liars.back()));
    liars.back().Send(Bytes("82 ff 7fffffffffffffff 00000000 10"));
  }
  EXPECT_TRUE(witness().Sees(20));
}

TEST_P(HostileWebSocket, FragmentsWithoutEndAreNotCollected) {
  Start();
  SocketClient client(PortOf(HostilePort::kWebSocket));
  ASSERT_TRUE(OpenWebSocket(client));
  client.Send(Encode({.fin = false}, {}));
  std::vector<uint8_t> many;
  const std::vector<uint8_t> none = Encode({.opcode = Opcode::kContinuation, .fin = false}, {});
  for (size_t i = 0; i < 10'000; ++i) many.insert(many.end(), none.begin(), none.end());
  for (size_t i = 0; i < Scaled(50, 5); ++i) EXPECT_TRUE(client.Send(many));
  // It is still MQTT that they carry.
  const std::vector<uint8_t> connect =
      ConnectBytes({.version = ProtocolVersion::k5, .clean_start = true, .client_id = "fragments"});
  client.Send(Encode({.opcode = Opcode::kContinuation, .fin = false}, connect));
  EXPECT_EQ(client.Receive(1), Bytes("82"));
}

TEST_P(HostileWebSocket, PingsWhoseAnswersNobodyReadsEndAtTheLimitOfOutput) {
  Start();
  const std::vector<uint8_t> ping = Encode({.opcode = Opcode::kPing}, std::vector<uint8_t>(125));
  std::vector<uint8_t> many;
  for (size_t i = 0; i < 1'000; ++i) many.insert(many.end(), ping.begin(), ping.end());
  std::vector<SocketClient> clients;
  for (size_t i = 0; i < 4; ++i) {
    clients.emplace_back(PortOf(HostilePort::kWebSocket), 4'096);
    ASSERT_TRUE(OpenWebSocket(clients.back()));
  }
  // As much as the kernel takes for a connection whose reader rests.
  for (size_t i = 0; i < Scaled(200, 20); ++i) {
    for (SocketClient& client : clients) {
      send(client.fd(), many.data(), many.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
  }
  EXPECT_TRUE(witness().Sees(20));
}

TEST_P(HostileWebSocket, RequestsThatAreTooLongTwiceThereOrFromElsewhereAreAnswered) {
  Start();
  const std::string request = websocket::OpeningRequest();
  const auto with = [&](std::string_view field) {
    return request.substr(0, request.size() - 2) + std::string(field) + "\r\n\r\n";
  };
  ExpectStatus(with("X: " + std::string(8'200, 'x')), 431);
  ExpectStatus(with("Origin: https://evil.example"), 403);
  ExpectStatus(with("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="), 400);
  ExpectStatus("GET /mqtt HTTP/1.1\r\nHost: a\r\n\r\n", 426);
  SocketClient good(PortOf(HostilePort::kWebSocket));
  good.Send(AsBytes(with(fmt::format("Origin: {}", kGoodOrigin))));
  EXPECT_EQ(AsText(good.Receive(12)), "HTTP/1.1 101");
  // A second request in the place of frames: its first byte has reserved bits.
  ExpectClosed(AsBytes(request), 1002, "set a reserved bit");
}

TEST_P(HostileWebSocket, ARequestByteByByteIsAnswered) {
  Start();
  SocketClient client(PortOf(HostilePort::kWebSocket));
  const std::string request = websocket::OpeningRequest();
  for (const char& byte : request) EXPECT_TRUE(client.Send(AsBytes(std::string_view(&byte, 1))));
  EXPECT_EQ(AsText(client.Receive(12)), "HTTP/1.1 101");
}

TEST_P(HostileWebSocket, OtherProtocolsAreNamed) {
  Start();
  ExpectRefused(HostilePort::kWebSocket, Bytes("10 0c 0004 'MQTT' 05 02 003c 00 0000"),
                "the client sent MQTT without WebSocket");
  ExpectRefused(HostilePort::kWebSocket, AsBytes(ClientHelloBytes()), "the client began TLS");
  ExpectRefused(HostilePort::kWebSocket, AsBytes("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n"),
                "a PROXY header came");
  ExpectRefused(HostilePort::kSecureWebSocket, AsBytes(websocket::OpeningRequest()),
                "it speaks plain HTTP to a TLS port");
}

TEST_P(HostileWebSocket, MqttWithoutWebSocketBehindTlsIsNamed) {
  Start();
  TlsSocket client(PortOf(HostilePort::kSecureWebSocket));
  ASSERT_TRUE(client.Shake());
  EXPECT_FALSE(client.Connect("bare"));
  EXPECT_TRUE(Logs("the client sent MQTT without WebSocket"));
}

}  // namespace
}  // namespace signet
