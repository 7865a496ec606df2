#include "core/base/shared_buffer.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace signet {
namespace {

SharedBuffer Filled(size_t size, uint8_t value) {
  SharedBuffer buffer = SharedBuffer::Allocate(size);
  if (size > 0) std::memset(buffer.MutableData(), value, size);
  return buffer;
}

TEST(SharedBuffer, HoldsNothingByDefault) {
  const SharedBuffer buffer;
  EXPECT_FALSE(buffer);
  EXPECT_EQ(buffer.size(), 0u);
  EXPECT_TRUE(buffer.bytes().empty());
  const SharedBuffer copy = buffer;  // NOLINT(performance-unnecessary-copy-initialization)
  EXPECT_FALSE(copy);
}

TEST(SharedBuffer, CanBeEmptyAndYetThere) {
  const SharedBuffer buffer = SharedBuffer::Allocate(0);
  EXPECT_TRUE(buffer);
  EXPECT_TRUE(buffer.bytes().empty());
}

TEST(SharedBuffer, SharesItsBytesBetweenCopies) {
  const SharedBuffer buffer = Filled(100, 7);
  const SharedBuffer copy = buffer;  // NOLINT(performance-unnecessary-copy-initialization)
  EXPECT_EQ(copy.data(), buffer.data());
  EXPECT_EQ(copy.size(), 100u);
  EXPECT_EQ(copy.bytes()[99], 7);
}

TEST(SharedBuffer, LivesAsLongAsItsLastHandle) {
  const size_t before = SharedBuffer::LiveBytes();
  {
    SharedBuffer last;
    {
      const SharedBuffer first = Filled(1'000, 1);
      EXPECT_GE(SharedBuffer::LiveBytes(), before + 1'000);
      last = first;
    }
    EXPECT_GE(SharedBuffer::LiveBytes(), before + 1'000);
    EXPECT_EQ(last.bytes()[999], 1);
  }
  EXPECT_EQ(SharedBuffer::LiveBytes(), before);
}

TEST(SharedBuffer, IsWipedByItsLastHandleAlone) {
  SharedBuffer buffer = Filled(100, 7);
  SharedBuffer copy = buffer;
  buffer.Wipe();
  EXPECT_FALSE(buffer);
  EXPECT_EQ(copy.bytes()[99], 7);
  copy.Wipe();
  EXPECT_FALSE(copy);
  copy.Wipe();
}

TEST(SharedBuffer, MovesWithoutCounting) {
  const size_t before = SharedBuffer::LiveBytes();
  {
    SharedBuffer first = Filled(10, 1);
    SharedBuffer second = std::move(first);
    EXPECT_TRUE(second);
    EXPECT_NE(second.MutableData(), nullptr);  // Still the only handle.
    SharedBuffer third = Filled(10, 3);
    third = std::move(second);
    EXPECT_EQ(third.bytes()[0], 1);
  }
  EXPECT_EQ(SharedBuffer::LiveBytes(), before);
}

TEST(SharedBuffer, SurvivesBeingAssignedToItself) {
  SharedBuffer buffer = Filled(10, 4);
  const SharedBuffer& same = buffer;
  buffer = same;
  EXPECT_EQ(buffer.bytes()[9], 4);
  EXPECT_NE(buffer.MutableData(), nullptr);
}

#ifndef NDEBUG
TEST(SharedBufferDeathTest, IsConstOnceItIsShared) {
  SharedBuffer buffer = Filled(10, 4);
  const SharedBuffer copy = buffer;
  EXPECT_DEATH(buffer.MutableData(), "check failed");
}
#endif

// Made on one thread, let go on others, in any order; for ThreadSanitizer, too.
TEST(SharedBuffer, IsCountedAcrossThreads) {
  const size_t before = SharedBuffer::LiveBytes();
  {
    std::vector<SharedBuffer> made;
    made.reserve(100);
    for (int i = 0; i < 100; ++i) made.push_back(Filled(64, static_cast<uint8_t>(i)));
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([handles = made]() mutable {
        for (size_t i = 0; i < handles.size(); ++i) {
          EXPECT_EQ(handles[i].bytes()[63], i);
          const SharedBuffer copy = handles[i];
          handles[i] = Filled(32, 1);
        }
      });
    }
    made.clear();
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(SharedBuffer::LiveBytes(), before);
}

}  // namespace
}  // namespace signet
