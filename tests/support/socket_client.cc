#include "tests/support/socket_client.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "gtest/gtest.h"

namespace signet {

SocketClient::SocketClient(uint16_t port) : SocketClient(port, 0) {}

SocketClient::SocketClient(uint16_t port, int receive_buffer)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer > 0) {
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int result = connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  EXPECT_EQ(result, 0) << "connect: " << errno;
}

SocketClient::SocketClient(const std::string& path)
    : fd_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int result = connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  EXPECT_EQ(result, 0) << "connect: " << errno;
}

SocketClient::SocketClient(SocketClient&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

SocketClient& SocketClient::operator=(SocketClient&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

SocketClient::~SocketClient() { Close(); }

bool SocketClient::WaitFor(short events, std::chrono::milliseconds patience) const {
  pollfd poll_for{.fd = fd_, .events = events, .revents = 0};
  return poll(&poll_for, 1, static_cast<int>(patience.count())) > 0;
}

bool SocketClient::Send(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      bytes = bytes.subspan(static_cast<size_t>(sent));
    } else if (errno != EAGAIN || !WaitFor(POLLOUT, kPatience)) {
      return false;
    }
  }
  return true;
}

std::vector<uint8_t> SocketClient::Receive(size_t size, std::chrono::milliseconds patience) {
  std::vector<uint8_t> bytes(size);
  size_t filled = 0;
  while (filled < size && WaitFor(POLLIN, patience)) {
    const ssize_t received = recv(fd_, bytes.data() + filled, size - filled, 0);
    if (received <= 0) break;
    filled += static_cast<size_t>(received);
  }
  bytes.resize(filled);
  return bytes;
}

std::optional<std::vector<uint8_t>> SocketClient::ReceiveSome(std::chrono::milliseconds patience) {
  if (!WaitFor(POLLIN, patience)) return std::nullopt;
  // Not a new one each time: AddressSanitizer keeps what is freed apart for a while.
  static thread_local std::array<uint8_t, 64 * 1024> room;
  const ssize_t received = recv(fd_, room.data(), room.size(), 0);
  return std::vector<uint8_t>(room.begin(), room.begin() + std::max<ssize_t>(received, 0));
}

std::optional<std::vector<uint8_t>> SocketClient::ReceiveUntilClosed(
    std::chrono::milliseconds patience) {
  std::vector<uint8_t> bytes;
  std::array<uint8_t, 4096> piece;
  while (WaitFor(POLLIN, patience)) {
    const ssize_t received = recv(fd_, piece.data(), piece.size(), 0);
    if (received <= 0) return bytes;
    bytes.insert(bytes.end(), piece.begin(), piece.begin() + received);
  }
  return std::nullopt;
}

void SocketClient::EndSending() const { shutdown(fd_, SHUT_WR); }

void SocketClient::Reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  Close();
}

void SocketClient::Close() {
  if (fd_ >= 0) close(std::exchange(fd_, -1));
}

}  // namespace signet
