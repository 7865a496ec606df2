#include "tests/tidy/declarations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace signet::tidy {
namespace {

bool IsName(std::string_view word) {
  return !word.empty() && std::isupper(static_cast<unsigned char>(word[0])) != 0;
}

std::string_view WordAt(std::string_view code, size_t at) {
  size_t end = at;
  while (end < code.size() && IsIdentifierChar(code[end])) ++end;
  return code.substr(at, end - at);
}

// Whether it is a member, of somebody else's namespace, or the name of a test.
bool IsOfOthers(std::string_view code, size_t at) {
  const std::string_view before = code.substr(0, at);
  return before.ends_with('.') || before.ends_with("->") || before.ends_with("TEST(") ||
         (before.ends_with("::") && !before.ends_with("signet::"));
}

// Calls take(word, offset) for each name: types and functions begin with a capital here.
template <typename Take>
void ForEachName(std::string_view code, Take take) {
  for (size_t at = 0; at < code.size();) {
    const std::string_view word = WordAt(code, at);
    if (IsName(word)) take(word, at);
    at += std::max<size_t>(word.size(), 1);
  }
}

constexpr auto kTypeWords =
    std::to_array<std::string_view>({"class ", "struct ", "enum class ", "enum ", "using ",
                                     "concept ", "typename ", "typename... "});

// The type that is declared here, in the code behind `class` or the like; empty: none is.
std::string_view DeclaredType(std::string_view code) {
  for (const std::string_view word : kTypeWords) {
    if (code.starts_with(word)) return WordAt(code, word.size());
  }
  return {};
}

// Whether a function is declared at this place: there is a type before its name.
bool IsDeclaredAt(std::string_view code, std::string_view name, size_t at) {
  if (!code.substr(at + name.size()).starts_with('(') || at < 2) return false;
  const std::string_view before = code.substr(0, at);
  if (before.ends_with("* ") || before.ends_with("& ") || before.ends_with("> ")) return true;
  const auto is_word = [&](std::string_view word) { return before.ends_with(word); };
  constexpr auto kNoTypes = std::to_array<std::string_view>({"return ", "else ", "new ", "do "});
  return before.ends_with(' ') && IsIdentifierChar(before[at - 2]) &&
         std::ranges::none_of(kNoTypes, is_word);
}

// What the file declares anywhere, be it within a class, as a parameter or by name alone.
std::set<std::string_view> DeclaredIn(std::string_view code) {
  std::set<std::string_view> names;
  for (size_t at = 0; at < code.size(); ++at) {
    if (at > 0 && IsIdentifierChar(code[at - 1])) continue;
    const std::string_view type = DeclaredType(code.substr(at));
    if (!type.empty()) names.insert(type);
  }
  ForEachName(code, [&](std::string_view name, size_t at) {
    if (IsDeclaredAt(code, name, at)) names.insert(name);
  });
  return names;
}

}  // namespace

DeclarationRule::DeclarationRule(const std::vector<SourceFile>& files, const IncludeGraph& graph)
    : graph_(graph) {
  for (const SourceFile& file : files) {
    const std::string_view code = code_[file.path] = CodeOf(file.text);
    Names& names = mentioned_[file.path];
    ForEachName(code, [&](std::string_view word, size_t) { names.insert(word); });
    if (!file.path.ends_with(".h")) continue;
    for (const std::string_view line : LinesOf(code)) {  // What a namespace has is not indented.
      const std::string_view type = DeclaredType(line);
      if (IsName(type) && !line.ends_with(';')) declared_in_.emplace(type, file.path);
      if (line.empty() || !IsIdentifierChar(line[0])) continue;
      ForEachName(line, [&](std::string_view name, size_t at) {
        if (IsDeclaredAt(line, name, at)) declared_in_.emplace(name, file.path);
      });
    }
  }
}

Complaints DeclarationRule::Check(const SourceFile& file) const {
  Complaints complaints;
  const IncludeGraph::Headers reached = graph_.ReachedBy(file);
  const auto is_reached = [&](std::string_view name) {
    return std::ranges::any_of(reached, [&](std::string_view header) {
      const auto names = mentioned_.find(header);
      return names != mentioned_.end() && names->second.contains(name);
    });
  };
  const std::string_view code = code_.at(file.path);
  Names known = DeclaredIn(code);
  ForEachName(code, [&](std::string_view word, size_t at) {
    const auto declared = declared_in_.find(word);
    if (declared == declared_in_.end() || IsOfOthers(code, at)) return;
    if (!known.insert(word).second || is_reached(word)) return;
    Complain(&complaints, file, LineAt(code, at),
             fmt::format("`{}` needs #include \"{}\"", word, declared->second));
  });
  return complaints;
}

}  // namespace signet::tidy
