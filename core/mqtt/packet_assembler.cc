#include "core/mqtt/packet_assembler.h"

#include <algorithm>
#include <cstring>

namespace signet {

PacketAssembler::Step PacketAssembler::Next(size_t max_packet_size, ByteView* input,
                                            Packet* packet) {
  if (handed_out_) {
    split_ = {};
    handed_out_ = false;
  }
  if (split_) return Finish(input, packet);
  if (input->empty()) return Step::kNeedMore;

  FixedHeader header;
  HeaderState state;
  size_t header_in_input;
  if (head_size_ == 0) {
    state = ParseFixedHeader(*input, &header);
    header_in_input = header.header_size;
  } else {
    // The rest of a split fixed header: it has five bytes at most, so copying ahead is cheap.
    const size_t copied = std::min(head_.size() - head_size_, input->size());
    std::memcpy(head_.data() + head_size_, input->data(), copied);
    state = ParseFixedHeader({head_.data(), head_size_ + copied}, &header);
    header_in_input = size_t{header.header_size} - head_size_;
  }
  if (state == HeaderState::kMalformed) return Step::kMalformed;
  if (state == HeaderState::kNeedMore) {
    std::memcpy(head_.data() + head_size_, input->data(), input->size());
    head_size_ = static_cast<uint8_t>(head_size_ + input->size());
    *input = {};
    return Step::kNeedMore;
  }
  head_size_ = 0;
  *input = input->subspan(header_in_input);
  if (header.packet_size() > max_packet_size) {
    *packet = {.header = header};
    return Step::kTooLarge;
  }

  if (input->size() >= header.remaining_length) {
    *packet = {.header = header, .body = input->first(header.remaining_length)};
    *input = input->subspan(header.remaining_length);
    return Step::kPacket;
  }
  header_ = header;
  filled_ = 0;
  split_ = SharedBuffer::Allocate(
      std::min<size_t>(header.remaining_length, std::max(kFirstCapacity, input->size())));
  return Finish(input, packet);
}

void PacketAssembler::TakeBeginning(const FixedHeader& header, uint32_t size) {
  header_ = header;
  header_.remaining_length = size;
  filled_ = 0;
  split_ = SharedBuffer::Allocate(size);
}

PacketAssembler::Step PacketAssembler::Finish(ByteView* input, Packet* packet) {
  while (filled_ < header_.remaining_length && !input->empty()) {
    if (!Fill(input)) return Step::kNoMemory;
  }
  if (filled_ < header_.remaining_length) return Step::kNeedMore;
  *packet = {.header = header_,
             .body = split_.bytes().first(header_.remaining_length),
             .storage = &split_};
  handed_out_ = true;
  return Step::kPacket;
}

bool PacketAssembler::Fill(ByteView* input) {
  if (filled_ == split_.size()) {
    const size_t size = std::min<size_t>(header_.remaining_length, filled_ * 2);
    SharedBuffer larger =
        size < kLarge ? SharedBuffer::Allocate(size) : SharedBuffer::TryAllocate(size);
    if (!larger) return false;
    std::memcpy(larger.MutableData(), split_.data(), filled_);
    split_ = std::move(larger);
  }
  const size_t copied = std::min(split_.size() - filled_, input->size());
  std::memcpy(split_.MutableData() + filled_, input->data(), copied);
  filled_ += copied;
  *input = input->subspan(copied);
  return true;
}

}  // namespace signet
