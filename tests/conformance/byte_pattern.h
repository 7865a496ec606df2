// BytePattern: the BYTES of the vector language (vector_file.h), once read: what to send, or what
// to expect. A flat list of items in which brackets open and close; nothing here recurses.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/status.h"

namespace signet::conformance {

// What the variables of a case stand for, by name.
using Bindings = std::map<std::string, std::vector<uint8_t>, std::less<>>;

class BytePattern {
 public:
  static StatusOr<BytePattern> Parse(std::string_view text);

  // The bytes to send. An error: an expectation's item stands in it, or a variable without a value.
  StatusOr<std::vector<uint8_t>> Emit(const Bindings& bindings) const;

  // Whether `bytes` are what is expected. Variables that have no value yet take theirs from here if
  // so. The error says where they differ.
  Status Match(ByteView bytes, Bindings* bindings) const;

 private:
  friend class PatternParser;
  class Matcher;

  enum class Kind : uint8_t {
    kBytes,         // Exactly these.
    kOneOf,         // One byte, one of these.
    kAny,           // One byte.
    kRest,          // Whatever is left in the innermost brackets.
    kVariable,      // Two bytes that have a name.
    kRestVariable,  // The same for whatever is left.
    kOpenTwoBytes,  // What follows, up to its kClose, stands behind its length.
    kOpenVarInt,
    kClose,
  };
  struct Item {
    Kind kind = Kind::kBytes;
    std::vector<uint8_t> bytes;
    std::string name;
  };

  std::vector<Item> items_;
};

}  // namespace signet::conformance
