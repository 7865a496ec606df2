#include "core/mqtt/connack.h"

#include <gtest/gtest.h>

#include "tests/core/mqtt/versions.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

ReasonCode ConnackRefusal(std::string_view hex, ProtocolVersion version) {
  const auto result = DecodeConnack(ExactCopy(Bytes(hex)), version, 1);
  return result.ok() ? ReasonCode::kSuccess : result.error();
}

TEST(DecodeConnack, GivesItsFields) {
  const ExactCopy bytes(Bytes("01 00 05 12 0002 'id'"));
  const auto result = DecodeConnack(bytes, k5, 1);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->session_present);
  EXPECT_EQ(result->code, 0);
  EXPECT_EQ(result->properties.assigned_client_id, "id");
}

TEST(DecodeConnack, GivesTheReturnCodeOfVersion311AsItStands) {
  for (int code = 0; code < 256; ++code) {
    const uint8_t bytes[] = {0, static_cast<uint8_t>(code)};
    const auto result = DecodeConnack(ExactCopy(bytes), k311, 1);
    EXPECT_EQ(result.ok(), code <= 5) << code;  // MQTT 3.1.1, table 3.1.
    if (result.ok()) {
      EXPECT_EQ(result->code, code);
    }
  }
}

TEST(DecodeConnack, RefusesReasonCodesOfOtherPackets) {
  for (int code = 0; code < 256; ++code) {
    const uint8_t bytes[] = {0, static_cast<uint8_t>(code), 0};
    const bool valid = IsValidFor(static_cast<ReasonCode>(code), PacketType::kConnack);
    const auto result = DecodeConnack(ExactCopy(bytes), k5, 1);
    EXPECT_EQ(result.ok(), valid) << code;
    if (!result.ok()) {
      EXPECT_EQ(result.error(), ReasonCode::kProtocolError) << code;
    }
  }
}

TEST(DecodeConnack, RefusesReservedFlags) {  // [MQTT-3.2.2-1]
  for (const char* hex : {"02 00 00", "80 00 00", "03 00 00", "ff 00 00"}) {
    EXPECT_EQ(ConnackRefusal(hex, k5), ReasonCode::kMalformedPacket) << hex;
  }
}

TEST(DecodeConnack, RefusesASessionThatIsPresentAndRefused) {  // [MQTT-3.2.2-6]
  EXPECT_EQ(ConnackRefusal("01 87 00", k5), ReasonCode::kProtocolError);
  EXPECT_EQ(ConnackRefusal("01 05", k311), ReasonCode::kProtocolError);
}

TEST(DecodeConnack, RefusesTruncationsAndBytesTooMany) {
  for (const char* hex : {"", "00", "00 00", "00 00 05 12 0002 'i'", "00 00 00 00"}) {
    EXPECT_EQ(ConnackRefusal(hex, k5), ReasonCode::kMalformedPacket) << hex;
  }
  for (const char* hex : {"", "00", "00 00 00"}) {
    EXPECT_EQ(ConnackRefusal(hex, k311), ReasonCode::kMalformedPacket) << hex;
  }
}

TEST(EncodeConnack, LeavesOutPropertiesInVersion311) {
  const auto wire = Bytes("24 01");
  ConnackView connack{.session_present = true};
  connack.properties.wire = wire;
  PacketBytes out;
  EncodeConnack(connack, k311, &out);
  EXPECT_EQ(Hex(out), "20 02 01 00");
  out.clear();
  EncodeConnack(connack, k5, &out);
  EXPECT_EQ(Hex(out), "20 05 01 00 02 24 01");
}

}  // namespace
}  // namespace signet
