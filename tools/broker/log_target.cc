#include "tools/broker/log_target.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <thread>
#include <utility>

namespace signet {

LogTarget::LogTarget(int fd, absl::AnyInvocable<bool() const> more_waits)
    : fd_(fd), more_waits_(std::move(more_waits)) {}

LogTarget::~LogTarget() { flush_(); }

// Who waits here does not wait for its queue, so that to put a line into that costs no call either.
void LogTarget::sink_it_(const spdlog::details::log_msg& message) {
  formatter_->format(message, gathered_);
  if (gathered_.size() < kPiece) {
    if (more_waits_()) return;
    std::this_thread::sleep_for(kGather);
    if (more_waits_()) return;
  }
  flush_();
}

void LogTarget::flush_() {
  const char* at = gathered_.data();
  const char* const end = at + gathered_.size();
  while (at != end) {
    const ssize_t written = write(fd_, at, static_cast<size_t>(end - at));
    if (written > 0) {
      at += written;
    } else if (errno == EAGAIN) {  // Somebody shares it who does not want to wait; we do.
      pollfd room{.fd = fd_, .events = POLLOUT, .revents = 0};
      poll(&room, 1, -1);
    } else if (errno != EINTR) {
      break;  // Nobody is there to read it.
    }
  }
  gathered_.clear();
}

}  // namespace signet
