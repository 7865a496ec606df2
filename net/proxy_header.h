// The header of the PROXY protocol, versions 1 and 2: who a proxy speaks for, in front of the first
// byte of the connection (https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt). Only
// what a port is told to expect is read, and only from peers that it is told to trust (NetworkSet):
// others could pretend to be anybody. Nothing is guessed: a connection without the header fails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/status.h"
#include "net/socket_address.h"

namespace signet {

// What a port takes.
enum class ProxyVersions : uint8_t { kV1, kV2, kBoth };

struct ProxyHeader {
  // The line of version 1, CRLF included, as the protocol says. What is longer is refused.
  static constexpr size_t kMaxV1Bytes = 107;
  // The whole of version 2. The addresses take 232 bytes at most; what proxies add (names, the
  // identifier of an endpoint, facts about their TLS) fits several times. What is longer is
  // refused.
  static constexpr size_t kMaxV2Bytes = 4096;

  int version = 0;
  // The client. None if the proxy speaks for itself (LOCAL), does not know (UNKNOWN, UNSPEC), or
  // knows something that is not TCP: then the peer of the socket is who it is.
  SocketAddress source;
};

// Parses the header that `bytes` begin with. Gives its size, or 0 if more bytes are needed; a lie
// is seen at the first byte that shows it. The error is one sentence.
StatusOr<size_t> ParseProxyHeader(ByteView bytes, ProxyVersions versions, ProxyHeader* header);

// Puts together a header that comes in pieces. Owned by a connection, until the header is whole.
class ProxyHeaderReader {
 public:
  explicit ProxyHeaderReader(ProxyVersions versions) : versions_(versions) {}

  // Takes bytes off the front, and no more than the header. Gives whether it is whole; what is left
  // of `bytes` then belongs to what follows. Nothing is received after that, nor after an error.
  StatusOr<bool> Receive(MutableBytes* bytes);

  const ProxyHeader& header() const { return header_; }

 private:
  const ProxyVersions versions_;
  ProxyHeader header_;
  std::vector<uint8_t> partial_;  // At most kMaxV2Bytes, for as long as it is not whole.
};

}  // namespace signet
