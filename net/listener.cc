#include "net/listener.h"

#include <netinet/tcp.h>

#include <cerrno>
#include <system_error>

#include "fmt/format.h"

namespace signet {
namespace {

constexpr int kBacklog = 4096;

bool SetOption(int fd, int level, int name) {
  const int on = 1;
  return setsockopt(fd, level, name, &on, sizeof on) == 0;
}

// An unbound socket; what is accepted from it inherits TCP_NODELAY: we gather output ourselves, and
// a packet that waits for the peer's delayed acknowledgement costs 40 ms.
Socket MakeSocket(const SocketAddress& address) {
  Socket socket(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP));
  const bool ready =
      socket && SetOption(socket.fd(), SOL_SOCKET, SO_REUSEADDR) &&
      SetOption(socket.fd(), IPPROTO_TCP, TCP_NODELAY) &&
      (address.family() != AF_INET6 || SetOption(socket.fd(), IPPROTO_IPV6, IPV6_V6ONLY));
  return ready ? std::move(socket) : Socket();
}

bool Bind(const Socket& socket, const SocketAddress& address) {
  return socket && bind(socket.fd(), address.raw(), address.size()) == 0;
}

std::string_view Remedy(int error) {
  switch (error) {
    case EADDRINUSE:
      return "; another program listens there";
    case EADDRNOTAVAIL:
      return "; no interface of this machine has that address";
    case EACCES:
      return "; ports below 1024 need the capability CAP_NET_BIND_SERVICE";
    default:
      return "";
  }
}

}  // namespace

StatusOr<Listener> Listener::Open(const SocketAddress& address, uint32_t sockets) {
  const auto failed = [&address] {
    const int error = errno;
    return Status::Error(fmt::format("cannot listen on {}: {}{}", address.ToText(),
                                     std::generic_category().message(error), Remedy(error)));
  };
  Listener listener;
  listener.address_ = address;
  // SO_REUSEPORT would let a second broker of the same user take half of our connections without a
  // word: whether the port is free is asked without it.
  if (address.port() != 0 && !Bind(MakeSocket(address), address)) return failed();
  for (uint32_t i = 0; i < sockets; ++i) {
    Socket socket = MakeSocket(address);
    if (!socket || !SetOption(socket.fd(), SOL_SOCKET, SO_REUSEPORT) ||
        !Bind(socket, listener.address_) || listen(socket.fd(), kBacklog) != 0) {
      return failed();
    }
    listener.address_ = SocketAddress::OfSocket(socket.fd());
    listener.sockets_.push_back(std::move(socket));
  }
  return listener;
}

}  // namespace signet
