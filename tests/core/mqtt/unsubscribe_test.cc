#include "core/mqtt/unsubscribe.h"

#include <gtest/gtest.h>

#include "tests/core/mqtt/versions.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

ReasonCode UnsubscribeRefusal(std::string_view hex, ProtocolVersion version) {
  const auto result = DecodeUnsubscribe(ExactCopy(Bytes(hex)), version, 1);
  return result.ok() ? ReasonCode::kSuccess : result.error();
}

ReasonCode UnsubackRefusal(std::string_view hex, ProtocolVersion version) {
  const auto result = DecodeUnsuback(ExactCopy(Bytes(hex)), version, 1);
  return result.ok() ? ReasonCode::kSuccess : result.error();
}

TEST(DecodeUnsubscribe, GivesItsTopicFiltersOneByOne) {
  const ExactCopy bytes(Bytes("000a 05 26 0000 0000 0003 'a/b' 0001 '#'"));
  const auto result = DecodeUnsubscribe(bytes, k5, 1);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->packet_id, 10);
  EXPECT_EQ(result->properties.user_property_count, 1);
  EXPECT_EQ(result->count, 2u);
  ByteView entries = result->entries;
  EXPECT_EQ(TakeUnsubscribeEntry(&entries), "a/b");
  EXPECT_EQ(TakeUnsubscribeEntry(&entries), "#");
  EXPECT_TRUE(entries.empty());
}

TEST(DecodeUnsubscribe, RefusesPacketIdentifier0) {  // [MQTT-2.2.1-3]
  EXPECT_EQ(UnsubscribeRefusal("0000 00 0001 'a'", k5), ReasonCode::kProtocolError);
  EXPECT_EQ(UnsubscribeRefusal("0000 0001 'a'", k311), ReasonCode::kProtocolError);
}

TEST(DecodeUnsubscribe, RefusesNoTopicFilter) {  // [MQTT-3.10.3-2]
  EXPECT_EQ(UnsubscribeRefusal("0001 00", k5), ReasonCode::kProtocolError);
  EXPECT_EQ(UnsubscribeRefusal("0001", k311), ReasonCode::kProtocolError);
}

TEST(DecodeUnsubscribe, RefusesAnEmptyTopicFilter) {  // [MQTT-4.7.3-1]
  EXPECT_EQ(UnsubscribeRefusal("0001 00 0000", k5), ReasonCode::kProtocolError);
  EXPECT_EQ(UnsubscribeRefusal("0001 0001 'a' 0000", k311), ReasonCode::kProtocolError);
}

TEST(DecodeUnsubscribe, RefusesATopicFilterThatIsNotUtf8) {  // [MQTT-3.10.3-1]
  for (const char* filter : {"0001 ff", "0001 00", "0003 eda080"}) {
    EXPECT_EQ(UnsubscribeRefusal(std::string("0001 0001 'a' ") + filter, k311),
              ReasonCode::kMalformedPacket)
        << filter;
  }
}

TEST(DecodeUnsubscribe, RefusesATruncatedTopicFilter) {
  for (const char* hex :
       {"0001 00 00", "0001 00 0001", "0001 00 0001 'a' 00", "0001 00 0002 'a'"}) {
    EXPECT_EQ(UnsubscribeRefusal(hex, k5), ReasonCode::kMalformedPacket) << hex;
  }
}

TEST(DecodeUnsuback, GivesItsCodes) {
  const ExactCopy bytes(Bytes("0001 05 1f 0002 'no' 00 11 87"));
  const auto result = DecodeUnsuback(bytes, k5, 1);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->properties.reason_string, "no");
  EXPECT_EQ(Hex(result->codes), "00 11 87");
}

TEST(DecodeUnsuback, HasNoCodesInVersion311) {
  EXPECT_EQ(UnsubackRefusal("0001", k311), ReasonCode::kSuccess);
  EXPECT_EQ(UnsubackRefusal("0001 00", k311), ReasonCode::kMalformedPacket);
}

TEST(DecodeUnsuback, RefusesNoCodeAndPacketIdentifier0) {  // 3.11.3
  EXPECT_EQ(UnsubackRefusal("0001 00", k5), ReasonCode::kProtocolError);
  EXPECT_EQ(UnsubackRefusal("0000 00 00", k5), ReasonCode::kProtocolError);
  EXPECT_EQ(UnsubackRefusal("0000", k311), ReasonCode::kProtocolError);
}

TEST(DecodeUnsuback, RefusesCodesOfOtherPackets) {  // [MQTT-3.11.3-2]
  for (int code = 0; code < 256; ++code) {
    const auto byte = static_cast<uint8_t>(code);
    const auto result = DecodeUnsuback(ExactCopy(Concat({Bytes("0001 00 00"), {&byte, 1}})), k5, 1);
    EXPECT_EQ(result.ok(), IsValidFor(static_cast<ReasonCode>(code), PacketType::kUnsuback))
        << code;
  }
}

TEST(EncodeUnsuback, LeavesOutPropertiesAndCodesInVersion311) {
  const auto codes = Bytes("00 11");
  UnsubackView unsuback{.packet_id = 1};
  unsuback.codes = codes;
  PacketBytes out;
  EncodeUnsuback(unsuback, k311, &out);
  EXPECT_EQ(Hex(out), "b0 02 00 01");
  out.clear();
  EncodeUnsuback(unsuback, k5, &out);
  EXPECT_EQ(Hex(out), "b0 05 00 01 00 00 11");
}

}  // namespace
}  // namespace signet
