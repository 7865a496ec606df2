// TLS that is none, ends early, goes on for ever, or begins again. Each case costs the broker its
// connection and the others nothing: the witness misses no message and no round of it takes
// Witness::kRoundBound, the memory grows by no more than slack(), and the log says what was wrong.
#include <stdio.h>

#include "fmt/format.h"
#include "tests/support/bytes.h"
#include "tests/system/handshakes/handshake_fixture.h"

namespace signet {
namespace {

class HostileTls : public HandshakeTest {
 protected:
  void TearDown() override {
    ExpectPeakGrowthWithin(slack());
    HandshakeTest::TearDown();
  }
};
INSTANTIATE_TEST_SUITE_P(Shards, HostileTls, testing::ValuesIn(kShardCounts),
                         testing::PrintToStringParamName());

TEST_P(HostileTls, WhatIsNoTlsIsNamed) {
  Start();
  ExpectRefused(HostilePort::kTls, Bytes("10 0c 0004 'MQTT' 05 02 003c 00 0000"),
                "it speaks plain MQTT to a TLS port");
  ExpectRefused(HostilePort::kTls, AsBytes("GET / HTTP/1.1\r\n\r\n"),
                "it speaks plain HTTP to a TLS port");
  ExpectRefused(HostilePort::kTls, AsBytes("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n"),
                "it sent a PROXY header to a port that is not told to expect one");
  ExpectRefused(HostilePort::kTls, Bytes("ff fe 1b 5b 33 31 6d 0a"), "it does not speak TLS");
  ExpectRefused(HostilePort::kTls, Bytes("16 0301 0010 01 001ff8"),
                "its ClientHello is longer than 8192 bytes");
  ExpectRefused(HostilePort::kTls, Bytes("16 0301 0004 02000000"),
                "it begins with another message than ClientHello");
}

TEST_P(HostileTls, TlsAndHttpToAPlainPortAreNamed) {
  Start();
  SocketClient tls(port());
  tls.Send(AsBytes(ClientHelloBytes()));
  ExpectEnd(tls, "it speaks TLS, but this port has none");
  SocketClient http(port());
  http.Send(AsBytes("GET /mqtt HTTP/1.1\r\n\r\n"));
  ExpectEnd(http, "it speaks HTTP, but this port takes MQTT without WebSocket");
}

TEST_P(HostileTls, AClientHelloByteByByteIsAnsweredAndOneWithoutEndIsNot) {
  Start();
  const std::string hello = ClientHelloBytes();
  SocketClient slow(PortOf(HostilePort::kTls));
  for (size_t i = 0; i < hello.size(); ++i) EXPECT_TRUE(slow.Send(AsBytes(hello).subspan(i, 1)));
  EXPECT_EQ(slow.Receive(1), Bytes("16"));  // ServerHello.
  std::vector<uint8_t> endless = Bytes("16 0301 0004 01 001ff7");
  for (int i = 0; i < 2'000; ++i) {
    for (const uint8_t byte : Bytes("16 0301 0001 00")) endless.push_back(byte);
  }
  ExpectRefused(HostilePort::kTls, endless, "its ClientHello is longer than 8192 bytes");
}

TEST_P(HostileTls, RecordsWithoutAnythingInThemEnd) {
  Start();
  std::vector<uint8_t> empty = {};
  for (int i = 0; i < 10'000; ++i) {
    for (const uint8_t byte : Bytes("14 0303 0001 01")) empty.push_back(byte);
  }
  SocketClient client(PortOf(HostilePort::kTls));
  client.Send(AsBytes(ClientHelloBytes()));
  client.ReceiveSome();
  client.Send(empty);
  ExpectEnd(client, "TLS handshake failed");
}

TEST_P(HostileTls, KeyUpdatesWithoutEndEnd) {
  Start();
  TlsSocket client(PortOf(HostilePort::kTls));
  ASSERT_TRUE(client.Shake() && client.Connect("updater"));
  for (int i = 0; i < 100 && client.Flush(); ++i) client.tls().UpdateKeys();
  ExpectEnd(client.socket(), "the client sent 33 records without data in a row");
}

TEST_P(HostileTls, RecordsOfMoreThanTlsAllowsAreNotWaitedFor) {
  Start();
  TlsSocket client(PortOf(HostilePort::kTls));
  ASSERT_TRUE(client.Shake());
  client.socket().Send(Bytes("17 0303 4101"));
  ExpectEnd(client.socket(), "the client announced a record of more than 16645 bytes");
  SocketClient early(PortOf(HostilePort::kTls));
  early.Send(AsBytes(ClientHelloBytes()));
  early.ReceiveSome();
  early.Send(Bytes("17 0303 2ffc"));
  ExpectEnd(early, "the client announced a record of more than 12288 bytes");
}

TEST_P(HostileTls, AClientCertificateChainWithoutEndIsRefusedAndAShortOneServed) {
  Start();
  TlsSocket device(PortOf(HostilePort::kMutualTls), Device());
  EXPECT_TRUE(device.Shake());
  SocketClient client(PortOf(HostilePort::kMutualTls));
  client.Send(AsBytes(ClientHelloBytes(TlsVersion::k12)));
  client.ReceiveSome();
  std::vector<uint8_t> chain = Bytes("16 0303 2fe0 0b ffffff fffffc 00fff0");
  chain.resize(5 + 0x2fe0);
  for (int i = 0; i < 4; ++i) client.Send(chain);
  ExpectEnd(client, "TLS handshake failed");
}

TEST_P(HostileTls, AClientWithoutTheCertificateThatIsRequiredIsRefused) {
  Start();
  TlsSocket stranger(PortOf(HostilePort::kMutualTls));
  if (stranger.Shake()) stranger.ReceivePlain(1);  // TLS 1.3: told after its own end of it.
  EXPECT_TRUE(Logs("TLS handshake failed"));
}

TEST_P(HostileTls, AHandshakeThatTakesTooLongIsClosedWhereverItStands) {
  Start({.handshake_timeout_s = 1});
  const std::string hello = ClientHelloBytes();
  std::vector<SocketClient> clients;
  for (const size_t size : {size_t{0}, size_t{1}, hello.size() / 2, hello.size()}) {
    clients.emplace_back(PortOf(HostilePort::kTls));
    clients.back().Send(AsBytes(hello).first(size));
  }
  clients.emplace_back(PortOf(HostilePort::kWebSocket));
  clients.back().Send(AsBytes("GET / HTTP/1.1\r\nHost: a\r\n"));
  clients.emplace_back(PortOf(HostilePort::kProxied));
  clients.back().Send(AsBytes("PROXY TCP4 "));
  // One byte now and then does not help.
  SocketClient drip(PortOf(HostilePort::kTls));
  bool open = true;
  for (size_t i = 0; i < hello.size() && open; ++i) {
    open = drip.Send(AsBytes(hello).subspan(i, 1)) && !IsClosed(drip);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_FALSE(open);
  for (SocketClient& client : clients) EXPECT_TRUE(client.ReceiveUntilClosed().has_value());
}

// With close_notify, without, half closed, reset; behind each part of a handshake.
TEST_P(HostileTls, AnEndInEachStateOfTheHandshakeIsTaken) {
  Start();
  const std::string hello = ClientHelloBytes();
  const size_t rounds = Scaled(20, 3);
  for (size_t round = 0; round < rounds; ++round) {
    for (const bool reset : {false, true}) {
      const auto end = [&](SocketClient& client) {
        if (reset) return client.Reset();
        client.EndSending();
        EXPECT_TRUE(client.ReceiveUntilClosed().has_value());
      };
      for (const size_t size : {size_t{0}, size_t{1}, hello.size() / 2, hello.size()}) {
        SocketClient client(PortOf(HostilePort::kTls));
        client.Send(AsBytes(hello).first(size));
        end(client);
      }
      for (const TlsVersion version : {TlsVersion::k12, TlsVersion::k13}) {
        TlsSocket half(PortOf(HostilePort::kTls), {.max_version = version});
        EXPECT_TRUE(half.Flush() && half.socket().ReceiveSome().has_value());
        end(half.socket());
        TlsSocket whole(PortOf(HostilePort::kTls), {.max_version = version});
        EXPECT_TRUE(whole.Shake());
        end(whole.socket());
        TlsSocket connected(PortOf(HostilePort::kTls), {.max_version = version});
        EXPECT_TRUE(connected.Shake() && connected.Connect("leaver"));
        end(connected.socket());
        TlsSocket polite(PortOf(HostilePort::kTls), {.max_version = version});
        EXPECT_TRUE(polite.Shake() && polite.Connect("polite"));
        polite.tls().Close();
        EXPECT_TRUE(polite.Flush());
        end(polite.socket());
      }
    }
  }
}

// openssl's client asks for it when it is told R, which it reads once its handshake is done.
TEST_P(HostileTls, RenegotiationIsRefused) {
  Start();
  const std::string command =
      fmt::format("exec openssl s_client -tls1_2 -connect 127.0.0.1:{} >/dev/null 2>&1",
                  PortOf(HostilePort::kTls));
  FILE* openssl = popen(command.c_str(), "we");
  ASSERT_NE(openssl, nullptr);
  EXPECT_GE(fputs("R\n", openssl), 0);
  EXPECT_EQ(fflush(openssl), 0);
  EXPECT_TRUE(Logs("the client began a second handshake, and renegotiation is off"))
      << broker().Log();
  pclose(openssl);
}

}  // namespace
}  // namespace signet
