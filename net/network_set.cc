#include "net/network_set.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>

#include "core/base/bytes.h"
#include "core/base/log.h"
#include "fmt/format.h"

namespace signet {
namespace {

using Address = std::array<uint8_t, 16>;

constexpr int kV4Bits = 32;
constexpr int kV6Bits = 128;
constexpr int kMappedBits = kV6Bits - kV4Bits;  // In front of an IPv4 address within an IPv6 one.

bool IsMapped(const Address& address) {
  constexpr std::array<uint8_t, 12> kPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  return std::equal(kPrefix.begin(), kPrefix.end(), address.begin());
}

// Moves the IPv4 address within an IPv6 one to the front.
void Unmap(Address* address) {
  std::copy(address->begin() + kMappedBits / 8, address->end(), address->begin());
  std::fill(address->begin() + kV4Bits / 8, address->end(), uint8_t{0});
}

// Whether the first `bits` bits of both are the same.
bool SamePrefix(const Address& a, const Address& b, int bits) {
  const auto bytes = static_cast<size_t>(bits / 8);
  if (std::memcmp(a.data(), b.data(), bytes) != 0) return false;
  return bits % 8 == 0 || (a[bytes] ^ b[bytes]) >> (8 - bits % 8) == 0;
}

Address Masked(const Address& address, int bits) {
  Address masked{};
  for (int i = 0; i < bits; ++i) {
    const auto byte = static_cast<size_t>(i / 8);
    masked[byte] = static_cast<uint8_t>(masked[byte] | (address[byte] & 0x80 >> i % 8));
  }
  return masked;
}

std::string ToText(const Address& address, bool is_v4) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(is_v4 ? AF_INET : AF_INET6, address.data(), text.data(), text.size());
  return text.data();
}

}  // namespace

bool NetworkSet::Parse(std::string_view text, Network* network) {
  const size_t slash = text.find('/');
  const std::string address(text.substr(0, slash));
  if (address.find('\0') != std::string::npos) return false;
  network->is_v4 = inet_pton(AF_INET, address.c_str(), network->address.data()) == 1;
  if (!network->is_v4 && inet_pton(AF_INET6, address.c_str(), network->address.data()) != 1) {
    return false;
  }
  int most = network->is_v4 ? kV4Bits : kV6Bits;
  network->prefix_bits = most;
  if (slash != text.npos) {
    const std::string_view digits = text.substr(slash + 1);
    const char* const end = digits.data() + digits.size();
    const auto [parsed, error] = std::from_chars(digits.data(), end, network->prefix_bits);
    if (error != std::errc() || parsed != end || digits.front() == '-') return false;
    if (network->prefix_bits > most) return false;
  }
  if (!network->is_v4 && IsMapped(network->address) && network->prefix_bits >= kMappedBits) {
    Unmap(&network->address);
    network->is_v4 = true;
    network->prefix_bits -= kMappedBits;
  }
  return true;
}

Status NetworkSet::Add(std::string_view text) {
  Network network;
  if (!Parse(text, &network)) {
    return Status::Error(
        fmt::format("\"{}\" is no network; write for example 10.0.0.0/8, fd00::/8 or 192.0.2.7",
                    EscapeForLog(text)));
  }
  const Address masked = Masked(network.address, network.prefix_bits);
  if (masked != network.address) {
    return Status::Error(fmt::format(
        "\"{}\" has bits behind its prefix; write {}/{} for the network, or the address alone",
        text, ToText(masked, network.is_v4), network.prefix_bits));
  }
  if (networks_.size() == kMaxNetworks) {
    return Status::Error(fmt::format("there are more than {} networks", kMaxNetworks));
  }
  networks_.push_back(network);
  return Status::Ok();
}

bool NetworkSet::Contains(const SocketAddress& address) const {
  Address bytes{};
  bool is_v4 = address.family() == AF_INET;
  if (is_v4) {
    std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in*>(address.raw())->sin_addr, 4);
  } else if (address.family() == AF_INET6) {
    std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6*>(address.raw())->sin6_addr, 16);
    is_v4 = IsMapped(bytes);
    if (is_v4) Unmap(&bytes);
  } else {
    return false;
  }
  return std::ranges::any_of(networks_, [&](const Network& network) {
    return network.is_v4 == is_v4 && SamePrefix(network.address, bytes, network.prefix_bits);
  });
}

}  // namespace signet
