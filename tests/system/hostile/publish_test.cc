// Clients that publish too much, too long, too often.
#include "fmt/format.h"
#include "tests/system/hostile/hostile_fixture.h"

namespace signet {
namespace {

using HostilePublish = HostileTest;
INSTANTIATE_HOSTILE_TEST(HostilePublish);

constexpr size_t kMostText = 65'535;

// A Topic Name of the greatest length; another one for each number.
std::string LongTopic(size_t number) {
  std::string topic = fmt::format("{}/", number);
  topic.resize(kMostText, 'x');
  return topic;
}

TEST_P(HostilePublish, AFloodForASubscriberThatDoesNotReadCostsItsOutputLimit) {
  constexpr uint64_t kHardBytes = kMiB;
  Start({.limits = {fmt::format("output_hard_bytes={}", kHardBytes)}});
  WireClient slow(port(), 4'096);
  slow.Connect("slow");
  slow.Subscribe("flood");
  WireClient flooder = Connected("flooder");
  const std::string payload(1'000, 'x');
  std::vector<uint8_t> burst;
  for (int i = 0; i < 1'000; ++i) {
    const auto publish = PublishBytes({.topic_name = "flood", .payload = AsBytes(payload)});
    burst.insert(burst.end(), publish.begin(), publish.end());
  }
  const size_t bursts = Scaled(100, 10);
  for (size_t i = 0; i < bursts; ++i) ASSERT_TRUE(flooder.Send(burst));
  flooder.AwaitPing();
  // Its own and one more turn's worth on the way there, as a hard limit is looked at per message.
  ExpectPeakGrowthWithin(2 * kHardBytes + slack());
  // The slow one has lost messages, but no byte of those it gets.
  slow.Send(Bytes("C0 00"));
  size_t received = 0;
  for (auto next = slow.Next(); next.has_value() && next->type == PacketType::kPublish;
       ++received) {
    ASSERT_EQ(next->payload, payload);
    next = slow.Next();
  }
  EXPECT_GT(received, 0u);
  EXPECT_LT(received, bursts * 1'000);
}

TEST_P(HostilePublish, AFloodForNobodyCostsNothingThatStays) {
  Start();
  WireClient flooder = Connected("flooder");
  std::vector<uint8_t> burst;
  for (int i = 0; i < 10'000; ++i) {
    const std::string topic = fmt::format("nobody/{}", i);
    const auto publish = PublishBytes({.topic_name = topic, .payload = AsBytes("x")});
    burst.insert(burst.end(), publish.begin(), publish.end());
  }
  for (size_t i = 0; i < Scaled(100, 10); ++i) ASSERT_TRUE(flooder.Send(burst));
  flooder.AwaitPing();
  ExpectPeakGrowthWithin(slack());
}

TEST_P(HostilePublish, TopicsOf65535BytesCostTheirBytesAndNotMore) {
  const size_t count = Scaled(200, 30);
  Start({.limits = {fmt::format("filter_bytes={}", count * kMostText)}});
  WireClient flooder = Connected("flooder");
  for (size_t i = 0; i < 5 * count; ++i) {
    const std::string topic = LongTopic(i);
    flooder.Publish({.topic_name = topic});
  }
  flooder.AwaitPing();
  ExpectPeakGrowthWithin(slack());
  // Each kept where it is retained, and, as a filter, with its Session and in each shard's tree;
  // on its way there it may exist twice as often.
  const uint64_t kept = count * kMostText * (1 + 2 + shards());
  for (size_t i = 0; i < count; ++i) {
    const std::string topic = LongTopic(i);
    EXPECT_EQ(Publish1(flooder, {.retain = true, .topic_name = topic, .payload = AsBytes("kept")}),
              0);
  }
  WireClient reader = Connected("reader");
  for (size_t i = 0; i < count; ++i) {
    const std::string topic = LongTopic(i);
    reader.Subscribe(topic);
    const Received message = reader.Expect(PacketType::kPublish);
    EXPECT_TRUE(message.topic == topic);
    EXPECT_TRUE(message.retain);
  }
  ExpectPeakGrowthWithin(2 * kept + slack());
}

TEST_P(HostilePublish, TopicAliasesAreBoundedInNumberAndMemory) {
  constexpr uint16_t kMaximum = 64;  // docs/LIMITS.md, topic_aliases_in.
  Start();
  const auto with_alias = [](uint16_t alias, std::string_view topic) {
    PropertyBuffer properties;
    properties.AddU16(PropertyId::kTopicAlias, alias);
    PublishView publish{.topic_name = topic};
    publish.properties.wire = properties.wire();
    return PublishBytes(publish);
  };
  const auto reason_for = [&](uint16_t alias, std::string_view topic) {
    WireClient client = Connected("alias");
    client.Send(with_alias(alias, topic));
    return client.ReasonOfEnd();
  };
  EXPECT_EQ(reason_for(0, "t"), 0x94);             // [MQTT-3.3.2-8]
  EXPECT_EQ(reason_for(kMaximum + 1, "t"), 0x94);  // [MQTT-3.3.2-9]
  EXPECT_EQ(reason_for(UINT16_MAX, "t"), 0x94);
  EXPECT_EQ(reason_for(kMaximum, ""), 0x82);  // Never set.

  constexpr size_t kClients = 4;
  std::vector<WireClient> clients;
  for (size_t i = 0; i < kClients; ++i) clients.push_back(Connected(fmt::format("alias-{}", i)));
  for (size_t round = 0; round < Scaled(10, 2); ++round) {
    for (WireClient& client : clients) {
      for (uint16_t alias = 1; alias <= kMaximum; ++alias) {
        ASSERT_TRUE(client.Send(with_alias(alias, LongTopic(round * kMaximum + alias))));
      }
    }
  }
  for (WireClient& client : clients) client.AwaitPing();
  ExpectPeakGrowthWithin(kClients * kMaximum * (kMostText + 1) + slack());
}

std::vector<uint8_t> UserProperties(size_t count) {
  PropertyBuffer properties;
  for (size_t i = 0; i < count; ++i) properties.AddUserProperty("n", "v");
  return {properties.wire().begin(), properties.wire().end()};
}

TEST_P(HostilePublish, UserPropertiesAreCountedInEveryPacket) {
  constexpr size_t kMost = 256;  // docs/LIMITS.md, user_properties.
  Start();
  WireClient client = Connected("client");
  client.Subscribe("bomb");
  const std::vector<uint8_t> most = UserProperties(kMost);
  const std::vector<uint8_t> more = UserProperties(kMost + 1);
  PublishView publish{.topic_name = "bomb"};
  publish.properties.wire = most;
  client.Publish(publish);
  EXPECT_EQ(client.Expect(PacketType::kPublish).properties, most);
  publish.properties.wire = more;
  client.Publish(publish);
  EXPECT_EQ(client.ReasonOfEnd(), 0x97);

  ConnectView connect{.version = ProtocolVersion::k5, .clean_start = true, .client_id = "client"};
  connect.properties.wire = most;
  WireClient(port()).Connect(connect);
  connect.properties.wire = more;
  WireClient refused(port());
  refused.SendConnect(connect);
  EXPECT_EQ(refused.Expect(PacketType::kConnack).code, 0x97);
  ExpectPeakGrowthWithin(slack());
}

// Four times the properties cost four times the work, and not sixteen times.
TEST_P(HostilePublish, AUserPropertyBombCostsNoMoreThanItsLength) {
  Start({.limits = {"user_properties=65535"}});
  WireClient client = Connected("client");
  client.Subscribe("bomb");
  const auto attack = [&](const std::vector<uint8_t>& properties) {
    PublishView publish{.topic_name = "bomb"};
    publish.properties.wire = properties;
    for (size_t i = 0; i < Scaled(100, 10); ++i) {
      client.Publish(publish);
      EXPECT_TRUE(client.Expect(PacketType::kPublish).properties == properties);
    }
  };
  const std::vector<uint8_t> few = UserProperties(16'000);
  const std::vector<uint8_t> many = UserProperties(64'000);
  const double quarter = CostOf([&] { attack(few); });
  const double whole = CostOf([&] { attack(many); });
  ExpectLinear(quarter, whole);
  // While the witness looks on.
  attack(many);
  // The packet that is being read, half as much where its buffer grew, and the one that is sent.
  ExpectPeakGrowthWithin(3 * many.size() + slack());
}

TEST_P(HostilePublish, AllPacketIdentifiersLeftOpenBy311AreKeptAndNotMore) {
  constexpr uint32_t kIdentifiers = 65'535;
  constexpr uint64_t kPerIdentifier = 32;
  Start();
  WireClient client(port());
  client.Connect311("exhaust");
  const auto expect_each = [&](PacketType type) {
    for (uint32_t id = 1; id <= kIdentifiers; ++id) {
      const Received ack = client.Expect(type);
      ASSERT_EQ(ack.packet_id, id);
      ASSERT_EQ(ack.code, 0);
    }
  };
  const auto send_each = [&](const std::function<std::vector<uint8_t>(PacketId)>& packet) {
    std::vector<uint8_t> all;
    for (uint32_t id = 1; id <= kIdentifiers; ++id) {
      const auto one = packet(static_cast<PacketId>(id));
      all.insert(all.end(), one.begin(), one.end());
    }
    return client.Send(all);
  };
  const auto publish = [&](PacketId id) {
    return PublishBytes({.qos = QoS::kExactlyOnce, .packet_id = id, .topic_name = "exhaust"},
                        ProtocolVersion::k311);
  };
  // The second time they are the same messages again.
  for (int times = 0; times < 2; ++times) {
    ASSERT_TRUE(send_each(publish));
    expect_each(PacketType::kPubrec);
  }
  ExpectPeakGrowthWithin(kIdentifiers * kPerIdentifier + slack());
  ASSERT_TRUE(send_each([](PacketId id) { return AckBytes(PacketType::kPubrel, id); }));
  expect_each(PacketType::kPubcomp);
}

TEST_P(HostilePublish, OneMoreThanReceiveMaximumEndsTheConnection) {
  constexpr PacketId kMaximum = 1'024;  // docs/LIMITS.md, receive_maximum.
  Start();
  WireClient client = Connected("exhaust");
  for (PacketId id = 1; id <= kMaximum; ++id) {
    client.Publish({.qos = QoS::kExactlyOnce, .packet_id = id, .topic_name = "exhaust"});
    ASSERT_EQ(client.Expect(PacketType::kPubrec).code, 0x10);
  }
  client.Publish({.qos = QoS::kExactlyOnce, .packet_id = kMaximum + 1, .topic_name = "exhaust"});
  EXPECT_EQ(client.ReasonOfEnd(), 0x93);
  ExpectPeakGrowthWithin(slack());
}

}  // namespace
}  // namespace signet
