// Listener: the sockets of one port, one for each shard. The kernel spreads new connections over
// them by a hash of both addresses (SO_REUSEPORT), so that no shard accepts for another.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/status.h"
#include "net/socket.h"
#include "net/socket_address.h"

namespace signet {

class Listener {
 public:
  // Binds and listens `sockets` times. Port 0 stands for any that is free. The error is one
  // sentence.
  static StatusOr<Listener> Open(const SocketAddress& address, uint32_t sockets);

  // Where it listens, with the real port.
  const SocketAddress& address() const { return address_; }
  Socket TakeSocket(uint32_t shard) { return std::move(sockets_[shard]); }

 private:
  SocketAddress address_;
  std::vector<Socket> sockets_;
};

}  // namespace signet
