// Every property in every context, with values that are right and values that are wrong.
#include <gtest/gtest.h>

#include <set>

#include "core/mqtt/fixed_header.h"
#include "core/mqtt/properties.h"
#include "tests/core/mqtt/standard_properties.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

constexpr uint32_t kMaxUserProperties = 10;

// The property with a value that its type and its own section allow.
std::vector<uint8_t> Valid(const StandardProperty& property) {
  const auto with = [&](std::string_view value) {
    return Concat({{&property.id, 1}, Bytes(value)});
  };
  if (property.type == "Byte") return with("01");
  if (property.type == "Two Byte Integer") return with("0102");
  if (property.type == "Four Byte Integer") return with("01020304");
  if (property.type == "Variable Byte Integer") return with("8001");
  if (property.type == "UTF-8 Encoded String") return with("0003 'a/b'");
  if (property.type == "Binary Data") return with("0003 00ff80");
  return with("0001 'k' 0002 'vw'");
}

ReasonCode DecodeWith(size_t length, ByteView wire, PropertyContext context) {
  const auto declared = static_cast<uint8_t>(length);
  const ExactCopy bytes(Concat({{&declared, 1}, wire}));
  ByteReader reader = bytes;
  Properties properties;
  return DecodeProperties(context, kMaxUserProperties, &reader, &properties);
}

ReasonCode Decode(ByteView wire, PropertyContext context) {
  return DecodeWith(wire.size(), wire, context);
}

// Calls visit(property, context) for each of the 27 x 14 cells.
template <typename Visit>
void ForEachCell(Visit visit) {
  for (const StandardProperty& property : kStandardProperties) {
    for (const StandardContext& context : kStandardContexts) {
      SCOPED_TRACE(std::string(property.name) + " in " + std::string(context.name));
      visit(property, context);
    }
  }
}

TEST(PropertyMatrix, AcceptsAPropertyJustWhereTable24AllowsIt) {
  int allowed = 0;
  ForEachCell([&](const StandardProperty& property, const StandardContext& context) {
    const bool may = MayStandIn(property, context);
    allowed += may ? 1 : 0;
    EXPECT_EQ(Decode(Valid(property), context.context),
              may ? ReasonCode::kSuccess : ReasonCode::kMalformedPacket);
  });
  EXPECT_EQ(allowed, 64);
}

TEST(PropertyMatrix, RefusesASecondOneButWhereItMayRepeat) {
  ForEachCell([](const StandardProperty& property, const StandardContext& context) {
    if (!MayStandIn(property, context)) return;
    const std::vector<uint8_t> one = Valid(property);
    EXPECT_EQ(Decode(Concat({one, one}), context.context),
              MayRepeatIn(property, context) ? ReasonCode::kSuccess : ReasonCode::kProtocolError);
  });
}

TEST(PropertyMatrix, RefusesASecondOneThatStandsBehindAnother) {
  ForEachCell([](const StandardProperty& property, const StandardContext& context) {
    if (!MayStandIn(property, context)) return;
    const std::vector<uint8_t> one = Valid(property);
    const std::vector<uint8_t> between = Bytes("26 0001 'k' 0001 'v'");
    EXPECT_EQ(Decode(Concat({one, between, one}), context.context),
              MayRepeatIn(property, context) ? ReasonCode::kSuccess : ReasonCode::kProtocolError);
  });
}

TEST(PropertyMatrix, RefusesEveryTruncation) {
  ForEachCell([](const StandardProperty& property, const StandardContext& context) {
    if (!MayStandIn(property, context)) return;
    const std::vector<uint8_t> whole = Valid(property);
    for (size_t size = 1; size < whole.size(); ++size) {
      const ByteView cut = ByteView(whole).first(size);
      EXPECT_EQ(Decode(cut, context.context), ReasonCode::kMalformedPacket) << size;
      // The Property Length counts what is not there, and what is there goes beyond the Property
      // Length.
      EXPECT_EQ(DecodeWith(whole.size(), cut, context.context), ReasonCode::kMalformedPacket);
      EXPECT_EQ(DecodeWith(size, whole, context.context), ReasonCode::kMalformedPacket) << size;
    }
  });
}

TEST(PropertyMatrix, KnowsNoOtherIdentifier) {
  std::set<int> known;
  for (const StandardProperty& property : kStandardProperties) known.insert(property.id);
  for (int id = 0; id < 256; ++id) {
    if (known.contains(id)) continue;
    const auto byte = static_cast<uint8_t>(id);
    // Zeros fit any type. An identifier of two bytes, or padded to two, is none either (2.2.2.2).
    const std::vector<uint8_t> wire = Concat({{&byte, 1}, Bytes("00 00 00 00")});
    for (const StandardContext& context : kStandardContexts) {
      EXPECT_EQ(Decode(wire, context.context), ReasonCode::kMalformedPacket) << id;
    }
  }
}

struct BadValue {
  std::string_view property;
  std::string_view value;
  ReasonCode expected;
};

constexpr ReasonCode kMalformed = ReasonCode::kMalformedPacket;
constexpr ReasonCode kProtocol = ReasonCode::kProtocolError;

constexpr BadValue kBadValues[] = {
    {"Payload Format Indicator", "02", kProtocol},
    {"Payload Format Indicator", "ff", kProtocol},
    {"Content Type", "0001 ff", kMalformed},        // [MQTT-3.3.2-19]
    {"Content Type", "0001 00", kMalformed},        // [MQTT-1.5.4-2]
    {"Response Topic", "0003 eda080", kMalformed},  // [MQTT-3.3.2-13]
    {"Response Topic", "0001 '+'", kProtocol},      // [MQTT-3.3.2-14]
    {"Response Topic", "0003 'a/#'", kProtocol},
    {"Response Topic", "0003 'a+b'", kProtocol},
    {"Subscription Identifier", "00", kProtocol},     // 3.3.2.3.8, 3.8.2.1.2
    {"Subscription Identifier", "8000", kMalformed},  // [MQTT-1.5.5-1]
    {"Subscription Identifier", "8100", kMalformed},
    {"Subscription Identifier", "ff808000", kMalformed},
    {"Subscription Identifier", "ffffffff", kMalformed},
    {"Subscription Identifier", "ffffffff7f", kMalformed},
    {"Assigned Client Identifier", "0002 c0af", kMalformed},
    {"Authentication Method", "0001 80", kMalformed},
    {"Request Problem Information", "02", kProtocol},   // 3.1.2.11.7
    {"Request Response Information", "02", kProtocol},  // 3.1.2.11.6
    {"Response Information", "0001 fe", kMalformed},
    {"Server Reference", "0002 '.' 00", kMalformed},
    {"Reason String", "0004 f4908080", kMalformed},
    {"Receive Maximum", "0000", kProtocol},                   // 3.1.2.11.3
    {"Topic Alias", "0000", ReasonCode::kTopicAliasInvalid},  // [MQTT-3.3.2-8]
    {"Maximum QoS", "02", kProtocol},                         // 3.2.2.3.4
    {"Retain Available", "02", kProtocol},                    // 3.2.2.3.5
    {"User Property", "0001 ff 0001 'v'", kMalformed},        // [MQTT-1.5.7-1]
    {"User Property", "0001 'k' 0001 ff", kMalformed},
    {"User Property", "0001 00 0000", kMalformed},
    {"User Property", "0000 0001 00", kMalformed},
    {"Maximum Packet Size", "00000000", kProtocol},          // 3.1.2.11.4
    {"Wildcard Subscription Available", "02", kProtocol},    // 3.2.2.3.11
    {"Subscription Identifier Available", "80", kProtocol},  // 3.2.2.3.12
    {"Shared Subscription Available", "ff", kProtocol},      // 3.2.2.3.13
};

TEST(PropertyMatrix, RefusesEveryWrongValueWhereverThePropertyMayStand) {
  ForEachCell([](const StandardProperty& property, const StandardContext& context) {
    if (!MayStandIn(property, context)) return;
    for (const BadValue& bad : kBadValues) {
      if (bad.property != property.name) continue;
      EXPECT_EQ(Decode(Concat({{&property.id, 1}, Bytes(bad.value)}), context.context),
                bad.expected)
          << bad.value;
    }
  });
}

struct GoodValue {
  std::string_view property;
  std::string_view value;
};

constexpr GoodValue kExtremeValues[] = {
    {"Payload Format Indicator", "00"},
    {"Message Expiry Interval", "00000000"},
    {"Message Expiry Interval", "ffffffff"},
    {"Content Type", "0000"},
    {"Response Topic", "0003 efbbbf"},  // [MQTT-1.5.4-3]
    {"Correlation Data", "0000"},
    {"Subscription Identifier", "01"},
    {"Subscription Identifier", "ffffff7f"},
    {"Session Expiry Interval", "00000000"},
    {"Session Expiry Interval", "ffffffff"},
    {"Server Keep Alive", "0000"},
    {"Server Keep Alive", "ffff"},
    {"Authentication Method", "0000"},
    {"Authentication Data", "0000"},
    {"Request Problem Information", "00"},
    {"Will Delay Interval", "ffffffff"},
    {"Request Response Information", "00"},
    {"Receive Maximum", "0001"},
    {"Receive Maximum", "ffff"},
    {"Topic Alias Maximum", "0000"},
    {"Topic Alias Maximum", "ffff"},
    {"Topic Alias", "0001"},
    {"Topic Alias", "ffff"},
    {"Maximum QoS", "00"},
    {"Retain Available", "00"},
    {"User Property", "0000 0000"},
    {"Maximum Packet Size", "00000001"},
    {"Maximum Packet Size", "ffffffff"},
    {"Wildcard Subscription Available", "00"},
};

TEST(PropertyMatrix, AcceptsTheEndsOfEveryRange) {
  ForEachCell([](const StandardProperty& property, const StandardContext& context) {
    if (!MayStandIn(property, context)) return;
    for (const GoodValue& good : kExtremeValues) {
      if (good.property != property.name) continue;
      EXPECT_EQ(Decode(Concat({{&property.id, 1}, Bytes(good.value)}), context.context),
                ReasonCode::kSuccess)
          << good.value;
    }
  });
}

// Strings and data of 65,535 bytes, and such that announce more than is there.
TEST(PropertyMatrix, AcceptsTheLongestValuesAndNoLongerOnes) {
  const std::vector<uint8_t> longest(65'535, 'x');
  ForEachCell([&](const StandardProperty& property, const StandardContext& context) {
    const bool has_length = property.type == "UTF-8 Encoded String" ||
                            property.type == "Binary Data" || property.type == "UTF-8 String Pair";
    if (!MayStandIn(property, context) || !has_length) return;
    std::vector<uint8_t> wire = Concat({{&property.id, 1}, WithLength(longest)});
    if (property.type == "UTF-8 String Pair") wire = Concat({wire, WithLength(longest)});
    uint8_t length[4];
    const ByteView length_bytes(length, StoreVarInt(length, static_cast<uint32_t>(wire.size())));
    const ExactCopy whole(Concat({length_bytes, wire}));
    ByteReader reader = whole;
    Properties properties;
    EXPECT_EQ(DecodeProperties(context.context, 1, &reader, &properties), ReasonCode::kSuccess);
    EXPECT_EQ(properties.wire.size(), wire.size());
    const ExactCopy cut(whole.view().first(whole.view().size() - 1));
    ByteReader short_reader = cut;
    EXPECT_EQ(DecodeProperties(context.context, 1, &short_reader, &properties),
              ReasonCode::kMalformedPacket);
  });
}

}  // namespace
}  // namespace signet
