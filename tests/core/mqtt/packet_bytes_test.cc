#include "core/mqtt/packet_bytes.h"

#include <gtest/gtest.h>

#include "core/mqtt/ping.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

TEST(AppendPacket, PutsAFixedHeaderBehindWhatIsThere) {
  PacketBytes out = Bytes("c0 00");
  ByteWriter writer = AppendPacket(PacketType::kPublish, 0x0B, 3, &out);
  EXPECT_EQ(writer.remaining(), 3u);
  writer.WriteU8(1);
  writer.WriteU16(0x0203);
  EXPECT_EQ(Hex(out), "c0 00 3b 03 01 02 03");
}

TEST(AppendPacket, TakesAsManyBytesForTheLengthAsItNeeds) {
  for (const size_t length :
       {size_t{0}, size_t{127}, size_t{128}, size_t{16'384}, size_t{2'097'152}}) {
    PacketBytes out;
    const ByteWriter writer = AppendPacket(PacketType::kPublish, 0, length, &out);
    EXPECT_EQ(writer.remaining(), length);
    FixedHeader header;
    ASSERT_EQ(ParseFixedHeader(out, &header), HeaderState::kWhole);
    EXPECT_EQ(header.remaining_length, length);
    EXPECT_EQ(header.packet_size(), out.size());
  }
}

TEST(AppendPacketDeathTest, EndsTheProcessWhenNoLengthCanSayIt) {
  PacketBytes out;
  EXPECT_DEATH(AppendPacket(PacketType::kPublish, 0, size_t{kMaxVarInt} + 1, &out), "check failed");
}

TEST(WriteProperties, PutsTheLengthInFront) {
  for (const size_t size : {size_t{0}, size_t{127}, size_t{128}, size_t{20'000}}) {
    const std::vector<uint8_t> wire(size, 7);
    std::vector<uint8_t> memory(PropertiesSize(size));
    ByteWriter writer(memory);
    WriteProperties(wire, &writer);
    EXPECT_EQ(writer.remaining(), 0u);
    const VarInt length = ParseVarInt(memory);
    EXPECT_EQ(length.value, size);
    EXPECT_EQ(length.size + size, memory.size());
  }
}

TEST(Pings, AreAFixedHeaderAlone) {
  FixedHeader header;
  ASSERT_EQ(ParseFixedHeader(kPingreqBytes, &header), HeaderState::kWhole);
  EXPECT_EQ(header.type, PacketType::kPingreq);
  EXPECT_EQ(header.packet_size(), kPingreqBytes.size());
  ASSERT_EQ(ParseFixedHeader(kPingrespBytes, &header), HeaderState::kWhole);
  EXPECT_EQ(header.type, PacketType::kPingresp);
  EXPECT_EQ(header.packet_size(), kPingrespBytes.size());
}

}  // namespace
}  // namespace signet
