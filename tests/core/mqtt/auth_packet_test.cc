#include "core/mqtt/auth_packet.h"

#include <gtest/gtest.h>

#include "tests/support/bytes.h"

namespace signet {
namespace {

ReasonCode AuthRefusal(std::string_view hex) {
  const auto result = DecodeAuth(ExactCopy(Bytes(hex)), 1);
  return result.ok() ? ReasonCode::kSuccess : result.error();
}

TEST(DecodeAuth, IsSuccessWhenItIsEmpty) {  // 3.15.2.1
  const auto result = DecodeAuth(ExactCopy({}), 1);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->reason_code, ReasonCode::kSuccess);
}

TEST(DecodeAuth, GivesItsFields) {
  const ExactCopy bytes(Bytes("18 0d 15 0005 'SCRAM' 16 0002 00ff"));
  const auto result = DecodeAuth(bytes, 1);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->reason_code, ReasonCode::kContinueAuthentication);
  EXPECT_EQ(result->properties.authentication_method, "SCRAM");
  EXPECT_EQ(Hex(result->properties.authentication_data), "00 ff");
}

TEST(DecodeAuth, TakesThreeReasonCodes) {  // [MQTT-3.15.2-1]
  for (int code = 0; code < 256; ++code) {
    const auto byte = static_cast<uint8_t>(code);
    const auto result = DecodeAuth(ExactCopy(Concat({{&byte, 1}, Bytes("04 15 0001 'm'")})), 1);
    EXPECT_EQ(result.ok(), code == 0 || code == 0x18 || code == 0x19) << code;
    if (!result.ok()) {
      EXPECT_EQ(result.error(), ReasonCode::kProtocolError) << code;
    }
  }
}

TEST(DecodeAuth, RefusesToDoWithoutTheMethod) {  // 3.15.2.2.2
  EXPECT_EQ(AuthRefusal("18 00"), ReasonCode::kProtocolError);
  EXPECT_EQ(AuthRefusal("19 00"), ReasonCode::kProtocolError);
  EXPECT_EQ(AuthRefusal("18 04 16 0001 00"), ReasonCode::kProtocolError);
  EXPECT_EQ(AuthRefusal("00 04 16 0001 00"), ReasonCode::kProtocolError);
  EXPECT_EQ(AuthRefusal("00 00"), ReasonCode::kSuccess);  // What could be left out, said.
}

TEST(DecodeAuth, RefusesTruncationsAndBytesTooMany) {
  for (const char* hex :
       {"00", "18", "18 04 15 0001", "18 04 15 0001 'm' 00", "18 05 15 0001 'm'"}) {
    EXPECT_EQ(AuthRefusal(hex), ReasonCode::kMalformedPacket) << hex;
  }
}

TEST(EncodeAuth, ChoosesTheShortestForm) {
  PacketBytes out;
  EncodeAuth({}, &out);
  EXPECT_EQ(Hex(out), "f0 00");
  const auto wire = Bytes("15 0001 'm'");
  AuthView auth{.reason_code = ReasonCode::kReauthenticate};
  auth.properties.wire = wire;
  out.clear();
  EncodeAuth(auth, &out);
  EXPECT_EQ(Hex(out), "f0 06 19 04 15 00 01 6d");
}

}  // namespace
}  // namespace signet
