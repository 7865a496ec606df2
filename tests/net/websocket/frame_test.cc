// RFC 6455, 5: frames of a client, whole and in pieces, and every rule that one can break.
#include "net/websocket/frame.h"

#include <gtest/gtest.h>

#include "tests/support/bytes.h"
#include "tests/support/instruction_count.h"
#include "tests/support/websocket_client.h"

namespace signet::websocket {
namespace {

using Step = FrameReader::Step;

// What a stream of frames says, in one line each; data of neighbouring steps is put together.
std::vector<std::string> Read(ByteView stream, size_t piece = SIZE_MAX) {
  FrameReader reader;
  std::vector<std::string> said;
  bool data_goes_on = false;
  const auto say = [&](std::string text) {
    said.push_back(std::move(text));
    data_goes_on = false;
  };
  while (!stream.empty()) {
    const ByteView part = stream.first(std::min(piece, stream.size()));
    stream = stream.subspan(part.size());
    std::vector<uint8_t> copy(part.begin(), part.end());
    MutableBytes bytes = copy;
    MutableBytes payload;
    for (Step step; (step = reader.Next(&bytes, &payload)) != Step::kNeedMore;) {
      const std::string text(AsText(payload));
      if (step == Step::kData) {
        EXPECT_FALSE(payload.empty());
        if (!data_goes_on) say("data ");
        said.back() += text;
        data_goes_on = true;
      } else if (step == Step::kPing) {
        say("ping " + text);
      } else if (step == Step::kClose) {
        say("close " + Hex(payload));
      } else {
        say(std::to_string(static_cast<int>(reader.violation().code)) + " " +
            std::string(reader.violation().what));
        return said;
      }
    }
    EXPECT_TRUE(bytes.empty());
  }
  return said;
}

using Said = std::vector<std::string>;

// Expects the same however the stream is cut.
void ExpectSays(ByteView stream, const Said& expected) {
  for (size_t piece = 1; piece <= stream.size(); piece += piece < 32 ? 1 : 997) {
    EXPECT_EQ(Read(stream, piece), expected)
        << piece << ": " << Hex(stream.first(std::min<size_t>(32, stream.size())));
  }
  EXPECT_EQ(Read(stream), expected);
}

std::vector<uint8_t> FrameOf(std::string_view payload, const ClientFrame& frame = {}) {
  return Encode(frame, AsBytes(payload));
}

// 5.7, with the opcodes of binary messages.
TEST(FrameReader, ReadsTheExamplesOfTheStandard) {
  ExpectSays(Bytes("82 85 37fa213d 7f9f4d5158"), {"data Hello"});
  ExpectSays(Bytes("89 85 37fa213d 7f9f4d5158"), {"ping Hello"});
  ExpectSays(Bytes("8a 85 37fa213d 7f9f4d5158"), {});
  ExpectSays(Concat({Bytes("02 83 00000000 'Hel'"), Bytes("80 82 00000000 'lo'")}), {"data Hello"});
  EXPECT_EQ(FrameOf("Hello"), Bytes("82 85 37fa213d 7f9f4d5158"));
}

TEST(FrameReader, ReadsEveryFormOfLength) {
  for (const size_t size : {0u, 1u, 124u, 125u, 126u, 127u, 128u, 65'535u, 65'536u, 70'000u}) {
    const std::string payload(size, 'p');
    const Said expected = size == 0 ? Said{} : Said{"data " + payload};
    ExpectSays(FrameOf(payload), expected);
  }
}

TEST(FrameReader, RefusesALengthThatIsNotTheShortest) {
  ExpectSays(FrameOf("12345", {.length_bytes = 2}), {"1002 wrote a length too long"});
  ExpectSays(FrameOf(std::string(125, 'p'), {.length_bytes = 2}), {"1002 wrote a length too long"});
  ExpectSays(FrameOf("12345", {.length_bytes = 8}), {"1002 wrote a length too long"});
  ExpectSays(FrameOf(std::string(65'535, 'p'), {.length_bytes = 8}),
             {"1002 wrote a length too long"});
}

TEST(FrameReader, RefusesALengthWithItsHighestBit) {
  ExpectSays(Bytes("82 ff 8000000000000000 00000000"), {"1002 sent a negative length"});
  ExpectSays(Bytes("82 ff ffffffffffffffff 00000000"), {"1002 sent a negative length"});
}

// A frame may announce what it likes: nothing is kept for it.
TEST(FrameReader, PassesOnTheBeginningOfAFrameWithoutEnd) {
  ExpectSays(Bytes("82 ff 7fffffffffffffff 00000000 'abc'"), {"data abc"});
}

TEST(FrameReader, RefusesWhatIsNotMasked) {
  ExpectSays(Bytes("82 05 'Hello'"), {"1002 did not mask a frame"});
  ExpectSays(Bytes("82 00"), {"1002 did not mask a frame"});
  ExpectSays(Bytes("89 00"), {"1002 did not mask a frame"});
}

TEST(FrameReader, RefusesReservedBits) {
  for (const int bit : {0x40, 0x20, 0x10, 0x70}) {
    for (const Opcode opcode : {Opcode::kBinary, Opcode::kPing, Opcode::kText}) {
      const ClientFrame frame{.opcode = opcode, .reserved = static_cast<uint8_t>(bit)};
      ExpectSays(FrameOf("x", frame), {"1002 set a reserved bit"});
    }
  }
}

TEST(FrameReader, RefusesUnknownOpcodes) {
  for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    ExpectSays(FrameOf("x", {.opcode = static_cast<Opcode>(opcode)}),
               {"1002 sent a frame of an unknown kind"});
  }
}

// [MQTT-6.0.0-1] MQTT 3.1.1: [MQTT-6.0.0-1]
TEST(FrameReader, RefusesText) {
  const Said expected = {"1003 sent text; MQTT travels in binary frames"};
  ExpectSays(FrameOf("x", {.opcode = Opcode::kText}), expected);
  ExpectSays(FrameOf("", {.opcode = Opcode::kText}), expected);
  ExpectSays(FrameOf("x", {.opcode = Opcode::kText, .fin = false}), expected);
}

TEST(FrameReader, RefusesControlFramesInFragmentsOrTooLong) {
  for (const Opcode opcode : {Opcode::kClose, Opcode::kPing, Opcode::kPong}) {
    ExpectSays(FrameOf("", {.opcode = opcode, .fin = false}), {"1002 fragmented a control frame"});
    ExpectSays(FrameOf(std::string(126, 'p'), {.opcode = opcode}),
               {"1002 sent a control frame that is too long"});
    ExpectSays(FrameOf(std::string(70'000, 'p'), {.opcode = opcode}),
               {"1002 sent a control frame that is too long"});
  }
  const std::string longest(kMaxControlBytes, 'p');
  ExpectSays(FrameOf(longest, {.opcode = Opcode::kPing}), {"ping " + longest});
  ExpectSays(FrameOf(longest, {.opcode = Opcode::kPong}), {});
}

TEST(FrameReader, ReadsFragmentsWithControlFramesBetweenThem) {
  const ClientFrame begin{.fin = false};
  const ClientFrame middle{.opcode = Opcode::kContinuation, .fin = false};
  const ClientFrame end{.opcode = Opcode::kContinuation};
  const ClientFrame ping{.opcode = Opcode::kPing};
  const ClientFrame pong{.opcode = Opcode::kPong};
  ExpectSays(
      Concat({FrameOf("ab", begin), FrameOf("1", ping), FrameOf("", middle), FrameOf("cd", middle),
              FrameOf("2", pong), FrameOf("", ping), FrameOf("e", end), FrameOf("f")}),
      {"data ab", "ping 1", "data cd", "ping ", "data ef"});
}

TEST(FrameReader, RefusesFragmentsOutOfOrder) {
  const ClientFrame begin{.fin = false};
  const ClientFrame end{.opcode = Opcode::kContinuation};
  ExpectSays(FrameOf("x", end), {"1002 continued a message that had not begun"});
  ExpectSays(Concat({FrameOf("a"), FrameOf("x", end)}),
             {"data a", "1002 continued a message that had not begun"});
  ExpectSays(Concat({FrameOf("a", begin), FrameOf("b", end), FrameOf("x", end)}),
             {"data ab", "1002 continued a message that had not begun"});
  ExpectSays(Concat({FrameOf("a", begin), FrameOf("x")}),
             {"data a", "1002 began a message within another"});
}

// The beginning of a message, and fragments in which nothing stands.
std::vector<uint8_t> FloodOfEmptyFrames(int frames) {
  std::vector<uint8_t> flood = FrameOf("", {.fin = false});
  const std::vector<uint8_t> empty = FrameOf("", {.opcode = Opcode::kContinuation, .fin = false});
  for (int i = 1; i < frames; ++i) flood.insert(flood.end(), empty.begin(), empty.end());
  return flood;
}

TEST(FrameReader, ReadsAFloodOfEmptyFrames) {
  EXPECT_EQ(Read(FloodOfEmptyFrames(10'000)), Said{});
  EXPECT_EQ(Read(FloodOfEmptyFrames(10'000), 7), Said{});
}

TEST(FrameReader, AnEmptyFrameCostsTheSameHoweverManyThereAre) {
  const auto cost = [](int frames) {
    std::vector<uint8_t> flood = FloodOfEmptyFrames(frames);
    FrameReader reader;
    MutableBytes bytes = flood;
    MutableBytes payload;
    return CountInstructions([&] { reader.Next(&bytes, &payload); });
  };
  const std::optional<uint64_t> few = cost(4);
  if (!few) GTEST_SKIP() << "instructions cannot be counted here";
  const uint64_t many = cost(40).value();
  EXPECT_GT(many, *few);  // They were read at all.
  EXPECT_LT(many, *few * 11);
}

std::vector<uint8_t> CloseWith(std::string_view payload) {
  return Encode({.opcode = Opcode::kClose}, Bytes(payload));
}

TEST(FrameReader, TakesACloseWithItsCode) {
  ExpectSays(CloseWith(""), {"close "});
  for (const std::string_view code :
       {"03 e8", "03 e9", "03 ea", "03 eb", "03 ef", "03 f0", "03 f1", "03 f2", "03 f3", "03 f4",
        "03 f5", "03 f6", "0b b8", "0f a0", "13 87"}) {
    ExpectSays(CloseWith(code), {"close " + std::string(code)});
  }
  ExpectSays(CloseWith("03e8 'going home'"), {"close 03 e8"});
  ExpectSays(CloseWith("03e8 c3a9"), {"close 03 e8"});
}

TEST(FrameReader, RefusesACloseWithACodeThatIsNone) {
  for (const std::string_view payload : {"03", "00", "0000", "03e7", "03ec", "03ed", "03ee", "03f7",
                                         "0bb7", "07d0", "1388", "ffff"}) {
    ExpectSays(CloseWith(payload), {"1002 closed with a code that is none"});
  }
}

TEST(FrameReader, RefusesACloseWhoseReasonIsNotUtf8) {
  for (const std::string_view reason : {"ff", "c3", "c080", "eda080", "f4908080"}) {
    ExpectSays(CloseWith("03e8 " + std::string(reason)),
               {"1007 closed with a reason that is not UTF-8"});
  }
  ExpectSays(CloseWith("03e8 00"), {"close 03 e8"});
}

TEST(ParseFrameHead, SeesAViolationAtTheFirstByteThatShowsIt) {
  FrameHead head;
  Violation violation;
  for (const std::string_view bytes :
       {"c2", "81", "83", "09", "00", "82 00", "89 fe", "82 fe 007d", "82 ff 8000000000000000"}) {
    const std::vector<uint8_t> whole = Bytes(bytes);
    for (size_t size = 0; size < whole.size(); ++size) {
      EXPECT_EQ(ParseFrameHead(Cut(whole, size), false, &head, &violation), HeadState::kNeedMore);
    }
    EXPECT_EQ(ParseFrameHead(whole, false, &head, &violation), HeadState::kViolation) << bytes;
  }
}

TEST(WriteFrameHead, WritesTheShortestForm) {
  const auto written = [](uint64_t size) {
    std::array<uint8_t, kMaxServerHeadBytes> out;
    return Hex(ByteView(out).first(WriteFrameHead(Opcode::kBinary, size, out)));
  };
  EXPECT_EQ(written(0), "82 00");
  EXPECT_EQ(written(125), "82 7d");
  EXPECT_EQ(written(126), "82 7e 00 7e");
  EXPECT_EQ(written(256), "82 7e 01 00");
  EXPECT_EQ(written(65'535), "82 7e ff ff");
  EXPECT_EQ(written(65'536), "82 7f 00 00 00 00 00 01 00 00");
  EXPECT_EQ(written(uint64_t{5} << 32), "82 7f 00 00 00 05 00 00 00 00");
}

TEST(ApplyMask, IsTheSameAsByteByByteAtEveryAlignment) {
  const Mask mask = {0x12, 0x34, 0x56, 0x78};
  for (size_t start = 0; start < 9; ++start) {
    for (uint64_t offset = 0; offset < 9; ++offset) {
      for (size_t size = 0; size < 70; ++size) {
        std::vector<uint8_t> memory(start + size + 1, 0xA5);
        ApplyMask(mask, offset, MutableBytes(memory).subspan(start, size));
        for (size_t i = 0; i < memory.size(); ++i) {
          const bool inside = i >= start && i < start + size;
          const int key = inside ? mask[(offset + i - start) % 4] : 0;
          ASSERT_EQ(memory[i], 0xA5 ^ key) << start << " " << offset << " " << size << " " << i;
        }
      }
    }
  }
}

}  // namespace
}  // namespace signet::websocket
