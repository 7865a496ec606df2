#include "net/http/open_sockets.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace signet {
namespace {

// 0 while it has none.
uint16_t LocalPortOf(int fd) {
  sockaddr_in6 address{};  // Both families have the port in the same place.
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.sin6_port);
}

bool IsReadable(int fd) {
  pollfd look{.fd = fd, .events = POLLIN, .revents = 0};
  return poll(&look, 1, 0) != 0;
}

}  // namespace

curl_socket_t OpenSockets::Open(void* self, curlsocktype /*purpose*/, curl_sockaddr* address) {
  const int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (fd < 0) return CURL_SOCKET_BAD;
  static_cast<OpenSockets*>(self)->sockets_[fd] = {};
  return fd;
}

int OpenSockets::Close(void* self, curl_socket_t fd) {
  static_cast<OpenSockets*>(self)->sockets_.erase(fd);
  return close(fd);
}

template <typename Visit>
void OpenSockets::ForEachFrom(uint16_t local_port, Visit&& visit) {
  for (auto& [fd, state] : sockets_) {
    if (state.local_port == 0) state.local_port = LocalPortOf(fd);
    if (state.local_port == local_port) visit(fd, state);
  }
}

void OpenSockets::NoteHttp1(uint16_t local_port) {
  ForEachFrom(local_port, [](int, State& state) { state.http1 = true; });
}

bool OpenSockets::HasUnaskedBytes(uint16_t local_port) {
  bool has = false;
  ForEachFrom(local_port,
              [&](int fd, State& state) { has = has || (state.http1 && IsReadable(fd)); });
  return has;
}

}  // namespace signet
