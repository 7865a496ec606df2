// Listener: the sockets of one port, one for each shard. The kernel spreads new connections over
// them by a hash of both addresses (SO_REUSEPORT), so that no shard accepts for another. A UNIX
// socket knows no such thing: there the shards accept from one queue, whoever comes first.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "net/listen_address.h"
#include "net/socket.h"

namespace signet {

// The entry of a UNIX socket in the file system, which goes with its listener.
class SocketFile {
 public:
  explicit SocketFile(std::string path);
  SocketFile(const SocketFile&) = delete;
  SocketFile& operator=(const SocketFile&) = delete;
  // Removes it, unless somebody has put something else there.
  ~SocketFile();

  // Who may connect, as the mode of a file. False, with errno, if it cannot be changed.
  bool SetMode(uint32_t mode) const;

 private:
  bool IsStillThere() const;

  const std::string path_;
  uint64_t inode_ = 0;
};

// Removes the UNIX socket at `path` if nobody listens on it any more. What is no socket stays.
void RemoveStaleSocket(const std::string& path);

class Listener {
 public:
  // Whether another port of this broker may be there now, and will go.
  enum class Neighbours : uint8_t { kNone, kOurs };
  // Binds and listens `sockets` times. Port 0 stands for any that is free. What a UNIX socket of a
  // broker that is gone left behind is replaced. The error is one sentence.
  static StatusOr<Listener> Open(const ListenAddress& address, uint32_t sockets,
                                 Neighbours neighbours = Neighbours::kNone);

  // Where it listens, with the real port.
  const ListenAddress& address() const { return address_; }
  Socket TakeSocket(uint32_t shard) { return std::move(sockets_[shard]); }
  // Null for an address of the network. To be kept as long as the sockets.
  std::unique_ptr<SocketFile> TakeFile() { return std::move(file_); }

 private:
  Status OpenTcp(uint32_t sockets, Neighbours neighbours);
  Status OpenPath(uint32_t sockets);

  ListenAddress address_;
  std::vector<Socket> sockets_;
  std::unique_ptr<SocketFile> file_;
};

}  // namespace signet
