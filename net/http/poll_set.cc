#include "net/http/poll_set.h"

#include <cerrno>
#include <utility>

namespace signet {
namespace {

OpTag TagOf(int fd, uint32_t generation) {
  return {.op = Op::kPollHttp, .generation = generation, .slot = static_cast<uint32_t>(fd)};
}

}  // namespace

PollSet::~PollSet() {
  for (auto& [fd, poll] : polls_) CancelIfArmed(fd, poll);
}

void PollSet::Watch(int fd, uint32_t events, CurlPool* owner) {
  Poll& poll = polls_[fd];
  poll.owner = owner;
  poll.wanted = events;
  changed_.push_back(fd);
}

void PollSet::Forget(int fd) {
  const auto found = polls_.find(fd);
  if (found == polls_.end()) return;
  // A poll holds the connection open beyond its close(), so it must not be left to itself.
  CancelIfArmed(fd, found->second);
  polls_.erase(found);
}

void PollSet::ForgetAllOf(const CurlPool* owner) {
  absl::erase_if(polls_, [&](auto& entry) {
    if (entry.second.owner != owner) return false;
    CancelIfArmed(entry.first, entry.second);
    return true;
  });
}

void PollSet::Settle() {
  for (const int fd : changed_) {
    const auto found = polls_.find(fd);
    if (found == polls_.end()) continue;
    Poll& poll = found->second;
    if (poll.armed == poll.wanted) continue;
    CancelIfArmed(fd, poll);
    if (poll.wanted != 0) Arm(fd, poll);
  }
  changed_.clear();
}

void PollSet::Arm(int fd, Poll& poll) {
  // Each time another one, so that neither the completion of a poll that was cancelled nor that of
  // a former descriptor of this number is taken for this one's.
  generation_ = (generation_ + 1) & ConnectionId::kGenerationMask;
  poll.generation = generation_;
  poll.armed = poll.wanted;
  io_uring_sqe* sqe = ring_.NextSqe();
  io_uring_prep_poll_add(sqe, fd, poll.wanted);
  io_uring_sqe_set_data64(sqe, TagOf(fd, poll.generation).Pack());
}

void PollSet::Cancel(OpTag poll) {
  io_uring_sqe* sqe = ring_.NextSqe();
  io_uring_prep_cancel64(sqe, poll.Pack(), 0);
  poll.op = Op::kCancelHttpPoll;
  io_uring_sqe_set_data64(sqe, poll.Pack());
}

void PollSet::CancelIfArmed(int fd, Poll& poll) {
  if (poll.armed == 0) return;
  poll.armed = 0;
  Cancel(TagOf(fd, poll.generation));
}

void PollSet::ArmAfterPause(int fd, Poll& poll, Instant now) {
  poll.armed = 0;
  to_arm_.push_back(fd);
  if (paused_until_ == Instant::Never()) paused_until_ = now + kPause;
}

std::optional<PollSet::Ready> PollSet::OnPoll(const Completion& completion, Instant now) {
  const OpTag tag = completion.tag();
  const int fd = static_cast<int>(tag.slot);
  const auto found = polls_.find(fd);
  if (found == polls_.end()) return std::nullopt;
  Poll& poll = found->second;
  if (poll.armed == 0 || poll.generation != tag.generation) return std::nullopt;
  if (completion.result() < 0) {
    ArmAfterPause(fd, poll, now);
    return std::nullopt;
  }
  poll.armed = 0;
  changed_.push_back(fd);
  return Ready{.owner = poll.owner, .fd = fd, .events = static_cast<uint32_t>(completion.result())};
}

void PollSet::OnCancel(const Completion& completion, Instant now) {
  OpTag tag = completion.tag();
  tag.op = Op::kPollHttp;
  switch (completion.result()) {
    case 0:          // The poll itself says -ECANCELED.
    case -EALREADY:  // It is about to complete.
      return;
    case -ENOENT: {  // It has completed, and if we have not seen that, it was lost.
      const auto found = polls_.find(static_cast<int>(tag.slot));
      if (found == polls_.end()) return;
      Poll& poll = found->second;
      if (poll.armed != 0 && poll.generation == tag.generation) {
        ArmAfterPause(found->first, poll, now);
      }
      return;
    }
    default:
      to_cancel_.push_back(tag);
      if (paused_until_ == Instant::Never()) paused_until_ = now + kPause;
  }
}

void PollSet::Reassure() {
  for (const auto& [fd, poll] : polls_) {
    if (poll.armed != 0) Cancel(TagOf(fd, poll.generation));
  }
}

void PollSet::CheckTime(Instant now) {
  if (now < paused_until_) return;
  paused_until_ = Instant::Never();
  for (const OpTag tag : std::exchange(to_cancel_, {})) Cancel(tag);
  for (const int fd : std::exchange(to_arm_, {})) changed_.push_back(fd);
}

}  // namespace signet
