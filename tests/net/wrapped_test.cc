// Connections with a Transport between socket and MQTT.
#include <gtest/gtest.h>

#include "tests/net/masked_transport.h"
#include "tests/net/shard_group_fixture.h"

namespace signet {
namespace {

using std::chrono::milliseconds;

std::vector<PortSettings> MaskedPort(PortSettings settings = {}) {
  settings.address = AnyPort();
  settings.make_transport = [] { return std::make_unique<MaskedTransport>(); };
  std::vector<PortSettings> ports;
  ports.push_back(std::move(settings));
  return ports;
}

std::vector<uint8_t> Hello() {
  const ByteView hello = AsBytes(MaskedTransport::kHello);
  return {hello.begin(), hello.end()};
}
std::vector<uint8_t> Welcome() {
  const ByteView welcome = AsBytes(MaskedTransport::kWelcome);
  return {welcome.begin(), welcome.end()};
}

SocketClient Connected(const BrokerInProcess& broker, std::string_view client_id) {
  SocketClient client(broker.port());
  EXPECT_TRUE(client.Send(Concat({Hello(), MaskedTransport::Mask(ConnectPacket(client_id))})));
  ExpectBytes(client, Concat({Welcome(), MaskedTransport::Mask(Bytes("20 02 00 00"))}));
  return client;
}

SocketClient Subscribed(const BrokerInProcess& broker, std::string_view client_id) {
  SocketClient client = Connected(broker, client_id);
  EXPECT_TRUE(client.Send(MaskedTransport::Mask(SubscribePacket("t"))));
  ExpectBytes(client, MaskedTransport::Mask(Bytes("90 03 0001 00")));
  return client;
}

class WrappedTest : public testing::TestWithParam<uint32_t> {};

INSTANTIATE_TEST_SUITE_P(Shards, WrappedTest, testing::Values(1u, 2u, 4u));

// With several shards most of them go to another one after CONNECT.
TEST_P(WrappedTest, MessagesGoBetweenClientsOfAllShards) {
  BrokerInProcess broker(GetParam(), MaskedPort());
  std::vector<SocketClient> subscribers;
  for (int i = 0; i < 8; ++i) subscribers.push_back(Subscribed(broker, std::to_string(i)));
  SocketClient publisher = Connected(broker, "publisher");
  const std::vector<uint8_t> publish = PublishPacket("t", std::string(100'000, 'x'));
  ASSERT_TRUE(publisher.Send(MaskedTransport::Mask(publish)));
  for (SocketClient& subscriber : subscribers) {
    EXPECT_TRUE(subscriber.Receive(publish.size()) == MaskedTransport::Mask(publish));
  }
  EXPECT_EQ(broker.Sum().net.handshakes, 9);
}

TEST_P(WrappedTest, AStormOfHandshakesIsServed) {
  BrokerInProcess broker(GetParam(), MaskedPort());
  constexpr int kClients = 300;
  std::vector<SocketClient> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back(broker.port());
    ASSERT_TRUE(clients.back().Send(
        Concat({Hello(), MaskedTransport::Mask(ConnectPacket(std::to_string(i)))})));
  }
  for (SocketClient& client : clients) {
    ExpectBytes(client, Concat({Welcome(), MaskedTransport::Mask(Bytes("20 02 00 00"))}));
  }
}

// As one with a large RSA key does.
class SlowTransport : public MaskedTransport {
 public:
  Status Receive(MutableBytes bytes, Sink& sink, OutputQueue* wire) override {
    if (state() == State::kHandshaking) std::this_thread::sleep_for(milliseconds(5));
    return MaskedTransport::Receive(bytes, sink, wire);
  }
};

TEST(Wrapped, AStormOfSlowHandshakesLeavesTurnsToOthers) {
  BrokerInProcess broker(1, {{.address = AnyPort(),
                              .make_transport = [] { return std::make_unique<SlowTransport>(); }}});
  constexpr uint64_t kClients = 32;
  std::vector<SocketClient> clients;
  for (uint64_t i = 0; i < kClients; ++i) clients.emplace_back(broker.port());
  ASSERT_TRUE(broker.Reaches([](const auto& sum) { return sum.connections == kClients; }));
  const uint64_t before = broker.Sum().net.turns;
  for (SocketClient& client : clients) ASSERT_TRUE(client.Send(Hello()));
  for (SocketClient& client : clients) ExpectBytes(client, Welcome());
  EXPECT_GE(broker.Sum().net.turns - before, kClients);
}

TEST(Wrapped, AHandshakeMayComeByteByByte) {
  BrokerInProcess broker(2, MaskedPort());
  SocketClient client(broker.port());
  const auto all = Concat({Hello(), MaskedTransport::Mask(ConnectPacket("client"))});
  for (const uint8_t byte : all) ASSERT_TRUE(client.Send(ByteView(&byte, 1)));
  ExpectBytes(client, Concat({Welcome(), MaskedTransport::Mask(Bytes("20 02 00 00"))}));
}

TEST(Wrapped, AFailedHandshakeIsAnsweredAndLogged) {
  BrokerInProcess broker(1, MaskedPort());
  SocketClient client(broker.port());
  ASSERT_TRUE(client.Send(ConnectPacket("client")));
  const auto answer = client.ReceiveUntilClosed();
  ASSERT_TRUE(answer);
  EXPECT_EQ(AsText(*answer), MaskedTransport::kAlert);
  EXPECT_EQ(broker.log().Count("client refused"), 1);
  EXPECT_EQ(broker.Sum().net.handshakes_failed, 1);
}

TEST(Wrapped, AHandshakeThatDoesNotEndIsEnded) {
  BrokerInProcess broker(1, MaskedPort({.handshake_timeout_s = 1, .connect_timeout_s = 3600}));
  SocketClient client(broker.port());
  ASSERT_TRUE(client.Send(AsBytes(MaskedTransport::kHello.substr(1, 0))));
  EXPECT_EQ(client.ReceiveUntilClosed(), std::vector<uint8_t>());
}

TEST(Wrapped, TheTimeForConnectBeginsBehindTheHandshake) {
  BrokerInProcess broker(1, MaskedPort({.handshake_timeout_s = 3600, .connect_timeout_s = 1}));
  SocketClient client(broker.port());
  ASSERT_TRUE(client.Send(Hello()));
  const auto answer = client.ReceiveUntilClosed();
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer, Concat({Welcome(), std::vector<uint8_t>{MaskedTransport::kGoodbye}}));
}

TEST(Wrapped, WhoIsSentAwayIsToldInBothLanguages) {
  BrokerInProcess broker(2, MaskedPort());
  SocketClient client = Connected(broker, "client");
  broker.group().Drain();
  EXPECT_EQ(client.ReceiveUntilClosed(), std::vector<uint8_t>{MaskedTransport::kGoodbye});
}

TEST(Wrapped, AGoodbyeIsTheEndOfTheConnection) {
  BrokerInProcess broker(2, MaskedPort());
  SocketClient client = Connected(broker, "client");
  const uint8_t goodbye = MaskedTransport::kGoodbye;
  ASSERT_TRUE(client.Send(ByteView(&goodbye, 1)));
  EXPECT_TRUE(client.ReceiveUntilClosed());
  EXPECT_TRUE(broker.Reaches([](const auto& sum) { return sum.connections == 0; }));
}

// What is wrapped for it is bounded, and the rest is under the limits of any client.
TEST(Wrapped, AClientThatTakesNothingIsCutOffAndNobodyElse) {
  Limits limits;
  limits.send_stall_s = 1;
  BrokerInProcess broker(2, MaskedPort(), limits);
  SocketClient stalled(broker.port(), 4096);
  ASSERT_TRUE(stalled.Send(Concat({Hello(), MaskedTransport::Mask(ConnectPacket("stalled")),
                                   MaskedTransport::Mask(SubscribePacket("t"))})));
  SocketClient reader = Subscribed(broker, "reader");
  SocketClient publisher = Connected(broker, "publisher");
  const auto publish = MaskedTransport::Mask(PublishPacket("t", std::string(50'000, 'x')));
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (broker.Sum().net.send_stalls == 0 && std::chrono::steady_clock::now() < end) {
    ASSERT_TRUE(publisher.Send(publish));
    ASSERT_EQ(reader.Receive(publish.size()).size(), publish.size());
  }
  EXPECT_EQ(broker.Sum().net.send_stalls, 1);
  EXPECT_TRUE(broker.Reaches([](const auto& sum) { return sum.connections == 2; }));
}

// -- Behind a proxy.

std::vector<PortSettings> BehindAProxy(std::string_view trusted, std::vector<PortSettings> ports) {
  auto rule = std::make_shared<ProxyRule>();
  EXPECT_TRUE(rule->trusted.Add(trusted).ok());
  ports[0].proxy = std::move(rule);
  return ports;
}

const std::string kHeader = "PROXY TCP4 192.0.2.7 192.0.2.1 5000 1883\r\n";

TEST_P(WrappedTest, AProxySaysWhoTheClientIs) {
  BrokerInProcess broker(GetParam(), BehindAProxy("127.0.0.0/8", {{.address = AnyPort()}}));
  std::vector<SocketClient> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back(broker.port());
    ASSERT_TRUE(clients.back().Send(
        Concat({AsBytes(kHeader), ConnectPacket(std::to_string(i)), Bytes("C0 00")})));
    ExpectBytes(clients.back(), Bytes("20 02 00 00 D0 00"));
  }
  EXPECT_EQ(broker.log().CountOf("client connected", "peer", "192.0.2.7:5000 via 127.0.0.1:"), 8);
}

TEST_P(WrappedTest, AProxysHeaderComesBeforeAnythingElse) {
  BrokerInProcess broker(GetParam(), BehindAProxy("127.0.0.1", MaskedPort()));
  SocketClient client(broker.port());
  const auto all = Concat({AsBytes(kHeader), AsBytes(MaskedTransport::kHello),
                           MaskedTransport::Mask(ConnectPacket("client"))});
  for (const uint8_t byte : all) ASSERT_TRUE(client.Send(ByteView(&byte, 1)));
  ExpectBytes(client, Concat({Welcome(), MaskedTransport::Mask(Bytes("20 02 00 00"))}));
}

TEST(BehindAProxy, StrangersAreClosedAtOnce) {
  BrokerInProcess broker(1, BehindAProxy("192.0.2.0/24", {{.address = AnyPort()}}));
  SocketClient client(broker.port());
  EXPECT_EQ(client.ReceiveUntilClosed(), std::vector<uint8_t>());
  EXPECT_EQ(broker.log().Count("connection refused"), 1);
}

TEST(BehindAProxy, NobodyIsLetInWithoutAHeader) {
  BrokerInProcess broker(1, BehindAProxy("127.0.0.1", {{.address = AnyPort()}}));
  SocketClient client(broker.port());
  ASSERT_TRUE(client.Send(ConnectPacket("client")));
  EXPECT_EQ(client.ReceiveUntilClosed(), std::vector<uint8_t>());
  EXPECT_EQ(broker.log().Count("client refused"), 1);
  EXPECT_EQ(broker.Sum().net.handshakes_failed, 1);
}

}  // namespace
}  // namespace signet
