#include "auth/custom/rfc3339.h"

#include <gtest/gtest.h>

#include <string>

namespace signet::auth {
namespace {

// As ToText() writes it, with milliseconds where there are any.
std::string Read(std::string_view text) {
  const auto time = ParseRfc3339(text);
  if (!time) return "none";
  const int64_t rest = time->milliseconds() - time->seconds() * 1000;
  return ToText(*time) + (rest == 0 ? "" : "+" + std::to_string(rest));
}

// RFC 3339, 5.8.
TEST(ParseRfc3339, ReadsTheExamplesOfTheStandard) {
  EXPECT_EQ(Read("1985-04-12T23:20:50.52Z"), "1985-04-12T23:20:50Z+520");
  EXPECT_EQ(Read("1996-12-19T16:39:57-08:00"), "1996-12-20T00:39:57Z");
  EXPECT_EQ(Read("1990-12-31T23:59:60Z"), "1991-01-01T00:00:00Z");
  EXPECT_EQ(Read("1990-12-31T15:59:60-08:00"), "1991-01-01T00:00:00Z");
  EXPECT_EQ(Read("1937-01-01T12:00:27.87+00:20"), "1937-01-01T11:40:27Z+870");
}

// azure-iot-operations 5.3, rule 5.
TEST(ParseRfc3339, ReadsZAndOffsetsWithAndWithoutFractions) {
  EXPECT_EQ(Read("2031-02-01T06:30:00Z"), "2031-02-01T06:30:00Z");
  EXPECT_EQ(Read("2031-02-01t06:30:00z"), "2031-02-01T06:30:00Z");
  EXPECT_EQ(Read("2031-02-01T06:30:00+00:00"), "2031-02-01T06:30:00Z");
  EXPECT_EQ(Read("2031-02-01T06:30:00-00:00"), "2031-02-01T06:30:00Z");
  EXPECT_EQ(Read("2031-02-01T06:30:00.000000000+05:30"), "2031-02-01T01:00:00Z");
  EXPECT_EQ(Read("2031-02-01T06:30:00.1Z"), "2031-02-01T06:30:00Z+100");
  EXPECT_EQ(Read("2031-02-01T06:30:00.9999999Z"), "2031-02-01T06:30:00Z+999");
  EXPECT_EQ(Read("2032-02-29T23:59:59-23:59"), "2032-03-01T23:58:59Z");
}

TEST(ParseRfc3339, ReadsNothingElse) {
  for (const char* text : {"",
                           "never",
                           "2031",
                           "2031-02-01",
                           "2031-02-01T06:30:00",
                           "2031-02-01T06:30Z",
                           "2031-02-01 06:30:00Z",
                           "2031-02-01T06:30:00.Z",
                           "2031-02-01T06:30:00,5Z",
                           "2031-02-01T06:30:00 Z",
                           "2031-02-01T06:30:00Z ",
                           " 2031-02-01T06:30:00Z",
                           "2031-02-01T06:30:00ZZ",
                           "2031-02-01T06:30:00+0100",
                           "2031-02-01T06:30:00+01",
                           "2031-02-01T06:30:00+24:00",
                           "2031-02-01T06:30:00+01:60",
                           "2031-2-1T06:30:00Z",
                           "02031-02-01T06:30:00Z",
                           "+031-02-01T06:30:00Z",
                           "2031-13-01T06:30:00Z",
                           "2031-00-01T06:30:00Z",
                           "2031-02-29T06:30:00Z",
                           "2031-02-00T06:30:00Z",
                           "2031-04-31T06:30:00Z",
                           "2031-02-01T24:00:00Z",
                           "2031-02-01T06:60:00Z",
                           "2031-02-01T06:30:61Z",
                           "-031-02-01T06:30:00Z",
                           "1924992600"}) {
    EXPECT_EQ(Read(text), "none") << text;
  }
}

TEST(ParseRfc3339, ReadsNoPartOfAMoment) {
  constexpr std::string_view kWhole = "2031-02-01T06:30:00.5+01:00";
  for (size_t size = 0; size < kWhole.size(); ++size) {
    EXPECT_EQ(Read(kWhole.substr(0, size)), "none") << size;
  }
  EXPECT_NE(Read(kWhole), "none");
}

}  // namespace
}  // namespace signet::auth
