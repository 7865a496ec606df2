#include "net/uring/probe.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "net/uring/buffer_ring.h"
#include "net/uring/ring.h"

namespace signet {
namespace {

constexpr Ring::Options kSmallRing{.sq_entries = 8, .cq_entries = 32};
constexpr uint32_t kBufferBytes = 4096;

// Two connected sockets: what is written into one end is received from the other.
class SocketPair {
 public:
  SocketPair() {
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data()) != 0) ends_ = {-1, -1};
  }
  SocketPair(const SocketPair&) = delete;
  SocketPair& operator=(const SocketPair&) = delete;
  ~SocketPair() {
    Close(0);
    Close(1);
  }

  int receiver() const { return ends_[0]; }
  bool Write(const std::string& text) const {
    return write(ends_[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
  }
  void CloseWriter() { Close(1); }

 private:
  void Close(size_t end) {
    if (ends_[end] >= 0) close(ends_[end]);
    ends_[end] = -1;
  }
  std::array<int, 2> ends_{};
};

struct Received {
  uint32_t slot;
  int32_t result;
  std::string text;

  bool operator==(const Received&) const = default;
};

// A small ring with two receive buffers.
class Trial {
 public:
  static std::optional<Trial> Create(bool incremental) {
    auto ring = Ring::Create(kSmallRing);
    if (!ring.ok()) return std::nullopt;
    auto buffers = BufferRing::Create(
        ring->get(), {.buffers = 2, .buffer_bytes = kBufferBytes, .incremental = incremental});
    if (!buffers.ok()) return std::nullopt;
    return Trial(std::move(*ring), std::move(*buffers));
  }

  void Receive(const SocketPair& pair, uint32_t slot, bool multishot, size_t cap = 0) {
    io_uring_sqe* sqe = ring_->NextSqe();
    io_uring_prep_recv(sqe, pair.receiver(), nullptr, cap, 0);
    if (multishot) sqe->ioprio |= IORING_RECV_MULTISHOT;
    sqe->flags |= IOSQE_BUFFER_SELECT;
    sqe->buf_group = buffers_->group();
    io_uring_sqe_set_data64(sqe, OpTag{.op = Op::kReceive, .slot = slot}.Pack());
  }

  // Everything that has come.
  std::vector<Received> Take() {
    std::vector<Received> all;
    for (int i = 0; i < 4; ++i) {
      ring_->Enter({});
      ring_->Reap(32, [&](const Completion& completion) {
        const BufferLease lease = buffers_->Lease(completion);
        all.push_back({.slot = completion.tag().slot,
                       .result = completion.result(),
                       .text = std::string(AsText(lease.bytes()))});
      });
    }
    return all;
  }

  BufferRing& buffers() { return *buffers_; }

 private:
  Trial(std::unique_ptr<Ring> ring, std::unique_ptr<BufferRing> buffers)
      : ring_(std::move(ring)), buffers_(std::move(buffers)) {}

  std::unique_ptr<Ring> ring_;
  std::unique_ptr<BufferRing> buffers_;
};

std::vector<Received> Each(uint32_t slot, const std::vector<std::string>& texts) {
  std::vector<Received> all;
  for (const std::string& text : texts) {
    all.push_back({.slot = slot, .result = static_cast<int32_t>(text.size()), .text = text});
  }
  return all;
}

// Receives follow each other within a buffer, go on in the next one, and end by -ENOBUFS.
bool FillsOneBehindTheOther() {
  auto trial = Trial::Create(true);
  const SocketPair pair;
  if (!trial) return false;
  trial->Receive(pair, 1, true);
  if (!pair.Write("first") || trial->Take() != Each(1, {"first"})) return false;
  if (!pair.Write("second") || trial->Take() != Each(1, {"second"})) return false;
  const std::string rest(2 * kBufferBytes - 11, 'r');
  if (!pair.Write(rest + "more")) return false;
  std::string text;
  int32_t last = 0;
  for (const Received& received : trial->Take()) {
    text += received.text;
    last = received.result;
  }
  return text.starts_with(rest) && last != 0 && trial->buffers().AgreesWithKernel();
}

// The end of a stream uses up no buffer.
bool EndsWithoutABuffer() {
  auto trial = Trial::Create(true);
  SocketPair ending;
  const SocketPair other;
  if (!trial) return false;
  trial->Receive(ending, 1, true);
  if (!ending.Write("last") || trial->Take() != Each(1, {"last"})) return false;
  ending.CloseWriter();
  if (trial->Take() != Each(1, {""})) return false;
  trial->Receive(other, 2, true);
  return other.Write("next") && trial->Take() == Each(2, {"next"}) &&
         trial->buffers().AgreesWithKernel();
}

// Completions come in the order in which the buffer was filled, even if one of the receives is not
// multishot.
bool CompletesInOrder() {
  auto trial = Trial::Create(true);
  const SocketPair first;
  const SocketPair second;
  if (!trial || !first.Write("first") || !second.Write("second")) return false;
  trial->Receive(first, 1, false);
  trial->Receive(second, 2, true);
  std::vector<Received> expected = Each(1, {"first"});
  expected.push_back(Each(2, {"second"}).front());
  return trial->Take() == expected;
}

bool TakesAReceiveCap() {
  auto trial = Trial::Create(false);
  const SocketPair pair;
  if (!trial) return false;
  trial->Receive(pair, 1, true, 3);
  return pair.Write("abcdef") && trial->Take() == Each(1, {"abc", "def"});
}

bool ReceivesMultishot() {
  auto trial = Trial::Create(false);
  const SocketPair pair;
  if (!trial) return false;
  trial->Receive(pair, 1, true);
  return pair.Write("a") && trial->Take() == Each(1, {"a"}) && pair.Write("b") &&
         trial->Take() == Each(1, {"b"});
}

bool SendsRingMessages() {
  auto from = Ring::Create(kSmallRing);
  auto to = Ring::Create(kSmallRing);
  if (!from.ok() || !to.ok()) return false;
  io_uring_sqe* sqe = (*from)->NextSqe();
  io_uring_prep_msg_ring(sqe, (*to)->fd(), 7, OpTag{.op = Op::kDoorbell}.Pack(), 0);
  io_uring_sqe_set_data64(sqe, OpTag{}.Pack());
  (*from)->Enter({});
  (*to)->Enter({});
  bool came = false;
  (*to)->Reap(1, [&](const Completion& completion) {
    came = completion.tag().op == Op::kDoorbell && completion.result() == 7;
  });
  return came;
}

}  // namespace

StatusOr<KernelFeatures> ProbeKernel() {
  auto ring = Ring::Create(kSmallRing);
  if (!ring.ok()) return ring.error();
  ring->reset();
  if (!ReceivesMultishot()) {
    return Status::Error(
        "io_uring is there, but without multishot receive into provided buffers: Linux 6.1 or "
        "newer is needed");
  }
  return KernelFeatures{
      .incremental_buffers = FillsOneBehindTheOther() && EndsWithoutABuffer() && CompletesInOrder(),
      .receive_cap = TakesAReceiveCap(),
      .ring_messages = SendsRingMessages()};
}

}  // namespace signet
