// Clients that take connections and give nothing for them.
#include <set>
#include <thread>

#include "fmt/format.h"
#include "tests/system/hostile/hostile_fixture.h"

namespace signet {
namespace {

using HostileConnections = HostileTest;
INSTANTIATE_HOSTILE_TEST(HostileConnections);

using HostileSilence = HostileTest;
INSTANTIATE_HOSTILE_TEST(HostileSilence);

// docs/LIMITS.md, connect_bytes: what a client costs that has not been authenticated.
constexpr uint64_t kBeforeConnect = 16 * kKiB;
// A Client, its Session, its names; and the record of its disappearance.
constexpr uint64_t kConnected = 4 * kKiB;

bool AllClosed(std::vector<SocketClient>& clients) {
  return Eventually([&] {
    std::erase_if(clients, [](SocketClient& client) { return IsClosed(client); });
    return clients.empty();
  });
}

TEST_P(HostileSilence, AFloodOfSilentSocketsCostsLittleAndIsClosedInTime) {
  const size_t count = Sockets(Scaled(5'000, 500));
  Start({.limits = {"connect_timeout_s=1"}});
  std::vector<SocketClient> flood;
  for (size_t i = 0; i < count; ++i) flood.emplace_back(port());
  EXPECT_TRUE(witness().Sees(10));
  EXPECT_TRUE(AllClosed(flood));
  ExpectPeakGrowthWithin(count * kBeforeConnect);
}

TEST_P(HostileSilence, HalfAConnectCostsNoMoreThanItsLimitAndIsClosedInTime) {
  const size_t count = Scaled(1'000, 200);
  Start({.limits = {"connect_timeout_s=1"}});
  // Announces all that is allowed, and ends one byte short.
  std::vector<uint8_t> half = Bytes("10 FD 5F 0004 'MQTT' 05 02 0000 00 FFFF");
  half.resize(12'287, 'x');
  for (int wave = 0; wave < 2; ++wave) {
    std::vector<SocketClient> clients;
    for (size_t i = 0; i < count; ++i) {
      clients.emplace_back(port());
      // In pieces, so that the broker cannot know how much comes.
      for (size_t at = 0; at < half.size(); at += 2'000) {
        clients.back().Send(ByteView(half).subspan(at, std::min<size_t>(2'000, half.size() - at)));
      }
    }
    EXPECT_TRUE(witness().Sees(10));
    EXPECT_TRUE(AllClosed(clients));
  }
  ExpectPeakGrowthWithin(count * kBeforeConnect);
}

// One byte beyond connect_bytes is not waited for.
TEST_P(HostileConnections, ALargerConnectIsRefusedByItsFixedHeader) {
  Start();
  WireClient client(port());
  client.Send(Bytes("10 FE 5F 0004 'MQTT' 05 02 0000 00"));  // 12,289 bytes in all.
  const Received connack = client.Expect(PacketType::kConnack);
  EXPECT_EQ(connack.code, 0x95);
  EXPECT_EQ(client.ReasonOfEnd(), 0);
  ExpectPeakGrowthWithin(slack());
}

// Vaccari et al., 2020: a few bytes, the largest Keep Alive, and all slots are taken.
TEST_P(HostileSilence, SlowIteGivesItsSlotsBackAfterOurKeepAliveNotItsOwn) {
  const size_t slots = Scaled(1'000, 100);
  const size_t witnesses = 3 * shards();
  Start({.limits = {"keep_alive_s=2", fmt::format("connections={}", slots + witnesses)}});
  std::vector<WireClient> slow;
  for (size_t i = 0; i < slots; ++i) {
    slow.emplace_back(port());
    slow.back().SendConnect({.version = i % 2 == 0 ? ProtocolVersion::k5 : ProtocolVersion::k311,
                             .clean_start = true,
                             .keep_alive_s = 65'535,
                             .client_id = fmt::format("slow-{}", i)});
  }
  for (WireClient& client : slow) EXPECT_EQ(client.Expect(PacketType::kConnack).code, 0);
  // The limit holds, and nobody who is in suffers from it.
  SocketClient one_more(port());
  EXPECT_EQ(one_more.ReceiveUntilClosed(), std::vector<uint8_t>());
  for (WireClient& client : slow) {
    EXPECT_EQ(client.ReasonOfEnd(), client.version() == ProtocolVersion::k5 ? 0x8D : 0);
  }
  slow.clear();
  ExpectPeakGrowthWithin(slots * kBeforeConnect);
}

TEST_P(HostileSilence, AFloodBeyondTheDescriptorsLetsTheListenerRestAndTheOthersLive) {
  // UndefinedBehaviorSanitizer takes descriptors when it sees a type for the first time: those of
  // the log it has seen by then, if there was one.
  Start({.open_files = 150, .log_level = "info", .witness_begins = false});
  constexpr size_t kFlood = 400;
  std::vector<SocketClient> flood;
  for (size_t i = 0; i < kFlood; ++i) flood.emplace_back(port());
  EXPECT_TRUE(Eventually(
      [&] { return broker().Log().find("cannot accept a connection") != std::string::npos; }));
  // A busy loop would take all of a second, or what the machine has left for it.
  const double cost = CostOf([] { std::this_thread::sleep_for(std::chrono::seconds(1)); });
  EXPECT_LT(cost, 0.05 * shards());
  witness().Begin();
  EXPECT_TRUE(witness().Sees(20));
  ExpectPeakGrowthWithin(kFlood * kBeforeConnect);
  flood.clear();
}

// Every Will comes once, to a subscriber that reads.
TEST_P(HostileConnections, AWillBombReachesItsSubscriberWholeAndHoldsNobodyUp) {
  const size_t count = Sockets(Scaled(10'000, 1'000));
  Start({.limits = {fmt::format("queued_messages={}", count)}});
  WireClient heir = Connected("heir");
  heir.Subscribe("will/#", QoS::kAtLeastOnce);
  std::vector<WireClient> clients;
  for (size_t i = 0; i < count; ++i) {
    const std::string name = fmt::format("{}", i);
    ConnectView connect{.version = ProtocolVersion::k5, .clean_start = true, .client_id = name};
    const std::string topic = "will/" + name;
    connect.will = {.qos = QoS::kAtLeastOnce, .topic_name = topic, .payload = AsBytes(name)};
    clients.emplace_back(port());
    clients.back().SendConnect(connect);
  }
  for (WireClient& client : clients) EXPECT_EQ(client.Expect(PacketType::kConnack).code, 0);
  for (WireClient& client : clients) client.socket().Reset();
  std::vector<bool> seen(count, false);
  for (size_t i = 0; i < count; ++i) {
    const Received will = heir.Expect(PacketType::kPublish);
    heir.Send(AckBytes(PacketType::kPuback, will.packet_id));
    const auto number = static_cast<size_t>(std::stoul(will.payload));
    ASSERT_TRUE(number < count && !seen[number]) << will.payload;
    seen[number] = true;
  }
  heir.Send(Bytes("C0 00"));
  heir.Expect(PacketType::kPingresp);  // And nothing more.
  ExpectPeakGrowthWithin(count * kConnected + slack());
}

// What a rival is sent until it is told that it has lost, or is answered a ping: then it owns the
// Session. Acknowledges nothing unless it does.
bool OwnsSession(WireClient& rival, std::set<std::string>* messages) {
  messages->clear();
  std::vector<PacketId> ids;
  while (const std::optional<Received> next = rival.Next()) {
    if (next->type == PacketType::kPublish) {
      messages->insert(next->payload);
      ids.push_back(next->packet_id);
    } else if (next->type == PacketType::kPingresp) {
      for (const PacketId id : ids) rival.Send(AckBytes(PacketType::kPuback, id));
      return true;
    } else {
      EXPECT_EQ(Name(next->type), Name(PacketType::kDisconnect));
      EXPECT_EQ(next->code, 0x8E);
      return false;
    }
  }
  ADD_FAILURE() << "closed without a word";
  return false;
}

TEST_P(HostileConnections, TakeOverPingPongOf64SocketsLeavesOneOwnerAndTheQueue) {
  constexpr size_t kSockets = 64;
  const size_t rounds = Scaled(30, 5);
  Start();
  PropertyBuffer properties;
  properties.AddU32(PropertyId::kSessionExpiryInterval, 1'000);
  ConnectView crown{.version = ProtocolVersion::k5, .client_id = "crown"};
  crown.properties.wire = properties.wire();
  WireClient owner(port());
  owner.Connect(crown);
  owner.Subscribe("crown", QoS::kAtLeastOnce);
  WireClient publisher = Connected("publisher");
  for (size_t round = 0; round < rounds; ++round) {
    owner.socket().Reset();
    std::vector<WireClient> rivals;
    for (size_t i = 0; i < kSockets; ++i) rivals.emplace_back(port());
    const std::string message = fmt::format("round {}", round);
    for (WireClient& rival : rivals) rival.SendConnect(crown);
    EXPECT_EQ(Publish1(publisher, {.topic_name = "crown", .payload = AsBytes(message)}), 0);
    for (WireClient& rival : rivals) EXPECT_EQ(rival.Expect(PacketType::kConnack).code, 0);
    size_t owners = 0;
    for (WireClient& rival : rivals) {
      rival.Send(Bytes("C0 00"));
      std::set<std::string> messages;
      if (!OwnsSession(rival, &messages)) continue;
      ++owners;
      EXPECT_TRUE(messages.contains(message)) << messages.size();
      std::swap(owner, rival);
    }
    ASSERT_EQ(owners, 1u) << message;
  }
  ExpectPeakGrowthWithin(kSockets * kConnected + slack());
}

}  // namespace
}  // namespace signet
