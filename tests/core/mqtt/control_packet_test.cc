#include "core/mqtt/control_packet.h"

#include <gtest/gtest.h>

namespace signet {
namespace {

TEST(PacketTypeName, IsTheStandards) {
  EXPECT_EQ(Name(PacketType::kConnect), "CONNECT");
  EXPECT_EQ(Name(PacketType::kPubcomp), "PUBCOMP");
  EXPECT_EQ(Name(PacketType::kSubscribe), "SUBSCRIBE");
  EXPECT_EQ(Name(PacketType::kUnsuback), "UNSUBACK");
  EXPECT_EQ(Name(PacketType::kPingresp), "PINGRESP");
  EXPECT_EQ(Name(PacketType::kAuth), "AUTH");
}

TEST(PacketTypeName, ExistsForWhateverACastMayGive) {
  for (int type = 0; type < 256; ++type) {
    EXPECT_FALSE(Name(static_cast<PacketType>(type)).empty());
  }
}

TEST(Lesser, IsTheQosThatBothSidesGrant) {
  EXPECT_EQ(Lesser(QoS::kExactlyOnce, QoS::kAtLeastOnce), QoS::kAtLeastOnce);
  EXPECT_EQ(Lesser(QoS::kAtMostOnce, QoS::kExactlyOnce), QoS::kAtMostOnce);
}

}  // namespace
}  // namespace signet
