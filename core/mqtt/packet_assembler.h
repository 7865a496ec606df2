// PacketAssembler: cuts what a connection receives into packets. A packet that lies whole in the
// receive buffer is handed out in place. One that is split is completed in a buffer of its own,
// which grows with what has arrived, not with what the peer has announced, and exists only while it
// is needed. One per Network Connection; used on its shard's thread alone.
#pragma once

#include <array>
#include <cstdint>

#include "core/base/shared_buffer.h"
#include "core/mqtt/fixed_header.h"

namespace signet {

class PacketAssembler {
 public:
  enum class Step : uint8_t {
    kPacket,
    kNeedMore,   // `input` is used up.
    kMalformed,  // See ParseFixedHeader.
    kTooLarge,   // Seen as soon as the fixed header is there, which `packet` has; nothing is kept.
    kNoMemory,   // For what has arrived of a large packet.
  };
  struct Packet {
    FixedHeader header;
    ByteView body;  // Exactly Remaining Length bytes.
    // The buffer behind `body` if the packet was split: a message may keep it instead of copying.
    const SharedBuffer* storage = nullptr;
  };

  // A packet that has come to this size is given up when memory is short.
  static constexpr size_t kLarge = 64 * 1024;

  // Takes the next packet off the front of `input`, which may also complete one that began earlier.
  // `packet` is valid until the next call. Packets of more than `max_packet_size` bytes are
  // refused.
  Step Next(size_t max_packet_size, ByteView* input, Packet* packet);

  // After kTooLarge: lets Next() hand out the first `size` bytes of that packet's body, as if there
  // were no more of it. Nobody knows where the packet behind it begins.
  void TakeBeginning(const FixedHeader& header, uint32_t size);

  // Gives up what was begun, and the buffer of the packet that was handed out.
  void Clear() { *this = {}; }

  // Bytes held for an unfinished packet.
  size_t held_bytes() const { return split_.size(); }

 private:
  // What a split packet gets first; it doubles as the bytes come in.
  static constexpr size_t kFirstCapacity = 1024;

  Step Finish(ByteView* input, Packet* packet);
  // False if there is no memory for more.
  bool Fill(ByteView* input);

  // The fixed header of a packet that is split within it: at most four bytes, since a fifth
  // completes it.
  std::array<uint8_t, 5> head_;
  uint8_t head_size_ = 0;
  // The body of a split packet; null when none is under way.
  FixedHeader header_;
  SharedBuffer split_;
  size_t filled_ = 0;
  bool handed_out_ = false;
};

}  // namespace signet
