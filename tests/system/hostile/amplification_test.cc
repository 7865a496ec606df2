// Clients that ask for little and would have much done: work that could grow with the square of
// what they send, and memory that no message seems to take.
#include "fmt/format.h"
#include "tests/system/hostile/hostile_fixture.h"

namespace signet {
namespace {

using HostileAmplification = HostileTest;
INSTANTIATE_TEST_SUITE_P(Shards, HostileAmplification, testing::ValuesIn(kShardCountsOfTwoPresets),
                         testing::PrintToStringParamName());

constexpr size_t kMostFilters = 4'096;  // docs/LIMITS.md, filters_per_packet.
// A filter with its Session and in a shard's tree, and what waits to be replayed to it.
constexpr uint64_t kBytesPerFilter = kKiB;

constexpr std::string_view kTopic = "a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a";
// One of 65,536 filters that all match kTopic.
std::string Matching(size_t number) {
  std::string filter;
  for (size_t level = 0; level < 16; ++level) {
    filter += (number >> level & 1) != 0 ? "+/" : "a/";
  }
  return filter + "#";
}

std::vector<std::string> MatchingFilters(size_t from, size_t count) {
  std::vector<std::string> filters;
  for (size_t i = 0; i < count; ++i) filters.push_back(Matching(from + i));
  return filters;
}

// One that may have a single message under way, so that all others wait.
void ConnectGreedy(WireClient& client) {
  PropertyBuffer properties;
  properties.AddU16(PropertyId::kReceiveMaximum, 1);
  ConnectView connect{.version = ProtocolVersion::k5, .clean_start = true, .client_id = "greedy"};
  connect.properties.wire = properties.wire();
  client.Connect(connect);
}

// All its replays but one wait, because the client may have one message under way and has it.
TEST_P(HostileAmplification, FiltersWhoseRetainedMessagesAreNotTakenCostNoMoreThanTheirNumber) {
  Start();
  WireClient publisher = Connected("publisher");
  Publish1(publisher, {.retain = true, .topic_name = kTopic, .payload = AsBytes("r")});
  const auto attack = [&](size_t count) {
    WireClient client(port());
    ConnectGreedy(client);
    for (size_t done = 0; done < count; done += kMostFilters) {
      client.Send(SubscribeBytes(1, MatchingFilters(done, kMostFilters), QoS::kAtLeastOnce));
    }
    for (int i = 0; i < 50; ++i) client.AwaitPing();
    client.socket().Reset();
  };
  const double quarter = CostOf([&] { attack(kMostFilters); });
  const double whole = CostOf([&] { attack(4 * kMostFilters); });
  ExpectLinear(quarter, whole);
  attack(4 * kMostFilters);
  ExpectPeakGrowthWithin(4 * kMostFilters * kBytesPerFilter * (1 + shards()) + slack());
}

// The same filters again and again are the same Subscriptions, and no new ones to be replayed.
TEST_P(HostileAmplification, SubscribingAnewAddsNothingToWhatWaits) {
  constexpr size_t kFilters = 500;
  Start();
  WireClient publisher = Connected("publisher");
  Publish1(publisher, {.retain = true, .topic_name = kTopic, .payload = AsBytes("r")});
  WireClient client(port());
  ConnectGreedy(client);
  const auto subscribe = SubscribeBytes(1, MatchingFilters(0, kFilters), QoS::kAtLeastOnce);
  for (size_t i = 0; i < Scaled(200, 20); ++i) client.Send(subscribe);
  client.AwaitPing();
  ExpectPeakGrowthWithin(kFilters * kBytesPerFilter * (1 + shards()) + slack());
}

// A SUBSCRIBE that other shards have not noted yet, and messages that match all of it behind it.
TEST_P(HostileAmplification, MessagesBehindALargeSubscribeCostNoMoreThanItsFilters) {
  Start();
  const auto attack = [&](size_t count) {
    WireClient client = Connected("greedy");
    std::vector<uint8_t> bytes = SubscribeBytes(1, MatchingFilters(0, count), QoS::kAtMostOnce);
    const auto publish = PublishBytes({.topic_name = kTopic});
    for (size_t i = 0; i < Scaled(300, 40); ++i) {
      bytes.insert(bytes.end(), publish.begin(), publish.end());
    }
    client.Send(bytes);
    client.AwaitPing();
  };
  attack(kMostFilters / 4);
  const double quarter = CostOf([&] { attack(kMostFilters / 4); });
  const double whole = CostOf([&] { attack(kMostFilters); });
  ExpectLinear(quarter, whole);
  attack(kMostFilters);
  ExpectPeakGrowthWithin(kMostFilters * kBytesPerFilter * (1 + shards()) + slack());
}

// A small message carries the Subscription Identifiers of all Subscriptions that match: they count
// as bytes of the queue.
TEST_P(HostileAmplification, SubscriptionIdentifiersCountInTheQueue) {
  constexpr uint64_t kQueuedBytes = 4 * kMiB;
  Start({.limits = {fmt::format("queued_bytes={}", kQueuedBytes)}});
  WireClient client(port());
  ConnectGreedy(client);
  client.Subscribe(MatchingFilters(0, kMostFilters), QoS::kAtLeastOnce, 268'435'455);
  WireClient publisher = Connected("publisher");
  for (size_t i = 0; i < Scaled(2'000, 100); ++i) {
    EXPECT_EQ(Publish1(publisher, {.topic_name = kTopic}), 0);
  }
  ExpectPeakGrowthWithin(kQueuedBytes + kMostFilters * kBytesPerFilter * (1 + shards()) + slack());
}

// Members that sleep cannot take a QoS 0 message, and need not be asked one by one.
TEST_P(HostileAmplification, AGroupThatSleepsCostsNoMoreThanItsMembers) {
  Start();
  size_t members = 0;
  const auto grow_to = [&](size_t count) {
    for (; members < count; ++members) {
      PropertyBuffer properties;
      properties.AddU32(PropertyId::kSessionExpiryInterval, 1'000);
      const std::string name = fmt::format("sleeper-{}", members);
      ConnectView connect{.version = ProtocolVersion::k5, .client_id = name};
      connect.properties.wire = properties.wire();
      WireClient client(port());
      client.Connect(connect);
      client.Subscribe("$share/dormitory/alarm", QoS::kAtLeastOnce);
      client.socket().Reset();
    }
  };
  WireClient publisher = Connected("publisher");
  const auto attack = [&] {
    for (size_t i = 0; i < Scaled(200, 50); ++i) publisher.Publish({.topic_name = "alarm"});
    publisher.AwaitPing();
  };
  grow_to(500);
  const double quarter = CostOf(attack);
  grow_to(2'000);
  const double whole = CostOf(attack);
  ExpectLinear(quarter, whole);
  attack();
  constexpr uint64_t kPerMember = 4 * kKiB;
  ExpectPeakGrowthWithin(members * kPerMember + slack());
}

}  // namespace
}  // namespace signet
