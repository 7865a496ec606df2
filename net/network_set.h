// NetworkSet: networks as an operator writes them, and whether an address lies in one of them. IPv4
// and IPv6 are apart, but an IPv4 address that is written as IPv6 (::ffff:10.0.0.1) counts as IPv4,
// for so a socket of both families names its IPv4 peers. Const once made; any thread may ask.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "net/socket_address.h"

namespace signet {

class NetworkSet {
 public:
  // Every question walks through all of them. Add() refuses more.
  static constexpr size_t kMaxNetworks = 1024;

  // "10.0.0.0/8", "fd00::/8", or one address. Bits behind the prefix must be zero: "10.0.0.1/8" may
  // have been meant as either. The error is one sentence.
  Status Add(std::string_view text);

  // False for what has no IP address, such as a UNIX socket.
  bool Contains(const SocketAddress& address) const;

  bool empty() const { return networks_.empty(); }

 private:
  struct Network {
    std::array<uint8_t, 16> address{};
    int prefix_bits = 0;
    bool is_v4 = false;  // Then the first four bytes are the address.
  };

  static bool Parse(std::string_view text, Network* network);

  std::vector<Network> networks_;
};

}  // namespace signet
