// RecordReader: cuts TLS records out of what comes, in place where it can; an unfinished one is
// kept in a buffer that grows with what has come and is let go when it is done (RFC 8446, 5.1).
// Owned by a connection.
#pragma once

#include <cstdint>
#include <memory>

#include "core/base/bytes.h"

namespace signet {

class RecordReader {
 public:
  static constexpr size_t kHeadSize = 5;
  // A protected record of the largest size (RFC 8446, 5.2), its head included.
  static constexpr size_t kMaxRecordBytes = kHeadSize + (1 << 14) + 256;

  enum class Outcome : uint8_t {
    kRecord,    // `*record` holds one, head included, until the next call.
    kMore,      // All of `*bytes` is taken.
    kTooLong,   // It says that it is longer than `max_bytes`. Nothing more can be read.
    kNoRecord,  // What came does not begin as one does. Nothing more can be read.
  };

  // Takes one record from the front of `*bytes`, or what there is of it.
  Outcome Next(MutableBytes* bytes, size_t max_bytes, MutableBytes* record);

  // Bytes of an unfinished record.
  size_t kept() const { return size_; }

  // Adds to what is kept without looking at it, and shows all of it: for the bytes before there is
  // a session.
  ByteView Keep(ByteView bytes);
  // Gives away what is kept.
  std::unique_ptr<uint8_t[]> Release(size_t* size);

 private:
  // Moves bytes to what is kept until that is `size` long. False if they do not suffice.
  bool FillTo(size_t size, MutableBytes* bytes);
  void Reserve(size_t capacity);
  static Outcome CheckHead(const uint8_t* head, size_t max_bytes);

  std::unique_ptr<uint8_t[]> kept_;
  uint32_t size_ = 0;
  uint32_t capacity_ = 0;
  bool given_ = false;  // What is kept was a whole record, and has been given away.
};

}  // namespace signet
