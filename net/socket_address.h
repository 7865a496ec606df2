// SocketAddress: an IPv4 or IPv6 address with a port, as an operator writes it and as the kernel
// takes it.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/status.h"

namespace signet {

class SocketAddress {
 public:
  // No address.
  SocketAddress() = default;
  // "127.0.0.1:1883", "0.0.0.0:0", "[::1]:1883", "[fe80::1%eth0]:1883"; names are not looked up.
  static StatusOr<SocketAddress> Parse(std::string_view text);
  // Of our end and of the other end of a socket.
  static SocketAddress OfSocket(int fd);
  static SocketAddress OfPeer(int fd);

  int family() const { return any_.sa_family; }
  uint16_t port() const;
  void set_port(uint16_t port);
  bool is_loopback() const;
  // Whether it stands for all addresses of its family.
  bool is_any() const;
  // Whether somebody could reach either by the same address and port.
  bool Meets(const SocketAddress& other) const;
  // As Parse() takes it; "?" if there is none.
  std::string ToText() const;

  const sockaddr* raw() const { return &any_; }
  sockaddr* raw() { return &any_; }
  socklen_t size() const;

 private:
  union {
    sockaddr any_{};
    sockaddr_in v4_;
    sockaddr_in6 v6_;
  };
};

}  // namespace signet
