#include "core/config/values.h"

#include <gtest/gtest.h>

#include "core/base/base64.h"
#include "core/config/ip_network.h"

namespace signet::config {
namespace {

TEST(Durations, AreThoseOfGo) {
  const auto parse = [](std::string_view text) {
    uint64_t seconds = 0;
    return ParseDuration(text, &seconds) ? static_cast<int64_t>(seconds) : -1;
  };
  EXPECT_EQ(parse("90s"), 90);
  EXPECT_EQ(parse("2160h"), 2160 * 3600);
  EXPECT_EQ(parse("1h30m5s"), 5405);
  EXPECT_EQ(parse("0s"), 0);
  for (const char* wrong : {"", "5", "h", "5x", "1h30", "5ms", "1.5h", "-1h", " 1h", "1 h",
                            "99999999999999999999h", "9999999999999999h", "1us"}) {
    EXPECT_EQ(parse(wrong), -1) << wrong;
  }
}

TEST(FileModes, AreOctal) {
  uint32_t mode = 0;
  EXPECT_TRUE(ParseFileMode("0660", &mode) && mode == 0660);
  EXPECT_TRUE(ParseFileMode("777", &mode) && mode == 0777);
  for (const char* wrong : {"", "66", "0668", "1660", "066", "rw-"}) {
    EXPECT_EQ(ParseFileMode(wrong, &mode), std::string_view(wrong) == "066") << wrong;
  }
}

TEST(Base64, IsDecoded) {
  const auto decode = [](std::string_view text) {
    const StatusOr<SecretBytes> bytes = DecodeBase64(text);
    return bytes.ok() ? std::string(bytes->text()) : "refused";
  };
  EXPECT_EQ(decode(""), "");
  EXPECT_EQ(decode("Zg=="), "f");
  EXPECT_EQ(decode("Zm8="), "fo");
  EXPECT_EQ(decode("Zm9v"), "foo");
  EXPECT_EQ(decode("Zm9vYg=="), "foob");
  EXPECT_EQ(decode("Zm9v\nYmFy\r\n"), "foobar");
  EXPECT_EQ(decode("+/+/"), "\xFB\xFF\xBF");
  for (const char* wrong : {"Z", "Zg", "Zg=", "Zg===", "Zm8", "Zm8==", "Zm9v=", "=Zg=", "Zg==Zg==",
                            "Zm 9v", "Zm9-", "Zm9_", "\xC3\xA4", "===="}) {
    EXPECT_EQ(decode(wrong), "refused") << wrong;
  }
}

void ExpectValueTaken(Status (*check)(std::string_view), std::initializer_list<const char*> good,
                      std::initializer_list<std::string> wrong) {
  for (const char* text : good) EXPECT_TRUE(check(text).ok()) << text;
  for (const std::string& text : wrong) EXPECT_FALSE(check(text).ok()) << text;
}

TEST(Checks, TakeNames) {
  ExpectValueTaken(CheckResourceName, {"abc", "a-1", "0a0"},
                   {"", "ab", "-ab", "ab-", "aB1", "a.b", "a_b", std::string(64, 'a')});
  ExpectValueTaken(CheckObjectName, {"a", "kube-root-ca.crt", "a.b.c"},
                   {"", ".a", "a.", "a..b", "-a", "A", "a/b", std::string(64, 'a')});
  ExpectValueTaken(CheckDataKey, {"tls.crt", "A_b-c", "..data"},
                   {"", ".", "..", "a/b", "a b", std::string(254, 'a')});
  ExpectValueTaken(CheckDnsName, {"a", "*.b.example", "a-b.c"},
                   {"", "*", "a.*", "a_b", "a..b", "-a"});
}

TEST(Checks, TakeUrls) {
  ExpectValueTaken(
      CheckHttpsUrl,
      {"https://a", "https://a.b:8443/c?d=e", "https://[2001:db8::1]:1/", "https://10.0.0.1"},
      {"", "http://a", "https://", "https://a:0", "https://a:65536", "https://a b",
       "https://user@a", "https://a/#b", "https://[::g]", "https://a:", "HTTPS://a"});
  ExpectValueTaken(CheckOrigin, {"https://a.example", "http://localhost:8080"},
                   {"", "a.example", "https://a/", "https://a/b", "://a", "null"});
}

TEST(Checks, TakePathsAndSizes) {
  ExpectValueTaken(CheckSocketPath, {"/run/a"}, {"", "run/a", "/" + std::string(107, 'a')});
  ExpectValueTaken(CheckAbsolutePath, {"/a"}, {"", "a", "./a"});
  ExpectValueTaken(CheckDiskSize, {"1K", "500M", "10Gi"},
                   {"", "M", "10", "1.5G", "10m", "10MB", "-1G"});
}

IpBytes Address(std::string_view text) {
  IpBytes bytes{};
  EXPECT_TRUE(ParseIpAddress(text, &bytes)) << text;
  return bytes;
}

TEST(Addresses, AreThoseOfBothVersions) {
  EXPECT_EQ(Address("1.2.3.4"), (IpBytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 1, 2, 3, 4}));
  EXPECT_EQ(Address("::"), IpBytes{});
  EXPECT_EQ(Address("::1")[15], 1);
  EXPECT_EQ(Address("2001:db8::a:b"),
            (IpBytes{0x20, 1, 0xD, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xA, 0, 0xB}));
  EXPECT_EQ(Address("1:2:3:4:5:6:7:8"), (IpBytes{0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}));
  EXPECT_EQ(Address("::ffff:1.2.3.4"), Address("1.2.3.4"));
  EXPECT_EQ(Address("1::"), (IpBytes{0, 1}));
  IpBytes ignored;
  for (const char* wrong : {"",
                            "1.2.3",
                            "1.2.3.4.5",
                            "1.2.3.256",
                            "01.2.3.4",
                            "1.2.3.4 ",
                            "a.b.c.d",
                            ":",
                            ":::",
                            "1:2:3:4:5:6:7",
                            "1:2:3:4:5:6:7:8:9",
                            "1::2::3",
                            "12345::",
                            "g::",
                            "1:2:3:4:5:6:7::8",
                            "::1.2.3",
                            "1.2.3.4::",
                            "fe80::1%eth0",
                            "1:",
                            ":1"}) {
    EXPECT_FALSE(ParseIpAddress(wrong, &ignored)) << wrong;
  }
}

TEST(Networks, ContainWhatHasTheirPrefix) {
  const auto contains = [](std::string_view network, std::string_view address) {
    const StatusOr<IpNetwork> parsed = IpNetwork::Parse(network);
    EXPECT_TRUE(parsed.ok()) << network;
    return parsed.ok() && parsed->Contains(Address(address));
  };
  EXPECT_TRUE(contains("10.0.0.0/8", "10.255.1.2"));
  EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(contains("10.0.0.128/25", "10.0.0.255"));
  EXPECT_FALSE(contains("10.0.0.128/25", "10.0.0.127"));
  EXPECT_TRUE(contains("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(contains("192.0.2.1", "192.0.2.2"));
  EXPECT_TRUE(contains("0.0.0.0/0", "203.0.113.9"));
  EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(contains("fd00::/8", "fdff::1"));
  EXPECT_FALSE(contains("fd00::/8", "fe00::1"));
  EXPECT_TRUE(contains("::/0", "1.2.3.4"));
  for (const char* wrong : {"", "10.0.0.0/33", "10.0.0.1/8", "::/129", "10.0.0.0/", "10.0.0.0/8/8",
                            "10.0.0.0/-1", "a/8", "/8", "2001:db8::1/64"}) {
    EXPECT_FALSE(IpNetwork::Parse(wrong).ok()) << wrong;
  }
}

}  // namespace
}  // namespace signet::config
