// What is no handshake, or none that comes to an end: garbage, other protocols, lies about lengths,
// floods. Each ends with a sentence for the log, and before that with little memory.
#include <gtest/gtest.h>

#include <random>

#include "net/tls/client_hello.h"
#include "tests/net/tls/tls_pair.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

class Hostile : public ::testing::Test {
 protected:
  std::string SentenceAfter(ByteView bytes) {
    server_.Feed(bytes);
    return server_.status().ok() ? "" : server_.status().sentence();
  }
  std::string SentenceAfter(std::string_view text) { return SentenceAfter(AsBytes(text)); }

  std::shared_ptr<const TlsContext> context_ = MakeTls(ServerSettings());
  TlsServer server_{context_};
};

std::string Hello() { return TlsClient({}).TakeOutput(); }

TEST_F(Hostile, PlainMqtt) {
  EXPECT_EQ(SentenceAfter(Bytes("10 0c 0004 'MQTT' 05 02 003c 00 0000")),
            "TLS handshake failed: it speaks plain MQTT to a TLS port: it has to use TLS here");
  EXPECT_EQ(server_.TakeOutput(), "");
}

TEST_F(Hostile, PlainHttp) {
  EXPECT_EQ(SentenceAfter("GET /mqtt HTTP/1.1\r\n"),
            "TLS handshake failed: it speaks plain HTTP to a TLS port: it has to use wss:// here");
}

TEST_F(Hostile, ProxyHeaderThatNobodyExpects) {
  const std::string expected =
      "TLS handshake failed: it sent a PROXY header to a port that is not told to expect one";
  EXPECT_EQ(SentenceAfter("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n"), expected);
  TlsServer second(context_);
  second.Feed(Bytes("0d0a0d0a000d0a515549540a 21"));
  EXPECT_EQ(second.status().sentence(), expected);
}

TEST_F(Hostile, Garbage) {
  EXPECT_EQ(SentenceAfter(Bytes("ff fe 1b 5b 33 31 6d 0a 41")),
            "TLS handshake failed: it does not speak TLS: its first bytes are ff fe 1b 5b 33 31 6d "
            "0a");
}

TEST_F(Hostile, GarbageOfAllKinds) {
  std::mt19937 random(7);
  for (int i = 0; i < 500; ++i) {
    std::string bytes = i % 2 == 0 ? Hello() : std::string(300, '\0');
    const size_t changes = i % 2 == 0 ? 1 + random() % 4 : bytes.size();
    for (size_t j = 0; j < changes; ++j) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    TlsServer server(context_);
    server.Feed(AsBytes(bytes));
    EXPECT_FALSE(server.is_open());
  }
}

TEST_F(Hostile, AnotherMessageThanClientHello) {
  EXPECT_EQ(SentenceAfter(Bytes("16 0301 0004 02000000")),
            "TLS handshake failed: it begins with another message than ClientHello");
  EXPECT_EQ(server_.TakeOutput(), "\x15\x03\x03" + std::string("\0\x02\x02\x32", 4));
}

TEST_F(Hostile, RecordOfAnotherKindWithinTheClientHello) {
  const std::string hello = Hello();
  const std::vector<uint8_t> first =
      Concat({Bytes("16 0301 0014"), AsBytes(hello).subspan(5, 20), Bytes("17 0303 0001 00")});
  EXPECT_EQ(SentenceAfter(first), "TLS handshake failed: its ClientHello is in malformed records");
}

TEST_F(Hostile, ClientHelloThatSaysItIsLong) {
  EXPECT_EQ(SentenceAfter(Bytes("16 0301 0010 01 001ff8")),
            "TLS handshake failed: its ClientHello is longer than 8192 bytes");
}

TEST_F(Hostile, ClientHelloInEndlessSmallRecords) {
  std::vector<uint8_t> records = Bytes("16 0301 0004 01 001ff7");
  while (records.size() < kMaxClientHelloBytes + 12) {
    const std::vector<uint8_t> one = Bytes("16 0301 0001 00");
    records.insert(records.end(), one.begin(), one.end());
  }
  EXPECT_EQ(SentenceAfter(records),
            "TLS handshake failed: its ClientHello is longer than 8192 bytes");
}

TEST_F(Hostile, HalfAClientHelloIsHeldAndNoMore) {
  const std::string hello = Hello();
  server_.Feed(AsBytes(hello).first(hello.size() / 2));
  EXPECT_TRUE(server_.status().ok());
  EXPECT_EQ(server_.transport().state(), Transport::State::kHandshaking);
  EXPECT_EQ(server_.TakeOutput(), "");
}

TEST_F(Hostile, LongRecordInTheHandshake) {
  server_.Feed(AsBytes(Hello()));
  ASSERT_TRUE(server_.status().ok());
  EXPECT_EQ(SentenceAfter(Bytes("17 0303 2f")), "");
  EXPECT_EQ(SentenceAfter(Bytes("fc")),
            "TLS handshake failed: the client announced a record of more than 12288 bytes");
}

TEST_F(Hostile, HandshakeThatDoesNotEnd) {
  server_.Feed(AsBytes(Hello()));
  // A change_cipher_spec may come at any time in TLS 1.3, and means nothing (RFC 8446, 5).
  for (int i = 0; i < 10'000 && server_.status().ok(); ++i) server_.Feed(Bytes("14 0303 0001 01"));
  EXPECT_FALSE(server_.status().ok());
}

TEST_F(Hostile, AlertInsteadOfAnAnswer) {
  server_.Feed(AsBytes(Hello()));
  EXPECT_EQ(SentenceAfter(Bytes("15 0303 0002 02 30")),
            "TLS handshake failed: the client refused with the alert `unknown_ca` (48)");
}

TEST_F(Hostile, CloseInTheHandshake) {
  server_.Feed(AsBytes(Hello()));
  EXPECT_EQ(SentenceAfter(Bytes("15 0303 0002 01 00")),
            "TLS handshake failed: the client closed it");
}

class Established : public ::testing::TestWithParam<TlsVersion> {
 protected:
  Established() { pair_.Run(); }

  TlsPair pair_{MakeTls(ServerSettings()), {.max_version = GetParam()}};
};

INSTANTIATE_TEST_SUITE_P(Tls, Established, ::testing::Values(TlsVersion::k12, TlsVersion::k13));

TEST_P(Established, OversizedRecord) {
  pair_.server.Feed(Bytes("17 0303 41"));
  EXPECT_TRUE(pair_.server.status().ok());
  pair_.server.Feed(Bytes("01"));
  EXPECT_EQ(pair_.server.status().sentence(),
            "TLS failed: the client announced a record of more than 16645 bytes");
}

TEST_P(Established, AlteredRecord) {
  pair_.client.Write("hello");
  std::string record = pair_.client.TakeOutput();
  record.back() = static_cast<char>(record.back() ^ 1);
  pair_.server.Feed(AsBytes(record));
  EXPECT_FALSE(pair_.server.status().ok());
  EXPECT_EQ(pair_.server.sink().received, "");
  pair_.client.Feed(AsBytes(pair_.server.TakeOutput()));
  EXPECT_NE(pair_.client.error(), 0);  // The alert.
}

TEST_P(Established, RecordTwice) {
  pair_.client.Write("hello");
  const std::string record = pair_.client.TakeOutput();
  pair_.server.Feed(AsBytes(record));
  EXPECT_TRUE(pair_.server.status().ok());
  pair_.server.Feed(AsBytes(record));
  EXPECT_FALSE(pair_.server.status().ok());
  EXPECT_EQ(pair_.server.sink().received, "hello");
}

TEST_P(Established, PlainBytesInstead) {
  pair_.server.Feed(Bytes("10 0c 0004 'MQTT' 05 02 003c 00 0000"));
  EXPECT_EQ(pair_.server.status().sentence(), "TLS failed: what the client sent is no TLS record");
}

TEST(HostileTls13, KeyUpdatesWithoutEnd) {
  TlsPair pair(MakeTls(ServerSettings()));
  pair.Run();
  uint32_t updates = 0;
  while (pair.server.status().ok() && updates < 1000) {
    pair.client.UpdateKeys();
    pair.Run();
    ++updates;
  }
  EXPECT_EQ(pair.server.status().sentence(),
            "TLS failed: the client sent 33 records without data in a row");
}

TEST(HostileTls13, KeyUpdatesWithDataBetweenAreFine) {
  TlsPair pair(MakeTls(ServerSettings()));
  pair.Run();
  for (int i = 0; i < 100; ++i) {
    pair.client.UpdateKeys();
    pair.client.Write("x");
    pair.server.Send("y");
    pair.Run();
  }
  EXPECT_TRUE(pair.server.status().ok());
  EXPECT_EQ(pair.server.sink().received, std::string(100, 'x'));
  EXPECT_EQ(pair.client.received(), std::string(100, 'y'));
}

}  // namespace
}  // namespace signet
