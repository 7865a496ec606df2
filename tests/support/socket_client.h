// SocketClient: bytes over TCP, for tests against a running broker. Every wait has an end, after
// which the test fails.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.h"

namespace signet {

class SocketClient {
 public:
  // Connects to 127.0.0.1.
  explicit SocketClient(uint16_t port);
  // The same, with a receive buffer of about so many bytes, for a client that is slow to read.
  SocketClient(uint16_t port, int receive_buffer);
  // Over a UNIX socket.
  explicit SocketClient(const std::string& path);
  SocketClient(SocketClient&& other) noexcept;
  SocketClient& operator=(SocketClient&& other) noexcept;
  ~SocketClient();

  // Whether all of it could be handed to the kernel in time.
  bool Send(ByteView bytes);
  // Exactly `size` bytes, or less if the time is up or the broker closes.
  std::vector<uint8_t> Receive(size_t size, std::chrono::milliseconds patience = kPatience);
  // What is there, once there is something; empty at the end of the stream, nothing if the time is
  // up.
  std::optional<std::vector<uint8_t>> ReceiveSome(std::chrono::milliseconds patience = kPatience);
  // All bytes until the broker closes; nothing if it does not.
  std::optional<std::vector<uint8_t>> ReceiveUntilClosed(
      std::chrono::milliseconds patience = kPatience);

  // The broker sees the end of the stream.
  void EndSending() const;
  // The broker sees a reset.
  void Reset();
  void Close();
  int fd() const { return fd_; }

  // Much longer than anything takes, sanitizers and a busy machine included.
  static constexpr std::chrono::milliseconds kPatience{60'000};

 private:
  bool WaitFor(short events, std::chrono::milliseconds patience) const;

  int fd_ = -1;
};

}  // namespace signet
