// Macros: abbreviations of the vector language (vector_file.h), read from vectors/macros.txt. They
// are text that stands for text; what comes out is read as if it had been written out.
//
//   @connack5(flags=00, properties=) = 20 [ %flags 00 [ 21 0400 22 0040 %properties ] ]
//
//   steps refused5(who, code)
//     %who < E0 [ %code [ 1F {...} ] ]
//     %who closed
//   end
//
// A parameter may have a default. Arguments are given in order or, where some are left out, by
// name: @connack5(properties=13 000A). A comma within quotation marks or brackets is no separator.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace signet::conformance {

class Macros {
 public:
  // Reads the file's text. The error says which line.
  static StatusOr<Macros> Parse(std::string_view text);

  // `text` with every @name(...) in it replaced, until none is left.
  StatusOr<std::string> Expand(std::string text) const;

  // Whether `line` is a call of steps, and nothing else.
  bool IsSteps(std::string_view line) const;
  // The lines of such a call, still with macros in them.
  StatusOr<std::vector<std::string>> ExpandSteps(std::string_view line) const;

 private:
  struct Parameter {
    std::string name;
    bool has_default = false;
    std::string value;
  };
  struct Macro {
    std::vector<Parameter> parameters;
    std::vector<std::string> lines;
    bool is_steps = false;
  };
  // A call in a text: where it stands, and what it calls.
  struct Call {
    size_t begin = 0;
    size_t end = 0;
    std::string_view name;
    std::vector<std::string> arguments;
  };

  static Status ParseFirstLine(std::string_view line, std::string* name, Macro* macro);
  static Status ParseHead(std::string_view head, std::string* name, Macro* macro);
  static StatusOr<Call> ParseCall(std::string_view text, size_t at);
  StatusOr<std::vector<std::string>> Substitute(const Call& call) const;

  std::map<std::string, Macro, std::less<>> macros_;
};

// -- Text that both parsers look at.

std::string_view Trimmed(std::string_view text);
// The text without a comment: from a '#' on that stands alone, outside of quotation marks.
std::string_view WithoutComment(std::string_view line);
std::vector<std::string_view> Lines(std::string_view text);

}  // namespace signet::conformance
