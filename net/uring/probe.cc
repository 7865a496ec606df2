#include "net/uring/probe.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "fmt/format.h"
#include "net/uring/buffer_ring.h"
#include "net/uring/explain.h"
#include "net/uring/ring.h"

namespace signet {
namespace {

constexpr Ring::Options kSmallRing{.sq_entries = 8, .cq_entries = 32};
constexpr uint32_t kBufferBytes = 4096;

// Two connected sockets: what is written into one end is received from the other.
class SocketPair {
 public:
  SocketPair() = default;
  SocketPair(const SocketPair&) = delete;
  SocketPair& operator=(const SocketPair&) = delete;
  ~SocketPair() {
    Close(0);
    Close(1);
  }

  // 0 or an error number.
  int Open() {
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data()) == 0 ? 0 : errno;
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
  std::array<int, 2> ends_{-1, -1};
};

std::string ExplainSockets(int error) {
  if (error == EMFILE || error == ENFILE) return ExplainRingFailure(error);
  return fmt::format(
      "io_uring cannot be tried out: there is no pair of local sockets ({}), as when a seccomp "
      "filter refuses socketpair",
      std::generic_category().message(error));
}

struct Received {
  uint32_t slot;
  int32_t result;
  std::string text;

  bool operator==(const Received&) const = default;
};

// A small ring with two receive buffers, and two pairs of sockets to receive from.
class Trial {
 public:
  static StatusOr<std::unique_ptr<Trial>> Create(bool incremental) {
    std::unique_ptr<Trial> trial(new Trial);
    auto ring = Ring::Create(kSmallRing);
    if (!ring.ok()) return ring.error();
    trial->ring_ = std::move(*ring);
    auto buffers = BufferRing::Create(
        trial->ring_.get(),
        {.buffers = 2, .buffer_bytes = kBufferBytes, .incremental = incremental});
    if (!buffers.ok()) return buffers.error();
    trial->buffers_ = std::move(*buffers);
    for (SocketPair* pair : {&trial->first, &trial->second}) {
      if (const int error = pair->Open(); error != 0) return Status::Error(ExplainSockets(error));
    }
    return trial;
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

  SocketPair first;
  SocketPair second;

 private:
  Trial() = default;

  std::unique_ptr<Ring> ring_;
  std::unique_ptr<BufferRing> buffers_;
};

// Whether `behaves` is true of this kernel; an error if that cannot be tried.
StatusOr<bool> Try(bool incremental, bool (*behaves)(Trial& trial)) {
  auto trial = Trial::Create(incremental);
  if (!trial.ok()) return trial.error();
  return (*trial)->buffers().is_incremental() == incremental && behaves(**trial);
}

std::vector<Received> Each(uint32_t slot, const std::vector<std::string>& texts) {
  std::vector<Received> all;
  for (const std::string& text : texts) {
    all.push_back({.slot = slot, .result = static_cast<int32_t>(text.size()), .text = text});
  }
  return all;
}

// Receives follow each other within a buffer, go on in the next one, and end by -ENOBUFS.
bool FillsOneBehindTheOther(Trial& trial) {
  const SocketPair& pair = trial.first;
  trial.Receive(pair, 1, true);
  if (!pair.Write("first") || trial.Take() != Each(1, {"first"})) return false;
  if (!pair.Write("second") || trial.Take() != Each(1, {"second"})) return false;
  const std::string rest(2 * kBufferBytes - 11, 'r');
  if (!pair.Write(rest + "more")) return false;
  std::string text;
  int32_t last = 0;
  for (const Received& received : trial.Take()) {
    text += received.text;
    last = received.result;
  }
  return text.starts_with(rest) && last != 0 && trial.buffers().AgreesWithKernel();
}

// The end of a stream uses up no buffer.
bool EndsWithoutABuffer(Trial& trial) {
  trial.Receive(trial.first, 1, true);
  if (!trial.first.Write("last") || trial.Take() != Each(1, {"last"})) return false;
  trial.first.CloseWriter();
  if (trial.Take() != Each(1, {""})) return false;
  trial.Receive(trial.second, 2, true);
  return trial.second.Write("next") && trial.Take() == Each(2, {"next"}) &&
         trial.buffers().AgreesWithKernel();
}

// Completions come in the order in which the buffer was filled, even if one of the receives is not
// multishot.
bool CompletesInOrder(Trial& trial) {
  if (!trial.first.Write("first") || !trial.second.Write("second")) return false;
  trial.Receive(trial.first, 1, false);
  trial.Receive(trial.second, 2, true);
  std::vector<Received> expected = Each(1, {"first"});
  expected.push_back(Each(2, {"second"}).front());
  return trial.Take() == expected;
}

bool TakesAReceiveCap(Trial& trial) {
  trial.Receive(trial.first, 1, true, 3);
  return trial.first.Write("abcdef") && trial.Take() == Each(1, {"abc", "def"});
}

bool ReceivesMultishot(Trial& trial) {
  const SocketPair& pair = trial.first;
  trial.Receive(pair, 1, true);
  return pair.Write("a") && trial.Take() == Each(1, {"a"}) && pair.Write("b") &&
         trial.Take() == Each(1, {"b"});
}

StatusOr<bool> SendsRingMessages() {
  auto from = Ring::Create(kSmallRing);
  if (!from.ok()) return from.error();
  auto to = Ring::Create(kSmallRing);
  if (!to.ok()) return to.error();
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
  const auto receives = Try(false, ReceivesMultishot);
  if (!receives.ok()) return receives.error();
  if (!*receives) {
    return Status::Error(
        "io_uring is there, but without multishot receive into provided buffers: Linux 6.1 or "
        "newer is needed");
  }
  KernelFeatures features{.incremental_buffers = true};
  for (const auto behaves : {FillsOneBehindTheOther, EndsWithoutABuffer, CompletesInOrder}) {
    const auto found = Try(true, behaves);
    if (!found.ok()) return found.error();
    features.incremental_buffers = features.incremental_buffers && *found;
  }
  const auto cap = Try(false, TakesAReceiveCap);
  if (!cap.ok()) return cap.error();
  features.receive_cap = *cap;
  const auto messages = SendsRingMessages();
  if (!messages.ok()) return messages.error();
  features.ring_messages = *messages;
  return features;
}

}  // namespace signet
