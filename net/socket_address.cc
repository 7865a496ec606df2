#include "net/socket_address.h"

#include <arpa/inet.h>
#include <netdb.h>

#include <array>
#include <charconv>
#include <cstring>

#include "core/base/log.h"
#include "fmt/format.h"

namespace signet {
namespace {

// What stands before and behind the last colon; `host` without the brackets of an IPv6 address.
bool Split(std::string_view text, std::string* host, std::string_view* port) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  std::string_view front = text.substr(0, colon);
  *port = text.substr(colon + 1);
  const bool bracketed = front.starts_with('[') && front.ends_with(']');
  if (bracketed) front = front.substr(1, front.size() - 2);
  *host = front;
  return bracketed == (front.find(':') != std::string_view::npos);
}

bool ParsePort(std::string_view text, uint16_t* port) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *port);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

StatusOr<SocketAddress> SocketAddress::Parse(std::string_view text) {
  const auto wrong = [text] {
    return Status::Error(
        fmt::format("\"{}\" is not ADDRESS:PORT; write for example 127.0.0.1:1883 or [::1]:1883",
                    EscapeForLog(text)));
  };
  std::string host;
  std::string_view port_text;
  uint16_t port = 0;
  if (!Split(text, &host, &port_text) || !ParsePort(port_text, &port)) return wrong();
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  // Knows scopes such as %eth0, as inet_pton() does not.
  if (host.empty() || getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return wrong();
  SocketAddress address;
  std::memcpy(&address.v6_, found->ai_addr, found->ai_addrlen);
  freeaddrinfo(found);
  address.set_port(port);
  return address;
}

SocketAddress SocketAddress::OfSocket(int fd) {
  SocketAddress address;
  socklen_t size = sizeof address;
  if (getsockname(fd, address.raw(), &size) != 0) return {};
  return address;
}

SocketAddress SocketAddress::OfPeer(int fd) {
  SocketAddress address;
  socklen_t size = sizeof address;
  if (getpeername(fd, address.raw(), &size) != 0) return {};
  return address;
}

uint16_t SocketAddress::port() const {
  return ntohs(family() == AF_INET6 ? v6_.sin6_port : v4_.sin_port);
}

void SocketAddress::set_port(uint16_t port) {
  (family() == AF_INET6 ? v6_.sin6_port : v4_.sin_port) = htons(port);
}

bool SocketAddress::is_loopback() const {
  if (family() == AF_INET6) return IN6_IS_ADDR_LOOPBACK(&v6_.sin6_addr);
  return family() == AF_INET && ntohl(v4_.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

bool SocketAddress::is_any() const {
  if (family() == AF_INET6) return IN6_IS_ADDR_UNSPECIFIED(&v6_.sin6_addr);
  return family() == AF_INET && v4_.sin_addr.s_addr == INADDR_ANY;
}

bool SocketAddress::Meets(const SocketAddress& other) const {
  if (family() != other.family() || port() != other.port()) return false;
  if (is_any() || other.is_any()) return true;
  if (family() == AF_INET) return v4_.sin_addr.s_addr == other.v4_.sin_addr.s_addr;
  return family() == AF_INET6 && v6_.sin6_scope_id == other.v6_.sin6_scope_id &&
         IN6_ARE_ADDR_EQUAL(&v6_.sin6_addr, &other.v6_.sin6_addr);
}

std::string SocketAddress::ToText() const {
  std::array<char, INET6_ADDRSTRLEN> host{};
  if (family() == AF_INET) {
    inet_ntop(AF_INET, &v4_.sin_addr, host.data(), host.size());
    return fmt::format("{}:{}", host.data(), port());
  }
  if (family() == AF_INET6) {
    inet_ntop(AF_INET6, &v6_.sin6_addr, host.data(), host.size());
    return fmt::format("[{}]:{}", host.data(), port());
  }
  return "?";
}

socklen_t SocketAddress::size() const { return family() == AF_INET6 ? sizeof v6_ : sizeof v4_; }

}  // namespace signet
