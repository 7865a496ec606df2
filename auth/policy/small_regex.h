// SmallRegex: the regular expressions that stand in tokens, searched for in names of clients. An
// automaton without backtracking: the time is at most the product of both sizes, whatever a name
// is.
//
// What it has of Perl's: characters, ., [a-z0-9_], [^…], \d \w \s \D \W \S, a \ before punctuation,
// ( ), (?: ), |, * + ? {m} {m,} {m,n}, lazy or not, ^ and $. Texts are bytes. All else
// (look-around, back-references, options, named classes) is refused, not guessed at.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace signet::auth {

class SmallRegex {
 public:
  static constexpr size_t kMaxTextSize = 256;
  // With all its {m,n} written out.
  static constexpr size_t kMaxExpandedSize = 2048;

  // Nothing if it is longer than that, no regular expression, or has what is not supported.
  static std::optional<SmallRegex> Parse(std::string_view text);

  // Whether it matches some part of `text`.
  bool IsIn(std::string_view text) const;

  using Bytes = std::bitset<256>;
  struct Step {
    enum class Kind : uint8_t { kOneOf, kFork, kAtBegin, kAtEnd, kMatch };
    Kind kind = Kind::kMatch;
    uint32_t set = 0;   // Of kOneOf.
    uint32_t next = 0;  // A kFork has two.
    uint32_t other = 0;
  };

 private:
  friend class RegexCompiler;
  // The steps in which the automaton is at one place of the text.
  class Front;

  void Enter(uint32_t step, bool at_begin, bool at_end, Front* front) const;

  std::vector<Step> steps_;
  std::vector<Bytes> sets_;
  uint32_t first_ = 0;
};

}  // namespace signet::auth
