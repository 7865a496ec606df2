// What a port has of its own: UNIX sockets, bounds, and how it changes while the broker runs.
#include "net/port.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "tests/net/masked_transport.h"
#include "tests/net/shard_group_fixture.h"

namespace signet {
namespace {

Instant AtMs(int64_t ms) { return Instant(milliseconds(ms)); }

TEST(PortLoad, HasRoomForSoMany) {
  PortLoad load;
  const PortSettings settings{.max_connections = 2};
  EXPECT_EQ(load.Enter(settings, AtMs(0)), PortLoad::Admission::kAdmitted);
  EXPECT_EQ(load.Enter(settings, AtMs(0)), PortLoad::Admission::kAdmitted);
  EXPECT_EQ(load.Enter(settings, AtMs(0)), PortLoad::Admission::kTooMany);
  load.Leave();
  EXPECT_EQ(load.Enter(settings, AtMs(0)), PortLoad::Admission::kAdmitted);
  EXPECT_EQ(load.connections(), 2);
}

TEST(PortLoad, LetsABurstThroughAndThenARate) {
  PortLoad load;
  const PortSettings settings{.connection_rate = 10, .connection_burst = 3};
  const auto admitted = [&](int64_t ms) {
    int count = 0;
    while (load.Enter(settings, AtMs(ms)) == PortLoad::Admission::kAdmitted) ++count;
    return count;
  };
  EXPECT_EQ(admitted(5000), 3);
  EXPECT_EQ(admitted(5099), 0);
  EXPECT_EQ(admitted(5100), 1);
  EXPECT_EQ(admitted(5400), 3);
  EXPECT_EQ(admitted(60'000), 3) << "what was not used for long is not saved up";
}

TEST(PortLoad, CountsAlikeOnManyThreads) {
  PortLoad load;
  const PortSettings settings{
      .max_connections = 1000, .connection_rate = 1, .connection_burst = 50};
  std::atomic<int> admitted{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 1000; ++n) {
        if (load.Enter(settings, AtMs(1000)) == PortLoad::Admission::kAdmitted) ++admitted;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(admitted, 50);
  EXPECT_EQ(load.connections(), 50);
}

class PortTest : public testing::TestWithParam<uint32_t> {
 protected:
  static void ExpectServed(SocketClient& client) {
    ASSERT_TRUE(client.Send(Bytes("C0 00")));
    ExpectBytes(client, Bytes("D0 00"));
  }
};

INSTANTIATE_TEST_SUITE_P(Shards, PortTest, testing::Values(1u, 2u, 4u));

TEST_P(PortTest, MaxConnectionsAreOfAllShardsTogether) {
  BrokerInProcess broker(GetParam(),
                         {{.address = AnyPort(), .max_connections = 3}, {.address = AnyPort()}});
  std::vector<SocketClient> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(broker.Connected(std::to_string(i)));
  SocketClient fourth(broker.port());
  EXPECT_EQ(fourth.ReceiveUntilClosed(), std::vector<uint8_t>());
  SocketClient elsewhere(broker.port(1));
  elsewhere.Send(ConnectPacket("elsewhere"));
  ExpectBytes(elsewhere, Bytes("20 02 00 00"));
  clients.pop_back();
  ASSERT_TRUE(broker.Reaches([](const auto& sum) { return sum.connections == 3; }));
  broker.Connected("fifth");
  EXPECT_EQ(broker.log().Count("connection refused"), 1);
}

TEST_P(PortTest, AUnixSocketIsAPortLikeAnother) {
  const std::string path = testing::TempDir() + "signet-port-test-" + std::to_string(getpid());
  {
    BrokerInProcess broker(GetParam(), {{.address = ListenAddress::OfPath(path, 0600)}});
    struct stat status {};
    ASSERT_EQ(stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777u, 0600u);
    for (const uint32_t mode : {0666u, 0640u}) {  // A reload may change it.
      ASSERT_TRUE(broker.group().Apply({{.address = ListenAddress::OfPath(path, mode)}}, {}).ok());
      ASSERT_EQ(stat(path.c_str(), &status), 0);
      EXPECT_EQ(status.st_mode & 0777u, mode);
    }
    std::vector<SocketClient> clients;
    for (int i = 0; i < 8; ++i) {
      clients.emplace_back(path);
      ASSERT_TRUE(clients.back().Send(ConnectPacket(std::to_string(i))));
      ExpectBytes(clients.back(), Bytes("20 02 00 00"));
      ASSERT_TRUE(clients.back().Send(SubscribePacket("t")));
      ExpectBytes(clients.back(), Bytes("90 03 0001 00"));
    }
    const auto publish = PublishPacket("t", std::string(300'000, 'x'));
    ASSERT_TRUE(clients[0].Send(publish));
    for (SocketClient& client : clients) EXPECT_TRUE(client.Receive(publish.size()) == publish);
    clients.pop_back();
    EXPECT_TRUE(broker.Reaches([](const auto& sum) { return sum.connections == 7; }));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(UnixSocket, ReplacesWhatADeadBrokerLeftBehindAndNothingElse) {
  const std::string path = testing::TempDir() + "signet-stale-" + std::to_string(getpid());
  {
    auto dead = Listener::Open(ListenAddress::OfPath(path), 1);
    ASSERT_TRUE(dead.ok()) << dead.error().sentence();
    const auto second = Listener::Open(ListenAddress::OfPath(path), 1);
    ASSERT_FALSE(second.ok()) << "somebody listens there";
    EXPECT_NE(second.error().sentence().find("another program"), std::string::npos);
    // As after a kill: the sockets go, the file stays.
    std::filesystem::create_hard_link(path, path + ".kept");
  }
  std::filesystem::rename(path + ".kept", path);
  EXPECT_TRUE(Listener::Open(ListenAddress::OfPath(path), 1).ok());
  { const std::unique_ptr<FILE, int (*)(FILE*)> file(fopen(path.c_str(), "w"), fclose); }
  EXPECT_FALSE(Listener::Open(ListenAddress::OfPath(path), 1).ok());
  EXPECT_TRUE(std::filesystem::exists(path));
  std::filesystem::remove(path);
  EXPECT_FALSE(Listener::Open(ListenAddress::OfPath(std::string(200, 'p')), 1).ok());
}

TEST_P(PortTest, AReloadKeepsWhoIsNotConcerned) {
  const ListenAddress kept = AnyPort();
  const ListenAddress gone = *SocketAddress::Parse("127.0.0.2:0");
  BrokerInProcess broker(GetParam(), {{.address = kept}, {.address = gone}});
  const uint16_t port = broker.port();
  std::vector<SocketClient> stay;
  for (int i = 0; i < 8; ++i) stay.push_back(broker.Connected(std::to_string(i)));

  Limits limits;
  limits.connections = 9;
  ASSERT_TRUE(broker.group()
                  .Apply({{.address = kept, .max_connections = 9}, {.address = AnyPort()}}, limits)
                  .ok());
  ASSERT_EQ(broker.group().addresses().size(), 2);
  EXPECT_EQ(broker.port(), port);
  for (SocketClient& client : stay) ExpectServed(client);
  SocketClient ninth(broker.port(1));
  ninth.Send(ConnectPacket("ninth"));
  ExpectBytes(ninth, Bytes("20 02 00 00"));
  SocketClient tenth(port);
  EXPECT_EQ(tenth.ReceiveUntilClosed(), std::vector<uint8_t>()) << "the new limit holds";
}

TEST_P(PortTest, ARemovedPortSendsItsClientsAway) {
  BrokerInProcess broker(GetParam(), {{.address = AnyPort()}, {.address = AnyPort()}});
  SocketClient stays = broker.Connected("stays");
  const uint16_t port = broker.port(1);
  std::vector<SocketClient> leave;
  for (int i = 0; i < 8; ++i) {
    leave.emplace_back(port);
    const std::vector<uint8_t> client_id{static_cast<uint8_t>('a' + i)};
    leave.back().Send(Concat({Bytes("10 0E 0004 'MQTT' 05 02 0000 00 0001"), client_id}));
    ASSERT_EQ(leave.back().Receive(1), Bytes("20"));
  }
  ASSERT_TRUE(broker.group().Apply({{.address = AnyPort()}}, {}).ok());
  for (SocketClient& client : leave) {
    const auto rest = client.ReceiveUntilClosed();
    ASSERT_TRUE(rest);
    EXPECT_NE(Hex(*rest).find("98"), std::string::npos) << Hex(*rest);
    EXPECT_NE(AsText(*rest).find("this port is being closed"), std::string_view::npos);
  }
  ExpectServed(stays);
  EXPECT_TRUE(broker.Reaches([](const auto& sum) { return sum.connections == 1; }));
  // Nobody listens there any more.
  EXPECT_TRUE(Listener::Open(*SocketAddress::Parse("127.0.0.1:" + std::to_string(port)), 1).ok());
}

TEST_P(PortTest, NewTermsAreForNewClients) {
  BrokerInProcess broker(GetParam(), {{.address = AnyPort(), .terms = "plain"}});
  std::vector<SocketClient> clients;
  for (int i = 0; i < 8; ++i) clients.push_back(broker.Connected(std::to_string(i)));
  ASSERT_TRUE(broker.group()
                  .Apply({{.address = AnyPort(),
                           .make_transport = [] { return std::make_unique<MaskedTransport>(); },
                           .terms = "masked"}},
                         {})
                  .ok());
  for (SocketClient& client : clients) EXPECT_TRUE(client.ReceiveUntilClosed());
  SocketClient client(broker.port());
  ASSERT_TRUE(client.Send(AsBytes(MaskedTransport::kHello)));
  ExpectBytes(client, AsBytes(MaskedTransport::kWelcome));
}

TEST_P(PortTest, WhatCannotBeOpenedChangesNothing) {
  BrokerInProcess other(1);
  BrokerInProcess broker(GetParam(), {{.address = AnyPort()}});
  SocketClient client = broker.Connected("client");
  Limits limits;
  limits.connections = 1;
  const Status status =
      broker.group().Apply({{.address = other.group().addresses().front()}}, limits);
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.sentence().find("another program"), std::string::npos);
  ExpectServed(client);
  broker.Connected("second");
}

// A wider address has the number of a narrower one, both ours.
TEST_P(PortTest, AnAddressMayGrowWithoutTheNumber) {
  BrokerInProcess broker(GetParam(), {{.address = AnyPort()}});
  const uint16_t port = broker.port();
  const ListenAddress everywhere = *SocketAddress::Parse("0.0.0.0:" + std::to_string(port));
  const Status status = broker.group().Apply({{.address = everywhere}}, {});
  ASSERT_TRUE(status.ok()) << status.sentence();
  broker.Connected("client");
}

// The kernel would deal clients out to both, and half of them past what one of the two demands.
TEST_P(PortTest, NoTwoPortsShareAnAddress) {
  BrokerInProcess broker(GetParam(), {{.address = AnyPort()}});
  const ListenAddress same = *SocketAddress::Parse("127.0.0.1:" + std::to_string(broker.port()));
  ListenAddress wider = same;
  wider.address = *SocketAddress::Parse("0.0.0.0:" + std::to_string(broker.port()));
  for (const ListenAddress& second : {same, wider}) {
    for (const bool comes_first : {false, true}) {
      std::vector<PortSettings> ports{{.address = AnyPort()}, {.address = second}};
      if (comes_first) std::swap(ports[0], ports[1]);
      const Status status = broker.group().Apply(std::move(ports), {});
      ASSERT_FALSE(status.ok());
      EXPECT_NE(status.sentence().find("another port is there"), std::string::npos);
    }
  }
  EXPECT_FALSE(broker.group().Apply({{.address = same}, {.address = wider}}, {}).ok());
  broker.Connected("client");
}

// What a CONNACK said holds for its client, whatever the limits become.
TEST_P(PortTest, LimitsThatWereAnnouncedHoldForWhoWasTold) {
  BrokerInProcess broker(GetParam(), {{.address = AnyPort()}});
  SocketClient client = broker.Subscribed("client", "t");
  Limits limits;
  limits.packet_bytes = 1024;
  ASSERT_TRUE(broker.group().Apply({{.address = AnyPort()}}, limits).ok());
  const auto large = PublishPacket("t", std::string(5000, 'x'));
  ASSERT_TRUE(client.Send(large));
  EXPECT_TRUE(client.Receive(large.size()) == large);
  SocketClient late = broker.Connected("late");
  ASSERT_TRUE(late.Send(large));
  EXPECT_EQ(late.ReceiveUntilClosed(), std::vector<uint8_t>());
}

TEST_P(PortTest, ReloadsUnderLoadLoseNothing) {
  BrokerInProcess broker(GetParam(), {{.address = AnyPort()}});
  SocketClient subscriber = broker.Subscribed("subscriber", "t");
  SocketClient publisher = broker.Connected("publisher");
  constexpr int kMessages = 2000;
  const auto publish = PublishPacket("t", "message");
  std::thread load([&] {
    for (int i = 0; i < kMessages; ++i) ASSERT_TRUE(publisher.Send(publish));
  });
  for (int i = 0; i < 100; ++i) {
    std::vector<PortSettings> ports{
        {.address = AnyPort(), .connection_rate = uint32_t(i + 1000), .connection_burst = 1000}};
    if (i % 2 == 0) ports.push_back({.address = *SocketAddress::Parse("127.0.0.2:0")});
    ASSERT_TRUE(broker.group().Apply(std::move(ports), {}).ok());
    broker.Connected("passer-by");
  }
  load.join();
  EXPECT_EQ(subscriber.Receive(publish.size() * kMessages).size(), publish.size() * kMessages);
}

}  // namespace
}  // namespace signet
