#include "core/base/block_pool.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace signet {
namespace {

TEST(BlockPool, GivesAtLeastWhatWasAskedFor) {
  BlockPool pool;
  std::vector<Block*> blocks;
  for (const uint32_t size : {0u, 1u, 480u, 481u, 4000u, 16000u, 65000u, 65536u, 200000u}) {
    Block* block = pool.Allocate(size);
    EXPECT_GE(block->capacity, size);
    EXPECT_EQ(block->next, nullptr);
    EXPECT_EQ(block->begin, 0u);
    EXPECT_EQ(block->end, 0u);
    EXPECT_FALSE(block->refers);
    std::memset(block->data(), 0xA5, block->capacity);
    blocks.push_back(block);
  }
  for (Block* block : blocks) pool.Free(block);
  EXPECT_EQ(pool.live_bytes(), 0u);
}

TEST(BlockPool, TakesTheSmallestSizeThatFits) {
  BlockPool pool;
  for (const size_t whole : BlockPool::kSizes) {
    Block* block = pool.Allocate(whole - sizeof(Block));
    EXPECT_EQ(block->capacity, whole - sizeof(Block));
    EXPECT_EQ(pool.live_bytes(), whole);
    pool.Free(block);
  }
  Block* oversize = pool.Allocate(BlockPool::kSizes.back());
  EXPECT_EQ(oversize->capacity, BlockPool::kSizes.back());
  EXPECT_EQ(pool.live_bytes(), BlockPool::kSizes.back() + sizeof(Block));
  pool.Free(oversize);
  EXPECT_EQ(pool.live_bytes(), 0u);
}

// A block that comes back is as good as new, whatever its last user left in its head.
TEST(BlockPool, GivesOutAFreedBlockAfresh) {
  BlockPool pool;
  Block* first = pool.Allocate(100);
  first->begin = 1;
  first->end = 2;
  first->limit = 3;
  first->refers = true;
  pool.Free(first);
  Block* second = pool.Allocate(100);
  EXPECT_EQ(second->next, nullptr);
  EXPECT_EQ(second->begin, 0u);
  EXPECT_EQ(second->end, 0u);
  EXPECT_EQ(second->limit, 0u);
  EXPECT_FALSE(second->refers);
  EXPECT_EQ(second->capacity, BlockPool::kSizes[0] - sizeof(Block));
  pool.Free(second);
}

TEST(BlockPool, SurvivesMoreThanItKeeps) {
  BlockPool pool;
  std::vector<Block*> blocks;
  for (size_t bytes = 0; bytes < 2 * BlockPool::kMaxFreeBytesPerSize;
       bytes += BlockPool::kSizes[3]) {
    blocks.push_back(pool.Allocate(BlockPool::kSizes[2]));
  }
  for (int round = 0; round < 2; ++round) {
    for (Block* block : blocks) pool.Free(block);
    EXPECT_EQ(pool.live_bytes(), 0u);
    for (Block*& block : blocks) block = pool.Allocate(BlockPool::kSizes[2]);
  }
  for (Block* block : blocks) pool.Free(block);
}

}  // namespace
}  // namespace signet
