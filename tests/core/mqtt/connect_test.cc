#include "core/mqtt/connect.h"

#include <gtest/gtest.h>

#include "tests/core/mqtt/versions.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

ReasonCode ConnectRefusal(std::string_view hex) {
  ConnectView connect;
  return DecodeConnect(ExactCopy(Bytes(hex)), 1, &connect);
}

// What stands behind the Connect Flags in a version with no property, Will, User Name or Password.
std::string Connect(std::string_view version, std::string_view flags, std::string_view rest) {
  std::string hex = "0004 'MQTT' ";
  hex += version;
  hex += ' ';
  hex += flags;
  hex += ' ';
  hex += rest;
  return hex;
}

TEST(DecodeConnect, GivesTheFieldsOfVersion311) {
  const ExactCopy bytes(
      Bytes(Connect("04", "f6", "ffff 0002 'id' 0003 'w/t' 0003 00ff00 0002 'me' 0003 'pw' 00")));
  ConnectView connect;
  ASSERT_EQ(DecodeConnect(bytes, 1, &connect), ReasonCode::kSuccess);
  EXPECT_EQ(connect.version, k311);
  EXPECT_TRUE(connect.clean_start);
  EXPECT_EQ(connect.keep_alive_s, 65'535);
  EXPECT_EQ(connect.client_id, "id");
  ASSERT_TRUE(connect.will.has_value());
  EXPECT_EQ(connect.will->qos, QoS::kExactlyOnce);
  EXPECT_TRUE(connect.will->retain);
  EXPECT_EQ(connect.will->topic_name, "w/t");
  EXPECT_EQ(Hex(connect.will->payload), "00 ff 00");
  EXPECT_EQ(connect.claimed_username, "me");
  ASSERT_TRUE(connect.password.has_value());
  EXPECT_EQ(Hex(*connect.password), "70 77 00");
}

TEST(DecodeConnect, GivesTheFieldsOfVersion5) {
  const ExactCopy bytes(Bytes(Connect("05", "0c",
                                      "003c 05 11 00000078 0001 'c'"
                                      "05 18 0000000a 0001 'w' 0000")));
  ConnectView connect;
  ASSERT_EQ(DecodeConnect(bytes, 1, &connect), ReasonCode::kSuccess);
  EXPECT_EQ(connect.version, k5);
  EXPECT_FALSE(connect.clean_start);
  EXPECT_EQ(connect.keep_alive_s, 60);
  EXPECT_EQ(connect.properties.session_expiry_s, 120u);
  EXPECT_EQ(connect.client_id, "c");
  ASSERT_TRUE(connect.will.has_value());
  EXPECT_EQ(connect.will->qos, QoS::kAtLeastOnce);
  EXPECT_FALSE(connect.will->retain);
  EXPECT_EQ(connect.will->properties.will_delay_s, 10u);
  EXPECT_EQ(connect.will->topic_name, "w");
  EXPECT_TRUE(connect.will->payload.empty());
  EXPECT_FALSE(connect.claimed_username.has_value());
  EXPECT_FALSE(connect.password.has_value());
}

TEST(DecodeConnect, TellsAnEmptyUserNameAndPasswordFromNone) {
  ConnectView connect;
  ASSERT_EQ(
      DecodeConnect(ExactCopy(Bytes(Connect("04", "c2", "0000 0000 0000 0000"))), 1, &connect),
      ReasonCode::kSuccess);
  EXPECT_EQ(connect.claimed_username, "");
  ASSERT_TRUE(connect.password.has_value());
  EXPECT_TRUE(connect.password->empty());
}

TEST(DecodeConnect, ForgetsWhatTheViewHeldBefore) {
  ConnectView connect;
  const ExactCopy with_all(
      Bytes(Connect("05", "c6", "0001 00 0001 'c' 00 0001 'w' 0000 0001 'u' 0001 'p'")));
  ASSERT_EQ(DecodeConnect(with_all, 1, &connect), ReasonCode::kSuccess);
  const ExactCopy with_none(Bytes(Connect("04", "00", "0000 0001 'd'")));
  ASSERT_EQ(DecodeConnect(with_none, 1, &connect), ReasonCode::kSuccess);
  EXPECT_EQ(connect.version, k311);
  EXPECT_FALSE(connect.clean_start);
  EXPECT_EQ(connect.client_id, "d");
  EXPECT_FALSE(connect.will || connect.claimed_username || connect.password);
}

TEST(DecodeConnect, LeavesAnEmptyClientIdentifierToTheServer) {
  EXPECT_EQ(ConnectRefusal(Connect("04", "02", "0000 0000")), ReasonCode::kSuccess);
  EXPECT_EQ(ConnectRefusal(Connect("04", "00", "0000 0000")), ReasonCode::kSuccess);
  EXPECT_EQ(ConnectRefusal(Connect("05", "00", "0000 00 0000")), ReasonCode::kSuccess);
}

TEST(DecodeConnect, RefusesAnotherProtocolName) {  // [MQTT-3.1.2-1]
  for (const char* hex :
       {"0004 'mqtt' 04 02 0000 0000", "0006 'MQIsdp' 03 02 0000 0000", "0000 04",
        "0005 'MQTTX' 05", "0003 'MQT' 05", "0004 'HTTP' 05", "0004 ffffffff 05"}) {
    ConnectView connect;
    EXPECT_EQ(DecodeConnect(ExactCopy(Bytes(hex)), 1, &connect),
              ReasonCode::kUnsupportedProtocolVersion)
        << hex;
    EXPECT_EQ(connect.version, k311) << hex;
  }
}

// Nothing behind the version is looked at: another version may mean something else by it.
TEST(DecodeConnect, RefusesEveryOtherVersionInTheFormOfTheNearestOne) {  // [MQTT-3.1.2-2]
  for (int number = 0; number < 256; ++number) {
    if (number == 4 || number == 5) continue;
    const auto byte = static_cast<uint8_t>(number);
    ConnectView connect;
    EXPECT_EQ(DecodeConnect(ExactCopy(Concat({Bytes("0004 'MQTT'"), {&byte, 1}})), 1, &connect),
              ReasonCode::kUnsupportedProtocolVersion)
        << number;
    const bool is_older = (number & 0x7F) < 5;  // The highest bit is that of Mosquitto's bridges.
    EXPECT_EQ(connect.version, is_older ? k311 : k5) << number;
  }
}

TEST(DecodeConnect, RefusesAPacketWithoutVersion) {
  for (const char* hex : {"", "00", "0004", "0004 'MQT'", "0004 'MQTT'", "ffff 'MQTT'"}) {
    EXPECT_EQ(ConnectRefusal(hex), ReasonCode::kMalformedPacket) << hex;
  }
}

// All 256 Connect Flags with fields to match, against the rules written down once more.
TEST(DecodeConnect, AcceptsJustTheConnectFlagsThatTheStandardAllows) {
  for (const char* version : {"04", "05"}) {
    const bool is_5 = version[1] == '5';
    for (int flags = 0; flags < 256; ++flags) {
      const bool has_will = (flags & 4) != 0;
      const bool has_user_name = (flags & 128) != 0;
      const bool has_password = (flags & 64) != 0;
      const auto byte = static_cast<uint8_t>(flags);
      const auto packet = Concat({Bytes("0004 'MQTT'"),
                                  Bytes(version),
                                  {&byte, 1},
                                  Bytes(is_5 ? "0000 00 0001 'c'" : "0000 0001 'c'"),
                                  Bytes(has_will && is_5 ? "00" : ""),
                                  Bytes(has_will ? "0001 'w' 0000" : ""),
                                  Bytes(has_user_name ? "0001 'u'" : ""),
                                  Bytes(has_password ? "0001 'p'" : "")});
      const bool reserved = (flags & 1) != 0;          // [MQTT-3.1.2-3]
      const bool will_qos_3 = (flags & 0x18) == 0x18;  // [MQTT-3.1.2-12]
      const bool will_flags_alone =
          !has_will && (flags & 0x38) != 0;  // [MQTT-3.1.2-11] [MQTT-3.1.2-13]
      const bool password_alone = !is_5 && has_password && !has_user_name;  // MQTT 3.1.1: 3.1.2-22
      const ReasonCode expected = reserved || will_qos_3 ? ReasonCode::kMalformedPacket
                                  : will_flags_alone || password_alone ? ReasonCode::kProtocolError
                                                                       : ReasonCode::kSuccess;
      ConnectView connect;
      EXPECT_EQ(DecodeConnect(ExactCopy(packet), 1, &connect), expected)
          << "version " << version << ", flags " << flags;
      if (expected != ReasonCode::kSuccess) continue;
      EXPECT_EQ(connect.will.has_value(), has_will);
      EXPECT_EQ(connect.claimed_username.has_value(), has_user_name);
      EXPECT_EQ(connect.password.has_value(), has_password);
    }
  }
}

TEST(DecodeConnect, SaysWhichVersionItWasEvenWhenItRefuses) {
  ConnectView connect;
  EXPECT_EQ(DecodeConnect(ExactCopy(Bytes(Connect("05", "01", ""))), 1, &connect),
            ReasonCode::kMalformedPacket);
  EXPECT_EQ(connect.version, k5);
  EXPECT_EQ(DecodeConnect(ExactCopy(Bytes(Connect("04", "01", ""))), 1, &connect),
            ReasonCode::kMalformedPacket);
  EXPECT_EQ(connect.version, k311);
}

TEST(DecodeConnect, RefusesTextThatIsNotUtf8) {  // [MQTT-3.1.3-4] [MQTT-3.1.3-11] [MQTT-3.1.3-12]
  for (const char* bad : {"0001 ff", "0001 00", "0003 eda080", "0002 c1bf"}) {
    const std::string text = bad;
    EXPECT_EQ(ConnectRefusal(Connect("04", "02", "0000 " + text)), ReasonCode::kMalformedPacket)
        << bad;
    EXPECT_EQ(ConnectRefusal(Connect("04", "06", "0000 0000 " + text + " 0000")),
              ReasonCode::kMalformedPacket)
        << bad;
    EXPECT_EQ(ConnectRefusal(Connect("04", "82", "0000 0000 " + text)),
              ReasonCode::kMalformedPacket)
        << bad;
  }
}

TEST(DecodeConnect, TakesAnyBytesForPasswordAndWillPayload) {  // 3.1.3.4, 3.1.3.6
  EXPECT_EQ(
      ConnectRefusal(Connect("05", "c6", "0000 00 0000 00 0001 'w' 0002 00ff 0000 0002 ff00")),
      ReasonCode::kSuccess);
}

// They would be the Topic Name of a PUBLISH [MQTT-3.3.2-2] [MQTT-4.7.3-1].
TEST(DecodeConnect, RefusesAWillTopicThatNobodyCouldPublishTo) {
  for (const char* topic : {"0000", "0001 '#'", "0001 '+'", "0003 'a/+'", "0003 'a#b'"}) {
    const std::string text = topic;
    EXPECT_EQ(ConnectRefusal(Connect("04", "06", "0000 0000 " + text + " 0000")),
              ReasonCode::kTopicNameInvalid)
        << topic;
    EXPECT_EQ(ConnectRefusal(Connect("05", "06", "0000 00 0000 00 " + text + " 0000")),
              ReasonCode::kTopicNameInvalid)
        << topic;
  }
}

TEST(DecodeConnect, RefusesAuthenticationDataWithoutMethod) {  // 3.1.2.11.10
  EXPECT_EQ(ConnectRefusal(Connect("05", "02", "0000 04 16 0001 00 0000")),
            ReasonCode::kProtocolError);
  EXPECT_EQ(ConnectRefusal(Connect("05", "02", "0000 04 15 0001 'm' 0000")), ReasonCode::kSuccess);
  EXPECT_EQ(ConnectRefusal(Connect("05", "02", "0000 08 16 0001 00 15 0001 'm' 0000")),
            ReasonCode::kSuccess);
}

TEST(DecodeConnect, HoldsBothSetsOfPropertiesToTheirOwnContext) {
  EXPECT_EQ(ConnectRefusal(Connect("05", "06", "0000 05 18 00000001 0000 00 0001 'w' 0000")),
            ReasonCode::kMalformedPacket);  // Will Delay Interval belongs to the Will.
  EXPECT_EQ(ConnectRefusal(Connect("05", "06", "0000 00 0000 05 11 00000001 0001 'w' 0000")),
            ReasonCode::kMalformedPacket);  // Session Expiry Interval does not.
  EXPECT_EQ(ConnectRefusal(Connect("05", "06", "0000 00 0000 03 23 0001 0001 'w' 0000")),
            ReasonCode::kMalformedPacket);  // Topic Alias is PUBLISH's alone.
}

TEST(DecodeConnect, CountsTheUserPropertiesOfEachSetByThemselves) {
  const std::string one = "05 26 0000 0000 ";
  const std::string two = "0a 26 0000 0000 26 0000 0000 ";
  EXPECT_EQ(ConnectRefusal(Connect("05", "06", "0000 " + one + "0000 " + one + "0001 'w' 0000")),
            ReasonCode::kSuccess);
  EXPECT_EQ(ConnectRefusal(Connect("05", "06", "0000 " + two + "0000 " + one + "0001 'w' 0000")),
            ReasonCode::kQuotaExceeded);
  EXPECT_EQ(ConnectRefusal(Connect("05", "06", "0000 " + one + "0000 " + two + "0001 'w' 0000")),
            ReasonCode::kQuotaExceeded);
}

TEST(DecodeConnect, RefusesBytesBehindItsLastField) {
  EXPECT_EQ(ConnectRefusal(Connect("04", "02", "0000 0000 00")), ReasonCode::kMalformedPacket);
  EXPECT_EQ(ConnectRefusal(Connect("05", "02", "0000 00 0000 00")), ReasonCode::kMalformedPacket);
  // [MQTT-3.1.2-16] [MQTT-3.1.2-18]: credentials that no flag announces.
  EXPECT_EQ(ConnectRefusal(Connect("04", "02", "0000 0000 0002 'me' 0002 'pw'")),
            ReasonCode::kMalformedPacket);
}

TEST(DecodeConnect, RefusesFieldsThatAFlagAnnouncesInVain) {  // [MQTT-3.1.2-9] [MQTT-3.1.2-17]
  for (const char* flags : {"06", "82", "c2", "86", "c6"}) {
    EXPECT_EQ(ConnectRefusal(Connect("04", flags, "0000 0000")), ReasonCode::kMalformedPacket)
        << flags;
  }
}

TEST(EncodeConnect, PutsTheFieldsInTheStandardsOrder) {  // [MQTT-3.1.3-1]
  const auto payload = Bytes("'bye'");
  const auto password = Bytes("'pw'");
  const auto wire = Bytes("11 0000003c");
  const auto will_wire = Bytes("01 01");
  ConnectView connect{.version = k5, .clean_start = true, .keep_alive_s = 60, .client_id = "id"};
  connect.properties.wire = wire;
  connect.will = WillView{.qos = QoS::kAtLeastOnce, .retain = true, .topic_name = "w"};
  connect.will->properties.wire = will_wire;
  connect.will->payload = payload;
  connect.claimed_username = "me";
  connect.password = password;
  PacketBytes out;
  EncodeConnect(connect, &out);
  EXPECT_EQ(Hex(out), Hex(Bytes("10 27 0004 'MQTT' 05 ee 003c 05 11 0000003c 0002 'id'"
                                "02 01 01 0001 'w' 0003 'bye' 0002 'me' 0002 'pw'")));
}

}  // namespace
}  // namespace signet
