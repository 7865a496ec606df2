#include "net/proxy_header.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string>

#include "core/base/log.h"
#include "fmt/format.h"
#include "net/crc32c.h"

namespace signet {
namespace {

constexpr std::string_view kSignature1 = "PROXY ";
constexpr std::string_view kSignature2("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr size_t kFixedBytes2 = 16;  // The signature, two bytes of kinds, two of length.
constexpr size_t kUnixBytes = 216;   // Two paths.

Status Refuse(std::string_view what) {
  return Status::Error(fmt::format("the PROXY header {}", what));
}

// Whether one is the beginning of the other.
bool Agree(std::string_view a, std::string_view b) {
  const size_t size = std::min(a.size(), b.size());
  return a.substr(0, size) == b.substr(0, size);
}

template <typename RawAddress>
SocketAddress AddressOf(const RawAddress& raw) {
  SocketAddress address;
  static_assert(sizeof raw <= sizeof address);
  std::memcpy(static_cast<void*>(address.raw()), &raw, sizeof raw);
  return address;
}

SocketAddress V4Address(const uint8_t* host, uint16_t port) {
  sockaddr_in raw{};
  raw.sin_family = AF_INET;
  std::memcpy(&raw.sin_addr, host, sizeof raw.sin_addr);
  raw.sin_port = htons(port);
  return AddressOf(raw);
}

SocketAddress V6Address(const uint8_t* host, uint16_t port) {
  sockaddr_in6 raw{};
  raw.sin6_family = AF_INET6;
  std::memcpy(&raw.sin6_addr, host, sizeof raw.sin6_addr);
  raw.sin6_port = htons(port);
  return AddressOf(raw);
}

// Up to the next blank, or the end.
std::string_view TakeWord(std::string_view* text) {
  const size_t blank = text->find(' ');
  const std::string_view word = text->substr(0, blank);
  text->remove_prefix(blank == text->npos ? text->size() : blank + 1);
  return word;
}

bool ParseProxyPort(std::string_view text, uint16_t* port) {
  if (text.size() > 1 && text.front() == '0') return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *port);
  return error == std::errc() && end == text.data() + text.size();
}

bool ParseHost(int family, std::string_view text, std::array<uint8_t, 16>* host) {
  const std::string terminated(text);
  if (terminated.find('\0') != std::string::npos) return false;
  return inet_pton(family, terminated.c_str(), host->data()) == 1;
}

// "TCP4 192.0.2.1 192.0.2.9 56324 1883", with nothing behind it.
bool ParseLine(std::string_view line, ProxyHeader* header) {
  const std::string_view kind = TakeWord(&line);
  if (kind == "UNKNOWN") return true;  // Whatever stands behind it.
  if (kind != "TCP4" && kind != "TCP6") return false;
  const int family = kind == "TCP4" ? AF_INET : AF_INET6;
  std::array<uint8_t, 16> host{};
  std::array<uint8_t, 16> ignored_host{};
  uint16_t port = 0;
  uint16_t ignored_port = 0;
  if (!ParseHost(family, TakeWord(&line), &host)) return false;
  if (!ParseHost(family, TakeWord(&line), &ignored_host)) return false;
  if (!ParseProxyPort(TakeWord(&line), &port)) return false;
  // The rest is the last word: a blank behind it would be seen as part of it.
  if (!ParseProxyPort(line, &ignored_port)) return false;
  header->source = family == AF_INET ? V4Address(host.data(), port) : V6Address(host.data(), port);
  return true;
}

StatusOr<size_t> Parse1(std::string_view text, ProxyHeader* header) {
  text = text.substr(0, ProxyHeader::kMaxV1Bytes);
  const size_t end = text.find('\n');
  if (end == text.npos && text.size() < ProxyHeader::kMaxV1Bytes) return size_t{0};
  if (end == text.npos) {
    return Refuse(fmt::format("of version 1 has no end within {} bytes", ProxyHeader::kMaxV1Bytes));
  }
  const std::string_view line = text.substr(0, end);
  if (!line.ends_with('\r')) return Refuse("of version 1 does not end with CRLF");
  const std::string_view words =
      line.substr(kSignature1.size(), line.size() - kSignature1.size() - 1);
  if (!ParseLine(words, header)) {
    return Refuse(fmt::format("of version 1 is malformed: \"{}\"", EscapeForLog(words, 128)));
  }
  header->version = 1;
  return end + 1;
}

enum Command : uint8_t { kLocal = 0, kProxy = 1 };
enum Family : uint8_t { kUnspecified = 0, kInet = 1, kInet6 = 2, kUnix = 3 };
enum Protocol : uint8_t { kAny = 0, kStream = 1, kDatagram = 2 };

// The first byte behind the signature, as far as it says whether we go on.
Status CheckCommand(uint8_t byte) {
  if (byte >> 4 != 2) return Refuse("has a version that is neither 1 nor 2");
  if ((byte & 0x0F) > kProxy) return Refuse("has an unknown command");
  return Status::Ok();
}

Status CheckFamily(uint8_t byte) {
  if (byte >> 4 > kUnix) return Refuse("has an unknown address family");
  if ((byte & 0x0F) > kDatagram) return Refuse("has an unknown transport protocol");
  return Status::Ok();
}

size_t AddressBytes(uint8_t family) {
  switch (family) {
    case kInet:
      return 12;
    case kInet6:
      return 36;
    case kUnix:
      return kUnixBytes;
    default:
      return 0;
  }
}

constexpr uint8_t kTypeCrc32c = 0x03;

// `whole` is the header, in which the value of the checksum stands at `value`.
bool ChecksumHolds(ByteView whole, ByteView value) {
  constexpr std::array<uint8_t, 4> kZero{};
  const auto at = static_cast<size_t>(value.data() - whole.data());
  uint32_t sum = Crc32c(whole.first(at));
  sum = Crc32c(kZero, sum);
  sum = Crc32c(whole.subspan(at + value.size()), sum);
  return sum == LoadU32(value.data());
}

// What stands behind the addresses (TLV): all of it is walked through, for a length that leads out
// of the header shows that somebody lies.
Status CheckAdditions(ByteView whole, size_t begin) {
  ByteReader reader(whole.subspan(begin));
  bool has_checksum = false;
  while (!reader.empty()) {
    uint8_t type;
    ByteView value;
    reader.ReadU8(&type);
    if (!reader.ReadBinary(&value)) return Refuse("has an addition that is longer than itself");
    if (type != kTypeCrc32c) continue;
    if (has_checksum || value.size() != 4) return Refuse("has a malformed checksum");
    if (!ChecksumHolds(whole, value)) return Refuse("has a wrong checksum");
    has_checksum = true;
  }
  return Status::Ok();
}

StatusOr<size_t> Parse2(ByteView bytes, ProxyHeader* header) {
  constexpr size_t kCommandAt = 12;
  constexpr size_t kFamilyAt = 13;
  if (bytes.size() <= kCommandAt) return size_t{0};
  if (Status status = CheckCommand(bytes[kCommandAt]); !status.ok()) return status;
  // Of a LOCAL header everything but its length is to be ignored.
  const bool local = (bytes[kCommandAt] & 0x0F) == kLocal;
  if (bytes.size() <= kFamilyAt) return size_t{0};
  const uint8_t kinds = bytes[kFamilyAt];
  if (!local) {
    if (Status status = CheckFamily(kinds); !status.ok()) return status;
  }
  if (bytes.size() < kFixedBytes2) return size_t{0};
  const size_t size = kFixedBytes2 + LoadU16(&bytes[14]);
  if (size > ProxyHeader::kMaxV2Bytes) {
    return Refuse(fmt::format("is longer than {} bytes", ProxyHeader::kMaxV2Bytes));
  }
  const auto family = static_cast<uint8_t>(kinds >> 4);
  const size_t additions = kFixedBytes2 + AddressBytes(family);
  if (!local && size < additions) return Refuse("is too short for its addresses");
  if (bytes.size() < size) return size_t{0};
  header->version = 2;
  // What has no family or no protocol has no form that could be relied on either.
  if (local || family == kUnspecified || (kinds & 0x0F) == kAny) return size;
  if (Status status = CheckAdditions(bytes.first(size), additions); !status.ok()) return status;
  if ((kinds & 0x0F) != kStream) return size;
  const uint8_t* const at = &bytes[kFixedBytes2];
  if (family == kInet) header->source = V4Address(at, LoadU16(at + 8));
  if (family == kInet6) header->source = V6Address(at, LoadU16(at + 32));
  return size;
}

}  // namespace

StatusOr<size_t> ParseProxyHeader(ByteView bytes, ProxyVersions versions, ProxyHeader* header) {
  *header = {};
  const std::string_view text = AsText(bytes);
  if (text.empty()) return size_t{0};
  if (Agree(text, kSignature1)) {
    if (text.size() < kSignature1.size()) return size_t{0};
    if (versions == ProxyVersions::kV2) return Refuse("is of version 1; this port takes version 2");
    return Parse1(text, header);
  }
  if (Agree(text, kSignature2)) {
    if (text.size() < kSignature2.size()) return size_t{0};
    if (versions == ProxyVersions::kV1) return Refuse("is of version 2; this port takes version 1");
    return Parse2(bytes, header);
  }
  return Refuse("is missing; this port expects one in front of each connection");
}

StatusOr<bool> ProxyHeaderReader::Receive(MutableBytes* bytes) {
  const size_t before = partial_.size();
  const ByteView more = bytes->first(std::min(bytes->size(), ProxyHeader::kMaxV2Bytes - before));
  ByteView seen = more;
  if (before > 0) {
    partial_.insert(partial_.end(), more.begin(), more.end());
    seen = partial_;
  }
  StatusOr<size_t> size = ParseProxyHeader(seen, versions_, &header_);
  if (!size.ok()) return size.error();
  if (*size == 0) {
    if (before == 0) partial_.assign(more.begin(), more.end());
    *bytes = bytes->subspan(more.size());
    return false;
  }
  *bytes = bytes->subspan(*size - before);
  partial_ = {};
  return true;
}

}  // namespace signet
