// IpNetwork: an IPv4 or IPv6 network, as an operator writes it: 10.0.0.0/8, fd00::/8, or an address
// alone.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/ip_address.h"
#include "core/base/status.h"

namespace signet::config {

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
