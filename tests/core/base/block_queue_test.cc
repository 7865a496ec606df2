#include "core/base/block_queue.h"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <random>

namespace signet {
namespace {

TEST(BlockQueue, GivesThingsBackInOrder) {
  BlockQueue<std::unique_ptr<int>, 4> queue;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(*queue.Push(std::make_unique<int>(i)), i);
  EXPECT_EQ(queue.size(), 10u);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(*queue.front(), i);
    EXPECT_EQ(*queue.Pop(), i);
  }
  EXPECT_TRUE(queue.empty());
}

TEST(BlockQueue, LeavesNothingWhereItIsMovedFrom) {
  BlockQueue<std::unique_ptr<int>, 4> queue;
  for (int i = 0; i < 6; ++i) queue.Push(std::make_unique<int>(i));
  queue.DropFront();
  BlockQueue<std::unique_ptr<int>, 4> moved = std::move(queue);
  EXPECT_TRUE(queue.empty());  // NOLINT(bugprone-use-after-move): that is the question.
  queue.Push(std::make_unique<int>(100));
  EXPECT_EQ(*queue.front(), 100);
  EXPECT_EQ(moved.size(), 5u);
  EXPECT_EQ(*moved.At(4), 5);
  queue = std::move(moved);
  EXPECT_EQ(*queue.front(), 1);
  EXPECT_EQ(queue.size(), 5u);
}

TEST(BlockQueue, AgreesWithADequeOverRandomCalls) {
  std::mt19937 random(5);
  BlockQueue<std::shared_ptr<int>, 3> queue;
  std::deque<int> model;
  for (int step = 0; step < 20'000; ++step) {
    const uint32_t choice = random() % 16;
    if (choice < 8) {
      queue.Push(std::make_shared<int>(step));
      model.push_back(step);
    } else if (choice < 15 && !model.empty()) {
      ASSERT_EQ(*queue.Pop(), model.front());
      model.pop_front();
    } else if (random() % 32 == 0) {
      queue.Clear();
      model.clear();
    }
    ASSERT_EQ(queue.size(), model.size());
    if (model.empty()) continue;
    const size_t index = random() % model.size();
    ASSERT_EQ(*queue.At(index), model[index]);
    ASSERT_EQ(*queue.front(), model.front());
  }
}

}  // namespace
}  // namespace signet
