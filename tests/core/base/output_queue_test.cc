#include "core/base/output_queue.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

namespace signet {
namespace {

SharedBuffer Shared(std::string_view text) {
  SharedBuffer buffer = SharedBuffer::Allocate(text.size());
  if (!text.empty()) std::memcpy(buffer.MutableData(), text.data(), text.size());
  return buffer;
}

// Everything that is queued, as a send without limits would see it.
std::string Content(const OutputQueue& queue) {
  std::vector<ByteView> views(10'000);
  const size_t used = queue.Gather(views, SIZE_MAX);
  std::string content;
  for (size_t i = 0; i < used; ++i) content += AsText(views[i]);
  return content;
}

class OutputQueueTest : public ::testing::Test {
 protected:
  void Append(std::string_view text) { queue_.Append(AsBytes(text)); }

  BlockPool pool_;
  OutputQueue queue_{&pool_};
};

TEST_F(OutputQueueTest, HoldsNoMemoryWhenItIsEmpty) {
  EXPECT_TRUE(queue_.empty());
  EXPECT_EQ(pool_.live_bytes(), 0u);
  Append("");
  queue_.AppendShared(Shared("x"), {});
  EXPECT_EQ(pool_.live_bytes(), 0u);
  Append("abc");
  EXPECT_GT(pool_.live_bytes(), 0u);
  queue_.Consume(3);
  EXPECT_TRUE(queue_.empty());
  EXPECT_EQ(pool_.live_bytes(), 0u);
}

TEST_F(OutputQueueTest, PutsSmallPacketsTogether) {
  for (int i = 0; i < 100; ++i) Append("abc");
  std::array<ByteView, 4> views;
  EXPECT_EQ(queue_.Gather(views, SIZE_MAX), 1u);
  EXPECT_EQ(views[0].size(), 300u);
  EXPECT_EQ(queue_.size(), 300u);
}

TEST_F(OutputQueueTest, ExtendsByContiguousBytes) {
  std::string expected;
  for (const uint32_t size : {1u, 300u, 400u, 5000u, 20000u, 70000u}) {
    std::memset(queue_.Extend(size), static_cast<int>(size % 251), size);
    expected += std::string(size, static_cast<char>(size % 251));
  }
  EXPECT_EQ(Content(queue_), expected);
}

TEST_F(OutputQueueTest, RefersToALargePayloadInsteadOfCopyingIt) {
  const SharedBuffer buffer = Shared("0123456789");
  Append("<");
  queue_.AppendShared(buffer, buffer.bytes().subspan(2, 5));
  Append(">");
  std::array<ByteView, 4> views;
  ASSERT_EQ(queue_.Gather(views, SIZE_MAX), 3u);
  EXPECT_EQ(views[1].data(), buffer.data() + 2);
  EXPECT_EQ(Content(queue_), "<23456>");
}

TEST_F(OutputQueueTest, KeepsAPayloadAliveUntilItIsSent) {
  const size_t before = SharedBuffer::LiveBytes();
  {
    const SharedBuffer buffer = Shared("payload");
    queue_.AppendShared(buffer, buffer.bytes());
  }
  EXPECT_GT(SharedBuffer::LiveBytes(), before);
  queue_.Consume(6);
  EXPECT_EQ(Content(queue_), "d");
  EXPECT_GT(SharedBuffer::LiveBytes(), before);
  queue_.Consume(1);
  EXPECT_EQ(SharedBuffer::LiveBytes(), before);
}

TEST_F(OutputQueueTest, LetsGoOfEverythingWhenItIsClearedOrDestroyed) {
  const size_t before = SharedBuffer::LiveBytes();
  {
    OutputQueue queue(&pool_);
    for (int i = 0; i < 10; ++i) {
      queue.Append(AsBytes(std::string(1'000, 'x')));
      const SharedBuffer buffer = Shared("payload");
      queue.AppendShared(buffer, buffer.bytes());
    }
    queue.Clear();
    EXPECT_TRUE(queue.empty());
    EXPECT_EQ(pool_.live_bytes(), 0u);
    queue.Append(AsBytes("again"));
    const SharedBuffer buffer = Shared("payload");
    queue.AppendShared(buffer, buffer.bytes());
  }
  EXPECT_EQ(pool_.live_bytes(), 0u);
  EXPECT_EQ(SharedBuffer::LiveBytes(), before);
}

TEST_F(OutputQueueTest, GathersNoMoreViewsAndBytesThanAskedFor) {
  const SharedBuffer buffer = Shared("bbbb");
  Append("aaaa");
  queue_.AppendShared(buffer, buffer.bytes());
  Append("cccc");
  std::array<ByteView, 3> views;
  EXPECT_EQ(queue_.Gather(std::span(views).first(2), SIZE_MAX), 2u);
  EXPECT_EQ(AsText(views[1]), "bbbb");
  EXPECT_EQ(queue_.Gather(views, 6), 2u);
  EXPECT_EQ(AsText(views[0]), "aaaa");
  EXPECT_EQ(AsText(views[1]), "bb");
  EXPECT_EQ(queue_.Gather(views, 0), 0u);
  EXPECT_EQ(queue_.Gather({}, SIZE_MAX), 0u);
}

// A send in flight points at these bytes while the next turn queues more.
TEST_F(OutputQueueTest, LeavesBytesInTheirPlaceWhileMoreComeBehindThem) {
  Append("first");
  std::array<ByteView, 1> in_flight;
  ASSERT_EQ(queue_.Gather(in_flight, SIZE_MAX), 1u);
  for (int i = 0; i < 1'000; ++i) Append("more and more");
  EXPECT_EQ(AsText(in_flight[0]), "first");
  std::array<ByteView, 1> again;
  ASSERT_EQ(queue_.Gather(again, 5), 1u);
  EXPECT_EQ(again[0].data(), in_flight[0].data());
}

TEST_F(OutputQueueTest, AgreesWithAStringOverRandomCalls) {
  std::mt19937 random(3);
  const size_t before = SharedBuffer::LiveBytes();
  std::string model;
  const auto some_text = [&](size_t most) {
    std::string text(random() % most, '\0');
    for (char& c : text) c = static_cast<char>(random());
    return text;
  };
  for (int step = 0; step < 10'000; ++step) {
    const uint32_t choice = random() % 8;
    if (choice < 4) {
      const std::string text = some_text(choice == 0 ? 6'000 : 60);
      Append(text);
      model += text;
    } else if (choice == 4) {
      const std::string text = some_text(3'000);
      const SharedBuffer buffer = Shared(text);
      const size_t begin = random() % (text.size() + 1);
      const size_t size = random() % (text.size() - begin + 1);
      queue_.AppendShared(buffer, buffer.bytes().subspan(begin, size));
      model += text.substr(begin, size);
    } else {
      // As a short send does it: some of what was gathered goes.
      std::array<ByteView, 8> views;
      const size_t limit = random() % 20'000;
      const size_t used = queue_.Gather(views, limit);
      std::string gathered;
      for (size_t i = 0; i < used; ++i) {
        ASSERT_FALSE(views[i].empty());
        gathered += AsText(views[i]);
      }
      ASSERT_LE(gathered.size(), limit);
      ASSERT_EQ(gathered, model.substr(0, gathered.size()));
      const size_t sent = random() % (gathered.size() + 1);
      queue_.Consume(sent);
      model.erase(0, sent);
    }
    ASSERT_EQ(queue_.size(), model.size());
    ASSERT_EQ(queue_.empty(), model.empty());
    if (model.empty()) {
      ASSERT_EQ(pool_.live_bytes(), 0u);
    }
  }
  EXPECT_EQ(Content(queue_), model);
  queue_.Clear();
  EXPECT_EQ(pool_.live_bytes(), 0u);
  EXPECT_EQ(SharedBuffer::LiveBytes(), before);
}

}  // namespace
}  // namespace signet
