#include "net/tls/record_reader.h"

#include <algorithm>

namespace signet {
namespace {

// change_cipher_spec, alert, handshake, application_data.
constexpr uint8_t kFirstType = 20;
constexpr uint8_t kLastType = 23;

size_t TotalSize(const uint8_t* head) { return RecordReader::kHeadSize + LoadU16(head + 3); }

}  // namespace

RecordReader::Outcome RecordReader::Next(MutableBytes* bytes, size_t max_bytes,
                                         MutableBytes* record) {
  if (given_) {
    kept_.reset();
    size_ = capacity_ = 0;
    given_ = false;
  }
  if (size_ == 0 && bytes->size() >= kHeadSize) {  // In place, if it is whole.
    const Outcome outcome = CheckHead(bytes->data(), max_bytes);
    if (outcome != Outcome::kRecord) return outcome;
    const size_t total = TotalSize(bytes->data());
    if (bytes->size() >= total) {
      *record = bytes->first(total);
      *bytes = bytes->subspan(total);
      return Outcome::kRecord;
    }
  }
  if (!FillTo(kHeadSize, bytes)) return Outcome::kMore;
  const Outcome outcome = CheckHead(kept_.get(), max_bytes);
  if (outcome != Outcome::kRecord) return outcome;
  if (!FillTo(TotalSize(kept_.get()), bytes)) return Outcome::kMore;
  *record = {kept_.get(), size_};
  given_ = true;
  return Outcome::kRecord;
}

RecordReader::Outcome RecordReader::CheckHead(const uint8_t* head, size_t max_bytes) {
  if (head[0] < kFirstType || head[0] > kLastType || head[1] != 3) return Outcome::kNoRecord;
  return TotalSize(head) > max_bytes ? Outcome::kTooLong : Outcome::kRecord;
}

bool RecordReader::FillTo(size_t size, MutableBytes* bytes) {
  if (size_ >= size) return true;
  const size_t take = std::min(size - size_, bytes->size());
  if (take > 0) {
    // Doubles, and yet never beyond what the record says.
    if (size_ + take > capacity_) {
      Reserve(std::min(size, std::max<size_t>(size_ + take, size_t{capacity_} * 2)));
    }
    std::memcpy(kept_.get() + size_, bytes->data(), take);
    size_ += static_cast<uint32_t>(take);
    *bytes = bytes->subspan(take);
  }
  return size_ == size;
}

ByteView RecordReader::Keep(ByteView bytes) {
  if (size_ + bytes.size() > capacity_) {
    Reserve(std::max<size_t>(size_ + bytes.size(), size_t{capacity_} * 2));
  }
  std::memcpy(kept_.get() + size_, bytes.data(), bytes.size());
  size_ += static_cast<uint32_t>(bytes.size());
  return {kept_.get(), size_};
}

std::unique_ptr<uint8_t[]> RecordReader::Release(size_t* size) {
  *size = size_;
  size_ = capacity_ = 0;
  return std::move(kept_);
}

void RecordReader::Reserve(size_t capacity) {
  auto larger = std::make_unique_for_overwrite<uint8_t[]>(capacity);
  if (size_ > 0) std::memcpy(larger.get(), kept_.get(), size_);
  kept_ = std::move(larger);
  capacity_ = static_cast<uint32_t>(capacity);
}

}  // namespace signet
