#include "tests/support/websocket_client.h"

#include <algorithm>
#include <array>

#include "tests/support/bytes.h"

namespace signet::websocket {

std::vector<uint8_t> Encode(const ClientFrame& frame, ByteView payload) {
  const int shortest = payload.size() < 126 ? 0 : payload.size() <= UINT16_MAX ? 2 : 8;
  const int length_bytes = frame.length_bytes.value_or(shortest);
  std::vector<uint8_t> out;
  out.push_back(static_cast<uint8_t>((frame.fin ? 0x80 : 0) | frame.reserved |
                                     static_cast<uint8_t>(frame.opcode)));
  const size_t short_length = length_bytes == 0 ? payload.size() : length_bytes == 2 ? 126 : 127;
  out.push_back(static_cast<uint8_t>((frame.mask ? 0x80 : 0) | short_length));
  for (int i = length_bytes - 1; i >= 0; --i) {
    out.push_back(static_cast<uint8_t>(uint64_t{payload.size()} >> 8 * i));
  }
  if (frame.mask) out.insert(out.end(), frame.mask->begin(), frame.mask->end());
  // One byte at a time, as the standard describes it.
  for (size_t i = 0; i < payload.size(); ++i) {
    const uint8_t key = frame.mask ? (*frame.mask)[i % 4] : uint8_t{0};
    out.push_back(static_cast<uint8_t>(payload[i] ^ key));
  }
  return out;
}

std::optional<ServerFrame> TakeServerFrame(ByteView* wire) {
  ByteReader reader(*wire);
  uint8_t first;
  uint8_t length;
  if (!reader.ReadU8(&first) || !reader.ReadU8(&length)) return std::nullopt;
  if ((first & 0xF0) != 0x80 || length > 127) return std::nullopt;
  uint64_t size = length;
  if (length == 126) {
    uint16_t two;
    if (!reader.ReadU16(&two) || two < 126) return std::nullopt;
    size = two;
  } else if (length == 127) {
    uint32_t high;
    uint32_t low;
    if (!reader.ReadU32(&high) || !reader.ReadU32(&low)) return std::nullopt;
    size = uint64_t{high} << 32 | low;
    if (size <= UINT16_MAX) return std::nullopt;
  }
  ByteView payload;
  if (!reader.ReadBytes(size, &payload)) return std::nullopt;
  *wire = reader.Rest();
  return ServerFrame{static_cast<Opcode>(first & 0x0F), {payload.begin(), payload.end()}};
}

std::string OpeningRequest() {
  return "GET /mqtt HTTP/1.1\r\n"
         "Host: server.example.com\r\n"
         "Upgrade: websocket\r\n"
         "Connection: Upgrade\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
         "Sec-WebSocket-Protocol: mqtt\r\n"
         "Sec-WebSocket-Version: 13\r\n"
         "\r\n";
}

std::string OpeningAnswer() {
  return "HTTP/1.1 101 Switching Protocols\r\n"
         "Upgrade: websocket\r\n"
         "Connection: Upgrade\r\n"
         "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
         "Sec-WebSocket-Protocol: mqtt\r\n"
         "\r\n";
}

Status TransportStage::Feed(ByteView bytes, size_t piece) {
  while (!bytes.empty()) {
    const ByteView part = bytes.first(std::min(piece, bytes.size()));
    bytes = bytes.subspan(part.size());
    // Alone on the heap, so that a look beyond its ends is seen.
    std::vector<uint8_t> copy(part.begin(), part.end());
    copy.shrink_to_fit();
    Status status = transport_.Receive(copy, *this, &wire_);
    if (!status.ok()) return status;
  }
  return Status::Ok();
}

void TransportStage::Send(std::initializer_list<ByteView> plain) {
  transport_.Send({plain.begin(), plain.size()}, &wire_);
}

std::vector<uint8_t> TransportStage::TakeWire() {
  std::vector<uint8_t> taken;
  std::array<ByteView, 8> views;
  while (!wire_.empty()) {
    const size_t used = wire_.Gather(views, wire_.size());
    size_t size = 0;
    for (size_t i = 0; i < used; ++i) {
      taken.insert(taken.end(), views[i].begin(), views[i].end());
      size += views[i].size();
    }
    wire_.Consume(size);
  }
  return taken;
}

std::string TransportStage::TakeWireText() { return std::string(AsText(TakeWire())); }

void TransportStage::OnPlain(MutableBytes bytes) {
  plain_ += AsText(bytes);
  // They are ours to overwrite.
  std::ranges::fill(bytes, uint8_t{0xEE});
}

}  // namespace signet::websocket
