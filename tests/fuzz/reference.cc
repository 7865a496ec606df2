#include "tests/fuzz/reference.h"

#include <span>

namespace signet::fuzz {
namespace {

using Levels = std::span<const std::string>;

bool LevelsMatch(Levels filter, Levels name) {
  if (filter.empty()) return name.empty();
  if (filter[0] == "#") return true;  // Any number of levels, none among them (4.7.1.2).
  if (name.empty()) return false;
  if (filter[0] != "+" && filter[0] != name[0]) return false;
  return LevelsMatch(filter.subspan(1), name.subspan(1));
}

}  // namespace

std::vector<std::string> SplitLevels(std::string_view text) {
  std::vector<std::string> levels(1);
  for (const char character : text) {
    if (character == '/') {
      levels.emplace_back();
    } else {
      levels.back() += character;
    }
  }
  return levels;
}

bool HasWildcardCharacter(std::string_view text) {
  for (const char character : text) {
    if (character == '+' || character == '#') return true;
  }
  return false;
}

bool IsValidFilter(std::string_view filter) {
  if (filter.empty()) return false;  // [MQTT-4.7.3-1]
  const std::vector<std::string> levels = SplitLevels(filter);
  for (size_t i = 0; i < levels.size(); ++i) {
    if (levels[i] == "+") continue;                            // [MQTT-4.7.1-2]
    if (levels[i] == "#" && i + 1 == levels.size()) continue;  // [MQTT-4.7.1-1]
    if (HasWildcardCharacter(levels[i])) return false;
  }
  return true;
}

bool FilterMatches(std::string_view filter, std::string_view topic_name) {
  const std::vector<std::string> filter_levels = SplitLevels(filter);
  const std::vector<std::string> name_levels = SplitLevels(topic_name);
  const bool wildcard_first = filter_levels[0] == "+" || filter_levels[0] == "#";
  if (wildcard_first && topic_name.starts_with('$')) return false;  // [MQTT-4.7.2-1]
  return LevelsMatch(filter_levels, name_levels);
}

}  // namespace signet::fuzz
