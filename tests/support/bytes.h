// Bytes as tests write them down, and copies of them in which AddressSanitizer sees every read out
// of bounds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"

namespace signet {

// Hexadecimal digits in pairs, with blanks where they help to read, and ASCII text between
// apostrophes: Bytes("0001 'a' 0007 00"). Anything else is a mistake in the test and ends it.
std::vector<uint8_t> Bytes(std::string_view text);

// The way back, for messages: "00 01 61".
std::string Hex(ByteView bytes);

std::vector<uint8_t> Concat(std::initializer_list<ByteView> parts);

// With a two-byte length in front, as strings and binary data stand on the wire.
std::vector<uint8_t> WithLength(ByteView bytes);

// A copy on the heap, in an allocation of exactly its size. It is its own ByteReader and ByteView,
// so that it can be handed to a decoder; what that gives back borrows from it.
class ExactCopy {
 public:
  explicit ExactCopy(ByteView bytes);

  ByteView view() const { return {memory_.get(), size_}; }
  operator ByteView() const { return view(); }
  operator ByteReader() const { return ByteReader(view()); }

 private:
  std::unique_ptr<uint8_t[]> memory_;
  size_t size_;
};

// The first `size` bytes of `whole`, alone.
inline ExactCopy Cut(ByteView whole, size_t size) { return ExactCopy(whole.first(size)); }

}  // namespace signet
