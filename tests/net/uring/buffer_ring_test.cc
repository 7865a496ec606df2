#include "net/uring/buffer_ring.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "net/uring/probe.h"
#include "sanitizer/asan_interface.h"

namespace signet {
namespace {

// A ring that receives from some sockets, by a few buffers of 1 KiB.
class BufferRingTest : public testing::TestWithParam<bool> {
 protected:
  static constexpr uint16_t kBuffers = 4;
  static constexpr uint32_t kBufferBytes = 1024;
  static constexpr size_t kSockets = 3;

  void SetUp() override {
    const auto features = ProbeKernel();
    ASSERT_TRUE(features.ok()) << features.error().sentence();
    if (GetParam() && !features->incremental_buffers) GTEST_SKIP() << "not on this kernel";
    ring_ = std::move(*Ring::Create({.sq_entries = 8, .cq_entries = 64}));
    buffers_ = std::move(*BufferRing::Create(ring_.get(), {.group = 3,
                                                           .buffers = kBuffers,
                                                           .buffer_bytes = kBufferBytes,
                                                           .incremental = GetParam()}));
    for (auto& pair : pairs_) {
      ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()), 0);
    }
  }
  void TearDown() override {
    for (auto& pair : pairs_) {
      for (const int fd : pair) close(fd);
    }
  }

  void Write(size_t socket, const std::string& text) {
    ASSERT_EQ(write(pairs_[socket][1], text.data(), text.size()),
              static_cast<ssize_t>(text.size()));
  }

  void Arm(size_t socket) {
    io_uring_sqe* sqe = ring_->NextSqe();
    io_uring_prep_recv_multishot(sqe, pairs_[socket][0], nullptr, 0, 0);
    sqe->flags |= IOSQE_BUFFER_SELECT;
    sqe->buf_group = buffers_->group();
    io_uring_sqe_set_data64(sqe, OpTag{.slot = static_cast<uint32_t>(socket)}.Pack());
  }

  // Appends what came to `received_`, and re-arms what ran out of buffers.
  void Turn() {
    std::vector<size_t> starved;
    do {
      ring_->Enter({});
      ring_->Reap(64, [&](const Completion& completion) {
        const BufferLease lease = buffers_->Lease(completion);
        received_[completion.tag().slot] += AsText(lease.bytes());
        if (completion.result() == -ENOBUFS) starved.push_back(completion.tag().slot);
      });
    } while (ring_->HasDeferredWork());
    EXPECT_TRUE(buffers_->AgreesWithKernel());
    for (const size_t socket : starved) Arm(socket);
    exhausted_ += starved.size();
  }

  std::unique_ptr<Ring> ring_;
  std::unique_ptr<BufferRing> buffers_;
  std::array<std::array<int, 2>, kSockets> pairs_{};
  std::array<std::string, kSockets> received_;
  size_t exhausted_ = 0;
};

TEST_P(BufferRingTest, KeepsEveryByteInOrderOverManyRounds) {
  std::array<std::string, kSockets> sent;
  for (size_t i = 0; i < kSockets; ++i) Arm(i);
  for (int round = 0; round < 2000; ++round) {
    for (size_t i = 0; i < kSockets; ++i) {
      const std::string text(1 + (static_cast<size_t>(round) * 37 + i * 11) % 600,
                             static_cast<char>('a' + (round + static_cast<int>(i)) % 26));
      Write(i, text);
      sent[i] += text;
    }
    Turn();
  }
  for (int turn = 0; turn < 20; ++turn) Turn();
  EXPECT_EQ(received_, sent);
}

#ifdef __SANITIZE_ADDRESS__
// An incremental ring leases the next bytes of the same buffer, a plain one another buffer.
TEST_P(BufferRingTest, IsPoisonedButForWhatIsLeased) {
  Arm(0);
  for (const std::string text : {"first", "second"}) {
    Write(0, text);
    ring_->Enter({});
    MutableBytes seen;
    ring_->Reap(64, [&](const Completion& completion) {
      const BufferLease lease = buffers_->Lease(completion);
      seen = lease.bytes();
      EXPECT_EQ(__asan_region_is_poisoned(seen.data(), seen.size()), nullptr);
      EXPECT_TRUE(__asan_address_is_poisoned(seen.data() + seen.size()));
      EXPECT_EQ(AsText(seen), text);
    });
    ASSERT_EQ(seen.size(), text.size());
    for (const uint8_t& byte : seen) EXPECT_TRUE(__asan_address_is_poisoned(&byte));
  }
}
#endif

TEST_P(BufferRingTest, LosesNothingWhenItRunsOut) {
  const std::string text(6 * kBufferBytes, 'x');
  Arm(0);
  Arm(1);
  Write(0, text);
  Write(1, text);
  for (int turn = 0; turn < 20; ++turn) Turn();
  EXPECT_EQ(received_[0], text);
  EXPECT_EQ(received_[1], text);
  EXPECT_GT(exhausted_, 0);
}

TEST_P(BufferRingTest, TheEndOfAStreamTakesNoBuffer) {
  Arm(0);
  Arm(1);
  Write(0, "last");
  Turn();
  shutdown(pairs_[0][1], SHUT_RDWR);
  Turn();
  for (int i = 0; i < 100; ++i) {
    Write(1, std::string(100, 'y'));
    Turn();
  }
  EXPECT_EQ(received_[0], "last");
  EXPECT_EQ(received_[1], std::string(10'000, 'y'));
}

TEST_P(BufferRingTest, BeginsAnewAfterACompletionWasLost) {
  Arm(0);
  Arm(1);
  Write(0, "lost");
  ring_->Enter({});
  ring_->Reap(64, [](const Completion&) {});
  buffers_->Distrust();
  Write(0, "in the wrong place");
  ring_->Enter({});
  ring_->Reap(64, [&](const Completion& completion) {
    EXPECT_TRUE(buffers_->Lease(completion).bytes().empty());
  });
  buffers_->Renew();
  Write(0, "anew");
  Write(1, "too");
  Turn();
  EXPECT_EQ(received_[0], "anew");
  EXPECT_EQ(received_[1], "too");
}

INSTANTIATE_TEST_SUITE_P(, BufferRingTest, testing::Bool(), [](const auto& instance) {
  return instance.param ? "Incremental" : "Plain";
});

TEST(Probe, FindsWhatThisKernelOffers) {
  const auto features = ProbeKernel();
  ASSERT_TRUE(features.ok()) << features.error().sentence();
  RecordProperty("incremental_buffers", features->incremental_buffers);
  RecordProperty("receive_cap", features->receive_cap);
  RecordProperty("ring_messages", features->ring_messages);
  std::printf("incremental %d, cap %d, messages %d\n", features->incremental_buffers,
              features->receive_cap, features->ring_messages);
}

}  // namespace
}  // namespace signet
