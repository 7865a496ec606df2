#include "core/config/ip_network.h"

#include <algorithm>
#include <charconv>

namespace signet::config {
namespace {

constexpr uint8_t kV4Prefix = 96;

// All of the text as one number; `digits` at most.
bool ParsePart(std::string_view text, int base, size_t digits, uint32_t most, uint32_t* value) {
  if (text.empty() || text.size() > digits) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value, base);
  return error == std::errc() && end == text.data() + text.size() && *value <= most;
}

}  // namespace

StatusOr<IpNetwork> IpNetwork::Parse(std::string_view text) {
  const size_t slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  IpNetwork network;
  if (!ParseIpAddress(address, &network.address_)) {
    return Status::Error("is not a network such as 10.0.0.0/8 or fd00::/8");
  }
  const uint32_t least = address.find(':') == address.npos ? kV4Prefix : 0;
  uint32_t prefix = 128 - least;
  if (slash != text.npos && !ParsePart(text.substr(slash + 1), 10, 3, 128 - least, &prefix)) {
    return Status::Error("has a prefix length that is none");
  }
  network.prefix_ = static_cast<uint8_t>(least + prefix);
  IpNetwork whole = network;
  for (size_t bit = network.prefix_; bit < 128; ++bit) {
    uint8_t& byte = whole.address_[bit / 8];
    byte = static_cast<uint8_t>(byte & ~(0x80u >> bit % 8));
  }
  if (whole != network) {
    return Status::Error("has bits set beyond its prefix length, so it names no network");
  }
  return network;
}

bool IpNetwork::Contains(const IpBytes& address) const {
  for (size_t bit = 0; bit < prefix_; bit += 8) {
    const size_t bits = std::min<size_t>(8, prefix_ - bit);
    const auto mask = static_cast<uint8_t>(0xFF00u >> bits);
    if (((address[bit / 8] ^ address_[bit / 8]) & mask) != 0) return false;
  }
  return true;
}

}  // namespace signet::config
