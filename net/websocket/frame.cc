#include "net/websocket/frame.h"

#include <algorithm>

#include "core/base/utf8.h"

namespace signet::websocket {
namespace {

constexpr uint8_t kFin = 0x80;
constexpr uint8_t kReserved = 0x70;
constexpr uint8_t kMasked = 0x80;
constexpr uint8_t kLength16 = 126;  // The length follows in two bytes,
constexpr uint8_t kLength64 = 127;  // or in eight.

bool IsControl(Opcode opcode) { return opcode >= Opcode::kClose; }

uint64_t LoadU64(const uint8_t* at) { return uint64_t{LoadU32(at)} << 32 | LoadU32(at + 4); }

HeadState Violates(std::string_view what, Violation* violation,
                   CloseCode code = CloseCode::kProtocolError) {
  *violation = {.code = code, .what = what};
  return HeadState::kViolation;
}

// RFC 6455, 5.2 and 5.4.
HeadState CheckFirstByte(uint8_t byte, bool in_message, FrameHead* head, Violation* violation) {
  if ((byte & kReserved) != 0) return Violates("set a reserved bit", violation);
  head->fin = (byte & kFin) != 0;
  head->opcode = static_cast<Opcode>(byte & 0x0F);
  switch (head->opcode) {
    case Opcode::kContinuation:
      if (!in_message) return Violates("continued a message that had not begun", violation);
      return HeadState::kWhole;
    case Opcode::kText:  // [MQTT-6.0.0-1]
      return Violates("sent text; MQTT travels in binary frames", violation,
                      CloseCode::kUnsupportedData);
    case Opcode::kBinary:
      if (in_message) return Violates("began a message within another", violation);
      return HeadState::kWhole;
    case Opcode::kClose:
    case Opcode::kPing:
    case Opcode::kPong:
      if (!head->fin) return Violates("fragmented a control frame", violation);
      return HeadState::kWhole;
  }
  return Violates("sent a frame of an unknown kind", violation);
}

// The length behind the first two bytes, and how many bytes it takes.
HeadState ParseLength(ByteView bytes, FrameHead* head, Violation* violation) {
  const auto shortest = static_cast<uint8_t>(bytes[1] & ~kMasked);
  head->size = 2;
  head->payload_size = shortest;
  if (shortest == kLength16) {
    if (bytes.size() < 4) return HeadState::kNeedMore;
    head->size = 4;
    head->payload_size = LoadU16(&bytes[2]);
    if (head->payload_size < kLength16) return Violates("wrote a length too long", violation);
  } else if (shortest == kLength64) {
    if (bytes.size() < 10) return HeadState::kNeedMore;
    head->size = 10;
    head->payload_size = LoadU64(&bytes[2]);
    if (head->payload_size >> 63 != 0) return Violates("sent a negative length", violation);
    if (head->payload_size <= UINT16_MAX) return Violates("wrote a length too long", violation);
  }
  return HeadState::kWhole;
}

// RFC 6455, 7.4, and what IANA has registered since: 1012 to 1014. The others mean that there was
// no code, or are nobody's.
bool IsCloseCode(uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
         (code >= 3000 && code <= 4999);
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t size = DecodeUtf8(text).size;
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

}  // namespace

size_t WriteFrameHead(Opcode opcode, uint64_t payload_size,
                      std::span<uint8_t, kMaxServerHeadBytes> out) {
  out[0] = static_cast<uint8_t>(kFin | static_cast<uint8_t>(opcode));
  if (payload_size < kLength16) {
    out[1] = static_cast<uint8_t>(payload_size);
    return 2;
  }
  if (payload_size <= UINT16_MAX) {
    out[1] = kLength16;
    StoreU16(&out[2], static_cast<uint16_t>(payload_size));
    return 4;
  }
  out[1] = kLength64;
  StoreU32(&out[2], static_cast<uint32_t>(payload_size >> 32));
  StoreU32(&out[6], static_cast<uint32_t>(payload_size));
  return 10;
}

HeadState ParseFrameHead(ByteView bytes, bool in_message, FrameHead* head, Violation* violation) {
  if (bytes.empty()) return HeadState::kNeedMore;
  const HeadState first = CheckFirstByte(bytes[0], in_message, head, violation);
  if (first != HeadState::kWhole) return first;
  if (bytes.size() < 2) return HeadState::kNeedMore;
  if ((bytes[1] & kMasked) == 0) return Violates("did not mask a frame", violation);
  if (IsControl(head->opcode) && (bytes[1] & ~kMasked) > static_cast<int>(kMaxControlBytes)) {
    return Violates("sent a control frame that is too long", violation);
  }
  const HeadState length = ParseLength(bytes, head, violation);
  if (length != HeadState::kWhole) return length;
  if (bytes.size() < head->size + head->mask.size()) return HeadState::kNeedMore;
  std::memcpy(head->mask.data(), &bytes[head->size], head->mask.size());
  head->size = static_cast<uint8_t>(head->size + head->mask.size());
  return HeadState::kWhole;
}

FrameReader::Step FrameReader::Next(MutableBytes* bytes, MutableBytes* payload) {
  if (!in_frame_ && !control_.empty()) control_ = {};
  while (!bytes->empty()) {
    if (!in_frame_) {
      const HeadState head = TakeHead(bytes);
      if (head == HeadState::kNeedMore) return Step::kNeedMore;
      if (head == HeadState::kViolation) return Step::kViolation;
    }
    switch (head_.opcode) {
      case Opcode::kPing:
        if (TakeControl(bytes, payload)) return Step::kPing;
        break;
      case Opcode::kClose:
        if (TakeControl(bytes, payload)) return OnClose(payload);
        break;
      case Opcode::kPong:
        TakePayload(bytes);
        break;
      default:
        *payload = TakePayload(bytes);
        if (!payload->empty()) return Step::kData;
    }
  }
  return Step::kNeedMore;
}

HeadState FrameReader::TakeHead(MutableBytes* bytes) {
  HeadState state;
  if (partial_size_ == 0) {
    state = ParseFrameHead(*bytes, in_message_, &head_, &violation_);
    if (state == HeadState::kWhole) *bytes = bytes->subspan(head_.size);
  } else {
    state = HeadState::kNeedMore;
  }
  while (state == HeadState::kNeedMore && !bytes->empty()) {
    partial_[partial_size_++] = bytes->front();
    *bytes = bytes->subspan(1);
    const ByteView partial = ByteView(partial_).first(partial_size_);
    state = ParseFrameHead(partial, in_message_, &head_, &violation_);
  }
  if (state != HeadState::kWhole) return state;
  partial_size_ = 0;
  in_frame_ = true;
  left_ = head_.payload_size;
  if (!IsControl(head_.opcode)) in_message_ = !head_.fin;
  return state;
}

MutableBytes FrameReader::TakePayload(MutableBytes* bytes) {
  const MutableBytes part = bytes->first(std::min<uint64_t>(left_, bytes->size()));
  *bytes = bytes->subspan(part.size());
  ApplyMask(head_.mask, head_.payload_size - left_, part);
  left_ -= part.size();
  in_frame_ = left_ > 0;
  return part;
}

bool FrameReader::TakeControl(MutableBytes* bytes, MutableBytes* payload) {
  *payload = TakePayload(bytes);
  if (!in_frame_ && control_.empty()) return true;  // It came in one piece, as nearly always.
  control_.insert(control_.end(), payload->begin(), payload->end());
  *payload = control_;
  return !in_frame_;
}

// RFC 6455, 5.5.1: nothing, or a code and a reason in UTF-8.
FrameReader::Step FrameReader::OnClose(MutableBytes* payload) {
  if (payload->empty()) return Step::kClose;
  if (payload->size() < 2 || !IsCloseCode(LoadU16(payload->data()))) {
    Violates("closed with a code that is none", &violation_);
    return Step::kViolation;
  }
  if (!IsUtf8(AsText(payload->subspan(2)))) {
    Violates("closed with a reason that is not UTF-8", &violation_, CloseCode::kInvalidPayload);
    return Step::kViolation;
  }
  *payload = payload->first(2);
  return Step::kClose;
}

}  // namespace signet::websocket
