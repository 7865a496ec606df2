#include "net/doorbell.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>

#include "fmt/format.h"
#include "net/uring/explain.h"
#include "net/uring/lost_operation.h"

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
  AskWhetherLost(*ring_, {.op = Op::kReadEvent}, {.op = Op::kAskForReadEvent});
}

void Doorbell::OnAnswer(const Completion& completion, Instant now) {
  if (!reading_) return;
  switch (ReadLostAnswer(completion)) {
    case LostAnswer::kNotLost:
      return;
    case LostAnswer::kLost:
      return ReadEvent();
    case LostAnswer::kUnknown:
      paused_until_ = now + kPause;
      return;
  }
}

void Doorbell::CheckTime(Instant now) {
  if (paused_until_ > now) return;
  paused_until_ = Instant::Never();
  if (reading_) {
    Reassure();
  } else {
    ReadEvent();
  }
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
