// One transport upon another. The lower one is a cipher that can be read by eye: each byte is
// sealed as two, which have their high bit, and those without it are its own words.
#include "net/stacked_transport.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "net/websocket/websocket_transport.h"
#include "tests/support/bytes.h"
#include "tests/support/websocket_client.h"

namespace signet {
namespace {

using websocket::ClientFrame;
using websocket::Encode;
using websocket::OpeningAnswer;
using websocket::OpeningRequest;
using websocket::TransportStage;
using State = Transport::State;

constexpr uint8_t kHello = 'H';     // Opens it, and is answered.
constexpr uint8_t kFarewell = '.';  // Ends it.
constexpr uint8_t kPause = '-';     // Says nothing: what is behind it is handed up apart.
constexpr uint8_t kPoison = '!';    // Breaks it, and is answered by an alert.
constexpr uint8_t kKey = 0x80;      // What is sealed has it.

class Cipher final : public Transport {
 public:
  Status Receive(MutableBytes bytes, Sink& sink, OutputQueue* wire) override {
    while (!bytes.empty()) {
      const uint8_t first = bytes.front();
      if (first == kPoison) {
        wire->Append(AsBytes("A"));
        return Status::Error("the cipher was broken");
      }
      if (state_ == State::kHandshaking) {
        if (first != kHello) return Status::Error("no hello");
        state_ = State::kOpen;
        wire->Append(AsBytes("h"));
        bytes = bytes.subspan(1);
      } else if (first == kFarewell) {
        state_ = State::kEnded;
        return Status::Ok();
      } else if (first == kPause) {
        bytes = bytes.subspan(1);
      } else {
        const auto end = std::ranges::find_if(bytes, [](uint8_t byte) { return byte < kKey; });
        const MutableBytes opened(bytes.begin(), end);
        bytes = MutableBytes(end, bytes.end());
        Open(opened, sink);
      }
    }
    return Status::Ok();
  }

  void Send(std::span<const ByteView> plain, OutputQueue* wire) override {
    EXPECT_NE(state_, State::kHandshaking);
    EXPECT_FALSE(closed_);
    ++sends_;
    for (const ByteView part : plain) wire->Append(Sealed(part));
  }
  void Close(OutputQueue* wire) override {
    EXPECT_FALSE(closed_) << "twice";
    closed_ = true;
    wire->Append(AsBytes("."));
  }
  State state() const override { return state_; }

  int sends() const { return sends_; }

  // Two half bytes for each, with the high bit set.
  static std::vector<uint8_t> Sealed(ByteView plain) {
    std::vector<uint8_t> sealed;
    for (const uint8_t byte : plain) {
      sealed.push_back(static_cast<uint8_t>(kKey | byte >> 4));
      sealed.push_back(static_cast<uint8_t>(kKey | (byte & 0x0F)));
    }
    return sealed;
  }

 private:
  void Open(MutableBytes sealed, Sink& sink) {
    std::vector<uint8_t> plain;
    for (const uint8_t byte : sealed) {
      if (!half_) {
        half_ = static_cast<uint8_t>(byte << 4);
      } else {
        plain.push_back(static_cast<uint8_t>(*half_ | (byte & 0x0F)));
        half_.reset();
      }
    }
    if (!plain.empty()) sink.OnPlain(plain);
  }

  State state_ = State::kHandshaking;
  bool closed_ = false;
  int sends_ = 0;
  std::optional<uint8_t> half_;
};

class StackedTransportTest : public testing::Test {
 protected:
  std::vector<uint8_t> Sealed(std::string_view text) { return Cipher::Sealed(AsBytes(text)); }
  void Open() {
    ASSERT_TRUE(stage_.Feed(Concat({AsBytes("H"), Sealed(OpeningRequest())})).ok());
    ASSERT_EQ(stage_.state(), State::kOpen);
    stage_.TakeWire();
  }
  std::vector<uint8_t> Frame(std::string_view payload, const ClientFrame& frame = {}) {
    return Cipher::Sealed(Encode(frame, AsBytes(payload)));
  }
  // What was sent, with what the cipher itself says as it is and the rest opened.
  std::string TakeOpened() {
    std::string opened;
    const std::vector<uint8_t> wire = stage_.TakeWire();
    for (size_t i = 0; i < wire.size(); ++i) {
      if (wire[i] < kKey) {
        opened += static_cast<char>(wire[i]);
      } else {
        opened += static_cast<char>((wire[i] & 0x0F) << 4 | (wire[i + 1] & 0x0F));
        ++i;
      }
    }
    return opened;
  }

  Cipher* cipher_ = new Cipher;
  StackedTransport stacked_{
      std::unique_ptr<Transport>(cipher_),
      std::make_unique<WebSocketTransport>(std::make_shared<WebSocketSettings>())};
  TransportStage stage_{&stacked_};
};

TEST_F(StackedTransportTest, OpensOneAfterTheOther) {
  EXPECT_EQ(stage_.state(), State::kHandshaking);
  ASSERT_TRUE(stage_.Feed("H").ok());
  EXPECT_EQ(stage_.state(), State::kHandshaking) << "the upper one has not begun";
  EXPECT_EQ(stage_.TakeWireText(), "h");
  ASSERT_TRUE(stage_.Feed(Sealed(OpeningRequest())).ok());
  EXPECT_EQ(stage_.state(), State::kOpen);
  EXPECT_EQ(TakeOpened(), OpeningAnswer());
}

TEST_F(StackedTransportTest, IsTheSameHoweverItIsCut) {
  const std::vector<uint8_t> all =
      Concat({AsBytes("H"), Sealed(OpeningRequest()), Frame("one"), Frame("two")});
  for (size_t piece = 1; piece <= all.size(); piece += piece < 40 ? 1 : 41) {
    StackedTransport stacked(
        std::make_unique<Cipher>(),
        std::make_unique<WebSocketTransport>(std::make_shared<WebSocketSettings>()));
    TransportStage stage(&stacked);
    ASSERT_TRUE(stage.Feed(all, piece).ok());
    EXPECT_EQ(stage.TakePlain(), "onetwo") << piece;
    EXPECT_EQ(stage.TakeWire(), Concat({AsBytes("h"), Sealed(OpeningAnswer())})) << piece;
  }
}

TEST_F(StackedTransportTest, SendsThroughBothInOneGo) {
  Open();
  const int before = cipher_->sends();
  const std::string large(100'000, 'x');
  stage_.Send({AsBytes("a"), AsBytes(large)});
  // A cipher seals what it is given together; a few calls for what lies in several blocks.
  EXPECT_LE(cipher_->sends() - before, 2);
  const std::string opened = TakeOpened();
  EXPECT_EQ(opened.size(), 10 + 1 + large.size());
  EXPECT_TRUE(opened.ends_with("a" + large));
}

TEST_F(StackedTransportTest, TheUpperOnesAnswersGoThroughTheLowerOne) {
  Open();
  ASSERT_TRUE(stage_.Feed(Frame("hey", {.opcode = websocket::Opcode::kPing})).ok());
  EXPECT_EQ(TakeOpened(), "\x8A\x03hey");
}

TEST_F(StackedTransportTest, WhenTheUpperOneFailsBothTakeLeave) {
  Open();
  const Status status = stage_.Feed(Frame("x", {.opcode = websocket::Opcode::kText}));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(TakeOpened(), "\x88\x02\x03\xEB.");
  stage_.Close();
  EXPECT_EQ(TakeOpened(), "") << "they have done so";
}

TEST_F(StackedTransportTest, ARefusalOfTheUpperOneIsSealed) {
  const Status status =
      stage_.Feed(Concat({AsBytes("H"), Sealed("GET / HTTP/1.1\r\nHost: a\r\n\r\n")}));
  ASSERT_FALSE(status.ok());
  const std::string opened = TakeOpened();
  EXPECT_TRUE(opened.starts_with("hHTTP/1.1 426 ")) << opened;
  EXPECT_TRUE(opened.ends_with("\n.")) << opened;
}

TEST_F(StackedTransportTest, NothingIsSealedByALowerOneThatFailed) {
  Open();
  const Status status =
      stage_.Feed(Concat({Frame("hey", {.opcode = websocket::Opcode::kPing}), AsBytes("!")}));
  EXPECT_EQ(status.sentence(), "the cipher was broken");
  EXPECT_EQ(TakeOpened(), "A") << "its alert, and no Pong";
}

TEST_F(StackedTransportTest, TheFirstFailureIsTheOneThatIsNamed) {
  Open();
  const Status status =
      stage_.Feed(Concat({Frame("x", {.opcode = websocket::Opcode::kText}), AsBytes("!")}));
  EXPECT_NE(status.sentence().find("sent text"), std::string::npos);
}

TEST_F(StackedTransportTest, NothingReachesAnUpperOneThatFailed) {
  Open();
  // In two records, of which the second begins behind a word of the cipher's.
  ASSERT_FALSE(stage_
                   .Feed(Concat({Frame("x", {.opcode = websocket::Opcode::kText}), AsBytes("-"),
                                 Frame("good")}))
                   .ok());
  EXPECT_EQ(stage_.TakePlain(), "");
}

TEST_F(StackedTransportTest, EndsWithTheUpperOne) {
  Open();
  ASSERT_TRUE(stage_.Feed(Frame("", {.opcode = websocket::Opcode::kClose})).ok());
  EXPECT_EQ(stage_.state(), State::kEnded);
  EXPECT_EQ(TakeOpened(), std::string_view("\x88\0", 2));
}

TEST_F(StackedTransportTest, EndsWithTheLowerOne) {
  Open();
  ASSERT_TRUE(stage_.Feed(Concat({Frame("last"), AsBytes(".")})).ok());
  EXPECT_EQ(stage_.TakePlain(), "last");
  EXPECT_EQ(stage_.state(), State::kEnded);
  stage_.Send({AsBytes("x")});
  EXPECT_EQ(TakeOpened(), "\x82\x01x") << "we may still speak";
}

TEST_F(StackedTransportTest, TakesLeaveFromTheTopDown) {
  Open();
  stage_.Close();
  EXPECT_EQ(TakeOpened(), "\x88\x02\x03\xE8.");
  stage_.Close();
  stage_.Send({AsBytes("x")});
  EXPECT_EQ(TakeOpened(), "");
}

TEST_F(StackedTransportTest, NothingFollowsTheLowerOnesFarewell) {
  ASSERT_TRUE(stage_.Feed("H").ok());
  stage_.Close();
  EXPECT_EQ(TakeOpened(), "h.");
  ASSERT_TRUE(stage_.Feed(Sealed(OpeningRequest())).ok());
  EXPECT_EQ(TakeOpened(), "") << "the answer of the upper one comes too late";
}

TEST_F(StackedTransportTest, TakesLeaveOfTheLowerOneAloneBeforeItIsOpen) {
  stage_.Close();
  EXPECT_EQ(TakeOpened(), ".");
}

}  // namespace
}  // namespace signet
