#include "net/uring/ring.h"

#include <algorithm>
#include <thread>

#include "core/base/check.h"
#include "net/uring/explain.h"

namespace signet {
namespace {

constexpr unsigned kSetupFlags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                                 IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG |
                                 IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE;

// After which a kernel is asked again that was short of something.
constexpr Duration kShortagePause = milliseconds(10);

__kernel_timespec ToTimespec(Duration time) {
  return {.tv_sec = std::chrono::duration_cast<seconds>(time).count(),
          .tv_nsec = (time % seconds(1)).count()};
}

// Whether io_uring_enter(2) did what it is there for. Or else time has passed, a signal came, or
// memory is short: what was not taken stays in the queue.
bool IsUsual(int result) {
  return result >= 0 || result == -ETIME || result == -EINTR || result == -EAGAIN ||
         result == -EBUSY;
}

}  // namespace

StatusOr<std::unique_ptr<Ring>> Ring::Create(const Options& options) {
  std::unique_ptr<Ring> ring(new Ring);
  io_uring_params params{};
  const auto set_up = [&] {
    params = {};
    params.flags = kSetupFlags;
    params.cq_entries = options.cq_entries;
    return io_uring_queue_init_params(options.sq_entries, &ring->ring_, &params);
  };
  const int result =
      RetryWithoutMemory(set_up, [](Duration time) { std::this_thread::sleep_for(time); });
  if (result < 0) {
    ring->ring_.ring_fd = -1;
    return Status::Error(ExplainRingFailure(-result));
  }
  // SQEs are handed over in the order of their places.
  for (unsigned i = 0; i < params.sq_entries; ++i) ring->ring_.sq.array[i] = i;
  ring->cq_mask_ = params.cq_entries - 1;
  ring->faults_ = options.faults;
  ring->has_min_wait_ = (params.features & uring::kFeatureMinWait) != 0;
  if ((params.features & uring::kFeatureNoIoWait) != 0) ring->wait_flags_ = uring::kEnterNoIoWait;
  if (Status status = ring->TryCalls(); !status.ok()) return status;
  return ring;
}

// A seccomp filter may know one of the calls and not another.
Status Ring::TryCalls() {
  // Spares each call the look-up of the descriptor; where a thread has as many rings as it can
  // register, the descriptor itself does.
  const int registered = io_uring_register_ring_fd(&ring_);
  if (registered == 1) {
    enter_flags_ = IORING_ENTER_REGISTERED_RING;
  } else if (registered != -EBUSY) {
    return Status::Error(ExplainRefusedCall("io_uring_register", -registered));
  }
  const uring::GetEventsArgument argument;
  const int entered = RawCall(0, 0, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &argument);
  if (!IsUsual(entered)) return Status::Error(ExplainRefusedCall("io_uring_enter", -entered));
  return Status::Ok();
}

Ring::~Ring() {
  if (ring_.ring_fd >= 0) io_uring_queue_exit(&ring_);
}

io_uring_sqe* Ring::NextSqe() {
  io_uring_sq& sq = ring_.sq;
  const unsigned entries = *sq.kring_entries;
  while (sq.sqe_tail - io_uring_smp_load_acquire(sq.khead) >= entries) [[unlikely]] MakeRoom();
  return &sq.sqes[sq.sqe_tail++ & (entries - 1)];
}

void Ring::MakeRoom() {
  if (!Call(Flush(), 0, 0, nullptr)) std::this_thread::sleep_for(kShortagePause);
}

unsigned Ring::Flush() {
  io_uring_sq& sq = ring_.sq;
  if (faults_ != nullptr) [[unlikely]]
    ShowFaults();
  if (*sq.ktail != sq.sqe_tail) io_uring_smp_store_release(sq.ktail, sq.sqe_tail);
  return sq.sqe_tail - *sq.khead;
}

void Ring::ShowFaults() {
  io_uring_sq& sq = ring_.sq;
  const unsigned entries = *sq.kring_entries;
  for (unsigned i = *sq.ktail; i != sq.sqe_tail; ++i) {
    faults_->OnSqe(*this, sq.sqes[i & (entries - 1)]);
  }
  while (sq.sqe_tail - io_uring_smp_load_acquire(sq.khead) < entries &&
         faults_->AddSqe(*this, sq.sqes[sq.sqe_tail & (entries - 1)])) {
    ++sq.sqe_tail;
  }
}

void Ring::Submit() {
  const unsigned pending = Flush();
  if (pending > 0) Call(pending, 0, 0, nullptr);
}

void Ring::Enter(const Wait& wait) {
  __kernel_timespec timeout{};
  uring::GetEventsArgument argument;
  unsigned flags = IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG;
  const unsigned completions =
      wait.at_least > Duration::zero() && !has_min_wait_ ? 1 : wait.completions;
  if (wait.completions > 0) {
    flags |= wait_flags_;
    if (wait.at_most != Duration::max()) {
      timeout = ToTimespec(wait.at_most);
      argument.timeout = reinterpret_cast<uint64_t>(&timeout);
    }
    if (has_min_wait_) {
      argument.min_wait_us = static_cast<uint32_t>(wait.at_least / std::chrono::microseconds(1));
    }
  }
  if (Call(Flush(), completions, flags, &argument) || wait.completions == 0) return;
  // To be asked again at once it would be short again. Waiting alone needs no memory, and what
  // completes meanwhile may give some back.
  timeout = ToTimespec(std::min(wait.at_most, kShortagePause));
  argument = {.timeout = reinterpret_cast<uint64_t>(&timeout)};
  Call(0, 1, flags, &argument);
}

bool Ring::Call(unsigned to_submit, unsigned wait_for, unsigned flags,
                const uring::GetEventsArgument* argument) {
  if ((SqFlags() & IORING_SQ_CQ_OVERFLOW) != 0) [[unlikely]]
    ++overflows_;
  ++enters_;
  int result = faults_ == nullptr ? 0 : faults_->OnEnter(*this, to_submit);
  if (result == 0) result = RawCall(to_submit, wait_for, flags, argument);
  if (result >= 0) return true;
  switch (-result) {
    case ETIME:
    case EINTR:
    case EBADR:  // Says once that lost() has grown.
      return true;
    case EAGAIN:  // No memory for an operation.
    case ENOMEM:
    case EBUSY:  // Too much has completed that we have not taken.
      return false;
    default:
      UNREACHABLE();  // We would have asked for something that cannot be.
  }
}

int Ring::RawCall(unsigned to_submit, unsigned wait_for, unsigned flags,
                  const uring::GetEventsArgument* argument) {
  // The type of the last argument is the library's; the kernel reads it, and the flags say how.
  auto* const raw = reinterpret_cast<sigset_t*>(const_cast<uring::GetEventsArgument*>(argument));
  return io_uring_enter2(static_cast<unsigned>(ring_.enter_ring_fd), to_submit, wait_for,
                         flags | enter_flags_, raw, argument ? sizeof *argument : 0);
}

}  // namespace signet
