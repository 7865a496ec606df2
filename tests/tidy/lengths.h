// How long files and functions of the product may be. What was longer when the rule came stands in
// tests/tidy_ratchet.txt with its length, and that list may only shrink.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/source_file.h"

namespace signet::tidy {

inline constexpr size_t kMaxFileLines = 400;
inline constexpr size_t kMaxFunctionLines = 70;
inline constexpr size_t kRatchetSlack = 5;  // So that not every small edit touches the list.

struct FunctionSpan {
  std::string name;
  size_t first_line;
  size_t last_line;
};

// The functions with a body, found by matching braces.
std::vector<FunctionSpan> FunctionsIn(std::string_view text);

// Lines by `path` or `path:Function`.
using Lengths = std::map<std::string, size_t, std::less<>>;

// What of this file is longer than its limit.
Lengths Excesses(const SourceFile& file);

Lengths ParseRatchet(std::string_view text);

// Excesses that the list does not excuse, and entries of the list that are no longer true.
Complaints CheckRatchet(const Lengths& excesses, const Lengths& listed);

}  // namespace signet::tidy
