// The rules of 4.7 once more, as slow and as plain as the standard says them, and with nothing of
// core: what a differential target compares with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace signet::fuzz {

// What stands between the separators: one more than there are separators, and some may be empty.
std::vector<std::string> SplitLevels(std::string_view text);

bool HasWildcardCharacter(std::string_view text);

// A Topic Filter without $share in front.
bool IsValidFilter(std::string_view filter);

bool FilterMatches(std::string_view filter, std::string_view topic_name);

}  // namespace signet::fuzz
