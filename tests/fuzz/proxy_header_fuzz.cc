// The header of the PROXY protocol: however it is cut, it says the same; of one that is whole every
// byte is needed, and the address that it gives is one that can be written down and read again.
// Input: which versions are taken, how many pieces are named, their sizes; the stream.
#include <algorithm>
#include <string>
#include <vector>

#include "net/proxy_header.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/target.h"
#include "tests/support/bytes.h"

namespace signet::fuzz::proxy_header_fuzz {
namespace {

struct Outcome {
  std::string error;
  bool whole = false;
  size_t size = 0;
  int version = 0;
  std::string source;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome Run(ByteView stream, ByteView sizes, ProxyVersions versions) {
  ProxyHeaderReader reader(versions);
  Outcome outcome;
  for (size_t i = 0; !stream.empty() && !outcome.whole; ++i) {
    const size_t wanted = sizes.empty() ? stream.size() : size_t{1} + sizes[i % sizes.size()];
    const ByteView piece = stream.first(std::min(wanted, stream.size()));
    stream = stream.subspan(piece.size());
    std::vector<uint8_t> copy(piece.begin(), piece.end());
    copy.shrink_to_fit();
    MutableBytes bytes = copy;
    const StatusOr<bool> whole = reader.Receive(&bytes);
    if (!whole.ok()) return {.error = whole.error().sentence()};
    outcome.whole = *whole;
    outcome.size += copy.size() - bytes.size();
    CHECK(*whole || bytes.empty());
  }
  CHECK(outcome.size <= ProxyHeader::kMaxV2Bytes);
  if (!outcome.whole) return outcome;
  outcome.version = reader.header().version;
  outcome.source = reader.header().source.ToText();
  return outcome;
}

void CheckWhole(ByteView header, const Outcome& outcome, ProxyVersions versions) {
  CHECK(outcome.version == (header[0] == 'P' ? 1 : 2));
  CHECK(versions == ProxyVersions::kBoth ||
        (versions == ProxyVersions::kV1) == (outcome.version == 1));
  ProxyHeader parsed;
  for (size_t size = 0; size < header.size(); ++size) {
    const StatusOr<size_t> taken = ParseProxyHeader(Cut(header, size), versions, &parsed);
    CHECK(taken.ok() && *taken == 0);
  }
  if (outcome.source == "?") return;
  const StatusOr<SocketAddress> again = SocketAddress::Parse(outcome.source);
  CHECK(again.ok() && again->ToText() == outcome.source);
}

void Compare(ByteView stream, ByteView sizes, ProxyVersions versions) {
  const Outcome whole = Run(stream, {}, versions);
  CHECK(Run(stream, sizes, versions) == whole);
  constexpr uint8_t kByteByByte[] = {0};
  CHECK(Run(stream, kByteByByte, versions) == whole);
  if (whole.whole) CheckWhole(stream.first(whole.size), whole, versions);
}

}  // namespace

FUZZ_TARGET(proxy_header) {
  Input input(data, size);
  const auto versions = static_cast<ProxyVersions>(input.Byte() % 3);
  const ByteView sizes = input.Bytes(input.Byte() % 16);
  Compare(input.Rest(), sizes, versions);
  return 0;
}

}  // namespace signet::fuzz::proxy_header_fuzz
