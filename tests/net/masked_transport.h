// A Transport as simple as one can be: the peer says "hello", we answer "welcome", and from then on
// every byte is XORed with a mask. A byte 0 instead of the mask's own 0 never comes from a peer
// that keeps to the rules, and breaks it; goodbye is the byte kGoodbye.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/transport.h"

namespace signet {

class MaskedTransport : public Transport {
 public:
  static constexpr std::string_view kHello = "hello";
  static constexpr std::string_view kWelcome = "welcome";
  static constexpr std::string_view kAlert = "alert";
  static constexpr uint8_t kMask = 0x55;
  static constexpr uint8_t kGoodbye = 0xFE;  // Plain 0xAB, which the tests do not send.

  static std::vector<uint8_t> Mask(ByteView plain) {
    std::vector<uint8_t> masked(plain.begin(), plain.end());
    for (uint8_t& byte : masked) byte ^= kMask;
    return masked;
  }

  Status Receive(MutableBytes bytes, Sink& sink, OutputQueue* wire) override {
    while (state_ == State::kHandshaking && !bytes.empty()) {
      if (bytes.front() != kHello[said_]) {
        wire->Append(AsBytes(kAlert));
        return Status::Error("it does not know how to say hello");
      }
      bytes = bytes.subspan(1);
      if (++said_ < kHello.size()) continue;
      wire->Append(AsBytes(kWelcome));
      state_ = State::kOpen;
    }
    for (size_t i = 0; i < bytes.size(); ++i) {
      if (bytes[i] == kGoodbye) {
        state_ = State::kEnded;
        bytes = bytes.first(i);
        break;
      }
      bytes[i] ^= kMask;
    }
    if (!bytes.empty()) sink.OnPlain(bytes);
    return Status::Ok();
  }

  void Send(std::span<const ByteView> plain, OutputQueue* wire) override {
    for (const ByteView piece : plain) wire->Append(Mask(piece));
  }

  void Close(OutputQueue* wire) override { *wire->Extend(1) = kGoodbye; }

  State state() const override { return state_; }

 private:
  State state_ = State::kHandshaking;
  size_t said_ = 0;
};

}  // namespace signet
