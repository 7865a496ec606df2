// What the tests of core/topic share: Sessions that are only names, and random text that is keen on
// trouble.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/topic/topic_tree.h"

namespace signet {

// The tree passes Sessions on and never looks into them, so any distinct addresses will do.
inline Session* SessionNumber(uintptr_t number) {
  return std::bit_cast<Session*>((number + 1) * 64);
}

inline std::string Repeat(std::string_view text, size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (size_t i = 0; i < times; ++i) all += text;
  return all;
}

// Few levels, so that filters and names meet often. Some sort before '/', some begin alike, some
// are empty.
class RandomText {
 public:
  explicit RandomText(uint64_t seed) : random_(seed) {}

  size_t Below(size_t limit) { return random_() % limit; }
  bool OneIn(size_t n) { return Below(n) == 0; }

  std::string TopicName() { return OneIn(30) ? "/" : NotEmpty(Levels(false)); }
  std::string TopicFilter() {
    std::string filter = Levels(true);
    if (OneIn(4)) filter += "/#";
    return OneIn(40) ? "#" : NotEmpty(filter);
  }

 private:
  static std::string NotEmpty(const std::string& text) {
    return text.empty() ? std::string(1, 'a') : text;
  }

  std::string Levels(bool wildcards) {
    static constexpr std::string_view kLevels[] = {"a", "b",        "",  "a-", "a!b", "a0",
                                                   " ", "\xC3\xA4", "$", "$a", "ab"};
    std::string text;
    for (size_t i = 0, count = 1 + Below(4); i < count; ++i) {
      if (i > 0) text += '/';
      text += wildcards && OneIn(3) ? "+" : kLevels[Below(OneIn(2) ? 3 : std::size(kLevels))];
    }
    return text;
  }

  std::mt19937_64 random_;
};

inline std::vector<std::string> FiltersOf(const TopicTree::Matches& matches) {
  std::vector<std::string> filters;
  for (const TopicTree::Node* node : matches) filters.push_back(node->TopicFilter());
  return filters;
}

inline std::vector<std::string> Sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return texts;
}

}  // namespace signet
