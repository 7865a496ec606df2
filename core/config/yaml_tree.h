// YAML text as a tree of plain values, within bounds. Aliases are copied out; merge keys (<<) are
// keys like others. What a scalar means is left to who reads it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/problem.h"

namespace signet::config {

// Bounds of one file. Text beyond one of them is refused as a whole.
inline constexpr size_t kMaxYamlBytes = 4 << 20;
inline constexpr size_t kMaxYamlNodes = 400'000;
inline constexpr size_t kMaxYamlDepth = 48;
inline constexpr size_t kMaxYamlDocuments = 10'000;

struct YamlNode {
  enum class Kind : uint8_t { kNull, kScalar, kSequence, kMap };

  YamlNode() = default;
  YamlNode(const YamlNode& other);
  YamlNode& operator=(const YamlNode& other) { return *this = YamlNode(other); }
  YamlNode(YamlNode&&) noexcept = default;
  YamlNode& operator=(YamlNode&&) noexcept = default;
  // It may be a secret: its text is wiped. The copies that yaml-cpp makes while it reads are not.
  ~YamlNode();

  bool is_null() const { return kind == Kind::kNull; }
  bool is_scalar() const { return kind == Kind::kScalar; }
  bool is_sequence() const { return kind == Kind::kSequence; }
  bool is_map() const { return kind == Kind::kMap; }
  // The value of a map's key; nullptr if there is none.
  const YamlNode* Find(std::string_view wanted) const;

  Kind kind = Kind::kNull;
  bool plain = false;     // A scalar without quotes: it may be a number, true or false.
  bool has_key = false;   // It is the value of a map.
  uint32_t line = 0;      // From 1.
  uint32_t key_line = 0;  // Where its key stands.
  std::string key;
  std::string text;                  // Of a scalar.
  std::vector<YamlNode> items = {};  // Of a sequence, or the values of a map with their keys.
};

// The documents of a file, without empty ones. Adds one problem and returns what came before it if
// the text is not YAML, or not within the bounds. No sentence repeats any of the text.
std::vector<YamlNode> ParseYaml(const std::string& file, std::string_view text, Problems* problems);

}  // namespace signet::config
