#include "net/doorbell.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>

#include "fmt/format.h"
#include "net/uring/explain.h"

namespace signet {

Status Doorbell::Open() {
  event_ = Socket(eventfd(0, EFD_CLOEXEC));
  if (event_) return Status::Ok();
  return Status::Error(fmt::format("cannot make an eventfd: {}", ExplainNoDescriptor(errno)));
}

void Doorbell::Install(Ring* ring, bool ring_messages) {
  ring_ = ring;
  ring_fd_ = ring_messages ? ring->fd() : -1;
  ReadEvent();
}

void Doorbell::ReadEvent() {
  reading_ = true;
  paused_until_ = Instant::Never();
  io_uring_sqe* sqe = ring_->NextSqe();
  io_uring_prep_read(sqe, event_.fd(), &event_count_, sizeof event_count_, 0);
  io_uring_sqe_set_data64(sqe, OpTag{.op = Op::kReadEvent}.Pack());
}

void Doorbell::OnReadEvent(const Completion& completion, Instant now) {
  reading_ = false;
  if (completion.result() >= 0) return ReadEvent();
  paused_until_ = now + kPause;
}

void Doorbell::Reassure() {
  if (!reading_) return;
  io_uring_sqe* sqe = ring_->NextSqe();
  io_uring_prep_cancel64(sqe, OpTag{.op = Op::kReadEvent}.Pack(), 0);
  io_uring_sqe_set_data64(sqe, OpTag{.op = Op::kAskForReadEvent}.Pack());
}

// If it was still there, it is cancelled now and says so itself.
void Doorbell::OnAnswer(const Completion& completion) {
  if (completion.result() == -ENOENT && reading_) ReadEvent();
}

bool Doorbell::WakeFrom(Ring& ring, ShardId self, ShardId shard) {
  if (!TakeSleep()) return false;
  if (ring_fd_ < 0) {
    RingByEvent();
    return true;
  }
  io_uring_sqe* sqe = ring.NextSqe();
  const OpTag at_the_other{.op = Op::kDoorbell, .slot = self.value()};
  io_uring_prep_msg_ring(sqe, ring_fd_, 0, at_the_other.Pack(), 0);
  // We hear of it only if it fails.
  sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
  io_uring_sqe_set_data64(sqe, OpTag{.op = Op::kRingBell, .slot = shard.value()}.Pack());
  return true;
}

void Doorbell::Wake() {
  if (TakeSleep()) RingByEvent();
}

void Doorbell::RingByEvent() const {
  const uint64_t one = 1;
  // Fails only if it has been rung 2^64 times and never heard.
  [[maybe_unused]] const ssize_t written = write(event_.fd(), &one, sizeof one);
}

}  // namespace signet
