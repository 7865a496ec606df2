#include "tests/tidy/headers.h"

#include <fmt/format.h>

#include <algorithm>

namespace signet::tidy {
namespace {

struct KnownHeader {
  std::string_view name;
  std::vector<std::string_view> gives;  // What begins so; not all that it has, but what we use.
  std::vector<std::string_view> instead = {};  // Headers that give the same.
};

const std::vector<KnownHeader>& All() {
  static const std::vector<std::string_view> with_move = {
      "algorithm", "array", "deque",  "functional", "map",    "memory", "optional",
      "set",       "span",  "string", "thread",     "vector", "variant"};
  static const std::vector<KnownHeader> all = {
      {"algorithm", {"std::ranges::", "std::min(", "std::max(", "std::clamp(", "std::sort("}},
      {"array", {"std::array<", "std::to_array"}},
      {"atomic", {"std::atomic", "std::memory_order"}},
      {"charconv", {"std::from_chars", "std::to_chars"}},
      {"chrono", {"std::chrono::"}},
      {"cstdint",
       {"uint8_t", "uint16_t", "uint32_t", "uint64_t", "int32_t", "int64_t"},
       {"array", "chrono", "map", "memory", "optional", "set", "span", "string", "string_view",
        "vector"}},
      {"cstring",
       {"std::memcpy(", "std::memcmp(", "std::memset(", "std::memmove(", "std::strlen("}},
      {"deque", {"std::deque<"}},
      {"filesystem", {"std::filesystem::"}},
      {"fstream", {"std::ifstream", "std::ofstream"}},
      {"functional", {"std::function<", "std::greater<", "std::invoke("}},
      {"map", {"std::map<", "std::multimap<"}},
      {"memory", {"std::unique_ptr<", "std::shared_ptr<", "std::weak_ptr<", "std::make_"}},
      {"new", {"std::bad_alloc", "std::nothrow", "std::launder"}, {"memory"}},
      {"optional", {"std::optional<", "std::nullopt"}},
      {"set", {"std::set<"}},
      {"span", {"std::span<", "std::as_bytes"}},
      {"string", {"std::string", "std::to_string"}},
      {"string_view", {"std::string_view"}, {"string"}},
      {"utility", {"std::move(", "std::exchange(", "std::pair<", "std::swap("}, with_move},
      {"variant", {"std::variant<", "std::visit(", "std::get_if<", "std::holds_alternative<"}},
      {"vector", {"std::vector<"}},
      {"fmt/format.h", {"fmt::format"}},
      {"absl/container/flat_hash_map.h", {"absl::flat_hash_map<"}},
      {"absl/functional/any_invocable.h", {"absl::AnyInvocable<"}},
  };
  return all;
}

// Where a name that begins with `beginning` stands; "std::string" stands in no "std::string_view".
size_t FindName(std::string_view code, std::string_view beginning) {
  const bool is_whole = beginning == "std::string";
  for (size_t at = code.find(beginning); at != code.npos; at = code.find(beginning, at + 1)) {
    const size_t end = at + beginning.size();
    const bool begins = at == 0 || (!IsIdentifierChar(code[at - 1]) && code[at - 1] != ':');
    if (begins && (!is_whole || end == code.size() || !IsIdentifierChar(code[end]))) return at;
  }
  return code.npos;
}

}  // namespace

std::vector<std::string_view> KnownHeaders() {
  std::vector<std::string_view> names;
  for (const KnownHeader& header : All()) names.push_back(header.name);
  return names;
}

Complaints CheckHeaders(const SourceFile& file, const IncludeGraph& graph) {
  const IncludeGraph::Headers reached = graph.ReachedBy(file);
  Complaints complaints;
  const std::string code = CodeOf(file.text);
  const auto is_reached = [&](std::string_view name) { return reached.contains(name); };
  for (const KnownHeader& header : All()) {
    if (is_reached(header.name) || std::ranges::any_of(header.instead, is_reached)) continue;
    for (const std::string_view name : header.gives) {
      const size_t at = FindName(code, name);
      if (at == code.npos) continue;
      Complain(&complaints, file, LineAt(code, at),
               fmt::format("`{}` needs #include <{}>", name, header.name));
      break;
    }
  }
  return complaints;
}

}  // namespace signet::tidy
