// Frames of a WebSocket (RFC 6455, 5): the heads of those that we send, and a reader of those that
// a client sends. The reader passes payloads on as they come, unmasked in place, and keeps nothing
// of them: neither a long frame nor a message of many fragments costs memory, so that the 2^63
// bytes of the standard are the only bound on a frame, and none is needed on the fragments of a
// message. Only of a Ping or a Close that comes in pieces the payload is kept, kMaxControlBytes at
// most.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "net/websocket/masking.h"

namespace signet::websocket {

enum class Opcode : uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10,
};

// RFC 6455, 7.4.1: those that we send.
enum class CloseCode : uint16_t {
  kNormal = 1000,
  kProtocolError = 1002,
  kUnsupportedData = 1003,
  kInvalidPayload = 1007,
};

constexpr size_t kMaxControlBytes = 125;

// Writes the head of an unfragmented, unmasked frame, in its shortest form; returns its size.
constexpr size_t kMaxServerHeadBytes = 10;
size_t WriteFrameHead(Opcode opcode, uint64_t payload_size,
                      std::span<uint8_t, kMaxServerHeadBytes> out);

// Why a connection ends: the code for the peer, and half a sentence for the log.
struct Violation {
  CloseCode code = CloseCode::kProtocolError;
  std::string_view what;
};

// The head of a client's frame.
struct FrameHead {
  static constexpr size_t kMaxSize = 14;

  Opcode opcode = Opcode::kBinary;
  bool fin = false;
  uint8_t size = 0;
  Mask mask{};
  uint64_t payload_size = 0;
};

enum class HeadState : uint8_t { kNeedMore, kWhole, kViolation };

// Parses what there is of a head. A violation is seen at the first byte that shows it.
// `in_message`: the frame of data before this one was not the last of its message.
HeadState ParseFrameHead(ByteView bytes, bool in_message, FrameHead* head, Violation* violation);

class FrameReader {
 public:
  enum class Step : uint8_t {
    kNeedMore,
    kData,       // `payload` is a part of a binary message; never empty.
    kPing,       // `payload` is what the Pong must carry.
    kClose,      // `payload` is what the answer must carry: nothing, or the code.
    kViolation,  // violation() says which; Next() is not called again.
  };

  // Takes the next thing off the front of `bytes`, all of which are taken when it says kNeedMore.
  // `payload` holds until the next call.
  Step Next(MutableBytes* bytes, MutableBytes* payload);

  const Violation& violation() const { return violation_; }

 private:
  HeadState TakeHead(MutableBytes* bytes);
  // Takes and unmasks what is there of the payload.
  MutableBytes TakePayload(MutableBytes* bytes);
  // Whether the payload of the control frame is whole; it is `payload` then.
  bool TakeControl(MutableBytes* bytes, MutableBytes* payload);
  Step OnClose(MutableBytes* payload);

  FrameHead head_;  // Of the frame that is being read.
  uint64_t left_ = 0;
  bool in_frame_ = false;
  bool in_message_ = false;
  uint8_t partial_size_ = 0;
  std::array<uint8_t, FrameHead::kMaxSize>
      partial_{};                 // The beginning of a head that is not whole.
  std::vector<uint8_t> control_;  // The payload of a control frame that came in pieces.
  Violation violation_;
};

}  // namespace signet::websocket
