#include "net/socket_address.h"

#include <gtest/gtest.h>

namespace signet {
namespace {

TEST(SocketAddress, ReadsWhatItWrites) {
  for (const std::string text :
       {"127.0.0.1:1883", "0.0.0.0:0", "[::1]:1883", "[::]:65535", "[2001:db8::7]:8883"}) {
    const auto address = SocketAddress::Parse(text);
    ASSERT_TRUE(address.ok()) << address.error().sentence();
    EXPECT_EQ(address->ToText(), text);
  }
}

TEST(SocketAddress, RefusesEverythingElse) {
  for (const std::string text : {"",
                                 ":",
                                 "1883",
                                 ":1883",
                                 "127.0.0.1",
                                 "127.0.0.1:",
                                 "127.0.0.1:65536",
                                 "127.0.0.1:-1",
                                 "127.0.0.1:1883 ",
                                 " 127.0.0.1:1883",
                                 "127.0.0.1:+1",
                                 "localhost:1883",
                                 "::1:1883",
                                 "[::1]1883",
                                 "[::1:1883",
                                 "::1]:1883",
                                 "[127.0.0.1]:1883",
                                 "[]:1883",
                                 "[::1]:0x10",
                                 "256.0.0.1:1883",
                                 "127.0.0.1:18 83",
                                 "127.0.0.1:1883\n"}) {
    const auto address = SocketAddress::Parse(text);
    ASSERT_FALSE(address.ok()) << text;
    EXPECT_NE(address.error().sentence().find("ADDRESS:PORT"), std::string::npos);
  }
}

TEST(SocketAddress, KnowsWhatOnlyThisMachineReaches) {
  EXPECT_TRUE(SocketAddress::Parse("127.0.0.1:1")->is_loopback());
  EXPECT_TRUE(SocketAddress::Parse("127.9.9.9:1")->is_loopback());
  EXPECT_TRUE(SocketAddress::Parse("[::1]:1")->is_loopback());
  EXPECT_FALSE(SocketAddress::Parse("0.0.0.0:1")->is_loopback());
  EXPECT_FALSE(SocketAddress::Parse("[::]:1")->is_loopback());
  EXPECT_FALSE(SocketAddress::Parse("10.0.0.1:1")->is_loopback());
  EXPECT_FALSE(SocketAddress().is_loopback());
}

TEST(SocketAddress, MeetsWhatIsReachedTheSameWay) {
  const auto meet = [](std::string_view a, std::string_view b) {
    const SocketAddress first = *SocketAddress::Parse(a);
    const SocketAddress second = *SocketAddress::Parse(b);
    EXPECT_EQ(first.Meets(second), second.Meets(first));
    return first.Meets(second);
  };
  EXPECT_TRUE(meet("127.0.0.1:1", "127.0.0.1:1"));
  EXPECT_TRUE(meet("127.0.0.1:1", "0.0.0.0:1"));
  EXPECT_TRUE(meet("[::1]:1", "[::]:1"));
  EXPECT_TRUE(meet("[::1]:1", "[::1]:1"));
  EXPECT_FALSE(meet("127.0.0.1:1", "127.0.0.1:2"));
  EXPECT_FALSE(meet("127.0.0.1:1", "127.0.0.2:1"));
  EXPECT_FALSE(meet("[::1]:1", "[::2]:1"));
  EXPECT_FALSE(meet("0.0.0.0:1", "[::]:1"));  // We listen on them apart (IPV6_V6ONLY).
  EXPECT_FALSE(SocketAddress().Meets(SocketAddress()));
}

TEST(SocketAddress, NoAddressIsAQuestionMark) { EXPECT_EQ(SocketAddress().ToText(), "?"); }

}  // namespace
}  // namespace signet
