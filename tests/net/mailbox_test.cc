#include "net/mailbox.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace signet {
namespace {

template <typename T>
std::vector<T> TakeAll(Mailbox<T>& box) {
  std::vector<T> all;
  box.Take([&](T&& item) { all.push_back(std::move(item)); });
  return all;
}

TEST(Mailbox, TakesWhatWasSeenAndLeavesWhatCameLater) {
  Mailbox<int> box(4);
  const auto push = [&](int item) {
    EXPECT_TRUE(box.TryPush(item));
    box.Publish();
  };
  std::vector<int> taken;
  const auto take = [&](int&& item) { taken.push_back(item); };
  push(1);
  box.Look();
  push(2);
  box.TakeSeen(take);
  EXPECT_EQ(taken, std::vector<int>({1}));
  EXPECT_TRUE(box.HasMail());
  box.TakeSeen(take);  // Without another look there is nothing.
  EXPECT_EQ(taken.size(), 1u);
  box.Take(take);
  EXPECT_EQ(taken, std::vector<int>({1, 2}));
  EXPECT_FALSE(box.HasMail());
}

TEST(Mailbox, ShowsWhatWasPublishedInOrder) {
  Mailbox<int> box(4);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(box.TryPush(i));
  EXPECT_FALSE(box.HasMail());
  EXPECT_EQ(TakeAll(box), std::vector<int>{});
  EXPECT_TRUE(box.Publish());
  EXPECT_FALSE(box.Publish());
  EXPECT_TRUE(box.HasMail());
  EXPECT_EQ(TakeAll(box), (std::vector<int>{0, 1, 2}));
  EXPECT_FALSE(box.HasMail());
}

TEST(Mailbox, TakesNoMoreThanItHasRoomFor) {
  Mailbox<std::unique_ptr<int>> box(2);
  auto first = std::make_unique<int>(1);
  auto second = std::make_unique<int>(2);
  auto third = std::make_unique<int>(3);
  ASSERT_TRUE(box.TryPush(first));
  ASSERT_TRUE(box.TryPush(second));
  EXPECT_FALSE(box.TryPush(third));
  EXPECT_NE(third, nullptr) << "what found no room stays with the sender";
  box.Publish();
  EXPECT_EQ(TakeAll(box).size(), 2);
  EXPECT_TRUE(box.TryPush(third));
}

TEST(Mailbox, DestroysWhatNobodyTook) {
  auto counted = std::make_shared<int>(0);
  {
    Mailbox<std::shared_ptr<int>> box(4);
    for (int i = 0; i < 3; ++i) {
      std::shared_ptr<int> copy = counted;
      ASSERT_TRUE(box.TryPush(copy));
      if (i == 1) box.Publish();
    }
    EXPECT_EQ(counted.use_count(), 4);
  }
  EXPECT_EQ(counted.use_count(), 1);
}

TEST(Mailbox, CarriesAMillionItemsBetweenThreadsInOrder) {
  constexpr uint64_t kItems = 1'000'000;
  Mailbox<std::unique_ptr<uint64_t>> box(1024);
  std::thread sender([&box] {
    for (uint64_t i = 0; i < kItems; ++i) {
      auto item = std::make_unique<uint64_t>(i);
      while (!box.TryPush(item)) {
        box.Publish();
        std::this_thread::yield();
      }
      if (i % 7 == 0) box.Publish();
    }
    box.Publish();
  });
  uint64_t next = 0;
  while (next < kItems) {
    if (!box.HasMail()) std::this_thread::yield();
    box.Take([&next](std::unique_ptr<uint64_t>&& item) { ASSERT_EQ(*item, next++); });
  }
  sender.join();
  EXPECT_FALSE(box.HasMail());
}

}  // namespace
}  // namespace signet
