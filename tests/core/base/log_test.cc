#include "core/base/log.h"

#include <gtest/gtest.h>

#include <random>

#include "core/base/utf8.h"

namespace signet {
namespace {

TEST(EscapeForLog, LeavesWhatIsHarmless) {
  for (const char* text : {"", "sensor-7", "a/b c", "100%n", "Grüße", "日本", "😀", "'", "{}"}) {
    EXPECT_EQ(EscapeForLog(text), text);
  }
}

TEST(EscapeForLog, KeepsEverythingOnOneLine) {
  EXPECT_EQ(EscapeForLog("a\nb"), "a\\nb");
  EXPECT_EQ(EscapeForLog("a\r\tb"), "a\\u000d\\u0009b");
  EXPECT_EQ(EscapeForLog(std::string_view("\0", 1)), "\\u0000");
  EXPECT_EQ(EscapeForLog("\x1B[2J\x7F"), "\\u001b[2J\\u007f");
  EXPECT_EQ(EscapeForLog("\xC2\x85"), "\\u0085");                         // NEXT LINE
  EXPECT_EQ(EscapeForLog("\xE2\x80\xA8\xE2\x80\xA9"), "\\u2028\\u2029");  // Separators.
}

TEST(EscapeForLog, EscapesWhatEndsAQuotation) { EXPECT_EQ(EscapeForLog("a\"b\\c"), "a\\\"b\\\\c"); }

TEST(EscapeForLog, EscapesWhatTurnsTheRestOfALineRound) {
  EXPECT_EQ(EscapeForLog("\xE2\x80\xAE"), "\\u202e");  // RIGHT-TO-LEFT OVERRIDE
  EXPECT_EQ(EscapeForLog("\xE2\x81\xA6"), "\\u2066");
  EXPECT_EQ(EscapeForLog("\xE2\x80\x8F"), "\\u200f");
  EXPECT_EQ(EscapeForLog("\xEF\xBB\xBF"), "\\ufeff");
}

TEST(EscapeForLog, EscapesMalformedBytesOneByOne) {
  EXPECT_EQ(EscapeForLog("\xFF\xC3z"), "\\xff\\xc3z");
  EXPECT_EQ(EscapeForLog("\xED\xA0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(EscapeForLog("\xE2\x82"), "\\xe2\\x82");
}

TEST(EscapeForLog, CutsLongTextAndSaysSo) {
  EXPECT_EQ(EscapeForLog("abcdef", 6), "abcdef");
  EXPECT_EQ(EscapeForLog("abcdefg", 6), "abcdef…");
  EXPECT_EQ(EscapeForLog(std::string(65'536, 'x')), std::string(256, 'x') + "…");
  EXPECT_EQ(EscapeForLog("\xC3\xA9\xC3\xA9\xC3\xA9", 3),
            "\xC3\xA9\xC3\xA9…");  // No half character.
}

TEST(EscapeForLog, GivesShortPrintableUtf8ForAnyBytes) {
  std::mt19937 random(7);
  for (int round = 0; round < 2'000; ++round) {
    std::string text(random() % 400, '\0');
    for (char& c : text) c = static_cast<char>(random() % 2 == 0 ? random() : random() % 0x30);
    const std::string escaped = EscapeForLog(text, 100);
    ASSERT_LE(escaped.size(), 100 + 6 + 3);
    ASSERT_TRUE(IsMqttUtf8(escaped));
    for (const char c : escaped) ASSERT_FALSE(c >= 0 && c < ' ');
  }
}

constexpr Instant At(Duration since_start) { return Instant(since_start); }

TEST(RateLimit, LetsABurstThroughAndThenTheRate) {
  RateLimit limit(3, 2);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limit.Allow(At(seconds(10))));
  EXPECT_FALSE(limit.Allow(At(seconds(10))));
  EXPECT_FALSE(limit.Allow(At(seconds(10) + milliseconds(499))));
  EXPECT_TRUE(limit.Allow(At(seconds(10) + milliseconds(500))));
  EXPECT_FALSE(limit.Allow(At(seconds(10) + milliseconds(999))));
  EXPECT_TRUE(limit.Allow(At(seconds(11))));
}

TEST(RateLimit, FillsUpAgainButNoFurtherThanABurst) {
  RateLimit limit(3, 2);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limit.Allow(At(seconds(1))));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limit.Allow(At(seconds(100))));
  EXPECT_FALSE(limit.Allow(At(seconds(100))));
}

TEST(RateLimit, CountsWhatItRefusesUntilItIsAsked) {
  RateLimit limit(1, 1);
  EXPECT_TRUE(limit.Allow(At(seconds(1))));
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(limit.Allow(At(seconds(1))));
  EXPECT_EQ(limit.TakeSuppressed(), 5u);
  EXPECT_EQ(limit.TakeSuppressed(), 0u);
}

TEST(RateLimit, HoldsInTheLongRun) {
  RateLimit limit(20, 100);
  int allowed = 0;
  for (int millisecond = 0; millisecond < 10'000; ++millisecond) {
    for (int i = 0; i < 10; ++i) allowed += limit.Allow(At(milliseconds(millisecond))) ? 1 : 0;
  }
  EXPECT_GE(allowed, 1'000);
  EXPECT_LE(allowed, 1'020);
}

}  // namespace
}  // namespace signet
