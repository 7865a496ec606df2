// The PROXY protocol: its examples, every truncation, and every way to lie.
#include "net/proxy_header.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "net/crc32c.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

struct Outcome {
  std::string error;
  bool whole = false;
  size_t taken = 0;
  int version = 0;
  std::string source;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  return out << "{" << outcome.error << " " << outcome.whole << " " << outcome.taken << " v"
             << outcome.version << " " << outcome.source << "}";
}

Outcome Read(ByteView stream, ProxyVersions versions = ProxyVersions::kBoth,
             size_t piece = SIZE_MAX) {
  ProxyHeaderReader reader(versions);
  Outcome outcome;
  while (!stream.empty() && !outcome.whole) {
    const ByteView part = stream.first(std::min(piece, stream.size()));
    stream = stream.subspan(part.size());
    std::vector<uint8_t> copy(part.begin(), part.end());
    copy.shrink_to_fit();
    MutableBytes bytes = copy;
    const StatusOr<bool> whole = reader.Receive(&bytes);
    if (!whole.ok()) return {.error = whole.error().sentence()};
    outcome.whole = *whole;
    outcome.taken += copy.size() - bytes.size();
  }
  outcome.version = reader.header().version;
  outcome.source = reader.header().source.ToText();
  return outcome;
}

// Expects a header that is whole, the same however it is cut, and that needs each of its bytes.
void ExpectSource(ByteView header, int version, std::string_view source) {
  const std::vector<uint8_t> stream = Concat({header, Bytes("10 0c 00")});
  const Outcome expected{
      .whole = true, .taken = header.size(), .version = version, .source = std::string(source)};
  EXPECT_EQ(Read(stream), expected);
  for (size_t piece = 1; piece <= header.size(); ++piece) {
    EXPECT_EQ(Read(stream, ProxyVersions::kBoth, piece), expected) << piece;
  }
  for (size_t size = 0; size < header.size(); ++size) {
    const Outcome truncated = Read(header.first(size));
    EXPECT_EQ(truncated, (Outcome{.taken = size, .source = "?"})) << size;
  }
}

void ExpectSource(std::string_view line, std::string_view source) {
  ExpectSource(AsBytes(line), 1, source);
}

// The same sentence however it is cut.
void ExpectRefusal(ByteView stream, std::string_view what,
                   ProxyVersions versions = ProxyVersions::kBoth) {
  const std::string sentence = "the PROXY header " + std::string(what);
  EXPECT_EQ(Read(stream, versions).error, sentence);
  EXPECT_EQ(Read(stream, versions, 1).error, sentence);
}

constexpr std::string_view kSignature2 = "0d0a0d0a000d0a515549540a";
constexpr std::string_view kV4Addresses = "c0000201 c0000209 dc04 075b";
constexpr std::string_view kV6Addresses =
    "20010db8000000000000000000000007 20010db8000000000000000000000001 dc04 075b";

// With the length of what `rest` says, unless another is given.
std::vector<uint8_t> V2(std::string_view kinds, ByteView rest,
                        std::optional<size_t> length = std::nullopt) {
  std::vector<uint8_t> length_bytes(2);
  StoreU16(length_bytes.data(), static_cast<uint16_t>(length.value_or(rest.size())));
  return Concat({Bytes(kSignature2), Bytes(kinds), length_bytes, rest});
}
std::vector<uint8_t> V2(std::string_view kinds, std::string_view rest,
                        std::optional<size_t> length = std::nullopt) {
  return V2(kinds, Bytes(rest), length);
}

TEST(ProxyHeader1, GivesTheClientsAddress) {
  ExpectSource("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n", "192.168.0.1:56324");
  ExpectSource("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n",
               "255.255.255.255:65535");
  ExpectSource("PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", "0.0.0.0:0");
  ExpectSource("PROXY TCP6 2001:db8::7 ::1 56324 443\r\n", "[2001:db8::7]:56324");
  ExpectSource(
      "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
      "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
      "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535");
}

TEST(ProxyHeader1, KnowsThatTheProxyDoesNotKnow) {
  ExpectSource("PROXY UNKNOWN\r\n", "?");
  ExpectSource("PROXY UNKNOWN whatever it likes, 1 2 3\r\n", "?");
  const std::string longest =
      "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
      "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n";
  ASSERT_EQ(longest.size(), ProxyHeader::kMaxV1Bytes);
  ExpectSource(longest, "?");
}

TEST(ProxyHeader1, RefusesWhatIsNotOfItsForm) {
  for (const std::string_view words : {"",
                                       "TCP4",
                                       "TCP5 1.2.3.4 1.2.3.4 1 2",
                                       "tcp4 1.2.3.4 1.2.3.4 1 2",
                                       "UNKNOWNS",
                                       "TCP4 1.2.3.4 1.2.3.4 1",
                                       "TCP4 1.2.3.4 1.2.3.4 1 2 3",
                                       "TCP4 1.2.3.4 1.2.3.4 1 2 ",
                                       "TCP4  1.2.3.4 1.2.3.4 1 2",
                                       " TCP4 1.2.3.4 1.2.3.4 1 2",
                                       "TCP4 1.2.3.4  1.2.3.4 1 2",
                                       "TCP4 1.2.3 1.2.3.4 1 2",
                                       "TCP4 1.2.3.256 1.2.3.4 1 2",
                                       "TCP4 1.2.3.04 1.2.3.4 1 2",
                                       "TCP4 ::1 ::1 1 2",
                                       "TCP6 1.2.3.4 1.2.3.4 1 2",
                                       "TCP6 ::1%lo ::1 1 2",
                                       "TCP6 ::g ::1 1 2",
                                       "TCP4 1.2.3.4 1.2.3.4 65536 2",
                                       "TCP4 1.2.3.4 1.2.3.4 -1 2",
                                       "TCP4 1.2.3.4 1.2.3.4 +1 2",
                                       "TCP4 1.2.3.4 1.2.3.4 01 2",
                                       "TCP4 1.2.3.4 1.2.3.4 1 0x2",
                                       "TCP4 1.2.3.4 host 1 2"}) {
    ExpectRefusal(AsBytes("PROXY " + std::string(words) + "\r\n"),
                  "of version 1 is malformed: \"" + std::string(words) + "\"");
  }
  ExpectRefusal(Bytes("'PROXY TCP4 1.2.3.4' 00 ' 1.2.3.4 1 2' 0d0a"),
                "of version 1 is malformed: \"TCP4 1.2.3.4\\u0000 1.2.3.4 1 2\"");
}

TEST(ProxyHeader1, RefusesALineWithoutItsEnd) {
  ExpectRefusal(AsBytes("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n"), "of version 1 does not end with CRLF");
  ExpectRefusal(AsBytes("PROXY \n"), "of version 1 does not end with CRLF");
  const std::string filled = "PROXY UNKNOWN " + std::string(ProxyHeader::kMaxV1Bytes - 15, 'x');
  ASSERT_EQ(filled.size(), ProxyHeader::kMaxV1Bytes - 1);
  ExpectRefusal(AsBytes(filled + "\r\n"), "of version 1 has no end within 107 bytes");
  ExpectRefusal(AsBytes(filled + std::string(9999, 'x')),
                "of version 1 has no end within 107 bytes");
}

TEST(ProxyHeader, IsNotGuessed) {
  for (const std::string_view start :
       {"10 0c", "'PROXX'", "'PROXY4'", "'GET / '", "16 03 01", "00", "0d0a0d0a00 0d0a 515549540b",
        "0d0a0a", "' PROXY '", "'proxy '"}) {
    ExpectRefusal(Bytes(start), "is missing; this port expects one in front of each connection");
  }
}

TEST(ProxyHeader, IsOfAVersionThatThePortTakes) {
  const std::string line = "PROXY TCP4 192.0.2.1 192.0.2.9 56324 1883\r\n";
  const std::vector<uint8_t> binary = V2("21 11", kV4Addresses);
  EXPECT_EQ(Read(AsBytes(line), ProxyVersions::kV1).source, "192.0.2.1:56324");
  EXPECT_EQ(Read(binary, ProxyVersions::kV2).source, "192.0.2.1:56324");
  ExpectRefusal(AsBytes(line), "is of version 1; this port takes version 2", ProxyVersions::kV2);
  ExpectRefusal(binary, "is of version 2; this port takes version 1", ProxyVersions::kV1);
}

TEST(ProxyHeader2, GivesTheClientsAddress) {
  ExpectSource(V2("21 11", kV4Addresses), 2, "192.0.2.1:56324");
  ExpectSource(V2("21 21", kV6Addresses), 2, "[2001:db8::7]:56324");
}

TEST(ProxyHeader2, HasNoSourceForWhatIsNotTcp) {
  ExpectSource(V2("21 00", ""), 2, "?");
  ExpectSource(V2("21 00", "0102030405"), 2, "?");
  ExpectSource(V2("21 10", kV4Addresses), 2, "?");
  ExpectSource(V2("21 01", ""), 2, "?");
  ExpectSource(V2("21 12", kV4Addresses), 2, "?");
  ExpectSource(V2("21 22", kV6Addresses), 2, "?");
  ExpectSource(V2("21 31", std::vector<uint8_t>(216, 'u')), 2, "?");
  ExpectSource(V2("21 32", std::vector<uint8_t>(216, 'u')), 2, "?");
}

TEST(ProxyHeader2, OfAProxyThatSpeaksForItselfIgnoresAllButTheLength) {
  ExpectSource(V2("20 00", ""), 2, "?");
  ExpectSource(V2("20 11", kV4Addresses), 2, "?");
  ExpectSource(V2("20 11", "0102"), 2, "?");
  ExpectSource(V2("20 ff", "03 ffff 00"), 2, "?");
}

TEST(ProxyHeader2, RefusesUnknownKinds) {
  ExpectRefusal(V2("11 11", kV4Addresses), "has a version that is neither 1 nor 2");
  ExpectRefusal(V2("31 11", kV4Addresses), "has a version that is neither 1 nor 2");
  ExpectRefusal(V2("22 11", kV4Addresses), "has an unknown command");
  ExpectRefusal(V2("2f 11", kV4Addresses), "has an unknown command");
  ExpectRefusal(V2("21 41", kV4Addresses), "has an unknown address family");
  ExpectRefusal(V2("21 f1", kV4Addresses), "has an unknown address family");
  ExpectRefusal(V2("21 13", kV4Addresses), "has an unknown transport protocol");
}

TEST(ProxyHeader2, RefusesALengthThatDoesNotHoldItsAddresses) {
  const std::vector<uint8_t> many(300, 0);
  for (size_t size = 0; size < 12; ++size) {
    ExpectRefusal(V2("21 11", many, size), "is too short for its addresses");
    ExpectRefusal(V2("21 12", many, size), "is too short for its addresses");
  }
  for (size_t size = 0; size < 36; ++size) {
    ExpectRefusal(V2("21 21", many, size), "is too short for its addresses");
  }
  for (const size_t size : {0u, 12u, 36u, 215u}) {
    ExpectRefusal(V2("21 31", many, size), "is too short for its addresses");
  }
}

TEST(ProxyHeader2, TakesAHeaderOf4KiBAndNotAByteMore) {
  constexpr size_t kRoom = ProxyHeader::kMaxV2Bytes - 16 - 12 - 3;
  std::vector<uint8_t> addition = Bytes("04 0000");
  StoreU16(&addition[1], static_cast<uint16_t>(kRoom));
  addition.resize(addition.size() + kRoom);
  const std::vector<uint8_t> rest = Concat({Bytes(kV4Addresses), addition});
  const std::vector<uint8_t> whole = V2("21 11", rest);
  ASSERT_EQ(whole.size(), ProxyHeader::kMaxV2Bytes);
  const Outcome expected{
      .whole = true, .taken = whole.size(), .version = 2, .source = "192.0.2.1:56324"};
  EXPECT_EQ(Read(whole), expected);
  EXPECT_EQ(Read(whole, ProxyVersions::kBoth, 1), expected);
  ExpectRefusal(V2("21 11", rest, rest.size() + 1), "is longer than 4096 bytes");
  ExpectRefusal(V2("20 00", rest, 65'535), "is longer than 4096 bytes");
}

// Around the addresses, as the standard's checksum asks for.
std::vector<uint8_t> WithChecksum(std::string_view before, std::string_view after, uint32_t flip) {
  std::vector<uint8_t> header =
      V2("21 11",
         Concat({Bytes(kV4Addresses), Bytes(before), Bytes("03 0004 00000000"), Bytes(after)}));
  const size_t at = 16 + 12 + Bytes(before).size() + 3;
  StoreU32(&header[at], Crc32c(header) ^ flip);
  return header;
}

TEST(ProxyHeader2, GoesPastWhatItDoesNotKnow) {
  ExpectSource(
      V2("21 11", Concat({Bytes(kV4Addresses), Bytes("04 0000 ea 0003 'abc' 01 0001 'x'")})), 2,
      "192.0.2.1:56324");
}

TEST(ProxyHeader2, RefusesAnAdditionThatLeadsOutOfIt) {
  for (const std::string_view additions :
       {"04", "04 00", "04 0001", "04 ffff 00", "04 0000 05", "ea 0003 'ab'"}) {
    ExpectRefusal(V2("21 11", Concat({Bytes(kV4Addresses), Bytes(additions)})),
                  "has an addition that is longer than itself");
  }
}

TEST(ProxyHeader2, ChecksTheChecksum) {
  ExpectSource(WithChecksum("", "", 0), 2, "192.0.2.1:56324");
  ExpectSource(WithChecksum("ea 0001 'x'", "04 0002 0000", 0), 2, "192.0.2.1:56324");
  for (int bit = 0; bit < 32; ++bit) {
    ExpectRefusal(WithChecksum("", "04 0000", uint32_t{1} << bit), "has a wrong checksum");
  }
  // Every bit of the header that may change without another refusal is covered.
  const std::vector<uint8_t> right = WithChecksum("", "", 0);
  for (size_t at = 16; at < 28; ++at) {
    std::vector<uint8_t> wrong = right;
    wrong[at] ^= 0x40;
    ExpectRefusal(wrong, "has a wrong checksum");
  }
}

TEST(ProxyHeader2, RefusesAMalformedChecksum) {
  for (const std::string_view additions : {"03 0000", "03 0003 000000", "03 0005 0000000000"}) {
    ExpectRefusal(V2("21 11", Concat({Bytes(kV4Addresses), Bytes(additions)})),
                  "has a malformed checksum");
  }
}

TEST(ProxyHeader2, RefusesASecondChecksum) {
  ExpectRefusal(WithChecksum("", "03 0004 00000000", 0), "has a malformed checksum");
}

// RFC 3720, B.4.
TEST(Crc32c, GivesTheVectorsOfItsStandard) {
  EXPECT_EQ(Crc32c({}), 0u);
  EXPECT_EQ(Crc32c(AsBytes("123456789")), 0xE3069283u);
  EXPECT_EQ(Crc32c(std::vector<uint8_t>(32, 0)), 0x8A9136AAu);
  EXPECT_EQ(Crc32c(std::vector<uint8_t>(32, 0xFF)), 0x62A8AB43u);
  EXPECT_EQ(Crc32c(AsBytes("6789"), Crc32c(AsBytes("12345"))), 0xE3069283u);
}

}  // namespace
}  // namespace signet
