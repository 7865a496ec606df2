#include "core/mqtt/fixed_header.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/support/bytes.h"

namespace signet {
namespace {

VarInt Parse(std::string_view hex) { return ParseVarInt(ExactCopy(Bytes(hex))); }

HeaderState ParseHeader(std::string_view hex, FixedHeader* header) {
  return ParseFixedHeader(ExactCopy(Bytes(hex)), header);
}

HeaderState StateOf(std::string_view hex) {
  FixedHeader header;
  return ParseHeader(hex, &header);
}

struct Encoding {
  uint32_t value;
  std::string_view bytes;
};

// Table 1-1, ends of the ranges.
constexpr Encoding kEncodings[] = {
    {0, "00"},          {127, "7f"},           {128, "8001"},           {16'383, "ff7f"},
    {16'384, "808001"}, {2'097'151, "ffff7f"}, {2'097'152, "80808001"}, {268'435'455, "ffffff7f"},
};

TEST(VarInt, ReadsAndWritesTheEndsOfEveryLength) {
  for (const Encoding& encoding : kEncodings) {
    const size_t size = Bytes(encoding.bytes).size();
    const VarInt parsed = Parse(encoding.bytes);
    EXPECT_EQ(parsed.state, VarIntState::kWhole);
    EXPECT_EQ(parsed.value, encoding.value);
    EXPECT_EQ(parsed.size, size);
    EXPECT_TRUE(parsed.minimal);
    EXPECT_EQ(VarIntSize(encoding.value), size);
    std::array<uint8_t, 4> memory{};
    const ByteView written(memory.data(), StoreVarInt(memory.data(), encoding.value));
    EXPECT_EQ(Hex(written), Hex(Bytes(encoding.bytes)));
  }
}

TEST(VarInt, LooksAtNothingBehindItself) {
  const VarInt parsed = Parse("8001 ff");
  EXPECT_EQ(parsed.value, 128u);
  EXPECT_EQ(parsed.size, 2);
}

TEST(VarInt, TellsPaddedFromMinimal) {  // [MQTT-1.5.5-1]
  for (const char* hex : {"8000", "808000", "80808000", "ff00", "ff8000", "ffffff00", "81808000"}) {
    const VarInt parsed = Parse(hex);
    EXPECT_EQ(parsed.state, VarIntState::kWhole) << hex;
    EXPECT_FALSE(parsed.minimal) << hex;
  }
  EXPECT_EQ(Parse("ff00").value, 127u);
  EXPECT_EQ(Parse("81808000").value, 1u);
}

TEST(VarInt, WaitsForItsEnd) {
  for (const char* hex : {"", "80", "ff", "8080", "ffffff"}) {
    EXPECT_EQ(Parse(hex).state, VarIntState::kNeedMore) << hex;
  }
}

// NanoMQ (CVE-2026-21888) took a fifth byte.
TEST(VarInt, IsMalformedAtTheFourthByteThatContinues) {
  for (const char* hex : {"80808080", "ffffffff", "ffffffff7f", "8080808000", "8080808001"}) {
    EXPECT_EQ(Parse(hex).state, VarIntState::kMalformed) << hex;
  }
}

TEST(FixedHeader, IsReadFromItsFrontAlone) {
  FixedHeader header;
  ASSERT_EQ(ParseHeader("3d 8101 00ff", &header), HeaderState::kWhole);
  EXPECT_EQ(header.type, PacketType::kPublish);
  EXPECT_EQ(header.flags, 0x0D);
  EXPECT_TRUE(header.minimal_length);
  EXPECT_EQ(header.header_size, 3);
  EXPECT_EQ(header.remaining_length, 129u);
  EXPECT_EQ(header.packet_size(), 132u);
}

TEST(FixedHeader, HoldsTheLargestPacket) {
  FixedHeader header;
  ASSERT_EQ(ParseHeader("30 ffffff7f", &header), HeaderState::kWhole);
  EXPECT_EQ(header.remaining_length, kMaxVarInt);
  EXPECT_EQ(header.packet_size(), size_t{kMaxVarInt} + 5);
}

TEST(FixedHeader, SaysWhetherItsLengthIsPadded) {
  FixedHeader header;
  ASSERT_EQ(ParseHeader("c0 80808000", &header), HeaderState::kWhole);
  EXPECT_FALSE(header.minimal_length);
  EXPECT_EQ(header.header_size, 5);
  EXPECT_EQ(header.remaining_length, 0u);
}

TEST(FixedHeader, WaitsForItsEnd) {
  for (const char* hex : {"", "10", "30 80", "3f ffff", "c0 808080"}) {
    EXPECT_EQ(StateOf(hex), HeaderState::kNeedMore) << hex;
  }
}

TEST(FixedHeader, IsMalformedWithALengthThatDoesNotEnd) {
  EXPECT_EQ(StateOf("30 80808080"), HeaderState::kMalformed);
  EXPECT_EQ(StateOf("30 8080808000"), HeaderState::kMalformed);
}

// All 256 first bytes against table 2-2, seen from the first byte on [MQTT-2.1.3-1].
TEST(FixedHeader, IsMalformedWithAReservedTypeOrFlags) {
  for (int first = 0; first < 256; ++first) {
    const int type = first >> 4;
    const int flags = first & 15;
    const bool has_bit_1 = type == 6 || type == 8 || type == 10;  // PUBREL, SUBSCRIBE, UNSUBSCRIBE.
    const bool valid = type == 3 || (type != 0 && flags == (has_bit_1 ? 2 : 0));
    const auto byte = static_cast<uint8_t>(first);
    FixedHeader header;
    EXPECT_EQ(ParseFixedHeader(ExactCopy({&byte, 1}), &header),
              valid ? HeaderState::kNeedMore : HeaderState::kMalformed)
        << first;
  }
}

}  // namespace
}  // namespace signet
