// IpNetwork: an IPv4 or IPv6 network, as an operator writes it: 10.0.0.0/8, fd00::/8, or an address
// alone. IPv4 is kept as the IPv6 addresses ::ffff:0:0/96, so that one comparison serves both.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/base/status.h"

namespace signet::config {

// 16 bytes in network order; an IPv4 address is ::ffff:a.b.c.d.
using IpBytes = std::array<uint8_t, 16>;

// "192.0.2.1", "2001:db8::1"; without a zone and without brackets. False if it is no address.
bool ParseIpAddress(std::string_view text, IpBytes* bytes);

class IpNetwork {
 public:
  IpNetwork() = default;
  // The error is the end of a sentence that begins with the text.
  static StatusOr<IpNetwork> Parse(std::string_view text);

  bool Contains(const IpBytes& address) const;
  const IpBytes& address() const { return address_; }
  uint8_t prefix() const { return prefix_; }  // 0 to 128.

  friend bool operator==(const IpNetwork&, const IpNetwork&) = default;

 private:
  IpBytes address_{};
  uint8_t prefix_ = 128;
};

}  // namespace signet::config
