#include "net/socket.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>

namespace signet {

void Socket::Close() {
  if (fd_ >= 0) close(std::exchange(fd_, -1));
}

void Socket::EndSending() const { shutdown(fd_, SHUT_WR); }

void Socket::EndBoth() const { shutdown(fd_, SHUT_RDWR); }

void Socket::ResetOnClose() const {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

std::optional<uint64_t> Socket::BytesConfirmed() const {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(fd_, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  constexpr size_t kEnd = offsetof(tcp_info, tcpi_bytes_acked) + sizeof info.tcpi_bytes_acked;
  if (size < kEnd) return std::nullopt;
  return info.tcpi_bytes_acked;
}

namespace {

// The same of a UNIX socket.
Socket::Peer LookAtLocalPeer(int fd) {
  pollfd look{.fd = fd, .events = POLLRDHUP, .revents = 0};
  if (poll(&look, 1, 0) <= 0) return Socket::Peer::kThere;
  return (look.revents & (POLLHUP | POLLRDHUP)) != 0 ? Socket::Peer::kFinished
                                                     : Socket::Peer::kThere;
}

}  // namespace

Socket::Peer Socket::LookAtPeer() const {
  // Of netinet/tcp.h, which does not go with the header that has all of tcp_info.
  constexpr uint8_t kTcpClose = 7;
  constexpr uint8_t kTcpCloseWait = 8;
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(fd_, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return LookAtLocalPeer(fd_);
  if (info.tcpi_state == kTcpClose) return Peer::kGone;
  return info.tcpi_state == kTcpCloseWait ? Peer::kFinished : Peer::kThere;
}

}  // namespace signet
