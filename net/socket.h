// Socket: a descriptor that is closed by scope, and the few things we ask the kernel about a TCP
// connection outside the ring. None of them blocks.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

namespace signet {

class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Socket() { Close(); }

  explicit operator bool() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  // Operations of a ring that are in flight hold the connection open: see Connection.
  void Close();

  // The peer sees the end of the stream; it may go on sending.
  void EndSending() const;
  // The same, and operations in flight come to an end.
  void EndBoth() const;
  // Close() throws away what was not sent, and the peer sees a reset.
  void ResetOnClose() const;
  // How many bytes the peer has confirmed so far; nothing if the kernel does not tell, as of a UNIX
  // socket.
  std::optional<uint64_t> BytesConfirmed() const;

  // Whether the peer is there, without receiving anything.
  enum class Peer : uint8_t {
    kThere,
    kFinished,  // It will send no more than what is here already.
    kGone,      // The connection is no more.
  };
  Peer LookAtPeer() const;

 private:
  int fd_ = -1;
};

}  // namespace signet
