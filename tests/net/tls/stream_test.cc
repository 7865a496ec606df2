// Bytes once the handshake is done: split and joined in every way, closed, handed over.
#include <gtest/gtest.h>

#include <thread>

#include "tests/net/tls/tls_pair.h"
#include "tests/support/bytes.h"

namespace signet {
namespace {

class Stream : public ::testing::TestWithParam<TlsVersion> {
 protected:
  TlsClientOptions Options() const { return {.max_version = GetParam()}; }

  std::shared_ptr<const TlsContext> context_ = MakeTls(ServerSettings());
};

INSTANTIATE_TEST_SUITE_P(Tls, Stream, ::testing::Values(TlsVersion::k12, TlsVersion::k13));

TEST_P(Stream, ComesThroughInPiecesOfAnySize) {
  for (const size_t segment : {1u, 2u, 3u, 4u, 5u, 6u, 7u, 100u, 1460u}) {
    TlsPair pair(context_, Options());
    pair.Run(segment);
    ASSERT_TRUE(pair.is_open()) << segment << pair.server.status().sentence();
    pair.client.Write("one");
    pair.client.Write("two");
    pair.Run(segment);
    EXPECT_EQ(pair.server.sink().received, "onetwo");
  }
}

// Every place at which what a client sends in its handshake, and behind it, can be cut in two.
TEST_P(Stream, ComesThroughCutAnywhere) {
  for (size_t cut = 1;; ++cut) {
    TlsPair pair(context_, Options());
    size_t sent = 0;
    bool was_cut = false;
    const auto pass = [&](const std::string& bytes) {
      const size_t at = cut - sent;
      if (!was_cut && at < bytes.size()) {
        pair.server.Feed(AsBytes(bytes).first(at));
        pair.server.Feed(AsBytes(bytes).subspan(at));
        was_cut = true;
      } else {
        pair.server.Feed(AsBytes(bytes));
        if (!was_cut) sent += bytes.size();
      }
    };
    for (int i = 0; i < 4; ++i) {
      if (i == 3) pair.client.Write("the first data");
      pass(pair.client.TakeOutput());
      pair.client.Feed(AsBytes(pair.server.TakeOutput()));
    }
    ASSERT_TRUE(pair.is_open()) << cut << pair.server.status().sentence();
    ASSERT_EQ(pair.server.sink().received, "the first data") << cut;
    if (!was_cut) return;
  }
}

TEST_P(Stream, DataBehindTheHandshakeInOnePiece) {
  TlsPair pair(context_, Options());
  pair.server.Feed(AsBytes(pair.client.TakeOutput()));
  pair.client.Feed(AsBytes(pair.server.TakeOutput()));
  if (GetParam() == TlsVersion::k12) {  // Its server speaks last.
    pair.server.Feed(AsBytes(pair.client.TakeOutput()));
    pair.client.Feed(AsBytes(pair.server.TakeOutput()));
  }
  ASSERT_TRUE(pair.client.is_open());
  pair.client.Write("at once");
  pair.server.Feed(AsBytes(pair.client.TakeOutput()));
  EXPECT_TRUE(pair.server.is_open());
  EXPECT_EQ(pair.server.sink().received, "at once");
}

TEST_P(Stream, PutsPiecesIntoOneRecord) {
  TlsPair pair(context_, Options());
  pair.Run();
  const std::vector<ByteView> pieces(100, AsBytes("abc"));
  pair.server.transport().Send(pieces, &pair.server.wire());
  const std::string wire = pair.server.TakeOutput();
  EXPECT_EQ(LoadU16(AsBytes(wire).data() + 3) + 5u, wire.size());
  pair.client.Feed(AsBytes(wire));
  EXPECT_EQ(pair.client.received().size(), 300u);
  EXPECT_EQ(pair.client.received().substr(297), "abc");
}

TEST_P(Stream, FillsRecordsUp) {
  for (const std::vector<size_t>& sizes : std::vector<std::vector<size_t>>{{16'384},
                                                                           {16'385},
                                                                           {100'000},
                                                                           {1, 16'384},
                                                                           {1, 16'383},
                                                                           {20'000, 20'000},
                                                                           {9, 0, 9},
                                                                           {40'000, 1, 40'000},
                                                                           {16'384, 16'384}}) {
    TlsPair pair(context_, Options());
    pair.Run();
    std::string expected;
    std::vector<std::string> texts;
    for (size_t i = 0; i < sizes.size(); ++i) {
      texts.emplace_back(sizes[i], static_cast<char>('a' + i));
      expected += texts.back();
    }
    std::vector<ByteView> pieces;
    for (const std::string& text : texts) pieces.push_back(AsBytes(text));
    pair.server.transport().Send(pieces, &pair.server.wire());
    const std::string wire = pair.server.TakeOutput();
    size_t records = 0;
    for (size_t at = 0; at < wire.size(); ++records)
      at += size_t{5} + LoadU16(AsBytes(wire).data() + at + 3);
    EXPECT_EQ(records, (expected.size() + 16'383) / 16'384);
    pair.client.Feed(AsBytes(wire));
    EXPECT_EQ(pair.client.received(), expected);
  }
}

TEST_P(Stream, TakesRecordsOfTheLargestSize) {
  TlsPair pair(context_, Options());
  pair.Run();
  const std::string text(50'000, 'x');
  pair.client.Write(text);
  pair.Run(1000);
  EXPECT_EQ(pair.server.sink().received, text);
  EXPECT_EQ(pair.server.sink().calls, 4);
}

// Whoever takes plain bytes may answer at once.
TEST_P(Stream, AnswersWithinReceive) {
  class Echo : public Transport::Sink {
   public:
    explicit Echo(TlsServer* server) : server_(server) {}
    void OnPlain(MutableBytes bytes) override {
      const ByteView view = bytes;
      server_->transport().Send({&view, 1}, &server_->wire());
    }

   private:
    TlsServer* server_;
  };
  TlsPair pair(context_, Options());
  pair.Run();
  pair.client.Write("one");
  pair.client.Write("two");
  std::string records = pair.client.TakeOutput();
  std::vector<uint8_t> bytes(records.begin(), records.end());
  Echo echo(&pair.server);
  ASSERT_TRUE(pair.server.transport().Receive(bytes, echo, &pair.server.wire()).ok());
  pair.client.Feed(AsBytes(pair.server.TakeOutput()));
  EXPECT_EQ(pair.client.received(), "onetwo");
}

TEST_P(Stream, PeerTakesLeave) {
  TlsPair pair(context_, Options());
  pair.Run();
  pair.client.Write("bye");
  pair.client.Close();
  pair.client.Write("");
  pair.Run();
  EXPECT_TRUE(pair.server.status().ok()) << pair.server.status().sentence();
  EXPECT_EQ(pair.server.transport().state(), Transport::State::kEnded);
  EXPECT_EQ(pair.server.sink().received, "bye");
  pair.server.Feed(Bytes("17 0303 0001 00"));  // Nothing is heard behind it.
  EXPECT_TRUE(pair.server.status().ok());
}

// In TLS 1.3 each side closes its own direction (RFC 8446, 6.1).
TEST(StreamTls13, StillSendsToAPeerThatHasTakenLeave) {
  TlsPair pair(MakeTls(ServerSettings()));
  pair.Run();
  pair.client.Close();
  pair.server.Feed(AsBytes(pair.client.TakeOutput()));
  ASSERT_EQ(pair.server.transport().state(), Transport::State::kEnded);
  pair.server.Send("the last word");
  EXPECT_EQ(pair.server.wire().size(), 22u + 13u);
  pair.server.transport().Close(&pair.server.wire());
  EXPECT_EQ(pair.server.wire().size(), 22u + 13u + 22u + 2u);
}

TEST_P(Stream, TakesLeaveOnce) {
  TlsPair pair(context_, Options());
  pair.Run();
  pair.server.Send("bye");
  pair.server.transport().Close(&pair.server.wire());
  const size_t size = pair.server.wire().size();
  pair.server.transport().Close(&pair.server.wire());
  pair.server.Send("more");
  EXPECT_EQ(pair.server.wire().size(), size);
  pair.client.Feed(AsBytes(pair.server.TakeOutput()));
  EXPECT_EQ(pair.client.received(), "bye");
  EXPECT_TRUE(pair.client.got_close_notify());
}

TEST_P(Stream, StillReceivesAfterItsOwnLeave) {
  TlsPair pair(context_, Options());
  pair.Run();
  pair.server.transport().Close(&pair.server.wire());
  pair.client.Write("was on its way");
  pair.client.Close();
  pair.server.Feed(AsBytes(pair.client.TakeOutput()));
  EXPECT_TRUE(pair.server.status().ok()) << pair.server.status().sentence();
  EXPECT_EQ(pair.server.sink().received, "was on its way");
  EXPECT_EQ(pair.server.transport().state(), Transport::State::kEnded);
}

TEST_P(Stream, TakesNothingForNothing) {
  TlsPair pair(context_, Options());
  EXPECT_TRUE(pair.server.transport().Receive({}, pair.server.sink(), &pair.server.wire()).ok());
  pair.Run();
  pair.server.transport().Send({}, &pair.server.wire());
  pair.server.Send("");
  EXPECT_TRUE(pair.server.wire().empty());
}

// A connection that is cut off leaves the state as it was: that is how one sees it.
TEST_P(Stream, TruncationIsNoEnd) {
  TlsPair pair(context_, Options());
  pair.Run();
  pair.client.Write("half");
  pair.client.Close();
  const std::string bytes = pair.client.TakeOutput();
  pair.server.Feed(AsBytes(bytes).first(bytes.size() - 1));
  EXPECT_EQ(pair.server.sink().received, "half");
  EXPECT_EQ(pair.server.transport().state(), Transport::State::kOpen);
}

TEST_P(Stream, MovesToAnotherThread) {
  TlsPair pair(context_, Options());
  for (int i = 0; i < 4; ++i) {
    std::thread([&] { pair.server.Feed(AsBytes(pair.client.TakeOutput())); }).join();
    std::thread([&] {
      if (pair.server.is_open()) pair.server.Send("t");
    }).join();
    pair.client.Feed(AsBytes(pair.server.TakeOutput()));
    if (pair.client.is_open()) pair.client.Write("c");
  }
  pair.Run();
  EXPECT_TRUE(pair.is_open());
  EXPECT_GE(pair.server.sink().received.size(), 2u);
  EXPECT_EQ(pair.client.received().find_first_not_of('t'), std::string::npos);
}

}  // namespace
}  // namespace signet
