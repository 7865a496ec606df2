// ListenAddress: where a port is: an address of the network, or a path in the file system (a UNIX
// socket).
#pragma once

#include <cstdint>
#include <string>

#include "net/socket_address.h"

namespace signet {

struct ListenAddress {
  // What the owner and the group of a UNIX socket may do with it: connecting is writing.
  static constexpr uint32_t kDefaultMode = 0660;

  ListenAddress() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): one is the usual case of the other.
  ListenAddress(const SocketAddress& where) : address(where) {}
  static ListenAddress OfPath(std::string path, uint32_t mode = kDefaultMode) {
    ListenAddress listen;
    listen.path = std::move(path);
    listen.mode = mode;
    return listen;
  }

  bool is_path() const { return !path.empty(); }
  // Of the network; 0 for a path.
  uint16_t port() const { return is_path() ? uint16_t{0} : address.port(); }
  // Whether only this machine can reach it.
  bool is_local() const { return is_path() || address.is_loopback(); }
  // Also tells whether two of them are the same.
  std::string ToText() const { return is_path() ? "unix:" + path : address.ToText(); }

  SocketAddress address;
  std::string path;
  uint32_t mode = kDefaultMode;
};

}  // namespace signet
