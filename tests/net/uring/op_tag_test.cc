#include "net/uring/op_tag.h"

#include <gtest/gtest.h>

namespace signet {
namespace {

TEST(OpTag, ComesBackAsItWasPacked) {
  for (const OpTag tag : {OpTag{}, OpTag{.op = Op::kReceive, .generation = 1, .slot = 2},
                          OpTag{.op = Op::kReadEvent,
                          .generation = ConnectionId::kGenerationMask,
                          .slot = UINT32_MAX}}) {
    EXPECT_EQ(OpTag::Unpack(tag.Pack()), tag);
  }
}

TEST(OpTag, NamesAConnection) {
  const ConnectionId id{.slot = 70'000, .generation = 5};
  const OpTag tag = OpTag::For(Op::kSend, id);
  EXPECT_EQ(tag.connection(), id);
  EXPECT_NE(tag.Pack(), OpTag::For(Op::kReceive, id).Pack());
}

TEST(OpTag, AnUntaggedCompletionIsNobodys) {
  EXPECT_EQ(OpTag::Unpack(0).op, Op::kNone);
  EXPECT_FALSE(OpTag::Unpack(0).connection());
}

}  // namespace
}  // namespace signet
