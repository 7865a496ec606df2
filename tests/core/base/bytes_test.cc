#include "core/base/bytes.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/support/bytes.h"

namespace signet {
namespace {

TEST(ByteReader, ReadsBigEndianIntegers) {
  const ExactCopy bytes(Bytes("01 0203 04050607"));
  ByteReader reader = bytes;
  uint8_t u8;
  uint16_t u16;
  uint32_t u32;
  ASSERT_TRUE(reader.ReadU8(&u8));
  ASSERT_TRUE(reader.ReadU16(&u16));
  ASSERT_TRUE(reader.ReadU32(&u32));
  EXPECT_EQ(u8, 0x01);
  EXPECT_EQ(u16, 0x0203);
  EXPECT_EQ(u32, 0x04050607u);
  EXPECT_TRUE(reader.empty());
}

TEST(ByteReader, StaysWhereItIsWhenTheBytesRunOut) {
  const ExactCopy bytes(Bytes("000300"));
  ByteReader reader = bytes;
  uint32_t u32 = 7;
  ByteView view;
  EXPECT_FALSE(reader.ReadU32(&u32));
  EXPECT_FALSE(reader.ReadBytes(4, &view));
  EXPECT_FALSE(reader.ReadBinary(&view));  // Announces three bytes, has one.
  EXPECT_EQ(u32, 7u);
  EXPECT_EQ(reader.remaining(), 3u);
}

TEST(ByteReader, RefusesEverythingAtItsEnd) {
  const ExactCopy bytes(ByteView{});
  for (ByteReader reader : {ByteReader(bytes), ByteReader()}) {
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    ByteView view;
    EXPECT_TRUE(reader.empty());
    EXPECT_FALSE(reader.ReadU8(&u8));
    EXPECT_FALSE(reader.ReadU16(&u16));
    EXPECT_FALSE(reader.ReadU32(&u32));
    EXPECT_FALSE(reader.ReadBinary(&view));
    EXPECT_FALSE(reader.ReadBytes(1, &view));
    EXPECT_TRUE(reader.ReadBytes(0, &view));
    EXPECT_TRUE(reader.Rest().empty());
  }
}

TEST(ByteReader, ReadsBinaryOfEveryLengthThatFits) {
  for (const size_t size : {size_t{0}, size_t{1}, size_t{255}, size_t{256}, size_t{65'535}}) {
    const std::vector<uint8_t> data(size, 0x5A);
    const ExactCopy bytes(WithLength(data));
    ByteReader reader = bytes;
    ByteView view;
    ASSERT_TRUE(reader.ReadBinary(&view));
    EXPECT_TRUE(std::equal(view.begin(), view.end(), data.begin(), data.end()));
    EXPECT_TRUE(reader.empty());
  }
}

// A length near the maximum must not wrap anything round.
TEST(ByteReader, RefusesLengthsBeyondWhatIsThere) {
  const ExactCopy bytes(Bytes("ffff 00"));
  ByteReader reader = bytes;
  ByteView view;
  EXPECT_FALSE(reader.ReadBinary(&view));
  EXPECT_FALSE(reader.ReadBytes(SIZE_MAX, &view));
  EXPECT_EQ(reader.remaining(), 3u);
}

TEST(ByteReader, GivesTheRestOnce) {
  const ExactCopy bytes(Bytes("01 0203"));
  ByteReader reader = bytes;
  uint8_t u8;
  ASSERT_TRUE(reader.ReadU8(&u8));
  EXPECT_EQ(Hex(reader.Rest()), "02 03");
  EXPECT_TRUE(reader.empty());
  EXPECT_TRUE(reader.Rest().empty());
}

TEST(ByteWriter, WritesWhatTheReaderReads) {
  std::array<uint8_t, 13> memory{};
  ByteWriter writer(memory);
  writer.WriteU8(0x01);
  writer.WriteU16(0x0203);
  writer.WriteU32(0x04050607);
  writer.WriteText("ab");
  writer.WriteBinary({});
  EXPECT_EQ(writer.remaining(), 0u);
  EXPECT_EQ(Hex(memory), "01 02 03 04 05 06 07 00 02 61 62 00 00");
}

TEST(ByteWriter, WritesNothingForAnEmptyView) {
  std::array<uint8_t, 1> memory = {7};
  ByteWriter writer(memory);
  writer.WriteBytes({});
  EXPECT_EQ(writer.remaining(), 1u);
  EXPECT_EQ(memory[0], 7);
}

#ifndef NDEBUG
TEST(ByteWriterDeathTest, EndsTheProcessRatherThanRunOver) {
  std::array<uint8_t, 3> memory{};
  EXPECT_DEATH(ByteWriter(memory).WriteU32(0), "check failed");
  EXPECT_DEATH(ByteWriter(memory).WriteText("ab"), "check failed");
}
#endif

TEST(Views, ConvertBetweenBytesAndText) {
  EXPECT_EQ(AsText(AsBytes("a/b")), "a/b");
  EXPECT_TRUE(AsBytes("").empty());
  EXPECT_TRUE(AsText({}).empty());
}

TEST(Integers, LoadWhatWasStored) {
  std::array<uint8_t, 5> memory = {};
  StoreU16(&memory[1], 0xFEDC);  // Not aligned.
  EXPECT_EQ(Hex(memory), "00 fe dc 00 00");
  EXPECT_EQ(LoadU16(&memory[1]), 0xFEDC);
  StoreU32(&memory[1], 0xFEDCBA98);
  EXPECT_EQ(Hex(memory), "00 fe dc ba 98");
  EXPECT_EQ(LoadU32(&memory[1]), 0xFEDCBA98u);
}

}  // namespace
}  // namespace signet
