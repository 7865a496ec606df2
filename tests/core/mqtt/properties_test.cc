#include "core/mqtt/properties.h"

#include <gtest/gtest.h>

#include "core/mqtt/packet_bytes.h"
#include "tests/support/bytes.h"
#include "tests/support/instruction_count.h"

namespace signet {
namespace {

struct Outcome {
  ReasonCode code = ReasonCode::kSuccess;
  Properties properties;
  size_t left = 0;
};

Outcome DecodeIn(PropertyContext context, ByteView bytes, uint32_t max_user_properties = 10) {
  ByteReader reader(bytes);
  Outcome outcome;
  outcome.code = DecodeProperties(context, max_user_properties, &reader, &outcome.properties);
  outcome.left = reader.remaining();
  return outcome;
}

std::vector<uint8_t> UserProperties(size_t count) {
  PropertyBuffer buffer;
  for (size_t i = 0; i < count; ++i) buffer.AddUserProperty("name", "value");
  std::vector<uint8_t> bytes(PropertiesSize(buffer.wire().size()));
  ByteWriter writer(bytes);
  WriteProperties(buffer.wire(), &writer);
  return bytes;
}

TEST(DecodeProperties, LeavesEverythingAtItsDefaultWhenThereIsNone) {
  const ExactCopy bytes(Bytes("00"));
  const Outcome outcome = DecodeIn(PropertyContext::kConnect, bytes);
  EXPECT_EQ(outcome.code, ReasonCode::kSuccess);
  EXPECT_EQ(outcome.left, 0u);
  const Properties& properties = outcome.properties;
  EXPECT_EQ(properties.present, 0u);
  EXPECT_TRUE(properties.wire.empty());
  EXPECT_EQ(properties.receive_maximum, 65'535);          // 3.1.2.11.3
  EXPECT_EQ(properties.topic_alias_maximum, 0);           // 3.1.2.11.5
  EXPECT_FALSE(properties.request_response_information);  // 3.1.2.11.6
  EXPECT_TRUE(properties.request_problem_information);    // 3.1.2.11.7
  EXPECT_EQ(properties.session_expiry_s, 0u);             // 3.1.2.11.2
  EXPECT_EQ(properties.will_delay_s, 0u);                 // 3.1.3.2.2
  EXPECT_EQ(properties.maximum_qos, 2);                   // 3.2.2.3.4
  EXPECT_TRUE(properties.retain_available);               // 3.2.2.3.5
  EXPECT_TRUE(properties.wildcard_subscription_available);
  EXPECT_TRUE(properties.subscription_identifier_available);
  EXPECT_TRUE(properties.shared_subscription_available);
}

TEST(DecodeProperties, StandsBehindThemAfterwards) {
  const ExactCopy bytes(Bytes("02 01 01 'payload'"));
  const Outcome outcome = DecodeIn(PropertyContext::kPublish, bytes);
  EXPECT_EQ(outcome.code, ReasonCode::kSuccess);
  EXPECT_EQ(outcome.left, 7u);
  EXPECT_EQ(Hex(outcome.properties.wire), "01 01");
}

TEST(DecodeProperties, GivesEachValueOfConnect) {
  const ExactCopy bytes(
      Bytes("2b 11 00000001 21 0002 27 00000003 22 0004 19 01 17 00 15 0002 'am' 16 0003 00fffe"
            "26 0001 'k' 0001 'v' 26 0000 0000"));
  const Outcome outcome = DecodeIn(PropertyContext::kConnect, bytes);
  ASSERT_EQ(outcome.code, ReasonCode::kSuccess);
  const Properties& properties = outcome.properties;
  EXPECT_EQ(properties.session_expiry_s, 1u);
  EXPECT_EQ(properties.receive_maximum, 2);
  EXPECT_EQ(properties.maximum_packet_size, 3u);
  EXPECT_EQ(properties.topic_alias_maximum, 4);
  EXPECT_TRUE(properties.request_response_information);
  EXPECT_FALSE(properties.request_problem_information);
  EXPECT_EQ(properties.authentication_method, "am");
  EXPECT_EQ(Hex(properties.authentication_data), "00 ff fe");
  EXPECT_EQ(properties.user_property_count, 2);
  for (const PropertyId id :
       {PropertyId::kSessionExpiryInterval, PropertyId::kReceiveMaximum,
        PropertyId::kMaximumPacketSize, PropertyId::kTopicAliasMaximum,
        PropertyId::kRequestResponseInformation, PropertyId::kRequestProblemInformation,
        PropertyId::kAuthenticationMethod, PropertyId::kAuthenticationData,
        PropertyId::kUserProperty}) {
    EXPECT_TRUE(properties.Has(id)) << int{static_cast<uint8_t>(id)};
  }
  EXPECT_FALSE(properties.Has(PropertyId::kWillDelayInterval));
}

TEST(DecodeProperties, GivesEachValueOfConnack) {
  const ExactCopy bytes(
      Bytes("2a 24 01 25 00 28 00 29 00 2a 00 12 0002 'id' 13 0005 1a 0003 'r/i' 1c 0003 'b:1'"
            "1f 0003 'why' 21 0001 22 0002"));
  const Outcome outcome = DecodeIn(PropertyContext::kConnack, bytes);
  ASSERT_EQ(outcome.code, ReasonCode::kSuccess);
  const Properties& properties = outcome.properties;
  EXPECT_EQ(properties.maximum_qos, 1);
  EXPECT_FALSE(properties.retain_available);
  EXPECT_FALSE(properties.wildcard_subscription_available);
  EXPECT_FALSE(properties.subscription_identifier_available);
  EXPECT_FALSE(properties.shared_subscription_available);
  EXPECT_EQ(properties.assigned_client_id, "id");
  EXPECT_EQ(properties.server_keep_alive_s, 5);
  EXPECT_EQ(properties.response_information, "r/i");
  EXPECT_EQ(properties.server_reference, "b:1");
  EXPECT_EQ(properties.reason_string, "why");
}

TEST(DecodeProperties, GivesEachValueOfAWill) {
  const ExactCopy bytes(
      Bytes("1b 18 01020304 01 01 02 05060708 03 0001 't' 08 0003 'r/t' 09 0002 00ff"));
  const Outcome outcome = DecodeIn(PropertyContext::kWill, bytes);
  ASSERT_EQ(outcome.code, ReasonCode::kSuccess);
  const Properties& properties = outcome.properties;
  EXPECT_EQ(properties.will_delay_s, 0x01020304u);
  EXPECT_EQ(properties.payload_format_indicator, 1);
  EXPECT_EQ(properties.message_expiry_s, 0x05060708u);
  EXPECT_EQ(properties.content_type, "t");
  EXPECT_EQ(properties.response_topic, "r/t");
  EXPECT_EQ(Hex(properties.correlation_data), "00 ff");
}

TEST(DecodeProperties, GivesTheFirstOfSeveralSubscriptionIdentifiers) {
  const ExactCopy bytes(Bytes("08 0b 8001 0b 02 23 0007"));
  const Outcome outcome = DecodeIn(PropertyContext::kPublish, bytes);
  ASSERT_EQ(outcome.code, ReasonCode::kSuccess);
  EXPECT_EQ(outcome.properties.subscription_id, 128u);
  EXPECT_EQ(outcome.properties.topic_alias, 7);
}

TEST(DecodeProperties, TellsAnEmptyStringFromNone) {
  const ExactCopy bytes(Bytes("03 15 0000"));
  const Outcome outcome = DecodeIn(PropertyContext::kAuth, bytes);
  ASSERT_EQ(outcome.code, ReasonCode::kSuccess);
  EXPECT_TRUE(outcome.properties.Has(PropertyId::kAuthenticationMethod));
  EXPECT_TRUE(outcome.properties.authentication_method.empty());
}

TEST(DecodeProperties, RefusesAMissingLength) {
  EXPECT_EQ(DecodeIn(PropertyContext::kPublish, ExactCopy({})).code, ReasonCode::kMalformedPacket);
}

TEST(DecodeProperties, RefusesALengthThatIsNotMinimal) {  // [MQTT-1.5.5-1]
  for (const char* bytes : {"8000", "808000", "80808000", "8200 01 01", "ffffff80 01"}) {
    EXPECT_EQ(DecodeIn(PropertyContext::kPublish, ExactCopy(Bytes(bytes))).code,
              ReasonCode::kMalformedPacket)
        << bytes;
  }
}

TEST(DecodeProperties, RefusesALengthBeyondThePacket) {
  for (const char* bytes : {"01", "03 01 01", "7f", "ff7f", "ffffff7f", "ffffffff", "80"}) {
    EXPECT_EQ(DecodeIn(PropertyContext::kPublish, ExactCopy(Bytes(bytes))).code,
              ReasonCode::kMalformedPacket)
        << bytes;
  }
}

TEST(DecodeProperties, AcceptsAsManyUserPropertiesAsTheLimitSays) {
  const ExactCopy bytes(UserProperties(10));
  EXPECT_EQ(DecodeIn(PropertyContext::kPublish, bytes, 10).code, ReasonCode::kSuccess);
  EXPECT_EQ(DecodeIn(PropertyContext::kPublish, bytes, 10).properties.user_property_count, 10);
  EXPECT_EQ(DecodeIn(PropertyContext::kPublish, bytes, 9).code, ReasonCode::kQuotaExceeded);
  EXPECT_EQ(DecodeIn(PropertyContext::kPublish, bytes, 0).code, ReasonCode::kQuotaExceeded);
}

TEST(DecodeProperties, CountsUserPropertiesWithoutWrappingRound) {
  EXPECT_EQ(DecodeIn(PropertyContext::kPublish, UserProperties(65'535), UINT32_MAX).code,
            ReasonCode::kSuccess);
  EXPECT_EQ(DecodeIn(PropertyContext::kPublish, UserProperties(65'536), UINT32_MAX).code,
            ReasonCode::kQuotaExceeded);
}

// Mosquitto up to 2.0.11 and EMQX up to 2026 took quadratic time (CVE-2021-41039): ten times the
// properties may cost ten times the instructions and a little.
TEST(DecodeProperties, TakesLinearTime) {
  const auto cost = [](size_t count) {
    const std::vector<uint8_t> bytes = UserProperties(count);
    return CountInstructions([&] { DecodeIn(PropertyContext::kPublish, bytes, UINT32_MAX); });
  };
  const std::optional<uint64_t> few = cost(4);
  const std::optional<uint64_t> many = cost(40);
  if (!few || !many) GTEST_SKIP() << "Nobody can count instructions here.";
  EXPECT_LT(*many, *few * 11);
}

TEST(DecodeProperties, StopsAtTheFirstUserPropertyBeyondTheLimit) {
  const std::vector<uint8_t> few = UserProperties(6);
  const std::vector<uint8_t> many = UserProperties(1'000);
  const auto cost = [](ByteView bytes) {
    return CountInstructions([&] { DecodeIn(PropertyContext::kPublish, bytes, 5); });
  };
  const std::optional<uint64_t> one_too_many = cost(few);
  if (!one_too_many) GTEST_SKIP() << "Nobody can count instructions here.";
  EXPECT_LT(*cost(many), *one_too_many * 2);
}

TEST(TakeProperty, WalksOverEveryType) {
  const std::vector<uint8_t> wire =
      Bytes("01 01 02 01020304 23 0007 0b ffffff7f 03 0001 't' 09 0002 00ff 26 0001 'k' 0002 'vw'");
  const ExactCopy copy(wire);
  ByteView rest = copy;
  const auto expect = [&](PropertyId id, std::string_view value) {
    const PropertyView property = TakeProperty(&rest);
    EXPECT_EQ(property.id, id);
    EXPECT_EQ(Hex(property.value), Hex(Bytes(value)));
    EXPECT_EQ(property.wire.size(), property.value.size() + 1);
    EXPECT_EQ(property.wire.front(), static_cast<uint8_t>(id));
  };
  expect(PropertyId::kPayloadFormatIndicator, "01");
  expect(PropertyId::kMessageExpiryInterval, "01020304");
  expect(PropertyId::kTopicAlias, "0007");
  expect(PropertyId::kSubscriptionIdentifier, "ffffff7f");
  expect(PropertyId::kContentType, "0001 't'");
  expect(PropertyId::kCorrelationData, "0002 00ff");
  expect(PropertyId::kUserProperty, "0001 'k' 0002 'vw'");
  EXPECT_TRUE(rest.empty());
}

TEST(PropertyBuffer, BuildsWhatTheDecoderReads) {
  PropertyBuffer buffer;
  buffer.AddU8(PropertyId::kPayloadFormatIndicator, 1);
  buffer.AddU16(PropertyId::kTopicAlias, 0x0102);
  buffer.AddU32(PropertyId::kMessageExpiryInterval, 0x01020304);
  buffer.AddVarInt(PropertyId::kSubscriptionIdentifier, 128);
  buffer.AddText(PropertyId::kContentType, "t");
  buffer.AddBinary(PropertyId::kCorrelationData, Bytes("00ff"));
  buffer.AddUserProperty("k", "");
  EXPECT_EQ(Hex(buffer.wire()), Hex(Bytes("01 01 23 0102 02 01020304 0b 8001 03 0001 't'"
                                          "09 0002 00ff 26 0001 'k' 0000")));
  std::vector<uint8_t> bytes(PropertiesSize(buffer.wire().size()));
  ByteWriter writer(bytes);
  WriteProperties(buffer.wire(), &writer);
  EXPECT_EQ(writer.remaining(), 0u);
  const Outcome outcome = DecodeIn(PropertyContext::kPublish, bytes);
  ASSERT_EQ(outcome.code, ReasonCode::kSuccess);
  EXPECT_EQ(Hex(outcome.properties.wire), Hex(buffer.wire()));
}

TEST(PropertyBuffer, TakesPropertiesAsTheyCameAndStartsAnew) {
  PropertyBuffer buffer;
  buffer.AddWire(Bytes("01 00"));
  buffer.AddU8(PropertyId::kRetainAvailable, 0);
  EXPECT_EQ(Hex(buffer.wire()), "01 00 25 00");
  buffer.Clear();
  EXPECT_TRUE(buffer.wire().empty());
}

}  // namespace
}  // namespace signet
