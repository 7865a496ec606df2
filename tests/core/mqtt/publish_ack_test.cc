#include "core/mqtt/publish_ack.h"

#include <gtest/gtest.h>

#include "tests/core/mqtt/versions.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

constexpr PacketType kTypes[] = {PacketType::kPuback, PacketType::kPubrec, PacketType::kPubrel,
                                 PacketType::kPubcomp};

Result<PublishAckView> DecodeAck(PacketType type, ByteView bytes, ProtocolVersion version) {
  return DecodePublishAck(type, ByteReader(bytes), version, 1);
}

ReasonCode AckRefusal(PacketType type, std::string_view hex, ProtocolVersion version) {
  const auto result = DecodeAck(type, ExactCopy(Bytes(hex)), version);
  return result.ok() ? ReasonCode::kSuccess : result.error();
}

TEST(DecodePublishAck, TakesAPacketIdentifierAloneForSuccess) {  // 3.4.2.1
  const ExactCopy bytes(Bytes("0102"));
  for (const PacketType type : kTypes) {
    for (const ProtocolVersion version : {k311, k5}) {
      const auto result = DecodeAck(type, bytes, version);
      ASSERT_TRUE(result.ok()) << Name(type);
      EXPECT_EQ(result->packet_id, 0x0102);
      EXPECT_EQ(result->reason_code, ReasonCode::kSuccess);
      EXPECT_EQ(result->properties.present, 0u);
    }
  }
}

TEST(DecodePublishAck, TakesAReasonCodeWithoutPropertyLength) {  // 3.4.2.2.1
  const ExactCopy bytes(Bytes("0001 00"));
  for (const PacketType type : kTypes) EXPECT_TRUE(DecodeAck(type, bytes, k5).ok());
  EXPECT_EQ(DecodeAck(PacketType::kPubrel, Bytes("0001 92"), k5)->reason_code,
            ReasonCode::kPacketIdentifierNotFound);
}

TEST(DecodePublishAck, GivesItsProperties) {
  const ExactCopy bytes(Bytes("0001 87 0a 1f 0002 'no' 26 0000 0000"));
  const auto result = DecodeAck(PacketType::kPubrec, bytes, k5);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->reason_code, ReasonCode::kNotAuthorized);
  EXPECT_EQ(result->properties.reason_string, "no");
  EXPECT_EQ(result->properties.user_property_count, 1);
}

TEST(DecodePublishAck, RefusesPacketIdentifier0) {
  for (const PacketType type : kTypes) {
    EXPECT_EQ(AckRefusal(type, "0000", k311), ReasonCode::kProtocolError);
    EXPECT_EQ(AckRefusal(type, "0000", k5), ReasonCode::kProtocolError);
  }
}

TEST(DecodePublishAck, RefusesTruncations) {
  for (const PacketType type : kTypes) {
    for (const char* hex : {"", "00", "0001 00 01", "0001 00 03 1f", "0001 00 05 1f 0002 'n'"}) {
      EXPECT_EQ(AckRefusal(type, hex, k5), ReasonCode::kMalformedPacket) << hex;
    }
  }
}

TEST(DecodePublishAck, RefusesAnythingBehindThePacketIdentifierInVersion311) {
  for (const PacketType type : kTypes) {
    EXPECT_EQ(AckRefusal(type, "0001 00", k311), ReasonCode::kMalformedPacket);
    EXPECT_EQ(AckRefusal(type, "0001 00 00", k311), ReasonCode::kMalformedPacket);
  }
}

TEST(DecodePublishAck, RefusesAnythingBehindTheProperties) {
  for (const PacketType type : kTypes) {
    EXPECT_EQ(AckRefusal(type, "0001 00 00 00", k5), ReasonCode::kMalformedPacket);
  }
}

// [MQTT-3.4.2-1] [MQTT-3.5.2-1] [MQTT-3.6.2-1] [MQTT-3.7.2-1]
TEST(DecodePublishAck, RefusesReasonCodesOfOtherPackets) {
  for (const PacketType type : kTypes) {
    for (int code = 0; code < 256; ++code) {
      const auto byte = static_cast<uint8_t>(code);
      const ExactCopy bytes(Concat({Bytes("0001"), {&byte, 1}}));
      const auto result = DecodeAck(type, bytes, k5);
      if (IsValidFor(static_cast<ReasonCode>(code), type)) {
        ASSERT_TRUE(result.ok()) << code;
        EXPECT_EQ(static_cast<int>(result->reason_code), code);
      } else {
        EXPECT_EQ(result.error(), ReasonCode::kProtocolError) << code;
      }
    }
  }
}

TEST(EncodeShortPublishAck, IsFourBytesWithTheFlagsOfItsType) {
  EXPECT_EQ(Hex(EncodeShortPublishAck(PacketType::kPuback, 0x0102)), "40 02 01 02");
  EXPECT_EQ(Hex(EncodeShortPublishAck(PacketType::kPubrec, 0x0102)), "50 02 01 02");
  EXPECT_EQ(Hex(EncodeShortPublishAck(PacketType::kPubrel, 0x0102)), "62 02 01 02");
  EXPECT_EQ(Hex(EncodeShortPublishAck(PacketType::kPubcomp, 0xFFFE)), "70 02 ff fe");
}

TEST(EncodePublishAck, ChoosesTheShortestForm) {
  const auto encode = [](const PublishAckView& ack, ProtocolVersion version) {
    PacketBytes out;
    EncodePublishAck(PacketType::kPubrec, ack, version, &out);
    return Hex(out);
  };
  PublishAckView ack{.packet_id = 1};
  EXPECT_EQ(encode(ack, k5), "50 02 00 01");
  ack.reason_code = ReasonCode::kNotAuthorized;
  EXPECT_EQ(encode(ack, k5), "50 03 00 01 87");
  const auto wire = Bytes("1f 0001 'x'");
  ack.properties.wire = wire;
  EXPECT_EQ(encode(ack, k5), "50 08 00 01 87 04 1f 00 01 78");
  EXPECT_EQ(encode(ack, k311), "50 02 00 01");
  ack.reason_code = ReasonCode::kSuccess;
  EXPECT_EQ(encode(ack, k5), "50 08 00 01 00 04 1f 00 01 78");
}

}  // namespace
}  // namespace signet
