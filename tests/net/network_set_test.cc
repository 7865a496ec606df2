#include "net/network_set.h"

#include <gtest/gtest.h>

#include "tests/support/bytes.h"

namespace signet {
namespace {

NetworkSet SetOf(std::initializer_list<std::string_view> networks) {
  NetworkSet set;
  for (const std::string_view network : networks) {
    const Status status = set.Add(network);
    EXPECT_TRUE(status.ok()) << status.sentence();
  }
  return set;
}

SocketAddress At(std::string_view address) { return *SocketAddress::Parse(address); }

TEST(NetworkSet, HoldsTheAddressesOfItsNetworks) {
  const NetworkSet set =
      SetOf({"10.0.0.0/8", "192.168.4.0/22", "fd00::/8", "2001:db8:0:8000::/49"});
  for (const std::string_view inside :
       {"10.0.0.0:1", "10.255.255.255:1", "192.168.4.0:1", "192.168.7.255:1", "[fd00::]:1",
        "[fdff:ffff::1]:1", "[2001:db8:0:8000::]:1", "[2001:db8:0:ffff::7]:1"}) {
    EXPECT_TRUE(set.Contains(At(inside))) << inside;
  }
  for (const std::string_view outside :
       {"9.255.255.255:1", "11.0.0.0:1", "192.168.3.255:1", "192.168.8.0:1", "[fc00::]:1",
        "[fe00::]:1", "[2001:db8:0:7fff::]:1", "[2001:db8:1:8000::]:1", "[::]:1", "0.0.0.0:1"}) {
    EXPECT_FALSE(set.Contains(At(outside))) << outside;
  }
}

TEST(NetworkSet, TakesSingleAddresses) {
  const NetworkSet set = SetOf({"192.0.2.7", "2001:db8::7", "198.51.100.1/32", "::1/128"});
  for (const std::string_view inside :
       {"192.0.2.7:9", "[2001:db8::7]:9", "198.51.100.1:9", "[::1]:9"}) {
    EXPECT_TRUE(set.Contains(At(inside))) << inside;
  }
  for (const std::string_view outside :
       {"192.0.2.6:9", "192.0.2.8:9", "[2001:db8::6]:9", "198.51.100.0:9", "[::2]:9"}) {
    EXPECT_FALSE(set.Contains(At(outside))) << outside;
  }
}

TEST(NetworkSet, TellsFamiliesApart) {
  const NetworkSet v4 = SetOf({"0.0.0.0/0"});
  EXPECT_TRUE(v4.Contains(At("203.0.113.9:1")));
  EXPECT_FALSE(v4.Contains(At("[2001:db8::7]:1")));
  const NetworkSet v6 = SetOf({"::/0"});
  EXPECT_TRUE(v6.Contains(At("[2001:db8::7]:1")));
  EXPECT_FALSE(v6.Contains(At("203.0.113.9:1")));
  EXPECT_FALSE(v6.Contains(At("[::ffff:203.0.113.9]:1")));
}

TEST(NetworkSet, AnIpv4AddressWithinAnIpv6OneIsIpv4) {
  EXPECT_TRUE(SetOf({"10.0.0.0/8"}).Contains(At("[::ffff:10.1.2.3]:1")));
  EXPECT_FALSE(SetOf({"10.0.0.0/8"}).Contains(At("[::ffff:11.1.2.3]:1")));
  EXPECT_TRUE(SetOf({"::ffff:10.0.0.0/104"}).Contains(At("10.1.2.3:1")));
  EXPECT_TRUE(SetOf({"::ffff:10.1.2.3"}).Contains(At("[::ffff:10.1.2.3]:1")));
  EXPECT_FALSE(SetOf({"::ffff:10.0.0.0/104"}).Contains(At("11.1.2.3:1")));
  // The deprecated form without ffff is an IPv6 address like any other.
  EXPECT_FALSE(SetOf({"10.0.0.0/8"}).Contains(At("[::10.1.2.3]:1")));
}

TEST(NetworkSet, HoldsNothingThatHasNoAddress) {
  EXPECT_FALSE(SetOf({"0.0.0.0/0", "::/0"}).Contains(SocketAddress()));
  EXPECT_FALSE(NetworkSet().Contains(At("127.0.0.1:1")));
  EXPECT_TRUE(NetworkSet().empty());
  EXPECT_FALSE(SetOf({"::1"}).empty());
}

TEST(NetworkSet, RefusesWhatIsNoNetwork) {
  using std::string_view_literals::operator""sv;
  for (const std::string_view text : {""sv,
                                      "/"sv,
                                      "/8"sv,
                                      "10.0.0.0/"sv,
                                      "10.0.0.0/33"sv,
                                      "10.0.0.0/-0"sv,
                                      "10.0.0.0/+8"sv,
                                      "10.0.0.0/8 "sv,
                                      " 10.0.0.0/8"sv,
                                      "10.0.0/8"sv,
                                      "10/8"sv,
                                      "10.0.0.00/8"sv,
                                      "::/129"sv,
                                      "::/0x8"sv,
                                      "fe80::1%eth0"sv,
                                      "[::1]"sv,
                                      "localhost"sv,
                                      "10.0.0.0/8/8"sv,
                                      "10.0.0.0/255.0.0.0"sv,
                                      "10.0.0.1:80"sv,
                                      "10.0.0.0\0/8"sv,
                                      "10.0.0.0/99999999999"sv}) {
    NetworkSet set;
    const Status status = set.Add(text);
    ASSERT_FALSE(status.ok()) << text;
    EXPECT_TRUE(status.sentence().ends_with(
        " is no network; write for example 10.0.0.0/8, fd00::/8 or 192.0.2.7"))
        << status.sentence();
    EXPECT_TRUE(set.empty());
  }
}

TEST(NetworkSet, RefusesBitsBehindThePrefixAndSaysWhatMayBeMeant) {
  NetworkSet set;
  EXPECT_EQ(set.Add("10.0.0.1/8").sentence(),
            "\"10.0.0.1/8\" has bits behind its prefix; write 10.0.0.0/8 for the network, or the "
            "address alone");
  EXPECT_EQ(
      set.Add("2001:db8::1/32").sentence(),
      "\"2001:db8::1/32\" has bits behind its prefix; write 2001:db8::/32 for the network, or "
      "the address alone");
  EXPECT_EQ(
      set.Add("::ffff:10.0.0.0/95").sentence(),
      "\"::ffff:10.0.0.0/95\" has bits behind its prefix; write ::fffe:0:0/95 for the network, "
      "or the address alone");
}

TEST(NetworkSet, TakesABoundedNumber) {
  NetworkSet set;
  for (size_t i = 0; i < NetworkSet::kMaxNetworks; ++i) ASSERT_TRUE(set.Add("10.0.0.0/8").ok());
  EXPECT_EQ(set.Add("10.0.0.0/8").sentence(), "there are more than 1024 networks");
}

}  // namespace
}  // namespace signet
