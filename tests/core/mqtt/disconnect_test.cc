#include "core/mqtt/disconnect.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/core/mqtt/versions.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

ReasonCode DisconnectRefusal(std::string_view hex, ProtocolVersion version, Sender sender) {
  const auto result = DecodeDisconnect(ExactCopy(Bytes(hex)), version, sender, 1);
  return result.ok() ? ReasonCode::kSuccess : result.error();
}

TEST(DecodeDisconnect, IsNormalWhenItIsEmpty) {  // 3.14.2.1
  for (const ProtocolVersion version : {k311, k5}) {
    const auto result = DecodeDisconnect(ExactCopy({}), version, Sender::kClient, 1);
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(result->reason_code, ReasonCode::kSuccess);
    EXPECT_EQ(result->properties.present, 0u);
  }
}

TEST(DecodeDisconnect, TakesAReasonCodeWithoutPropertyLength) {  // 3.14.2.2.1
  const auto result = DecodeDisconnect(ExactCopy(Bytes("04")), k5, Sender::kClient, 1);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->reason_code, ReasonCode::kDisconnectWithWillMessage);
}

TEST(DecodeDisconnect, GivesItsProperties) {
  const ExactCopy bytes(Bytes("9c 09 1c 0003 'b:1' 1f 0000"));
  const auto result = DecodeDisconnect(bytes, k5, Sender::kServer, 1);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->reason_code, ReasonCode::kUseAnotherServer);
  EXPECT_EQ(result->properties.server_reference, "b:1");
}

TEST(DecodeDisconnect, IsEmptyAndAClientsInVersion311) {
  EXPECT_EQ(DisconnectRefusal("00", k311, Sender::kClient), ReasonCode::kMalformedPacket);
  EXPECT_EQ(DisconnectRefusal("", k311, Sender::kServer), ReasonCode::kProtocolError);
}

// Table 3-10, column "Sent by"; 140 is only in table 2-6 and either side's (4.12.1).
TEST(DecodeDisconnect, TakesTheReasonCodesOfItsSender) {  // [MQTT-3.14.2-1]
  const std::set<int> both = {0, 128, 129, 130, 131, 140, 144, 147, 148, 149, 150, 151, 152, 153};
  const std::set<int> server = {135, 137, 139, 141, 142, 143, 154, 155,
                                156, 157, 158, 159, 160, 161, 162};
  for (int code = 0; code < 256; ++code) {
    const auto byte = static_cast<uint8_t>(code);
    const ExactCopy bytes({&byte, 1});
    EXPECT_EQ(DecodeDisconnect(bytes, k5, Sender::kClient, 1).ok(),
              both.contains(code) || code == 4)
        << code;
    EXPECT_EQ(DecodeDisconnect(bytes, k5, Sender::kServer, 1).ok(),
              both.contains(code) || server.contains(code))
        << code;
  }
}

TEST(DecodeDisconnect, TakesASessionExpiryIntervalFromAClientOnly) {  // [MQTT-3.14.2-2]
  EXPECT_EQ(DisconnectRefusal("00 05 11 00000000", k5, Sender::kClient), ReasonCode::kSuccess);
  EXPECT_EQ(DisconnectRefusal("00 05 11 00000000", k5, Sender::kServer),
            ReasonCode::kProtocolError);
}

// mqtt-packet #107: a malformed DISCONNECT ended the process.
TEST(DecodeDisconnect, RefusesTruncationsAndBytesTooMany) {
  for (const char* hex :
       {"00 01", "00 05 11 000000", "00 05 11 00000000 00", "00 00 00", "00 80", "00 8000"}) {
    EXPECT_EQ(DisconnectRefusal(hex, k5, Sender::kClient), ReasonCode::kMalformedPacket) << hex;
  }
}

TEST(EncodeDisconnect, ChoosesTheShortestForm) {
  const auto encode = [](const DisconnectView& disconnect, ProtocolVersion version) {
    PacketBytes out;
    EncodeDisconnect(disconnect, version, &out);
    return Hex(out);
  };
  DisconnectView disconnect;
  EXPECT_EQ(encode(disconnect, k5), "e0 00");
  disconnect.reason_code = ReasonCode::kSessionTakenOver;
  EXPECT_EQ(encode(disconnect, k5), "e0 01 8e");
  const auto wire = Bytes("1f 0001 'x'");
  disconnect.properties.wire = wire;
  EXPECT_EQ(encode(disconnect, k5), "e0 06 8e 04 1f 00 01 78");
  EXPECT_EQ(encode(disconnect, k311), "e0 00");
}

}  // namespace
}  // namespace signet
