// IP addresses as bytes. IPv4 is kept as the IPv6 addresses ::ffff:0:0/96, so that one comparison
// serves both.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace signet {

// 16 bytes in network order; an IPv4 address is ::ffff:a.b.c.d.
using IpBytes = std::array<uint8_t, 16>;

// "192.0.2.1", "2001:db8::1"; without a zone and without brackets. False if it is no address.
bool ParseIpAddress(std::string_view text, IpBytes* bytes);

// Of the far side of a connection, as we write it: "192.0.2.1:1883", "[fe80::1%eth0]:1883", of
// which the zone goes. Nothing if it is none, as for a UNIX socket.
std::optional<IpBytes> AddressOfPeer(std::string_view peer);

}  // namespace signet
