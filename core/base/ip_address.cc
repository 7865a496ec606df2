#include "core/base/ip_address.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace signet {
namespace {

// All of the text as one number; `digits` at most.
bool ParsePart(std::string_view text, int base, size_t digits, uint32_t most, uint32_t* value) {
  if (text.empty() || text.size() > digits) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value, base);
  return error == std::errc() && end == text.data() + text.size() && *value <= most;
}

bool ParseV4(std::string_view text, uint8_t* bytes) {
  for (size_t i = 0; i < 4; ++i) {
    const size_t dot = i < 3 ? text.find('.') : text.size();
    uint32_t value = 0;
    if (dot == text.npos || !ParsePart(text.substr(0, dot), 10, 3, 255, &value)) return false;
    if (dot > 1 && text.front() == '0') return false;  // Octal to some.
    bytes[i] = static_cast<uint8_t>(value);
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return true;
}

// The groups of one side of "::", as bytes; at the end of all an IPv4 address may be the last.
std::optional<std::vector<uint8_t>> ParseGroups(std::string_view text, bool ends) {
  std::vector<uint8_t> bytes;
  while (!text.empty()) {
    const size_t colon = std::min(text.find(':'), text.size());
    const std::string_view group = text.substr(0, colon);
    uint32_t value = 0;
    if (ends && colon == text.size() && group.find('.') != group.npos) {
      uint8_t v4[4];
      if (!ParseV4(group, v4)) return std::nullopt;
      bytes.insert(bytes.end(), v4, v4 + 4);
      return bytes;
    }
    if (!ParsePart(group, 16, 4, 0xFFFF, &value)) return std::nullopt;
    bytes.push_back(static_cast<uint8_t>(value >> 8));
    bytes.push_back(static_cast<uint8_t>(value));
    if (colon + 1 == text.size()) return std::nullopt;  // Ends with a colon.
    text.remove_prefix(std::min(colon + 1, text.size()));
  }
  return bytes;
}

bool ParseV6(std::string_view text, IpBytes* bytes) {
  const size_t gap = text.find("::");
  const bool has_gap = gap != text.npos;
  const auto head = ParseGroups(text.substr(0, gap), !has_gap);
  const auto tail = ParseGroups(has_gap ? text.substr(gap + 2) : std::string_view(), true);
  if (!head || !tail) return false;
  const size_t given = head->size() + tail->size();
  if (has_gap ? given > bytes->size() - 2 : given != bytes->size()) return false;
  bytes->fill(0);
  std::ranges::copy(*head, bytes->begin());
  std::ranges::copy(*tail, bytes->end() - static_cast<std::ptrdiff_t>(tail->size()));
  return true;
}

}  // namespace

bool ParseIpAddress(std::string_view text, IpBytes* bytes) {
  if (text.find(':') != text.npos) return ParseV6(text, bytes);
  bytes->fill(0);
  (*bytes)[10] = (*bytes)[11] = 0xFF;
  return ParseV4(text, bytes->data() + 12);
}

std::optional<IpBytes> AddressOfPeer(std::string_view peer) {
  peer = peer.substr(0, peer.rfind(':'));
  if (peer.starts_with('[') && peer.ends_with(']')) peer = peer.substr(1, peer.size() - 2);
  peer = peer.substr(0, peer.find('%'));
  IpBytes bytes;
  if (!ParseIpAddress(peer, &bytes)) return std::nullopt;
  return bytes;
}

}  // namespace signet
