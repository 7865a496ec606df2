#include "core/base/word_scan.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/support/bytes.h"

namespace signet {
namespace {

TEST(HasZeroByte, FindsOneWhereverItStands) {
  EXPECT_FALSE(HasZeroByte(kEveryByte));
  EXPECT_FALSE(HasZeroByte(kHighBits));
  EXPECT_FALSE(HasZeroByte(UINT64_MAX));
  EXPECT_TRUE(HasZeroByte(0));
  for (int place = 0; place < 64; place += 8) {
    for (const uint64_t others : {kEveryByte, kHighBits, UINT64_MAX, 0x7F * kEveryByte}) {
      EXPECT_TRUE(HasZeroByte(others & ~(uint64_t{0xFF} << place))) << place;
    }
  }
}

TEST(AllWords, ShowsEveryByteAndNoOther) {
  for (size_t size = 0; size <= 40; ++size) {
    std::vector<uint8_t> bytes(size);
    for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(100 + i);
    const ExactCopy copy(bytes);
    std::set<uint8_t> seen;
    EXPECT_TRUE(AllWords(AsText(copy), [&](uint64_t word) {
      for (int place = 0; place < 64; place += 8) seen.insert(static_cast<uint8_t>(word >> place));
      return true;
    }));
    EXPECT_EQ(seen, std::set<uint8_t>(bytes.begin(), bytes.end())) << size;
  }
}

TEST(AllWords, StopsAtTheFirstWordThatFails) {
  int asked = 0;
  EXPECT_FALSE(AllWords(std::string(32, 'a'), [&](uint64_t) { return ++asked < 2; }));
  EXPECT_EQ(asked, 2);
}

}  // namespace
}  // namespace signet
