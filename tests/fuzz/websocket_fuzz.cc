// A WebSocket, from its request on: however the stream is cut, what comes out is the same, and is
// what a plain reader of frames makes of it. Input: a choice, whose lowest bit says that a good
// request stands in front of the stream; how many pieces are named, their sizes; the stream.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "net/websocket/websocket_transport.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/target.h"
#include "tests/support/bytes.h"
#include "tests/support/websocket_client.h"

namespace signet::fuzz::websocket_fuzz {
namespace {

using websocket::Opcode;
using websocket::ServerFrame;
using websocket::TransportStage;

struct Outcome {
  std::string error;
  Transport::State state = Transport::State::kHandshaking;
  std::string plain;
  std::string answer;             // To the request.
  std::vector<ServerFrame> sent;  // Without Pongs: which ones are sent depends on the pieces.

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// Takes apart what was sent. Pongs are no longer than the Pings that `received` bytes can hold.
void ReadWire(ByteView wire, size_t received, Outcome* outcome) {
  constexpr size_t kLongestAnswer = 512;
  CHECK(wire.size() <= kLongestAnswer + received);
  const size_t end = AsText(wire).find("\r\n\r\n");
  if (end == std::string_view::npos) return CHECK(wire.empty());
  const bool accepted = AsText(wire).starts_with("HTTP/1.1 101 ");
  const size_t size = accepted ? end + 4 : wire.size();
  outcome->answer = AsText(wire.first(size));
  wire = wire.subspan(size);
  while (std::optional<ServerFrame> frame = websocket::TakeServerFrame(&wire)) {
    if (frame->opcode != Opcode::kPong) outcome->sent.push_back(std::move(*frame));
  }
  CHECK(wire.empty());
}

Outcome Run(ByteView stream, ByteView sizes) {
  WebSocketTransport transport(std::make_shared<WebSocketSettings>(
      WebSocketSettings{.allowed_origins = {"https://a.example"}}));
  TransportStage stage(&transport);
  Outcome outcome;
  size_t received = 0;
  for (size_t i = 0; received < stream.size() && outcome.error.empty(); ++i) {
    const size_t wanted = sizes.empty() ? stream.size() : size_t{1} + sizes[i % sizes.size()];
    const ByteView piece = stream.subspan(received, std::min(wanted, stream.size() - received));
    received += piece.size();
    outcome.error = stage.Feed(piece).sentence();
  }
  if (transport.state() == Transport::State::kOpen && outcome.error.empty()) stage.Close();
  outcome.state = transport.state();
  outcome.plain = stage.TakePlain();
  ReadWire(stage.TakeWire(), received, &outcome);
  return outcome;
}

// What the frames of a client carry, up to the first that breaks a rule.
std::string PlainOf(ByteView frames) {
  std::string plain;
  bool in_message = false;
  while (frames.size() >= 2) {
    const int opcode = frames[0] & 0x0F;
    const bool fin = frames[0] >= 0x80;
    const bool is_control = opcode >= 8;
    if ((frames[0] & 0x70) != 0 || frames[1] < 0x80) break;
    if (is_control ? !fin || opcode > 10 : opcode != (in_message ? 0 : 2)) break;
    uint64_t size = frames[1] & 0x7F;
    const size_t more = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (frames.size() < 2 + more + 4) break;
    if (more > 0) size = 0;
    for (size_t i = 0; i < more; ++i) size = size << 8 | frames[2 + i];
    const bool shortest = more == 0 || (more == 2 ? size > 125 : size > 65'535);
    if (!shortest || size > INT64_MAX || (is_control && more > 0)) break;
    const ByteView mask = frames.subspan(2 + more, 4);
    frames = frames.subspan(2 + more + 4);
    const ByteView payload = frames.first(std::min<uint64_t>(size, frames.size()));
    frames = frames.subspan(payload.size());
    if (opcode == 8) break;  // The last one, right or wrong.
    if (is_control) continue;
    in_message = !fin;
    for (size_t i = 0; i < payload.size(); ++i) {
      plain += static_cast<char>(payload[i] ^ mask[i % 4]);
    }
  }
  return plain;
}

void Compare(ByteView stream, ByteView sizes) {
  const Outcome whole = Run(stream, {});
  CHECK(Run(stream, sizes) == whole);
  constexpr uint8_t kByteByByte[] = {0};
  CHECK(Run(stream, kByteByByte) == whole);
  if (!whole.answer.starts_with("HTTP/1.1 101 ")) return CHECK(whole.plain.empty());
  const size_t frames = AsText(stream).find("\r\n\r\n") + 4;
  CHECK(whole.plain == PlainOf(stream.subspan(frames)));
  // We close, or answer a Close, or say what was wrong: each of them once.
  CHECK(whole.sent.size() == 1 && whole.sent[0].opcode == Opcode::kClose);
}

}  // namespace

FUZZ_TARGET(websocket) {
  Input input(data, size);
  const bool opened = (input.Byte() & 1) != 0;
  const ByteView sizes = input.Bytes(input.Byte() % 16);
  const std::string request = opened ? websocket::OpeningRequest() : "";
  Compare(Concat({AsBytes(request), input.Rest()}), sizes);
  return 0;
}

}  // namespace signet::fuzz::websocket_fuzz
