#include "core/base/utf8.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/bytes.h"

namespace signet {
namespace {

bool Accepts(ByteView bytes) { return IsMqttUtf8(AsText(ExactCopy(bytes))); }

std::string Encode(uint32_t code_point) {
  const auto byte = [](uint32_t value) { return static_cast<char>(static_cast<uint8_t>(value)); };
  const auto continuation = [&](uint32_t value) { return byte(0x80 | (value & 0x3F)); };
  if (code_point < 0x80) return {byte(code_point)};
  if (code_point < 0x800) return {byte(0xC0 | code_point >> 6), continuation(code_point)};
  if (code_point < 0x10000) {
    return {byte(0xE0 | code_point >> 12), continuation(code_point >> 6), continuation(code_point)};
  }
  return {byte(0xF0 | code_point >> 18), continuation(code_point >> 12),
          continuation(code_point >> 6), continuation(code_point)};
}

// The bytes that may follow the first one in well-formed UTF-8: a row of table 3-7 of the Unicode
// Standard.
struct WellFormed {
  int first_low, first_high;
  int second_low, second_high;
  size_t size;
};
constexpr WellFormed kTable37[] = {
    {0x00, 0x7F, 0, 0, 1},       {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
    {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
    {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

// How many bytes the well-formed character at the front takes; 0 if there is none.
size_t SizeByTable37(std::string_view text) {
  const auto at = [&](size_t i) { return int{static_cast<uint8_t>(text[i])}; };
  for (const WellFormed& row : kTable37) {
    if (at(0) < row.first_low || at(0) > row.first_high) continue;
    if (text.size() < row.size) return 0;
    if (row.size >= 2 && (at(1) < row.second_low || at(1) > row.second_high)) return 0;
    for (size_t i = 2; i < row.size; ++i) {
      if (at(i) < 0x80 || at(i) > 0xBF) return 0;
    }
    return row.size;
  }
  return 0;
}

TEST(DecodeUtf8, GivesEveryCodePoint) {
  for (uint32_t code_point = 0; code_point <= 0x10FFFF; ++code_point) {
    const std::string text = Encode(code_point);
    const Utf8Character character = DecodeUtf8(text);
    const bool is_surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;  // [MQTT-1.5.4-1]
    ASSERT_EQ(character.size, is_surrogate ? 0 : text.size()) << code_point;
    if (!is_surrogate) {
      ASSERT_EQ(character.code_point, code_point);
    }
  }
}

TEST(DecodeUtf8, AgreesWithTable37OnAllSequencesOfUpToThreeBytes) {
  std::string text(3, '\0');
  for (int first = 0; first < 256; ++first) {
    text[0] = static_cast<char>(first);
    ASSERT_EQ(DecodeUtf8(text.substr(0, 1)).size, SizeByTable37(text.substr(0, 1))) << first;
    for (int second = 0; second < 256; ++second) {
      text[1] = static_cast<char>(second);
      ASSERT_EQ(DecodeUtf8({text.data(), 2}).size, SizeByTable37({text.data(), 2}));
      for (const int third : {0x00, 0x7F, 0x80, 0x81, 0xBE, 0xBF, 0xC0, 0xFF}) {
        text[2] = static_cast<char>(third);
        ASSERT_EQ(DecodeUtf8(text).size, SizeByTable37(text)) << Hex(AsBytes(text));
      }
    }
  }
}

TEST(DecodeUtf8, AgreesWithTable37OnSequencesOfFourBytes) {
  std::string text(4, '\0');
  for (int first = 0xE0; first < 256; ++first) {
    text[0] = static_cast<char>(first);
    for (int second = 0; second < 256; ++second) {
      text[1] = static_cast<char>(second);
      for (const int third : {0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xFF}) {
        text[2] = static_cast<char>(third);
        for (const int fourth : {0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xFF}) {
          text[3] = static_cast<char>(fourth);
          ASSERT_EQ(DecodeUtf8(text).size, SizeByTable37(text)) << Hex(AsBytes(text));
        }
      }
    }
  }
}

// After Markus Kuhn's "UTF-8 decoder capability and stress test", sections 2 to 5.
TEST(IsMqttUtf8, AcceptsTheBoundariesOfEveryLength) {
  for (const char* hex : {"01", "7f", "c280", "dfbf", "e0a080", "efbfbd", "f0908080", "f48fbfbf",
                          "ed9fbf", "ee8080", "ceba e1bdb9 cf83 cebc ceb5"}) {
    EXPECT_TRUE(Accepts(Bytes(hex))) << hex;
  }
}

TEST(IsMqttUtf8, RefusesContinuationBytesAlone) {
  for (const char* hex : {"80", "bf", "80bf", "80bf80", "80bf80bf", "'a' 80", "c280 80"}) {
    EXPECT_FALSE(Accepts(Bytes(hex))) << hex;
  }
  for (int byte = 0x80; byte < 0xC0; ++byte) {
    const auto alone = static_cast<uint8_t>(byte);
    EXPECT_FALSE(Accepts({&alone, 1})) << byte;
  }
}

TEST(IsMqttUtf8, RefusesStartBytesAlone) {
  for (int byte = 0xC0; byte < 256; ++byte) {
    const uint8_t with_space[] = {static_cast<uint8_t>(byte), ' '};
    EXPECT_FALSE(Accepts(with_space)) << byte;
    EXPECT_FALSE(Accepts({with_space, 1})) << byte;
  }
}

TEST(IsMqttUtf8, RefusesSequencesWithoutTheirLastByte) {
  for (const char* hex :
       {"c3", "e080", "f08080", "f8808080", "fc80808080", "df", "efbf", "f7bfbf", "fbbfbfbf",
        "fdbfbfbfbf", "c0 e080 f08080 f8808080 fc80808080", "e282", "f09f98"}) {
    EXPECT_FALSE(Accepts(Bytes(hex))) << hex;
  }
}

TEST(IsMqttUtf8, RefusesImpossibleBytes) {
  for (const char* hex : {"fe", "ff", "fefeffff", "f5808080", "f8888080 80", "fc8480808080"}) {
    EXPECT_FALSE(Accepts(Bytes(hex))) << hex;
  }
}

TEST(IsMqttUtf8, RefusesOverlongForms) {
  for (const char* hex :
       {"c0af", "e080af", "f08080af", "f8808080af", "fc80808080af",     // '/'
        "c1bf", "e09fbf", "f08fbfbf", "f887bfbfbf", "fc83bfbfbfbf",     // The largest.
        "c080", "e08080", "f0808080", "f880808080", "fc8080808080"}) {  // U+0000
    EXPECT_FALSE(Accepts(Bytes(hex))) << hex;
  }
}

TEST(IsMqttUtf8, RefusesSurrogatesAloneAndInPairs) {  // [MQTT-1.5.4-1]
  for (const char* hex : {"eda080", "edadbf", "edae80", "edafbf", "edb080", "edbe80", "edbfbf",
                          "eda080 edb080", "edadbf edbfbf", "edafbf edbfbf"}) {
    EXPECT_FALSE(Accepts(Bytes(hex))) << hex;
  }
}

TEST(IsMqttUtf8, RefusesWhatLiesBeyondUnicode) {
  for (const char* hex : {"f4908080", "f7bfbfbf"}) EXPECT_FALSE(Accepts(Bytes(hex))) << hex;
}

// Allowed, if not recommended (1.5.4): non-characters, control characters, U+FEFF anywhere
// [MQTT-1.5.4-3].
TEST(IsMqttUtf8, AcceptsNonCharactersAndControlCharacters) {
  for (const char* hex : {"efbfbe", "efbfbf", "efb790", "f09fbfbe", "f48fbfbf", "01", "1f", "7f",
                          "c285", "efbbbf", "'a' efbbbf", "e280ae"}) {
    EXPECT_TRUE(Accepts(Bytes(hex))) << hex;
  }
}

TEST(IsMqttUtf8, RefusesU0000InEveryPlaceOfEveryLength) {  // [MQTT-1.5.4-2]
  for (size_t size = 0; size <= 40; ++size) {
    for (const char other : {'\x01', 'a', '\x7F'}) {
      std::string text(size, other);
      ASSERT_TRUE(Accepts(AsBytes(text)));
      for (size_t i = 0; i < size; ++i) {
        text[i] = '\0';
        ASSERT_FALSE(Accepts(AsBytes(text))) << i << " of " << size;
        text[i] = other;
      }
    }
  }
}

TEST(IsMqttUtf8, SeesEveryByteOfEveryLength) {
  for (size_t size = 1; size <= 40; ++size) {
    for (size_t i = 0; i < size; ++i) {
      for (const char bad : {'\x80', '\xC0', '\xFF'}) {
        std::string text(size, 'a');
        text[i] = bad;
        ASSERT_FALSE(Accepts(AsBytes(text))) << i << " of " << size;
      }
    }
  }
}

TEST(IsMqttUtf8, AcceptsCharactersThatLieAcrossWords) {
  for (const char* hex : {"c3a9", "e282ac", "f09f9880"}) {
    const std::vector<uint8_t> character = Bytes(hex);
    for (size_t before = 0; before <= 20; ++before) {
      for (size_t after = 0; after <= 20; ++after) {
        const std::vector<uint8_t> left(before, 'a');
        const std::vector<uint8_t> right(after, 'b');
        const ByteView cut(character.data(), character.size() - 1);
        ASSERT_TRUE(Accepts(Concat({left, character, right})));
        ASSERT_FALSE(Accepts(Concat({left, cut, right})));
      }
    }
  }
}

}  // namespace
}  // namespace signet
