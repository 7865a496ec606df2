// RegexCompiler: from the text of a regular expression to the automaton of a SmallRegex (Thompson's
// construction), by two stacks, one of parts and one of operators between them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/policy/small_regex.h"

namespace signet::auth {

class RegexCompiler {
 public:
  // `text` is without {m,n}.
  std::optional<SmallRegex> Compile(std::string_view text);

  // Writes out every {m,n}; nothing if one is out of place, or the whole becomes too long.
  static std::optional<std::string> WriteOut(std::string_view text);

 private:
  using Step = SmallRegex::Step;
  using Bytes = SmallRegex::Bytes;
  // A place in a step that is to lead to what follows.
  struct Loose {
    uint32_t step;
    bool is_other;
  };
  struct Part {
    uint32_t first;
    std::vector<Loose> loose;
  };

  // Each takes what it reads off `text`, and says false if that is no regular expression.
  bool ReadNext(std::string_view* text);
  bool ReadGroup(std::string_view* text);
  bool ReadRepeat(std::string_view* text);
  bool ReadAtom(std::string_view* text);
  static bool ReadSet(std::string_view* text, Bytes* set);
  static bool ReadSetItem(std::string_view* text, Bytes* set);
  // Behind a '\'.
  static bool ReadEscape(std::string_view* text, Bytes* set);

  uint32_t AddStep(const Step& step);
  void Lead(const std::vector<Loose>& loose, uint32_t to);
  void PushPart(Part part);
  void PushEmpty();
  // Joins what stands behind the last '(' or at the beginning.
  bool Close();

  SmallRegex regex_;
  std::vector<Part> parts_;
  std::vector<char> operators_;  // '(', '|', and '.' between what follows each other.
  bool after_part_ = false;
};

}  // namespace signet::auth
