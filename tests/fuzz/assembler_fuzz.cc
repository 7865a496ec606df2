// PacketAssembler: however a stream is cut, the packets are those of the whole stream. Input: the
// largest packet, how many pieces are named, their sizes, the stream.
#include <algorithm>

#include "core/mqtt/packet_assembler.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/target.h"
#include "tests/support/bytes.h"

namespace signet::fuzz::assembler_fuzz {
namespace {

using Step = PacketAssembler::Step;

// The next packet of a stream that lies there whole.
Step NextOfWhole(size_t max_packet_size, ByteView* stream, FixedHeader* header, ByteView* body) {
  const HeaderState state = ParseFixedHeader(*stream, header);
  if (state == HeaderState::kMalformed) return Step::kMalformed;
  if (state == HeaderState::kNeedMore) return Step::kNeedMore;
  if (header->packet_size() > max_packet_size) return Step::kTooLarge;
  if (header->packet_size() > stream->size()) return Step::kNeedMore;
  *body = stream->subspan(header->header_size, header->remaining_length);
  *stream = stream->subspan(header->packet_size());
  return Step::kPacket;
}

// Feeds pieces until the next packet, or until there is nothing more.
class Pieces {
 public:
  Pieces(ByteView sizes, ByteView stream) : sizes_(sizes), stream_(stream) {}

  Step Next(size_t max_packet_size, PacketAssembler::Packet* packet) {
    while (true) {
      const Step step = assembler_.Next(max_packet_size, &piece_, packet);
      if (step != Step::kNeedMore) return step;
      CHECK(piece_.empty());
      CheckMemory();
      if (stream_.empty()) return step;
      TakePiece();
    }
  }

  void TakeBeginning(const FixedHeader& header, uint32_t size) {
    assembler_.TakeBeginning(header, size);
  }

 private:
  void TakePiece() {
    const size_t wanted = sizes_.empty() ? stream_.size() : 1 + sizes_[at_++ % sizes_.size()];
    const size_t size = std::min(wanted, stream_.size());
    // Alone in memory, and the one before is gone: nobody may look back or ahead.
    copy_ = ExactCopy(stream_.first(size));
    piece_ = copy_.view();
    stream_ = stream_.subspan(size);
    received_ += size;
  }
  // What is held grows with what has come, not with what was announced.
  void CheckMemory() const {
    CHECK(assembler_.held_bytes() <= std::max<size_t>(1024, 2 * received_));
  }

  PacketAssembler assembler_;
  ByteView sizes_;
  ByteView stream_;
  size_t at_ = 0;
  size_t received_ = 0;
  ExactCopy copy_{ByteView()};
  ByteView piece_;
};

// What is too large may still be asked for its first bytes.
void CompareBeginning(const FixedHeader& expected, ByteView body, const FixedHeader& header,
                      Pieces* pieces) {
  CHECK(header.type == expected.type && header.packet_size() == expected.packet_size());
  const uint32_t size = std::min(header.remaining_length, 7u);
  if (size == 0) return;
  pieces->TakeBeginning(header, size);
  PacketAssembler::Packet packet;
  const Step step = pieces->Next(0, &packet);
  CHECK(step == (body.size() >= size ? Step::kPacket : Step::kNeedMore));
  if (step == Step::kPacket) CHECK(std::ranges::equal(packet.body, body.first(size)));
}

void Compare(size_t max_packet_size, ByteView sizes, ByteView stream) {
  Pieces pieces(sizes, stream);
  while (true) {
    FixedHeader header;
    ByteView body;
    const Step expected = NextOfWhole(max_packet_size, &stream, &header, &body);
    PacketAssembler::Packet packet;
    CHECK(pieces.Next(max_packet_size, &packet) == expected);
    if (expected == Step::kTooLarge) {
      return CompareBeginning(header, stream.subspan(header.header_size), packet.header, &pieces);
    }
    if (expected != Step::kPacket) return;
    CHECK(packet.header.type == header.type && packet.header.flags == header.flags);
    CHECK(packet.header.packet_size() == header.packet_size());
    CHECK(packet.header.minimal_length == header.minimal_length);
    CHECK(std::ranges::equal(packet.body, body));
    if (packet.storage != nullptr) {
      const ByteView storage = packet.storage->bytes();
      CHECK(packet.body.data() >= storage.data());
      CHECK(packet.body.data() + packet.body.size() <= storage.data() + storage.size());
    }
  }
}

}  // namespace

FUZZ_TARGET(assembler) {
  Input input(data, size);
  const size_t max_packet_size = size_t{1} << input.Byte() % 30;
  const ByteView sizes = input.Bytes(input.Byte() % 16);
  Compare(max_packet_size, sizes, input.Rest());
  return 0;
}

}  // namespace signet::fuzz::assembler_fuzz
