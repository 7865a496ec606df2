// WebSocketTransport: MQTT in the binary frames of a WebSocket (RFC 6455; MQTT 5, 6), the server's
// end. Between messages it holds no memory beside itself; the request that opens it is gone once it
// is answered.
//
// What a peer can make us send is bounded by what it sends: a Pong is no longer than its Ping, and
// one call of Receive() answers only the latest (RFC 6455, 5.5.3). A peer that does not read its
// answers gets none while kMaxUnsentForPong bytes wait in `wire`.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "net/transport.h"
#include "net/websocket/frame.h"
#include "net/websocket/handshake.h"

namespace signet {

class WebSocketTransport final : public Transport {
 public:
  // With as much unsent output a Pong is put off until the next call that finds less.
  static constexpr size_t kMaxUnsentForPong = 64 * 1024;

  explicit WebSocketTransport(std::shared_ptr<const WebSocketSettings> settings);

  // In kEnded everything is thrown away: nothing but the end may follow a Close frame.
  Status Receive(MutableBytes bytes, Sink& sink, OutputQueue* wire) override;
  // One frame a call. Nothing once a Close frame has left, for it must be the last one.
  void Send(std::span<const ByteView> plain, OutputQueue* wire) override;
  void Close(OutputQueue* wire) override;
  State state() const override { return state_; }

 private:
  Status ReceiveRequest(MutableBytes* bytes, OutputQueue* wire);
  Status OnViolation(OutputQueue* wire);
  void SendControl(websocket::Opcode opcode, ByteView payload, OutputQueue* wire);
  void SendClose(websocket::CloseCode code, OutputQueue* wire);
  void SendOwedPong(OutputQueue* wire);

  State state_ = State::kHandshaking;
  bool sent_close_ = false;
  std::unique_ptr<websocket::Handshake> handshake_;
  websocket::FrameReader frames_;
  std::optional<std::vector<uint8_t>> owed_pong_;  // The payload of the latest Ping.
};

}  // namespace signet
