#include "core/mqtt/publish.h"

#include <gtest/gtest.h>

#include "tests/core/mqtt/versions.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

constexpr uint8_t kQos0 = PublishFlags(false, QoS::kAtMostOnce, false);
constexpr uint8_t kQos1 = PublishFlags(false, QoS::kAtLeastOnce, false);
constexpr uint8_t kQos2 = PublishFlags(false, QoS::kExactlyOnce, false);

ReasonCode PublishRefusal(uint8_t flags, std::string_view hex, ProtocolVersion version,
                          Sender sender = Sender::kClient) {
  const auto result = DecodePublish(flags, ExactCopy(Bytes(hex)), version, sender, 1);
  return result.ok() ? ReasonCode::kSuccess : result.error();
}

TEST(PublishFlags, StandWhereTheStandardPutsThem) {
  EXPECT_EQ(PublishFlags(false, QoS::kAtMostOnce, false), 0);
  EXPECT_EQ(PublishFlags(true, QoS::kExactlyOnce, true), 0b1101);
  EXPECT_EQ(PublishFlags(false, QoS::kAtLeastOnce, false), 0b0010);
}

TEST(DecodePublish, GivesTheFieldsOfVersion311) {
  const ExactCopy bytes(Bytes("0003 'a/b' 000a 'pay'"));
  const auto result = DecodePublish(0b1011, bytes, k311, Sender::kClient, 0);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->dup);
  EXPECT_EQ(result->qos, QoS::kAtLeastOnce);
  EXPECT_TRUE(result->retain);
  EXPECT_EQ(result->topic_name, "a/b");
  EXPECT_EQ(result->packet_id, 10);
  EXPECT_EQ(AsText(result->payload), "pay");
  EXPECT_EQ(result->properties.present, 0u);
}

TEST(DecodePublish, GivesTheFieldsOfVersion5) {
  const ExactCopy bytes(Bytes("0003 'a/b' ffff 05 02 0000003c 'pay'"));
  const auto result = DecodePublish(kQos2, bytes, k5, Sender::kClient, 0);
  ASSERT_TRUE(result.ok());
  EXPECT_FALSE(result->dup);
  EXPECT_EQ(result->qos, QoS::kExactlyOnce);
  EXPECT_FALSE(result->retain);
  EXPECT_EQ(result->topic_name, "a/b");
  EXPECT_EQ(result->packet_id, 0xFFFF);
  EXPECT_EQ(result->properties.message_expiry_s, 60u);
  EXPECT_EQ(Hex(result->properties.wire), "02 00 00 00 3c");
  EXPECT_EQ(AsText(result->payload), "pay");
}

TEST(DecodePublish, BorrowsFromThePacketAndCopiesNothing) {
  const ExactCopy bytes(Bytes("0003 'a/b' 00 'pay'"));
  const auto result = DecodePublish(kQos0, bytes, k5, Sender::kClient, 0);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(AsBytes(result->topic_name).data(), bytes.view().data() + 2);
  EXPECT_EQ(result->payload.data(), bytes.view().data() + 6);
}

// At QoS 0 no Packet Identifier stands there [MQTT-2.2.1-2]: what looks like one is payload.
TEST(DecodePublish, ReadsNoPacketIdentifierAtQos0) {
  const ExactCopy bytes(Bytes("0001 'a' 0000"));
  const auto result = DecodePublish(kQos0, bytes, k311, Sender::kClient, 0);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->packet_id, 0);
  EXPECT_EQ(Hex(result->payload), "00 00");
}

TEST(DecodePublish, AcceptsAnEmptyPayload) {
  EXPECT_EQ(PublishRefusal(kQos0, "0001 'a'", k311), ReasonCode::kSuccess);
  EXPECT_EQ(PublishRefusal(kQos1, "0001 'a' 0001 00", k5), ReasonCode::kSuccess);
}

TEST(DecodePublish, AcceptsTheLongestTopicName) {
  const std::vector<uint8_t> topic(65'535, 'x');
  const ExactCopy bytes(WithLength(topic));
  const auto result = DecodePublish(kQos0, bytes, k311, Sender::kClient, 0);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->topic_name.size(), 65'535u);
  EXPECT_EQ(DecodePublish(kQos0, Cut(bytes, 65'536), k311, Sender::kClient, 0).error(),
            ReasonCode::kMalformedPacket);
}

TEST(DecodePublish, RefusesEveryTruncationOfItsHeader) {
  const auto whole = Bytes("0001 'a' 0007 02 01 01");
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(DecodePublish(kQos1, Cut(whole, size), k5, Sender::kClient, 0).error(),
              ReasonCode::kMalformedPacket)
        << size;
  }
  EXPECT_TRUE(DecodePublish(kQos1, ExactCopy(whole), k5, Sender::kClient, 0).ok());
}

TEST(DecodePublish, RefusesQos3) {  // [MQTT-3.3.1-4]
  for (const int flags : {0b0110, 0b0111, 0b1110, 0b1111}) {
    const auto byte = static_cast<uint8_t>(flags);
    EXPECT_EQ(PublishRefusal(byte, "0001 'a' 0001 00", k5), ReasonCode::kMalformedPacket);
    EXPECT_EQ(PublishRefusal(byte, "0001 'a' 0001", k311), ReasonCode::kMalformedPacket);
  }
}

TEST(DecodePublish, RefusesDupAtQos0) {  // [MQTT-3.3.1-2], 2.1.3
  EXPECT_EQ(PublishRefusal(0b1000, "0001 'a' 00", k5), ReasonCode::kMalformedPacket);
  EXPECT_EQ(PublishRefusal(0b1001, "0001 'a'", k311), ReasonCode::kMalformedPacket);
}

TEST(DecodePublish, RefusesPacketIdentifier0) {  // [MQTT-2.2.1-3]
  for (const uint8_t flags : {kQos1, kQos2}) {
    EXPECT_EQ(PublishRefusal(flags, "0001 'a' 0000 00", k5), ReasonCode::kProtocolError);
    EXPECT_EQ(PublishRefusal(flags, "0001 'a' 0000", k311), ReasonCode::kProtocolError);
  }
}

// Mosquitto up to 2.0.7 did not survive it (CVE-2021-34432).
TEST(DecodePublish, RefusesAnEmptyTopicNameWithoutTopicAlias) {  // 3.3.2.1
  EXPECT_EQ(PublishRefusal(kQos0, "0000 00", k5), ReasonCode::kProtocolError);
  EXPECT_EQ(PublishRefusal(kQos0, "0000", k311), ReasonCode::kProtocolError);
  EXPECT_EQ(PublishRefusal(kQos1, "0000 0001 00", k5), ReasonCode::kProtocolError);
  EXPECT_EQ(PublishRefusal(kQos0, "0000 03 23 0001", k5), ReasonCode::kSuccess);
}

TEST(DecodePublish, RefusesTopicAlias0) {  // [MQTT-3.3.2-8]
  EXPECT_EQ(PublishRefusal(kQos0, "0000 03 23 0000", k5), ReasonCode::kTopicAliasInvalid);
  EXPECT_EQ(PublishRefusal(kQos0, "0001 'a' 03 23 0000", k5), ReasonCode::kTopicAliasInvalid);
}

TEST(DecodePublish, RefusesWildcardsInTheTopicName) {  // [MQTT-3.3.2-2]
  for (const char* topic : {"0001 '+'", "0001 '#'", "0003 'a/#'", "0003 'a+b'", "0005 '+/a/b'",
                            "000a 'abcdefghi#'", "000a 'abcd+fghij'"}) {
    EXPECT_EQ(PublishRefusal(kQos0, topic, k311), ReasonCode::kTopicNameInvalid) << topic;
  }
}

TEST(DecodePublish, RefusesATopicNameThatIsNotUtf8) {  // [MQTT-3.3.2-1] [MQTT-1.5.4-2]
  for (const char* topic : {"0001 00", "0002 c080", "0003 eda080", "0001 ff", "0004 'abc' c3",
                            "0009 'abcdefgh' 00", "0009 'abcdefgh' 80"}) {
    EXPECT_EQ(PublishRefusal(kQos0, topic, k311), ReasonCode::kMalformedPacket) << topic;
  }
}

TEST(DecodePublish,
     AcceptsServerTopicsAndOddLevels) {  // Whether they may be used is decided elsewhere.
  for (const char* topic : {"0004 '$SYS'", "0001 '/'", "0002 '//'", "0001 ' '", "0003 efbbbf",
                            "0003 efbfbf", "0001 01", "0001 7f"}) {
    EXPECT_EQ(PublishRefusal(kQos0, topic, k311), ReasonCode::kSuccess) << topic;
  }
}

TEST(DecodePublish, TakesASubscriptionIdentifierFromAServerOnly) {  // [MQTT-3.3.4-6]
  EXPECT_EQ(PublishRefusal(kQos0, "0001 'a' 02 0b 01", k5, Sender::kClient),
            ReasonCode::kProtocolError);
  EXPECT_EQ(PublishRefusal(kQos0, "0001 'a' 02 0b 01", k5, Sender::kServer), ReasonCode::kSuccess);
}

TEST(DecodePublish, RefusesTooManyUserProperties) {
  const char* one = "0001 'a' 05 26 0000 0000";
  const char* two = "0001 'a' 0a 26 0000 0000 26 0000 0000";
  EXPECT_EQ(PublishRefusal(kQos0, one, k5), ReasonCode::kSuccess);
  EXPECT_EQ(PublishRefusal(kQos0, two, k5), ReasonCode::kQuotaExceeded);
}

TEST(EncodePublish, LeavesOutPropertiesInVersion311) {
  const auto wire = Bytes("02 0000003c");
  const auto payload = Bytes("'pay'");
  PublishView publish{.qos = QoS::kAtLeastOnce, .packet_id = 7, .topic_name = "a/b"};
  publish.properties.wire = wire;
  publish.payload = payload;
  PacketBytes v311;
  EncodePublish(publish, k311, &v311);
  EXPECT_EQ(Hex(v311), Hex(Bytes("32 0a 0003 'a/b' 0007 'pay'")));
  PacketBytes v5;
  EncodePublish(publish, k5, &v5);
  EXPECT_EQ(Hex(v5), Hex(Bytes("32 10 0003 'a/b' 0007 05 02 0000003c 'pay'")));
}

}  // namespace
}  // namespace signet
