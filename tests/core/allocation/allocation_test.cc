// Every allocation in the life of some connections fails once: nobody notices, and nothing is left
// behind.
#include <gtest/gtest.h>

#include <string>

#include "core/base/memory_reserve.h"
#include "fmt/format.h"
#include "tests/core/allocation/failing_new.h"
#include "tests/support/bytes.h"
#include "tests/support/test_client.h"

namespace signet {
namespace {

constexpr QoS kQos1 = QoS::kAtLeastOnce;
constexpr QoS kQos2 = QoS::kExactlyOnce;

void Note(const Received& packet, std::string* transcript) {
  *transcript += fmt::format("{} {} {:02X} {} {};", static_cast<int>(packet.type), packet.packet_id,
                             packet.code, packet.topic, packet.payload.size());
}

void NoteAll(TestClient& client, std::string* transcript) {
  while (!client.Silent()) {
    const Received packet = client.Next();
    Note(packet, transcript);
    if (packet.type != PacketType::kPublish || packet.qos == QoS::kAtMostOnce) continue;
    client.SendAck(packet.qos == kQos1 ? PacketType::kPuback : PacketType::kPubrec,
                   packet.packet_id);
  }
}

// All that makes a connection allocate: Will, Session, Subscriptions of both kinds, messages kept
// and queued and split, aliases, retained ones, a hand-over, take-over, resume. Returns what the
// clients saw.
std::string LiveThroughIt(uint32_t shards) {
  std::string transcript;
  CoreWorld world({.shards = shards});
  const WillView will{.topic_name = "will", .payload = AsBytes("gone")};
  TestClient subscriber(&world, "subscriber");
  Note(subscriber.Connect({.session_expiry_s = 100, .receive_maximum = 2, .will = will}),
       &transcript);
  subscriber.Subscribe("t/#", kQos2, 7);
  subscriber.Subscribe("$share/group/s", kQos1);
  TestClient publisher(&world, "publisher");
  Note(publisher.Connect({.topic_alias_maximum = 4, .will = will}), &transcript);
  publisher.Subscribe("will", kQos1);
  publisher.peer().SetSegment(100);
  for (int i = 0; i < 6; ++i) {
    publisher.SendPublish({.topic = "t/one", .payload = std::string(500, 'x'), .qos = kQos1});
    publisher.SendPublish({.topic = "t/two", .payload = std::string(90, 'y'), .qos = kQos2});
    publisher.SendPublish({.topic = "s", .payload = "shared", .qos = kQos1, .retain = i == 3});
  }
  NoteAll(publisher, &transcript);
  NoteAll(subscriber, &transcript);
  TestClient again(&world, "subscriber");
  Note(again.Connect({.clean_start = false, .session_expiry_s = 0}), &transcript);
  NoteAll(again, &transcript);
  NoteAll(publisher, &transcript);  // The Will of the connection that was taken over.
  again.peer().Send(Bytes("FF FF"));
  world.Run();
  publisher.Disconnect();
  world.Advance(seconds(1));
  return transcript;
}

class AllocationTest : public testing::TestWithParam<uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Shards, AllocationTest, testing::Values(1u, 2u),
                         [](const auto& each) { return std::to_string(each.param); });

TEST_P(AllocationTest, EachOneMayFailOnceAndNobodyNotices) {
  ASSERT_TRUE(MemoryReserve::SetAside(1 << 20));
  const std::string expected = LiveThroughIt(GetParam());  // Also whatever is made only once.
  ASSERT_FALSE(expected.empty());
  const size_t live = SharedBuffer::LiveBytes();
  const uint64_t before = failing_new::Count();
  LiveThroughIt(GetParam());
  const uint64_t allocations = failing_new::Count() - before;
  RecordProperty("allocations", std::to_string(allocations));
  for (uint64_t n = 0; n < allocations; ++n) {
    const uint64_t failed = failing_new::Failed();
    const uint64_t given = MemoryReserve::failures();
    failing_new::FailAt(failing_new::Count() + n);
    ASSERT_EQ(LiveThroughIt(GetParam()), expected) << "allocation " << n;
    ASSERT_EQ(failing_new::Failed(), failed + 1) << "allocation " << n;
    ASSERT_EQ(MemoryReserve::failures(), given + 1);
    ASSERT_EQ(SharedBuffer::LiveBytes(), live);
    ASSERT_TRUE(MemoryReserve::Refill());
  }
}

TEST_P(AllocationTest, APacketTooLargeForTheMemoryEndsItsConnectionAlone) {
  CoreWorld world({.shards = GetParam()});
  TestClient greedy(&world, "greedy");
  greedy.Connect();
  TestClient other(&world, "other");
  other.Connect();
  TestClient third(&world, "third");
  third.Connect();
  failing_new::FailNothrow(true);
  greedy.peer().SetSegment(10'000);
  greedy.SendPublish({.topic = "t", .payload = std::string(200'000, 'x'), .qos = kQos1});
  EXPECT_EQ(greedy.Next(PacketType::kDisconnect).code, 0x97);
  other.Subscribe("t", kQos1);
  EXPECT_EQ(third.Publish({.topic = "t", .payload = "small", .qos = kQos1}), 0);
  EXPECT_EQ(other.Messages().size(), 1u);
  failing_new::FailNothrow(false);
}

}  // namespace
}  // namespace signet
