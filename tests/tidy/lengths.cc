#include "tests/tidy/lengths.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace signet::tidy {
namespace {

constexpr std::string_view kSpace = " \n";

// Preprocessor lines would put their words and braces into what follows.
std::string WithoutDirectives(std::string_view code) {
  std::string rest(code);
  bool continued = false;
  size_t begin = 0;
  for (const std::string_view line : LinesOf(code)) {
    const bool directive = continued || line.starts_with('#');
    continued = directive && line.ends_with('\\');
    if (directive) rest.replace(begin, line.size(), line.size(), ' ');
    begin += line.size() + 1;
  }
  return rest;
}

// "template <class T> requires C<T> void F(T)" -> " requires C<T> void F(T)"
std::string_view SkipTemplate(std::string_view head) {
  const size_t start = head.find_first_not_of(kSpace);
  if (start == head.npos || !head.substr(start).starts_with("template")) return head;
  int depth = 0;
  for (size_t i = head.find('<'); i < head.size(); ++i) {
    if (head[i] == '<') ++depth;
    if (head[i] == '>' && --depth == 0) return head.substr(i + 1);
  }
  return head;
}

bool HasWord(std::string_view text, std::string_view word) {
  const size_t at = text.find(word);
  return at != text.npos && (at == 0 || !IsIdentifierChar(text[at - 1])) &&
         (at + word.size() == text.size() || !IsIdentifierChar(text[at + word.size()]));
}

bool NamesAType(std::string_view text) {
  return HasWord(text, "class") || HasWord(text, "struct") || HasWord(text, "enum") ||
         HasWord(text, "union") || HasWord(text, "namespace");
}

// Scans code in which the text since the last `;`, `{` or `}` is the head of what comes next.
class FunctionScanner {
 public:
  explicit FunctionScanner(std::string_view code) : code_(code) {}

  std::vector<FunctionSpan> Run() {
    for (; at_ < code_.size(); ++at_) {
      switch (code_[at_]) {
        case '(':
          ++parens_;
          break;
        case ')':
          --parens_;
          break;
        case '{':
          Open();
          break;
        case '}':
          Close();
          break;
        case ';':
          if (parens_ == 0) head_ = at_ + 1;
          break;
        default:
          break;
      }
    }
    return std::move(functions_);
  }

 private:
  struct Scope {
    int parens;                      // How many stand open around it.
    bool ends_head;                  // Not so for the first braces of `A(B b = {}) : c_{b} {`.
    std::optional<size_t> function;  // Its index, if it is the body of one.
  };

  void Open() {
    const std::string_view head = code_.substr(head_, at_ - head_);
    const bool ends_head = parens_ == 0 && !InInitializerList(head);
    Scope scope{.parens = parens_, .ends_head = ends_head, .function = {}};
    if (!in_function_ && ends_head) scope.function = BeginFunction(head);
    in_function_ = in_function_ || scope.function.has_value();
    if (ends_head) head_ = at_ + 1;
    parens_ = 0;
    scopes_.push_back(scope);
  }

  void Close() {
    if (scopes_.empty()) return;
    const Scope scope = scopes_.back();
    scopes_.pop_back();
    if (scope.function) {
      functions_[*scope.function].last_line = LineAt(code_, at_);
      in_function_ = false;
    }
    if (scope.ends_head) head_ = at_ + 1;
    parens_ = scope.parens;
  }

  // Whether this brace initializes a member or a base: "A(int b) : Base{b}, a_{1} {".
  static bool InInitializerList(std::string_view head) {
    const size_t last = head.find_last_not_of(kSpace);
    if (last == head.npos || !(IsIdentifierChar(head[last]) || head[last] == '>')) return false;
    for (size_t close = head.find(')'); close != head.npos; close = head.find(')', close + 1)) {
      const size_t colon = head.find_first_not_of(kSpace, close + 1);
      if (colon == head.npos || head[colon] != ':') continue;
      if (head.substr(colon, 2) != "::") return true;
    }
    return false;
  }

  std::optional<size_t> BeginFunction(std::string_view head) {
    const std::string_view signature = SkipTemplate(head);
    const size_t open = signature.find('(');
    if (open == signature.npos || NamesAType(signature.substr(0, open))) return std::nullopt;
    size_t begin = open;
    while (begin > 0 && (IsIdentifierChar(signature[begin - 1]) || signature[begin - 1] == ':' ||
                         signature[begin - 1] == '~')) {
      --begin;
    }
    const size_t offset = at_ - signature.size() + begin;
    functions_.push_back({.name = std::string(signature.substr(begin, open - begin)),
                          .first_line = LineAt(code_, offset),
                          .last_line = 0});
    return functions_.size() - 1;
  }

  std::string_view code_;
  size_t at_ = 0;
  size_t head_ = 0;
  int parens_ = 0;
  bool in_function_ = false;
  std::vector<Scope> scopes_;
  std::vector<FunctionSpan> functions_;
};

}  // namespace

std::vector<FunctionSpan> FunctionsIn(std::string_view text) {
  return FunctionScanner(WithoutDirectives(CodeOf(text))).Run();
}

Lengths Excesses(const SourceFile& file) {
  Lengths excesses;
  if (!IsProduct(file.path)) return excesses;
  const size_t lines = LinesOf(file.text).size();
  if (lines > kMaxFileLines) excesses[file.path] = lines;
  for (const FunctionSpan& function : FunctionsIn(file.text)) {
    const size_t length = function.last_line - function.first_line + 1;
    if (length <= kMaxFunctionLines) continue;
    size_t& longest = excesses[fmt::format("{}:{}", file.path, function.name)];
    longest = std::max(longest, length);
  }
  return excesses;
}

Lengths ParseRatchet(std::string_view text) {
  Lengths listed;
  for (const std::string_view line : LinesOf(text)) {
    if (line.empty() || line.starts_with('#')) continue;
    const size_t space = std::min(line.rfind(' '), line.size() - 1);
    size_t lines = 0;
    std::from_chars(line.data() + space + 1, line.data() + line.size(), lines);
    listed[std::string(line.substr(0, space))] = lines;
  }
  return listed;
}

Complaints CheckRatchet(const Lengths& excesses, const Lengths& listed) {
  Complaints complaints;
  for (const auto& [what, lines] : excesses) {
    const size_t limit = what.find(':') == what.npos ? kMaxFileLines : kMaxFunctionLines;
    const auto entry = listed.find(what);
    if (entry == listed.end()) {
      complaints.push_back(
          fmt::format("{}: {} lines, and {} are the limit: look for the seam", what, lines, limit));
    } else if (lines > entry->second) {
      complaints.push_back(fmt::format("{}: {} lines, {} more than tests/tidy_ratchet.txt excuses",
                                       what, lines, lines - entry->second));
    } else if (lines + kRatchetSlack < entry->second) {
      complaints.push_back(
          fmt::format("{}: shorter now; write {} in tests/tidy_ratchet.txt", what, lines));
    }
  }
  for (const auto& [what, lines] : listed) {
    if (excesses.contains(what)) continue;
    complaints.push_back(
        fmt::format("{}: within its limit now; remove it from tests/tidy_ratchet.txt", what));
  }
  return complaints;
}

}  // namespace signet::tidy
