// Frames as a client sends them, right or wrong in any field; and a reader of those of a server.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/block_pool.h"
#include "core/base/output_queue.h"
#include "net/transport.h"
#include "net/websocket/frame.h"

namespace signet::websocket {

struct ClientFrame {
  Opcode opcode = Opcode::kBinary;
  bool fin = true;
  uint8_t reserved = 0;  // The three bits behind FIN, in place: 0x40, 0x20, 0x10.
  std::optional<Mask> mask = Mask{0x37, 0xFA, 0x21, 0x3D};
  // How many bytes the length takes: 0, 2 or 8 behind the first seven bits. None: the shortest
  // form.
  std::optional<int> length_bytes = std::nullopt;
};

std::vector<uint8_t> Encode(const ClientFrame& frame, ByteView payload);

// A frame of a server, which is neither masked nor fragmented. None if `wire` does not begin with a
// whole one in its shortest form; otherwise it is cut off.
struct ServerFrame {
  Opcode opcode;
  std::vector<uint8_t> payload;

  friend bool operator==(const ServerFrame&, const ServerFrame&) = default;
};
std::optional<ServerFrame> TakeServerFrame(ByteView* wire);

// What is sent to open a WebSocket, each line with its CRLF, and the answer to it.
std::string OpeningRequest();
std::string OpeningAnswer();

// A transport with its wire and what came out of it.
class TransportStage final : public Transport::Sink {
 public:
  // `transport` outlives the stage.
  explicit TransportStage(Transport* transport) : transport_(*transport) {}

  // Feeds a copy of `bytes`, in pieces of `piece` bytes, until the first error.
  Status Feed(ByteView bytes, size_t piece = SIZE_MAX);
  Status Feed(std::string_view text, size_t piece = SIZE_MAX) { return Feed(AsBytes(text), piece); }
  void Send(std::initializer_list<ByteView> plain);
  void Close() { transport_.Close(&wire_); }

  // What was put on the wire since this was last asked.
  std::vector<uint8_t> TakeWire();
  std::string TakeWireText();
  std::string TakePlain() { return std::exchange(plain_, {}); }
  Transport::State state() const { return transport_.state(); }
  OutputQueue* wire() { return &wire_; }

  void OnPlain(MutableBytes bytes) override;

 private:
  Transport& transport_;
  BlockPool pool_;
  OutputQueue wire_{&pool_};
  std::string plain_;
};

}  // namespace signet::websocket
