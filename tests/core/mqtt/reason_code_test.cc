#include "core/mqtt/reason_code.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

namespace signet {
namespace {

using Codes = std::set<int>;

// The tables of the single packets: 3-1, 3-4 to 3-11. Core's own table is made from table 2-6
// instead.
const std::map<PacketType, Codes>& StandardCodes() {
  static const std::map<PacketType, Codes> codes = {
      {PacketType::kConnack, {0,   128, 129, 130, 131, 132, 133, 134, 135, 136, 137,
                              138, 140, 144, 149, 151, 153, 154, 155, 156, 157, 159}},
      {PacketType::kPuback, {0, 16, 128, 131, 135, 144, 145, 151, 153}},
      {PacketType::kPubrec, {0, 16, 128, 131, 135, 144, 145, 151, 153}},
      {PacketType::kPubrel, {0, 146}},
      {PacketType::kPubcomp, {0, 146}},
      {PacketType::kSuback, {0, 1, 2, 128, 131, 135, 143, 145, 151, 158, 161, 162}},
      {PacketType::kUnsuback, {0, 17, 128, 131, 135, 143, 145}},
      // And 140, which only table 2-6 gives to DISCONNECT.
      {PacketType::kDisconnect,
       {0,   4,   128, 129, 130, 131, 135, 137, 139, 140, 141, 142, 143, 144, 147,
        148, 149, 150, 151, 152, 153, 154, 155, 156, 157, 158, 159, 160, 161, 162}},
      {PacketType::kAuth, {0, 24, 25}},
  };
  return codes;
}

TEST(IsValidFor, AgreesWithTheTablesOfAllPackets) {
  for (int number = 0; number < 16; ++number) {
    const auto type = static_cast<PacketType>(number);
    const auto found = StandardCodes().find(type);
    const Codes codes = found == StandardCodes().end() ? Codes{} : found->second;
    for (int code = 0; code < 256; ++code) {
      EXPECT_EQ(IsValidFor(static_cast<ReasonCode>(code), type), codes.contains(code))
          << code << " in " << Name(type);
    }
  }
}

TEST(ReasonCodeName, ExistsForEveryCodeOfTheStandardAndForNoOther) {
  Codes known;
  for (const auto& [type, codes] : StandardCodes()) known.insert(codes.begin(), codes.end());
  EXPECT_EQ(known.size(), 43u);
  std::set<std::string_view> names;
  for (int code = 0; code < 256; ++code) {
    const std::string_view name = Name(static_cast<ReasonCode>(code));
    EXPECT_EQ(name != "Unknown", known.contains(code)) << code;
    names.insert(name);
  }
  EXPECT_EQ(names.size(), 44u);  // No two alike.
}

TEST(ReasonCodeName, IsTheStandards) {
  EXPECT_EQ(Name(ReasonCode::kSuccess), "Success");
  EXPECT_EQ(Name(ReasonCode::kReauthenticate), "Re-authenticate");
  EXPECT_EQ(Name(ReasonCode::kBadUserNameOrPassword), "Bad User Name or Password");
  EXPECT_EQ(Name(ReasonCode::kNotAuthorized), "Not authorized");
  EXPECT_EQ(Name(ReasonCode::kMaximumConnectTime), "Maximum connect time");
  EXPECT_EQ(Name(ReasonCode::kWildcardSubscriptionsNotSupported),
            "Wildcard Subscriptions not supported");
}

TEST(IsError, BeginsAt80) {
  EXPECT_FALSE(IsError(ReasonCode::kSuccess));
  EXPECT_FALSE(IsError(static_cast<ReasonCode>(0x7F)));
  EXPECT_TRUE(IsError(ReasonCode::kUnspecifiedError));
  EXPECT_TRUE(IsError(static_cast<ReasonCode>(0xFF)));
}

TEST(ConnectReturnCode311, ComesClosestToTheReason) {
  EXPECT_EQ(ConnectReturnCode311(ReasonCode::kSuccess), 0);
  EXPECT_EQ(ConnectReturnCode311(ReasonCode::kUnsupportedProtocolVersion), 1);
  EXPECT_EQ(ConnectReturnCode311(ReasonCode::kClientIdentifierNotValid), 2);
  EXPECT_EQ(ConnectReturnCode311(ReasonCode::kServerUnavailable), 3);
  EXPECT_EQ(ConnectReturnCode311(ReasonCode::kBadUserNameOrPassword), 4);
  EXPECT_EQ(ConnectReturnCode311(ReasonCode::kNotAuthorized), 5);
}

// azure-iot-operations, 5.3, rule 4; but for those after which it is worth to come again.
TEST(ConnectReturnCode311, IsNotAuthorizedForWhatHasNoneOfItsOwn) {
  const std::set<int> pass_by_themselves = {0x89, 0x8B, 0x97, 0x9F};
  for (int code = 0x80; code < 256; ++code) {
    if (code == 0x84 || code == 0x85 || code == 0x86 || code == 0x88) continue;
    EXPECT_EQ(ConnectReturnCode311(static_cast<ReasonCode>(code)),
              pass_by_themselves.contains(code) ? 3 : 5)
        << code;
  }
}

TEST(ConnectReturnCode311, IsARefusalForEveryError) {  // MQTT 3.1.1, table 3.1.
  for (int code = 0; code < 256; ++code) {
    const uint8_t return_code = ConnectReturnCode311(static_cast<ReasonCode>(code));
    EXPECT_LE(return_code, 5);
    EXPECT_EQ(return_code != 0, code >= 0x80) << code;
  }
}

}  // namespace
}  // namespace signet
