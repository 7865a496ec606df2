// Clients that subscribe to too much, too deep, too often.
#include <set>

#include "fmt/format.h"
#include "tests/system/hostile/hostile_fixture.h"

namespace signet {
namespace {

using HostileSubscribe = HostileTest;
INSTANTIATE_HOSTILE_TEST(HostileSubscribe);

constexpr size_t kLongestText = 65'535;
constexpr size_t kFiltersPerPacket = 4'096;  // docs/LIMITS.md, filters_per_packet.
// A filter on a shard: the nodes of its last levels, the texts, the indices.
constexpr uint64_t kPerFilter = 512;

// `level` as often as fits, joined by '/'.
std::string Deep(size_t levels, std::string_view level) {
  std::string text(level);
  for (size_t i = 1; i < levels; ++i) text.append("/").append(level);
  return text;
}

TEST_P(HostileSubscribe, OfTenThousandFiltersInAPacketTheFirstAreGranted) {
  constexpr size_t kCount = 10'000;
  Start();
  std::vector<std::string> filters;
  for (size_t i = 0; i < kCount; ++i) filters.push_back(fmt::format("many/{}/+", i));
  std::vector<uint8_t> expected(kCount, 0x97);
  std::fill_n(expected.begin(), kFiltersPerPacket, uint8_t{1});
  WireClient client = Connected("many");
  EXPECT_TRUE(client.Subscribe(filters, QoS::kAtLeastOnce) == expected);
  WireClient old(port());
  old.Connect311("many-311");
  std::replace(expected.begin(), expected.end(), uint8_t{0x97}, uint8_t{0x80});
  EXPECT_TRUE(old.Subscribe(filters, QoS::kAtLeastOnce) == expected);
  // Two Sessions, the text in each and a node or two in every shard's tree.
  ExpectPeakGrowthWithin(2 * kCount * kPerFilter * (1 + shards()) + slack());
}

TEST_P(HostileSubscribe, ADepthBombIsRefusedByTheRightCode) {
  Start();
  const std::string deepest = Deep(128, "a");  // docs/LIMITS.md, topic_levels.
  const std::string deeper = Deep(129, "a");
  const std::string bottom = Deep(kLongestText / 2, "a");
  WireClient client = Connected("deep");
  client.Subscribe(deepest);
  for (const std::string& topic : {deeper, bottom, std::string(kLongestText, '/')}) {
    EXPECT_EQ(client.Subscribe({&topic, 1}, QoS::kAtMostOnce), std::vector<uint8_t>{0x8F});
    EXPECT_EQ(Publish1(client, {.topic_name = topic}), 0x90);
    client.Publish({.qos = QoS::kExactlyOnce, .packet_id = 2, .topic_name = topic});
    EXPECT_EQ(client.Expect(PacketType::kPubrec).code, 0x90);
    client.Publish({.topic_name = topic});
    WireClient old(port());
    old.Connect311("deep-311");
    EXPECT_EQ(old.Subscribe({&topic, 1}, QoS::kAtMostOnce), std::vector<uint8_t>{0x80});
    EXPECT_EQ(Publish1(old, {.topic_name = topic}), 0);
  }
  // Short enough for a CONNECT, but too deep.
  ConnectView connect{.version = ProtocolVersion::k5, .clean_start = true, .client_id = "will"};
  connect.will = {.topic_name = deeper};
  WireClient will(port());
  will.SendConnect(connect);
  EXPECT_EQ(will.Expect(PacketType::kConnack).code, 0x90);
  client.Publish({.topic_name = deepest});
  EXPECT_EQ(client.Expect(PacketType::kPublish).topic, deepest);
  ExpectPeakGrowthWithin(slack());
}

// With the limit lifted: no stack is as deep, and four times the levels cost four times the work.
TEST_P(HostileSubscribe, ADepthBombThatIsLetInCostsNoMoreThanItsLevels) {
  constexpr size_t kMost = kLongestText / 2;
  Start({.limits = {"topic_levels=65536"}});
  const auto bomb = [&](size_t levels) {
    WireClient client = Connected("deep");
    const std::string topic = Deep(levels, "a");
    const std::string wild = Deep(levels, "+");
    const std::string all = Deep(levels, "+") + "/#";
    EXPECT_EQ(Publish1(client, {.retain = true, .topic_name = topic, .payload = AsBytes("r")}), 0);
    for (const std::string& filter : {topic, wild, all}) {
      client.Subscribe(filter);
      EXPECT_TRUE(client.Expect(PacketType::kPublish).retain);
    }
    for (size_t i = 0; i < Scaled(150, 10); ++i) {
      client.Publish({.topic_name = topic, .payload = AsBytes("live")});
      EXPECT_EQ(client.Expect(PacketType::kPublish).payload, "live");
    }
    // The Session takes its Subscriptions with it.
    client.Send(Bytes("E0 00"));
    EXPECT_EQ(client.ReasonOfEnd(), 0);
  };
  // Small enough for the processor's caches: beyond them each level costs more.
  bomb(kMost / 16);
  const double quarter = CostOf([&] { bomb(kMost / 16); });
  const double whole = CostOf([&] { bomb(kMost / 4); });
  ExpectLinear(quarter, whole);
  // The deepest, while the witness looks on; the empty levels of "///" are levels, too.
  bomb(kMost);
  WireClient client = Connected("slashes");
  client.Subscribe(std::string(kLongestText, '/'));
  client.Publish({.topic_name = std::string(kLongestText, '/')});
  EXPECT_EQ(client.Expect(PacketType::kPublish).topic.size(), kLongestText);
  // Three filters of a node for each level, in every shard's tree.
  ExpectPeakGrowthWithin(3 * kLongestText * kPerFilter * shards() + slack());
}

// Every way to write a/a/…/a with '+' for some of its levels: all of them match. As many as one
// Session may have: docs/LIMITS.md, subscriptions.
std::string Overlapping(size_t number, size_t levels) {
  std::string filter;
  for (size_t level = 0; level < levels; ++level) {
    filter += (number >> level & 1) != 0 ? "+/" : "a/";
  }
  filter += '#';
  return filter;
}

TEST_P(HostileSubscribe, AMillionOverlappingFiltersMakeOneCopyForEachSession) {
  const size_t levels = Scaled(16, 12);
  const size_t each = size_t{1} << levels;
  const size_t clients = Scaled(shards() == 1 ? 16 : 4, 4);  // A million in all, with one shard.
  Start();
  std::vector<WireClient> greedy;
  for (size_t i = 0; i < clients; ++i) {
    greedy.push_back(Connected(fmt::format("greedy-{}", i)));
    for (size_t done = 0; done < each; done += kFiltersPerPacket) {
      std::vector<std::string> filters;
      for (size_t at = done; at < done + kFiltersPerPacket; ++at) {
        filters.push_back(Overlapping(at, levels));
      }
      const auto codes = greedy.back().Subscribe(filters, QoS::kAtLeastOnce);
      EXPECT_EQ(std::ranges::count(codes, 1), kFiltersPerPacket);
    }
  }
  const std::string topic = Deep(levels, "a");
  WireClient publisher = Connected("publisher");
  constexpr int kMessages = 3;
  for (int i = 0; i < kMessages; ++i) {
    const std::string payload = fmt::format("{}", i);
    EXPECT_EQ(Publish1(publisher, {.topic_name = topic, .payload = AsBytes(payload)}), 0);
    for (WireClient& client : greedy) {
      const Received message = client.Expect(PacketType::kPublish);
      EXPECT_EQ(message.payload, payload);  // Once: the next one is the next.
      client.Send(AckBytes(PacketType::kPuback, message.packet_id));
    }
  }
  ExpectPeakGrowthWithin(clients * each * kPerFilter + each * kPerFilter * shards() + slack());
}

class ShareChurn {
 public:
  explicit ShareChurn(uint16_t port) : port_(port), publisher_(port) {
    publisher_.Connect("publisher");
    for (int i = 0; i < 4; ++i) {
      steady_.push_back(Member(fmt::format("steady-{}", i), 0));
    }
  }

  // Members come, and go in all the ways there are, while messages flow.
  void Round(size_t round) {
    std::vector<WireClient> passing;
    const auto name = [&](size_t i) { return fmt::format("passing-{}-{}", round, i); };
    for (size_t i = 0; i < 9; ++i) {
      passing.push_back(Member(name(i), i % 3 == 2 ? 1'000 : 0));
      Publish();
    }
    for (size_t i = 0; i < passing.size(); ++i) {
      Publish();
      if (i % 3 == 0) {
        Take(passing[i], std::chrono::milliseconds(0));
        passing[i].Send(Bytes("E0 00"));
        Take(passing[i], SocketClient::kPatience);
      } else if (i % 3 == 1) {
        Unsubscribe(passing[i]);
      } else {
        passing[i].socket().Reset();
        dropped_.push_back(name(i));
      }
    }
    TakeSteady();
  }

  // What was with those who dropped comes when they are back.
  void Settle() {
    for (const std::string& name : dropped_) {
      returned_.push_back(Connected(name, false, 1'000));
    }
    Eventually([&] {
      TakeSteady();
      for (WireClient& client : returned_) Take(client, std::chrono::milliseconds(0));
      return taken_.size() >= published_;
    });
  }

  size_t published() const { return published_; }
  size_t taken() const { return taken_.size(); }

 private:
  WireClient Connected(const std::string& name, bool clean_start, uint32_t expiry_s) const {
    PropertyBuffer properties;
    properties.AddU32(PropertyId::kSessionExpiryInterval, expiry_s);
    ConnectView connect{
        .version = ProtocolVersion::k5, .clean_start = clean_start, .client_id = name};
    connect.properties.wire = properties.wire();
    WireClient client(port_);
    client.Connect(connect);
    return client;
  }
  WireClient Member(const std::string& name, uint32_t expiry_s) const {
    WireClient client = Connected(name, true, expiry_s);
    client.Subscribe("$share/group/churn", QoS::kAtLeastOnce);
    return client;
  }
  void Publish() {
    const std::string payload = fmt::format("{}", published_++);
    const auto id = static_cast<PacketId>(published_ % 60'000 + 1);
    publisher_.Publish({.qos = QoS::kAtLeastOnce,
                        .packet_id = id,
                        .topic_name = "churn",
                        .payload = AsBytes(payload)});
    EXPECT_EQ(publisher_.Expect(PacketType::kPuback).code, 0);
  }
  void Take(WireClient& client, std::chrono::milliseconds patience) {
    while (const std::optional<Received> next = client.Next(patience)) Take(client, *next);
  }
  void Take(WireClient& client, const Received& packet) {
    if (packet.type != PacketType::kPublish) return;
    taken_.insert(packet.payload);
    client.Send(AckBytes(PacketType::kPuback, packet.packet_id));
  }
  void TakeSteady() {
    for (WireClient& client : steady_) Take(client, std::chrono::milliseconds(0));
  }
  // Until UNSUBACK: the group gives it nothing behind that, so nobody has to listen to it.
  void Unsubscribe(WireClient& client) {
    client.Send(Bytes("A2 17 0001 00 0012 '$share/group/churn'"));
    while (const std::optional<Received> next = client.Next()) {
      if (next->type == PacketType::kUnsuback) break;
      Take(client, *next);
    }
    Publish();
    lingering_.push_back(std::move(client));
  }

  const uint16_t port_;
  WireClient publisher_;
  std::vector<WireClient> steady_;
  std::vector<WireClient> lingering_;
  std::vector<WireClient> returned_;
  std::vector<std::string> dropped_;
  size_t published_ = 0;
  std::set<std::string> taken_;
};

TEST_P(HostileSubscribe, ASharedGroupThatChurnsLosesNothingThatWasAcknowledged) {
  Start();
  ShareChurn churn(port());
  for (size_t round = 0; round < Scaled(60, 10); ++round) churn.Round(round);
  churn.Settle();
  EXPECT_EQ(churn.taken(), churn.published());
  // Sessions that wait for their clients: three a round, and their messages.
  ExpectPeakGrowthWithin(60 * 3 * 16 * kKiB + slack());
}

}  // namespace
}  // namespace signet
