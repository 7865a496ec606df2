// The language of conformance vectors: cases as text, bytes in and bytes expected, for any broker.
//
//   # A comment.
//   case A second CONNECT ends the connection [MQTT-3.1.0-2] [3.1.1: MQTT-3.1.0-2]
//     limit receive_maximum=2
//     a > 10 [ "MQTT" 05 02 0000 [] "a" ]
//     a < 20 [ 00 00 [...] ]
//     a > @connect%v(a)
//     a < E0 [ 82 ... ]
//     a closed
//
// A case begins with a sentence and the statements that it holds: of MQTT 5, or of 3.1.1 where it
// says so; several in one bracket are separated by blanks, and lines `holds [...]` may add more. A
// case in which %v occurs is one for each version, with 5 and with 3 in its place; it holds the
// statements of that version then, and lines that begin with `5: ` or `3: ` are for that one alone.
// Lines before the first step set it up:
//
//   limit NAME=VALUE        of core/base/limits.h
//   response PREFIX         of Response Information
//   deny ACTION NAME        connect, publish or subscribe is not allowed to this Client Identifier,
//                           Topic Name or Topic Filter; for the core alone
//
// Steps name connections. The first use of a name, and the first one after `closed` or `drop`,
// opens a new one:
//
//   a opens                 and sends nothing yet
//   a > BYTES               sends
//   a < BYTES               expects exactly one packet, next
//   a <any BYTES            the same; consecutive lines of this kind match in any order
//   a <maybe BYTES          the same, if a packet comes at all: what a Server may do or leave
//   a < nothing             expects that nothing is there
//   a closed                expects that the broker closes, after what was expected before
//   a drop                  cuts the connection without DISCONNECT
//   wait 5s                 lets time pass; also ms
//   differ $m $n 0000       these bytes are different, each from each
//   @name(...)              steps that macros.txt abbreviates
//
// At its end nothing may be left that was not expected, and only what was `closed` may be closed.
//
// BYTES are items separated by blanks:
//
//   C000  'text'            hexadecimal; characters
//   "text"  { ... }         characters, or items, behind their length in two bytes
//   [ ... ]                 items behind their length as Variable Byte Integer: Remaining Length,
//                           Property Length
//   ITEM*9                  nine times the item, which may be a bracket
//   $m  $m...               two bytes, or all that is left in the innermost bracket: the first
//                           expectation gives them to the name m, later ones and sendings use them
//   ??  ...  81|82          in expectations: any byte, any rest of the innermost bracket, one of
//   these
//   @name(...)              a macro (macros.h)
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "tests/conformance/byte_pattern.h"
#include "tests/conformance/macros.h"

namespace signet::conformance {

struct Citation {
  bool of_311 = false;
  std::string number;  // "MQTT-3.1.0-1"
  friend auto operator<=>(const Citation&, const Citation&) = default;
};

// The citations in [brackets], and what stands before the first of them.
struct Cited {
  std::string_view sentence;
  std::vector<Citation> citations;
};
StatusOr<Cited> ParseCitations(std::string_view text);

struct Step {
  enum class Kind : uint8_t {
    kOpen,
    kSend,
    kExpect,
    kExpectAny,  // All of `patterns`, in any order.
    kExpectMaybe,
    kExpectNothing,
    kExpectClosed,
    kDrop,
    kWait,
    kDiffer,
  };
  Kind kind = Kind::kSend;
  std::string connection;
  std::vector<BytePattern> patterns;
  std::chrono::milliseconds time{};
  int line = 0;
  std::string text;
};

struct Denial {
  std::string action;
  std::string name;
};

struct Case {
  std::string file;  // "connect"
  int line = 0;
  std::string sentence;
  char version = 0;  // '5' or '3' where %v occurs.
  std::vector<Citation> holds;
  std::vector<std::pair<std::string, uint64_t>> limits;
  std::string response_information;
  std::vector<Denial> denials;
  std::vector<Step> steps;

  // "ASecondConnectEndsTheConnection", with "V5" or "V311" behind it.
  std::string CamelCaseName() const;
  std::chrono::milliseconds waits() const;
};

// Reads one file. `name` is its name without folder and ending. An error names file and line.
StatusOr<std::vector<Case>> ParseVectors(std::string_view name, std::string_view text,
                                         const Macros& macros);

// Reads vectors/*.txt below `folder`, macros.txt first, in the order of their names.
StatusOr<std::vector<Case>> ReadVectors(const std::string& folder);

}  // namespace signet::conformance
