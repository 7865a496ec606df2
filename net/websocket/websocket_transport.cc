#include "net/websocket/websocket_transport.h"

#include <algorithm>
#include <array>
#include <utility>

#include "fmt/format.h"

namespace signet {

using websocket::CloseCode;
using websocket::FrameReader;
using websocket::Handshake;
using websocket::Opcode;

WebSocketTransport::WebSocketTransport(std::shared_ptr<const WebSocketSettings> settings)
    : handshake_(std::make_unique<Handshake>(std::move(settings))) {}

Status WebSocketTransport::Receive(MutableBytes bytes, Sink& sink, OutputQueue* wire) {
  if (state_ == State::kHandshaking) {
    Status status = ReceiveRequest(&bytes, wire);
    if (!status.ok()) return status;
  }
  while (state_ == State::kOpen) {
    MutableBytes payload;
    switch (frames_.Next(&bytes, &payload)) {
      case FrameReader::Step::kNeedMore:
        SendOwedPong(wire);
        return Status::Ok();
      case FrameReader::Step::kData:
        sink.OnPlain(payload);
        break;
      case FrameReader::Step::kPing:
        owed_pong_.emplace(payload.begin(), payload.end());
        break;
      case FrameReader::Step::kClose:
        state_ = State::kEnded;
        if (!sent_close_) SendControl(Opcode::kClose, payload, wire);
        sent_close_ = true;
        break;
      case FrameReader::Step::kViolation:
        return OnViolation(wire);
    }
  }
  return Status::Ok();
}

Status WebSocketTransport::ReceiveRequest(MutableBytes* bytes, OutputQueue* wire) {
  ByteView rest = *bytes;
  const Handshake::State state = handshake_->Receive(&rest);
  *bytes = bytes->last(rest.size());
  if (state == Handshake::State::kReading) return Status::Ok();
  wire->Append(AsBytes(handshake_->response()));
  if (state == Handshake::State::kRefused) return Status::Error(handshake_->sentence());
  handshake_.reset();
  state_ = State::kOpen;
  return Status::Ok();
}

Status WebSocketTransport::OnViolation(OutputQueue* wire) {
  const websocket::Violation& violation = frames_.violation();
  if (!sent_close_) SendClose(violation.code, wire);
  return Status::Error(fmt::format("the WebSocket client {}; closed with {}", violation.what,
                                   static_cast<uint16_t>(violation.code)));
}

void WebSocketTransport::Send(std::span<const ByteView> plain, OutputQueue* wire) {
  DCHECK(state_ != State::kHandshaking);
  size_t size = 0;
  for (const ByteView part : plain) size += part.size();
  if (size == 0 || sent_close_) return;
  std::array<uint8_t, websocket::kMaxServerHeadBytes> head{};
  wire->Append(ByteView(head).first(websocket::WriteFrameHead(Opcode::kBinary, size, head)));
  for (ByteView part : plain) {
    // Pieces of no more than a block, or a long part would ask the allocator for as much again.
    while (!part.empty()) {
      constexpr size_t kPiece = 16 * 1024 - sizeof(Block);
      const ByteView piece = part.first(std::min(part.size(), kPiece));
      wire->Append(piece);
      part = part.subspan(piece.size());
    }
  }
  SendOwedPong(wire);
}

void WebSocketTransport::Close(OutputQueue* wire) {
  // Before it is open there is nothing to take leave of.
  if (state_ == State::kHandshaking || sent_close_) return;
  SendClose(CloseCode::kNormal, wire);
}

void WebSocketTransport::SendControl(Opcode opcode, ByteView payload, OutputQueue* wire) {
  DCHECK(payload.size() <= websocket::kMaxControlBytes);
  std::array<uint8_t, websocket::kMaxServerHeadBytes> head{};
  wire->Append(ByteView(head).first(websocket::WriteFrameHead(opcode, payload.size(), head)));
  wire->Append(payload);
}

void WebSocketTransport::SendClose(CloseCode code, OutputQueue* wire) {
  std::array<uint8_t, 2> payload{};
  StoreU16(payload.data(), static_cast<uint16_t>(code));
  SendControl(Opcode::kClose, payload, wire);
  sent_close_ = true;
}

void WebSocketTransport::SendOwedPong(OutputQueue* wire) {
  if (!owed_pong_ || wire->size() >= kMaxUnsentForPong) return;
  if (!sent_close_) SendControl(Opcode::kPong, *owed_pong_, wire);
  owed_pong_.reset();
}

}  // namespace signet
