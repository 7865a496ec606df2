// What WebSockets cost beside MQTT itself: unmasking by bytes, and frames of one message of 64
// bytes each, sixteen of which come in one receive and leave in as many sends. Numbers of frames
// are for one frame: "items_per_second" counts them.
#include <benchmark/benchmark.h>

#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "net/websocket/frame.h"
#include "net/websocket/masking.h"
#include "net/websocket/websocket_transport.h"

namespace signet {
namespace {

using websocket::ApplyMask;
using websocket::Mask;
using websocket::Opcode;

constexpr Mask kMask = {0x37, 0xFA, 0x21, 0x3D};
constexpr size_t kMessageBytes = 64;
constexpr int kFrames = 16;

// In place, as long as one frame; the second frame of a buffer seldom begins at a multiple of
// eight.
void BM_ApplyMask(benchmark::State& state) {
  std::vector<uint8_t> memory(static_cast<size_t>(state.range(0)) + 6, 'x');
  for (auto _ : state) {
    ApplyMask(kMask, 0, MutableBytes(memory).subspan(6));
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_ApplyMask)->Arg(16)->Arg(64)->Arg(1024)->Arg(16'384);

class Counting final : public Transport::Sink {
 public:
  void OnPlain(MutableBytes bytes) override { bytes_ += bytes.size(); }
  size_t bytes() const { return bytes_; }

 private:
  size_t bytes_ = 0;
};

// A transport that is open.
class BenchSocket {
 public:
  BenchSocket() : transport_(std::make_shared<WebSocketSettings>()) {
    constexpr std::string_view kRequest =
        "GET /mqtt HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Protocol: mqtt\r\n\r\n";
    std::vector<uint8_t> request(kRequest.begin(), kRequest.end());
    Receive(request);
    CHECK(transport_.state() == Transport::State::kOpen);
    wire_.Clear();
  }
  void Receive(MutableBytes bytes) { CHECK(transport_.Receive(bytes, sink_, &wire_).ok()); }
  WebSocketTransport& transport() { return transport_; }
  OutputQueue& wire() { return wire_; }
  size_t received() const { return sink_.bytes(); }

 private:
  BlockPool pool_;
  OutputQueue wire_{&pool_};
  WebSocketTransport transport_;
  Counting sink_;
};

std::vector<uint8_t> MakeFrames() {
  std::vector<uint8_t> frames;
  for (int i = 0; i < kFrames; ++i) {
    std::array<uint8_t, websocket::kMaxServerHeadBytes> head;
    const size_t size = websocket::WriteFrameHead(Opcode::kBinary, kMessageBytes, head);
    head[1] |= 0x80;  // Masked.
    frames.insert(frames.end(), head.begin(), head.begin() + size);
    frames.insert(frames.end(), kMask.begin(), kMask.end());
    frames.insert(frames.end(), kMessageBytes, 'x');
  }
  return frames;
}

// Every round takes the mask off the last one's payload or puts it on again: the same work.
void BM_Receive64(benchmark::State& state) {
  BenchSocket socket;
  std::vector<uint8_t> frames = MakeFrames();
  for (auto _ : state) socket.Receive(frames);
  const int64_t received = state.iterations() * kFrames;
  CHECK(socket.received() == static_cast<size_t>(received) * kMessageBytes);
  state.SetItemsProcessed(received);
}
BENCHMARK(BM_Receive64);

// By how many messages one frame carries: a frame is what one send of a turn is wrapped in.
void BM_Send64(benchmark::State& state) {
  BenchSocket socket;
  const std::vector<uint8_t> message(kMessageBytes, 'x');
  const std::vector<ByteView> plain(static_cast<size_t>(state.range(0)), message);
  const size_t expected = plain.size() * kMessageBytes;
  for (auto _ : state) {
    socket.transport().Send(plain, &socket.wire());
    CHECK(socket.wire().size() > expected);
    socket.wire().Clear();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Send64)->Arg(1)->Arg(16);

// The request and its answer, with a new transport each time.
void BM_Open(benchmark::State& state) {
  for (auto _ : state) {
    BenchSocket socket;
    benchmark::DoNotOptimize(socket.received());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Open);

}  // namespace
}  // namespace signet
