// What holds of packets of every type: nobody gets away with a length that lies.
#include "tests/support/any_packet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>

#include "tests/support/bytes.h"
#include "tests/support/sample_packets.h"

namespace signet {
namespace {

bool MayEnd(const SamplePacket& packet, size_t size) {
  return std::find(packet.may_end.begin(), packet.may_end.end(), size) != packet.may_end.end();
}

TEST(SamplePackets, CoverEveryTypeInEveryVersionThatHasIt) {
  std::set<std::pair<int, ProtocolVersion>> seen;
  for (const SamplePacket& packet : SamplePackets()) {
    ASSERT_EQ(packet.bytes.size(), size_t{2} + packet.bytes[1]) << packet.name;
    seen.insert({packet.bytes[0] >> 4, packet.peer.version});
  }
  EXPECT_EQ(seen.size(), 14 + 15);
}

TEST(AnyPacket, DecodesAndEncodesToItself) {
  for (const SamplePacket& packet : SamplePackets()) {
    ASSERT_EQ(DecodeAny(ExactCopy(packet.bytes), packet.peer), ReasonCode::kSuccess) << packet.name;
    EXPECT_EQ(Hex(EncodeAgain(packet.bytes, packet.peer)), Hex(packet.bytes)) << packet.name;
  }
}

TEST(AnyPacket, IsNotWholeWhenCutShort) {
  for (const SamplePacket& packet : SamplePackets()) {
    for (size_t size = 0; size < packet.bytes.size(); ++size) {
      EXPECT_EQ(DecodeAny(Cut(packet.bytes, size), packet.peer), ReasonCode::kMalformedPacket)
          << packet.name << " cut at " << size;
    }
  }
}

// The same with a Remaining Length that hides the cut: the fields themselves must be found missing.
TEST(AnyPacket, IsRefusedWhenItsFieldsAreCutShort) {
  for (const SamplePacket& packet : SamplePackets()) {
    for (size_t size = 2; size < packet.bytes.size(); ++size) {
      const ReasonCode decoded = DecodeAny(ExactCopy(Shortened(packet, size)), packet.peer);
      EXPECT_EQ(!IsError(decoded), MayEnd(packet, size)) << packet.name << " cut at " << size;
    }
  }
}

// FF is no Reason Code, no property and no length that fits.
TEST(AnyPacket, IsRefusedWithBytesBehindItsLastField) {
  for (const SamplePacket& packet : SamplePackets()) {
    if (packet.bytes[0] >> 4 == 3) continue;  // The payload of PUBLISH takes whatever comes.
    std::vector<uint8_t> longer = packet.bytes;
    for (int i = 0; i < 5; ++i) {
      longer.push_back(0xFF);
      ++longer[1];
      EXPECT_TRUE(IsError(DecodeAny(ExactCopy(longer), packet.peer))) << packet.name;
    }
  }
}

TEST(AnyPacket, IsRefusedWhenALengthOfAFieldLies) {
  for (const SamplePacket& packet : SamplePackets()) {
    const bool is_publish = packet.bytes[0] >> 4 == 3;
    for (const size_t offset : packet.lengths) {
      const int length = LoadU16(&packet.bytes[offset]);
      for (const int lie : {length - 2, length - 1, length + 1, length + 2, 0x7FFF, 0xFFFF}) {
        // A shorter Topic Name leaves the rest to the payload, which nobody can tell from the
        // outside.
        if (lie < 0 || (is_publish && offset == 2 && lie < length)) continue;
        std::vector<uint8_t> lying = packet.bytes;
        StoreU16(&lying[offset], static_cast<uint16_t>(lie));
        EXPECT_TRUE(IsError(DecodeAny(ExactCopy(lying), packet.peer)))
            << packet.name << ": " << lie << " instead of " << length << " at " << offset;
      }
    }
  }
}

TEST(AnyPacket, IsRefusedWhenItsPropertyLengthLies) {
  for (const SamplePacket& packet : SamplePackets()) {
    for (const size_t offset : packet.property_lengths) {
      const int length = packet.bytes[offset];
      for (const int lie : {length - 2, length - 1, length + 1, length + 2, 0x7F}) {
        if (lie < 0) continue;
        std::vector<uint8_t> lying = packet.bytes;
        lying[offset] = static_cast<uint8_t>(lie);
        EXPECT_TRUE(IsError(DecodeAny(ExactCopy(lying), packet.peer)))
            << packet.name << ": " << lie << " instead of " << length << " at " << offset;
      }
    }
  }
}

// In two to five bytes: padded ones, the largest one, and those that never end.
TEST(AnyPacket, IsRefusedWhenItsPropertyLengthIsNotOneMinimalInteger) {
  for (const SamplePacket& packet : SamplePackets()) {
    for (const size_t offset : packet.property_lengths) {
      const ByteView whole = packet.bytes;
      const auto padded = static_cast<uint8_t>(whole[offset] | 0x80);
      for (const char* tail : {"00", "8000", "808000", "ffff7f", "808080", "80808000"}) {
        std::vector<uint8_t> lying =
            Concat({whole.first(offset), {&padded, 1}, Bytes(tail), whole.subspan(offset + 1)});
        lying[1] = static_cast<uint8_t>(lying.size() - 2);
        EXPECT_EQ(DecodeAny(ExactCopy(lying), packet.peer), ReasonCode::kMalformedPacket)
            << packet.name << " at " << offset << " with " << tail;
      }
    }
  }
}

// Whatever stands in one byte: no read out of bounds, and what is accepted can be said again.
TEST(AnyPacket, IsUnderstoodOrRefusedWithAnyByteInAnyPlace) {
  for (const SamplePacket& packet : SamplePackets()) {
    for (size_t offset = 0; offset < packet.bytes.size(); ++offset) {
      std::vector<uint8_t> changed = packet.bytes;
      for (int value = 0; value < 256; ++value) {
        changed[offset] = static_cast<uint8_t>(value);
        if (IsError(DecodeAny(ExactCopy(changed), packet.peer))) continue;
        const PacketBytes again = EncodeAgain(changed, packet.peer);
        ASSERT_LE(again.size(), changed.size()) << packet.name;
        ASSERT_EQ(Hex(EncodeAgain(again, packet.peer)), Hex(again)) << packet.name;
      }
    }
  }
}

// Random bytes rarely get past the fixed header; random changes of valid packets do.
TEST(AnyPacket, IsUnderstoodOrRefusedAfterRandomChanges) {
  std::mt19937 random(20'140'429);
  for (const SamplePacket& packet : SamplePackets()) {
    for (int round = 0; round < 2'000; ++round) {
      std::vector<uint8_t> changed = packet.bytes;
      for (uint32_t changes = 1 + random() % 4; changes > 0; --changes) {
        changed[random() % changed.size()] = static_cast<uint8_t>(random());
      }
      const size_t size = 2 + random() % (changed.size() - 1);
      changed.resize(size);
      changed[1] = static_cast<uint8_t>(size - 2);
      if (IsError(DecodeAny(ExactCopy(changed), packet.peer))) continue;
      const PacketBytes again = EncodeAgain(changed, packet.peer);
      ASSERT_EQ(Hex(EncodeAgain(again, packet.peer)), Hex(again)) << packet.name;
    }
  }
}

}  // namespace
}  // namespace signet
