#include "core/mqtt/subscribe.h"

#include <gtest/gtest.h>

#include "tests/core/mqtt/versions.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

ReasonCode SubscribeRefusal(std::string_view hex, ProtocolVersion version) {
  const auto result = DecodeSubscribe(ExactCopy(Bytes(hex)), version, 1);
  return result.ok() ? ReasonCode::kSuccess : result.error();
}

ReasonCode SubackRefusal(std::string_view hex, ProtocolVersion version) {
  const auto result = DecodeSuback(ExactCopy(Bytes(hex)), version, 1);
  return result.ok() ? ReasonCode::kSuccess : result.error();
}

TEST(DecodeSubscribe, GivesItsEntriesOneByOne) {
  const ExactCopy bytes(Bytes("000a 02 0b 07 0003 'a/b' 01 0005 '$SYS/' 2e 0001 '#' 10"));
  const auto result = DecodeSubscribe(bytes, k5, 1);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->packet_id, 10);
  EXPECT_EQ(result->properties.subscription_id, 7u);
  EXPECT_EQ(result->count, 3u);
  ByteView entries = result->entries;
  const SubscribeEntry first = TakeSubscribeEntry(&entries);
  EXPECT_EQ(first.topic_filter, "a/b");
  EXPECT_EQ(first.options, SubscriptionOptions{.maximum_qos = QoS::kAtLeastOnce});
  const SubscribeEntry second = TakeSubscribeEntry(&entries);
  EXPECT_EQ(second.topic_filter, "$SYS/");
  EXPECT_EQ(second.options, (SubscriptionOptions{.maximum_qos = QoS::kExactlyOnce,
                                                 .no_local = true,
                                                 .retain_as_published = true,
                                                 .retain_handling = RetainHandling::kDoNotSend}));
  const SubscribeEntry third = TakeSubscribeEntry(&entries);
  EXPECT_EQ(third.topic_filter, "#");
  EXPECT_EQ(third.options, SubscriptionOptions{.retain_handling = RetainHandling::kSendIfNew});
  EXPECT_TRUE(entries.empty());
}

TEST(DecodeSubscribe, RefusesPacketIdentifier0) {  // [MQTT-2.2.1-3]
  EXPECT_EQ(SubscribeRefusal("0000 00 0001 'a' 00", k5), ReasonCode::kProtocolError);
  EXPECT_EQ(SubscribeRefusal("0000 0001 'a' 00", k311), ReasonCode::kProtocolError);
}

TEST(DecodeSubscribe, RefusesNoEntry) {  // [MQTT-3.8.3-2]; MQTT 3.1.1: MQTT-3.8.3-3
  EXPECT_EQ(SubscribeRefusal("0001 00", k5), ReasonCode::kProtocolError);
  EXPECT_EQ(SubscribeRefusal("0001", k311), ReasonCode::kProtocolError);
}

TEST(DecodeSubscribe, RefusesAnEmptyTopicFilter) {  // [MQTT-4.7.3-1]
  EXPECT_EQ(SubscribeRefusal("0001 00 0000 00", k5), ReasonCode::kProtocolError);
  EXPECT_EQ(SubscribeRefusal("0001 0001 'a' 00 0000 00", k311), ReasonCode::kProtocolError);
}

TEST(DecodeSubscribe, RefusesATopicFilterThatIsNotUtf8) {  // [MQTT-3.8.3-1]
  for (const char* filter : {"0001 ff", "0001 00", "0003 eda080", "0002 'a' c3"}) {
    const std::string hex = std::string("0001 0001 'a' 00 ") + filter + " 00";
    EXPECT_EQ(SubscribeRefusal(hex, k311), ReasonCode::kMalformedPacket) << filter;
  }
}

TEST(DecodeSubscribe, RefusesTruncatedEntries) {
  const auto whole = Bytes("0001 00 0001 'a' 01 0003 'b/c' 02");
  const size_t one_entry = 7;
  for (size_t size = 3; size < whole.size(); ++size) {
    const auto result = DecodeSubscribe(Cut(whole, size), k5, 1);
    EXPECT_EQ(result.ok(), size == one_entry) << size;
    if (size > 3 && size != one_entry) {
      EXPECT_EQ(result.error(), ReasonCode::kMalformedPacket) << size;
    }
  }
}

TEST(DecodeSubscribe, TakesJustTheOptionsThatTheStandardKnows) {
  for (int options = 0; options < 256; ++options) {
    const auto byte = static_cast<uint8_t>(options);
    // MQTT 3.1.1: MQTT-3-8.3-4: the upper six bits are reserved, and QoS 3 is malformed.
    const auto v311 =
        DecodeSubscribe(ExactCopy(Concat({Bytes("0001 0001 'a'"), {&byte, 1}})), k311, 1);
    EXPECT_EQ(v311.ok(), options < 3) << options;
    if (!v311.ok()) {
      EXPECT_EQ(v311.error(), ReasonCode::kMalformedPacket) << options;
    }
    // [MQTT-3.8.3-5] for the reserved bits; 3.8.3.1 for QoS 3 and Retain Handling 3.
    const auto v5 =
        DecodeSubscribe(ExactCopy(Concat({Bytes("0001 00 0001 'a'"), {&byte, 1}})), k5, 1);
    const bool is_reserved = (options & 0xC0) != 0;
    const bool is_invalid = (options & 0x03) == 0x03 || (options & 0x30) == 0x30;
    EXPECT_EQ(v5.ok(), !is_reserved && !is_invalid) << options;
    if (!v5.ok()) {
      EXPECT_EQ(v5.error(), is_reserved ? ReasonCode::kMalformedPacket : ReasonCode::kProtocolError)
          << options;
    }
  }
}

TEST(DecodeSubscribe, RefusesABadSubscriptionIdentifier) {  // 3.8.2.1.2
  EXPECT_EQ(SubscribeRefusal("0001 02 0b 00 0001 'a' 00", k5), ReasonCode::kProtocolError);
  EXPECT_EQ(SubscribeRefusal("0001 04 0b 01 0b 02 0001 'a' 00", k5), ReasonCode::kProtocolError);
  EXPECT_EQ(SubscribeRefusal("0001 03 0b 8100 0001 'a' 00", k5), ReasonCode::kMalformedPacket);
}

TEST(DecodeSubscribe, TakesAsManyEntriesAsFit) {
  PacketBytes entries;
  for (int i = 0; i < 10'000; ++i) AppendSubscribeEntry({"a", {}}, &entries);
  const auto result = DecodeSubscribe(ExactCopy(Concat({Bytes("0001"), entries})), k311, 1);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->count, 10'000u);
}

// Mosquitto before 1.6.6 overflowed its stack on this one (CVE-2019-11779).
TEST(DecodeSubscribe, TakesATopicFilterOfSeparatorsOnly) {
  const std::vector<uint8_t> separators(65'400, '/');
  const ExactCopy bytes(Concat({Bytes("0001"), WithLength(separators), Bytes("00")}));
  EXPECT_TRUE(DecodeSubscribe(bytes, k311, 1).ok());
}

TEST(AppendSubscribeEntry, WritesEveryValidOptionsByte) {
  for (int options = 0; options < 64; ++options) {
    const auto byte = static_cast<uint8_t>(options);
    const auto wire = Concat({Bytes("0001 'a'"), {&byte, 1}});
    if (!DecodeSubscribe(ExactCopy(Concat({Bytes("0001 00"), wire})), k5, 1).ok()) continue;
    ByteView entries = wire;
    PacketBytes again;
    AppendSubscribeEntry(TakeSubscribeEntry(&entries), &again);
    EXPECT_EQ(Hex(again), Hex(wire));
  }
}

TEST(DecodeSuback, GivesItsCodes) {
  const ExactCopy bytes(Bytes("0001 05 1f 0002 'no' 00 02 87"));
  const auto result = DecodeSuback(bytes, k5, 1);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->packet_id, 1);
  EXPECT_EQ(result->properties.reason_string, "no");
  EXPECT_EQ(Hex(result->codes), "00 02 87");
}

TEST(DecodeSuback, RefusesNoCodeAndPacketIdentifier0) {
  EXPECT_EQ(SubackRefusal("0001 00", k5), ReasonCode::kProtocolError);
  EXPECT_EQ(SubackRefusal("0001", k311), ReasonCode::kProtocolError);
  EXPECT_EQ(SubackRefusal("0000 00 00", k5), ReasonCode::kProtocolError);
}

TEST(DecodeSuback, RefusesCodesOfOtherPackets) {  // [MQTT-3.9.3-2]
  for (int code = 0; code < 256; ++code) {
    const auto byte = static_cast<uint8_t>(code);
    const auto v311 = DecodeSuback(ExactCopy(Concat({Bytes("0001 00"), {&byte, 1}})), k311, 1);
    EXPECT_EQ(v311.ok(), code < 3 || code == 0x80) << code;
    const auto v5 = DecodeSuback(ExactCopy(Concat({Bytes("0001 00 00"), {&byte, 1}})), k5, 1);
    EXPECT_EQ(v5.ok(), IsValidFor(static_cast<ReasonCode>(code), PacketType::kSuback)) << code;
  }
}

TEST(EncodeSuback, MakesEveryErrorAFailureInVersion311) {  // MQTT 3.1.1: MQTT-3.9.3-2
  const auto codes = Bytes("00 01 02 80 87 8f 9e a2");
  SubackView suback{.packet_id = 1};
  suback.codes = codes;
  PacketBytes out;
  EncodeSuback(suback, k311, &out);
  EXPECT_EQ(Hex(out), "90 0a 00 01 00 01 02 80 80 80 80 80");
  out.clear();
  EncodeSuback(suback, k5, &out);
  EXPECT_EQ(Hex(out), "90 0b 00 01 00 00 01 02 80 87 8f 9e a2");
}

}  // namespace
}  // namespace signet
