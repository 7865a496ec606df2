#include "net/acceptor.h"

#include <sys/socket.h>

#include <cerrno>
#include <system_error>

#include "fmt/format.h"
#include "net/uring/lost_operation.h"

namespace signet {
namespace {

// The trouble of one connection, which is gone by now: there is no reason to wait.
bool IsOfOneConnection(int error) {
  switch (error) {
    case ECONNABORTED:
    case EPROTO:
    case EPERM:  // A firewall rule.
    case EINTR:
    case EAGAIN:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENONET:
      return true;
    default:
      return false;
  }
}

}  // namespace

void Acceptor::Start() {
  accepting_ = true;
  paused_until_ = Instant::Never();
  io_uring_sqe* sqe = ring_.NextSqe();
  io_uring_prep_multishot_accept(sqe, listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
  io_uring_sqe_set_data64(sqe, OpTag{.op = Op::kAccept, .slot = index_}.Pack());
}

Socket Acceptor::OnAccept(const Completion& completion, Instant now) {
  if (!completion.more()) accepting_ = false;
  Socket socket(completion.result());
  if (stopped_) return {};
  if (!socket) {
    OnFailure(-completion.result(), now);
  } else if (!accepting_) {
    Start();
  }
  return socket;
}

void Acceptor::Reassure() {
  if (!accepting_) return;
  AskWhetherLost(ring_, {.op = Op::kAccept, .slot = index_},
                 {.op = Op::kAskForAccept, .slot = index_});
}

void Acceptor::OnAnswer(const Completion& completion, Instant now) {
  if (!accepting_) return;
  switch (ReadLostAnswer(completion)) {
    case LostAnswer::kNotLost:
      return;
    case LostAnswer::kLost:
      accepting_ = false;
      if (!stopped_) Start();
      return;
    case LostAnswer::kUnknown:
      paused_until_ = now + kPause;
      return;
  }
}

void Acceptor::OnFailure(int error, Instant now) {
  ++counters_.accepts_failed;
  if (failure_log_.Allow(now)) {
    log_.Write(LogLevel::kWarning, "cannot accept a connection",
               {{"error", std::generic_category().message(error)},
                {"not_logged_before", fmt::format("{}", failure_log_.TakeSuppressed())}});
  }
  if (accepting_) return;
  if (IsOfOneConnection(error)) return Start();
  paused_until_ = now + kPause;
}

void Acceptor::CheckTime(Instant now) {
  if (paused_until_ > now) return;
  paused_until_ = Instant::Never();
  if (accepting_) {
    Reassure();
  } else {
    Start();
  }
}

void Acceptor::Stop() {
  stopped_ = true;
  paused_until_ = Instant::Never();
  shutdown(listener_.fd(), SHUT_RDWR);  // Ends the accept.
}

}  // namespace signet
