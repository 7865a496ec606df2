// A WebSocket from its request to its end, as its connection sees it.
#include "net/websocket/websocket_transport.h"

#include <gtest/gtest.h>

#include "tests/sim/random.h"
#include "tests/support/bytes.h"
#include "tests/support/websocket_client.h"

namespace signet::websocket {
namespace {

using State = Transport::State;

std::unique_ptr<WebSocketTransport> MakeTransport() {
  return std::make_unique<WebSocketTransport>(std::make_shared<WebSocketSettings>());
}

class WebSocketTransportTest : public testing::Test {
 protected:
  void Open() {
    ASSERT_TRUE(stage_.Feed(OpeningRequest()).ok());
    ASSERT_EQ(stage_.TakeWireText(), OpeningAnswer());
    ASSERT_EQ(stage_.state(), State::kOpen);
  }
  std::vector<ServerFrame> TakeFrames() {
    const std::vector<uint8_t> wire = stage_.TakeWire();
    ByteView rest = wire;
    std::vector<ServerFrame> frames;
    while (std::optional<ServerFrame> frame = TakeServerFrame(&rest)) frames.push_back(*frame);
    EXPECT_TRUE(rest.empty()) << Hex(rest);
    return frames;
  }
  std::vector<uint8_t> Frame(std::string_view payload, Opcode opcode = Opcode::kBinary) {
    return Encode({.opcode = opcode}, AsBytes(payload));
  }

  std::unique_ptr<WebSocketTransport> transport_ = MakeTransport();
  TransportStage stage_{transport_.get()};
};

using Frames = std::vector<ServerFrame>;

TEST_F(WebSocketTransportTest, OpensAndPassesOnWhatStandsBehindTheRequest) {
  const std::vector<uint8_t> all = Concat({AsBytes(OpeningRequest()), Frame("CONNECT")});
  for (size_t piece = 1; piece <= all.size(); ++piece) {
    const auto transport = MakeTransport();
    TransportStage stage(transport.get());
    EXPECT_EQ(stage.state(), State::kHandshaking);
    ASSERT_TRUE(stage.Feed(all, piece).ok());
    EXPECT_EQ(stage.TakeWireText(), OpeningAnswer());
    EXPECT_EQ(stage.TakePlain(), "CONNECT");
    EXPECT_EQ(stage.state(), State::kOpen);
  }
}

TEST_F(WebSocketTransportTest, ARefusalIsAnErrorWithAnAnswer) {
  const Status status = stage_.Feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.sentence(),
            "the WebSocket was refused with HTTP status 426: this port takes WebSockets");
  EXPECT_TRUE(stage_.TakeWireText().starts_with("HTTP/1.1 426 Upgrade Required\r\n"));
  EXPECT_EQ(stage_.state(), State::kHandshaking);
}

TEST_F(WebSocketTransportTest, WrapsOneCallInOneFrame) {
  Open();
  stage_.Send({AsBytes("ab"), AsBytes(""), AsBytes("cde")});
  EXPECT_EQ(stage_.TakeWire(), Bytes("82 05 'abcde'"));
  stage_.Send({});
  stage_.Send({AsBytes("")});
  EXPECT_EQ(stage_.TakeWire(), Bytes(""));
}

TEST_F(WebSocketTransportTest, SendsEveryLength) {
  Open();
  for (const size_t size : {1u, 125u, 126u, 4096u, 65'535u, 65'536u, 1'000'000u}) {
    std::vector<uint8_t> payload(size);
    for (size_t i = 0; i < size; ++i) payload[i] = static_cast<uint8_t>(i * 7);
    const ByteView view = payload;
    stage_.Send({view.first(size / 3), view.subspan(size / 3)});
    EXPECT_TRUE((TakeFrames() == Frames{{Opcode::kBinary, payload}})) << size;
  }
}

TEST_F(WebSocketTransportTest, AnswersAPing) {
  Open();
  ASSERT_TRUE(stage_.Feed(Frame("Hello", Opcode::kPing)).ok());
  EXPECT_EQ(stage_.TakeWire(), Bytes("8a 05 'Hello'"));
  ASSERT_TRUE(stage_.Feed(Frame("", Opcode::kPing)).ok());
  EXPECT_EQ(stage_.TakeWire(), Bytes("8a 00"));
  ASSERT_TRUE(stage_.Feed(Frame("Hello", Opcode::kPong)).ok());
  EXPECT_EQ(stage_.TakeWire(), Bytes(""));
}

TEST_F(WebSocketTransportTest, OfAFloodOfPingsAnswersTheLatest) {
  Open();
  std::vector<uint8_t> flood;
  for (int i = 0; i < 1000; ++i) {
    const std::vector<uint8_t> ping = Frame(std::to_string(i), Opcode::kPing);
    flood.insert(flood.end(), ping.begin(), ping.end());
  }
  ASSERT_TRUE(stage_.Feed(flood).ok());
  EXPECT_EQ(stage_.TakeWire(), Bytes("8a 03 '999'"));
}

TEST_F(WebSocketTransportTest, WhoDoesNotReadGetsNoPongUntilItDoes) {
  Open();
  const std::vector<uint8_t> unread(WebSocketTransport::kMaxUnsentForPong, 'u');
  stage_.wire()->Append(unread);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(stage_.Feed(Frame(std::to_string(i), Opcode::kPing)).ok());
    ASSERT_EQ(stage_.wire()->size(), unread.size());
  }
  stage_.wire()->Consume(unread.size());
  stage_.Send({AsBytes("x")});
  EXPECT_EQ(stage_.TakeWire(), Bytes("82 01 'x' 8a 03 '999'"));
}

TEST_F(WebSocketTransportTest, EchoesACloseAndHasEnded) {
  Open();
  ASSERT_TRUE(
      stage_
          .Feed(Concat({Frame("last"), Encode({.opcode = Opcode::kClose}, Bytes("0fa1 'bye'")),
                        Frame("too late")}))
          .ok());
  EXPECT_EQ(stage_.TakePlain(), "last");
  EXPECT_EQ(stage_.TakeWire(), Bytes("88 02 0fa1"));
  EXPECT_EQ(stage_.state(), State::kEnded);
  ASSERT_TRUE(stage_.Feed("whatever").ok());
  stage_.Send({AsBytes("x")});
  stage_.Close();
  EXPECT_EQ(stage_.TakePlain(), "");
  EXPECT_EQ(stage_.TakeWire(), Bytes("")) << "nothing may follow a Close frame";
}

TEST_F(WebSocketTransportTest, EchoesACloseWithoutACode) {
  Open();
  ASSERT_TRUE(stage_.Feed(Frame("", Opcode::kClose)).ok());
  EXPECT_EQ(stage_.TakeWire(), Bytes("88 00"));
}

TEST_F(WebSocketTransportTest, ClosesNormallyOnceAndStillReads) {
  Open();
  stage_.Close();
  EXPECT_EQ(stage_.TakeWire(), Bytes("88 02 03e8"));
  stage_.Close();
  stage_.Send({AsBytes("x")});
  ASSERT_TRUE(stage_.Feed(Frame("ping", Opcode::kPing)).ok());
  ASSERT_TRUE(stage_.Feed(Frame("data")).ok());
  EXPECT_EQ(stage_.TakePlain(), "data");
  EXPECT_EQ(stage_.state(), State::kOpen);
  ASSERT_TRUE(stage_.Feed(Encode({.opcode = Opcode::kClose}, Bytes("03e8"))).ok());
  EXPECT_EQ(stage_.state(), State::kEnded);
  EXPECT_EQ(stage_.TakeWire(), Bytes(""));
}

TEST_F(WebSocketTransportTest, HasNothingToTakeLeaveOfBeforeItIsOpen) {
  stage_.Close();
  EXPECT_EQ(stage_.TakeWire(), Bytes(""));
}

// [MQTT-6.0.0-1] MQTT 3.1.1: [MQTT-6.0.0-1]
TEST_F(WebSocketTransportTest, AnswersAViolationWithItsCode) {
  const std::pair<std::vector<uint8_t>, std::string_view> cases[] = {
      {Frame("x", Opcode::kText), "88 02 03eb"},
      {Bytes("82 01 'x'"), "88 02 03ea"},
      {Encode({.opcode = Opcode::kClose}, Bytes("03e8 ff")), "88 02 03ef"},
  };
  for (const auto& [bytes, close] : cases) {
    const auto transport = MakeTransport();
    TransportStage stage(transport.get());
    ASSERT_TRUE(stage.Feed(OpeningRequest()).ok());
    stage.TakeWire();
    const Status status = stage.Feed(Concat({Frame("good"), bytes}));
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(stage.TakePlain(), "good");
    EXPECT_EQ(stage.TakeWire(), Bytes(close)) << status.sentence();
    stage.Close();
    EXPECT_EQ(stage.TakeWire(), Bytes("")) << "there was one already";
  }
}

TEST_F(WebSocketTransportTest, AnswersNoViolationOnceItHasClosed) {
  Open();
  stage_.Close();
  EXPECT_EQ(stage_.TakeWire(), Bytes("88 02 03e8"));
  EXPECT_FALSE(stage_.Feed(Frame("x", Opcode::kText)).ok());
  EXPECT_EQ(stage_.TakeWire(), Bytes(""));
}

TEST_F(WebSocketTransportTest, SaysInTheLogWhatTheClientDid) {
  Open();
  EXPECT_EQ(stage_.Feed("\x81\x80zzzz").sentence(),
            "the WebSocket client sent text; MQTT travels in binary frames; closed with 1003");
}

// Packets and frames are cut, joined and interleaved at random, and what comes out is what went in.
// [MQTT-6.0.0-2] MQTT 3.1.1: [MQTT-6.0.0-2]
TEST_F(WebSocketTransportTest, GivesTheSameBytesHoweverTheyAreFramedAndCut) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    sim::Random random(seed);
    std::string plain(random.Between(1, 5000), ' ');
    for (char& character : plain) character = static_cast<char>(random.Below(256));
    std::vector<uint8_t> stream = Concat({AsBytes(OpeningRequest())});
    bool in_message = false;
    for (std::string_view rest = plain; !rest.empty() || in_message;) {
      const std::string_view part = rest.substr(0, random.Below(random.Chance(50) ? 10 : 700));
      rest.remove_prefix(part.size());
      const ClientFrame frame{.opcode = in_message ? Opcode::kContinuation : Opcode::kBinary,
                              .fin = random.Chance(50),
                              .mask = Mask{static_cast<uint8_t>(random.Below(256)), 1, 2,
                                           static_cast<uint8_t>(random.Below(256))}};
      stream = Concat({stream, Encode(frame, AsBytes(part))});
      in_message = !frame.fin;
      if (random.Chance(20)) stream = Concat({stream, Frame("p", Opcode::kPing)});
    }
    const auto transport = MakeTransport();
    TransportStage stage(transport.get());
    for (ByteView rest = stream; !rest.empty();) {
      const ByteView piece = rest.first(std::min<size_t>(rest.size(), random.Between(1, 300)));
      rest = rest.subspan(piece.size());
      ASSERT_TRUE(stage.Feed(piece).ok()) << seed;
    }
    ASSERT_EQ(stage.TakePlain(), plain) << seed;
  }
}

}  // namespace
}  // namespace signet::websocket
