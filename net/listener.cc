#include "net/listener.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>

#include "core/base/log.h"
#include "fmt/format.h"
#include "net/uring/explain.h"

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
      return "; ports below 1024 need the capability CAP_NET_BIND_SERVICE, a UNIX socket a folder "
             "that we may write to";
    default:
      return "";
  }
}

// The address of a path, which must fit into it with its final 0.
bool MakeUnixAddress(const std::string& path, sockaddr_un* address) {
  if (path.size() >= sizeof address->sun_path) return false;
  address->sun_family = AF_UNIX;
  path.copy(address->sun_path, path.size());
  return true;
}

Socket MakeUnixSocket() { return Socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

const sockaddr* Raw(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

// Removes a socket on which nobody listens any more. What is no socket stays.
void RemoveStale(const sockaddr_un& address) {
  struct stat status {};
  if (lstat(address.sun_path, &status) != 0 || !S_ISSOCK(status.st_mode)) return;
  const Socket probe = MakeUnixSocket();
  if (connect(probe.fd(), Raw(address), sizeof address) != 0 && errno == ECONNREFUSED) {
    unlink(address.sun_path);
  }
}

Status Failed(const ListenAddress& address) {
  const int error = errno;
  return Status::Error(fmt::format("cannot listen on {}: {}{}", EscapeForLog(address.ToText()),
                                   ExplainNoDescriptor(error), Remedy(error)));
}

}  // namespace

void RemoveStaleSocket(const std::string& path) {
  sockaddr_un address{};
  if (MakeUnixAddress(path, &address)) RemoveStale(address);
}

SocketFile::SocketFile(std::string path) : path_(std::move(path)) {
  struct stat status {};
  if (lstat(path_.c_str(), &status) == 0) inode_ = status.st_ino;
}

SocketFile::~SocketFile() {
  if (IsStillThere()) unlink(path_.c_str());
}

bool SocketFile::IsStillThere() const {
  struct stat status {};
  return lstat(path_.c_str(), &status) == 0 && status.st_ino == inode_;
}

bool SocketFile::SetMode(uint32_t mode) const {
  errno = ENOENT;  // What is there now is somebody else's.
  return IsStillThere() && chmod(path_.c_str(), mode) == 0;
}

StatusOr<Listener> Listener::Open(const ListenAddress& address, uint32_t sockets,
                                  Neighbours neighbours) {
  Listener listener;
  listener.address_ = address;
  Status status =
      address.is_path() ? listener.OpenPath(sockets) : listener.OpenTcp(sockets, neighbours);
  if (!status.ok()) return status;
  return listener;
}

Status Listener::OpenTcp(uint32_t sockets, Neighbours neighbours) {
  SocketAddress& where = address_.address;
  // SO_REUSEPORT would let a second broker of the same user take half of our connections without a
  // word: whether the port is free is asked without it.
  if (where.port() != 0 && neighbours == Neighbours::kNone && !Bind(MakeSocket(where), where)) {
    return Failed(address_);
  }
  for (uint32_t i = 0; i < sockets; ++i) {
    Socket socket = MakeSocket(where);
    if (!socket || !SetOption(socket.fd(), SOL_SOCKET, SO_REUSEPORT) || !Bind(socket, where) ||
        listen(socket.fd(), kBacklog) != 0) {
      return Failed(address_);
    }
    where = SocketAddress::OfSocket(socket.fd());
    sockets_.push_back(std::move(socket));
  }
  return Status::Ok();
}

Status Listener::OpenPath(uint32_t sockets) {
  sockaddr_un where{};
  if (!MakeUnixAddress(address_.path, &where)) {
    return Status::Error(fmt::format("cannot listen on {}: its path is longer than {} bytes",
                                     EscapeForLog(address_.ToText()), sizeof where.sun_path - 1));
  }
  RemoveStale(where);
  Socket socket = MakeUnixSocket();
  if (!socket || bind(socket.fd(), Raw(where), sizeof where) != 0) return Failed(address_);
  file_ = std::make_unique<SocketFile>(address_.path);
  if (chmod(where.sun_path, address_.mode) != 0 || listen(socket.fd(), kBacklog) != 0) {
    return Failed(address_);
  }
  for (uint32_t i = 1; i < sockets; ++i) {
    Socket another(fcntl(socket.fd(), F_DUPFD_CLOEXEC, 0));
    if (!another) return Failed(address_);
    sockets_.push_back(std::move(another));
  }
  sockets_.push_back(std::move(socket));
  return Status::Ok();
}

}  // namespace signet
