#include "tests/conformance/macros.h"

#include <algorithm>

#include "fmt/format.h"

namespace signet::conformance {
namespace {

constexpr int kMaxExpansions = 1000;

bool IsMacroChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The name at the front of `text`, perhaps empty.
std::string_view NameAt(std::string_view text) {
  size_t size = 0;
  while (size < text.size() && IsMacroChar(text[size])) ++size;
  return text.substr(0, size);
}

// Follows a text from left to right, and knows whether quotation marks or brackets are open.
class Scanner {
 public:
  // Goes past `c`; true if it stood outside of quotation marks.
  bool Pass(char c) {
    if (quote_ != 0) {
      if (c == quote_) quote_ = 0;
      return false;
    }
    if (c == '\'' || c == '"') quote_ = c;
    if (c == '(' || c == '[' || c == '{') ++depth_;
    if (c == ')' || c == ']' || c == '}') --depth_;
    return true;
  }
  int depth() const { return depth_; }

 private:
  char quote_ = 0;
  int depth_ = 0;
};

// What stands between the commas; nothing if there is nothing at all.
std::vector<std::string> SplitArguments(std::string_view text) {
  std::vector<std::string> arguments;
  if (Trimmed(text).empty()) return arguments;
  Scanner scanner;
  size_t begin = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    if (!scanner.Pass(text[at]) || text[at] != ',' || scanner.depth() != 0) continue;
    arguments.emplace_back(Trimmed(text.substr(begin, at - begin)));
    begin = at + 1;
  }
  arguments.emplace_back(Trimmed(text.substr(begin)));
  return arguments;
}

// Where the parenthesis that opens at `open` closes; npos if it does not.
size_t ClosingOf(std::string_view text, size_t open) {
  Scanner scanner;
  for (size_t at = open; at < text.size(); ++at) {
    scanner.Pass(text[at]);
    if (scanner.depth() == 0) return at;
  }
  return std::string_view::npos;
}

// How far "@name(...)" goes at the front of `line`.
size_t HeadSize(std::string_view line) {
  const size_t name = 1 + NameAt(line.substr(std::min<size_t>(1, line.size()))).size();
  if (name >= line.size() || line[name] != '(') return std::min(name, line.size());
  const size_t closing = ClosingOf(line, name);
  return closing == std::string_view::npos ? line.size() : closing + 1;
}

// The first '@' outside of quotation marks; npos if there is none.
size_t FindCall(std::string_view text) {
  Scanner scanner;
  for (size_t at = 0; at < text.size(); ++at) {
    if (scanner.Pass(text[at]) && text[at] == '@') return at;
  }
  return std::string_view::npos;
}

// `line` with %name replaced for every name in `values`.
StatusOr<std::string> Fill(std::string_view line,
                           const std::map<std::string, std::string>& values) {
  std::string filled;
  for (size_t at = 0; at < line.size();) {
    if (line[at] != '%') {
      filled += line[at++];
      continue;
    }
    const std::string name(NameAt(line.substr(at + 1)));
    const auto value = values.find(name);
    if (value == values.end())
      return Status::Error(fmt::format("no parameter is called %{}", name));
    filled += value->second;
    at += 1 + name.size();
  }
  return filled;
}

}  // namespace

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

std::string_view WithoutComment(std::string_view line) {
  Scanner scanner;
  for (size_t at = 0; at < line.size(); ++at) {
    if (!scanner.Pass(line[at]) || line[at] != '#') continue;
    const bool begins = at == 0 || line[at - 1] == ' ';
    const bool ends = at + 1 == line.size() || line[at + 1] == ' ';
    if (begins && ends) return line.substr(0, at);
  }
  return line;
}

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// "name" or "name(a, b=default)"
Status Macros::ParseHead(std::string_view head, std::string* name, Macro* macro) {
  *name = NameAt(head);
  head.remove_prefix(name->size());
  if (head.empty() && !name->empty()) return Status::Ok();
  if (name->empty() || !head.starts_with('(') || !head.ends_with(')')) {
    return Status::Error("a macro begins with name(parameters)");
  }
  for (const std::string& text : SplitArguments(head.substr(1, head.size() - 2))) {
    const std::string_view parameter = NameAt(text);
    const std::string_view rest = std::string_view(text).substr(parameter.size());
    if (parameter.empty() || !(rest.empty() || rest.starts_with('='))) {
      return Status::Error(fmt::format("`{}` is no parameter", text));
    }
    macro->parameters.push_back({.name = std::string(parameter),
                                 .has_default = !rest.empty(),
                                 .value = std::string(rest.substr(rest.empty() ? 0 : 1))});
  }
  return Status::Ok();
}

// "@name(a) = BYTES" or "steps name(a)"
Status Macros::ParseFirstLine(std::string_view line, std::string* name, Macro* macro) {
  if (line.starts_with("steps ")) {
    macro->is_steps = true;
    return ParseHead(line.substr(6), name, macro);
  }
  const size_t head = HeadSize(line);
  if (!line.starts_with('@') || !line.substr(head).starts_with(" = ")) {
    return Status::Error("neither `@name(...) = BYTES` nor `steps name(...)`");
  }
  macro->lines.emplace_back(line.substr(head + 3));
  return ParseHead(line.substr(1, head - 1), name, macro);
}

StatusOr<Macros> Macros::Parse(std::string_view text) {
  Macros macros;
  Macro* steps = nullptr;  // Between `steps` and `end`.
  size_t number = 0;
  for (const std::string_view raw : Lines(text)) {
    ++number;
    const std::string_view line = Trimmed(WithoutComment(raw));
    if (line.empty()) continue;
    if (steps != nullptr) {
      if (line == "end") {
        steps = nullptr;
      } else {
        steps->lines.emplace_back(line);
      }
      continue;
    }
    Macro macro;
    std::string name;
    const Status status = ParseFirstLine(line, &name, &macro);
    if (!status.ok()) return Status::Error(fmt::format("{}: {}", number, status.sentence()));
    const auto [place, fresh] = macros.macros_.emplace(name, std::move(macro));
    if (!fresh) return Status::Error(fmt::format("{}: @{} was there before", number, name));
    if (place->second.is_steps) steps = &place->second;
  }
  if (steps != nullptr) return Status::Error(fmt::format("{}: steps without an end", number));
  return macros;
}

StatusOr<Macros::Call> Macros::ParseCall(std::string_view text, size_t at) {
  Call call{.begin = at, .name = NameAt(text.substr(at + 1))};
  call.end = at + 1 + call.name.size();
  if (call.end < text.size() && text[call.end] == '(') {
    const size_t closing = ClosingOf(text, call.end);
    if (closing == std::string_view::npos) {
      return Status::Error(fmt::format("the arguments of @{} do not end", call.name));
    }
    call.arguments = SplitArguments(text.substr(call.end + 1, closing - call.end - 1));
    call.end = closing + 1;
  }
  return call;
}

StatusOr<std::vector<std::string>> Macros::Substitute(const Call& call) const {
  const auto found = macros_.find(call.name);
  if (found == macros_.end()) return Status::Error(fmt::format("there is no macro @{}", call.name));
  const Macro& macro = found->second;
  std::map<std::string, std::string> values;
  size_t next = 0;
  for (const std::string& argument : call.arguments) {
    const std::string_view name = NameAt(argument);
    const bool named = argument.substr(name.size()).starts_with('=');
    if (!named && next == macro.parameters.size()) {
      return Status::Error(fmt::format("@{} takes {} arguments", call.name, next));
    }
    const std::string key = named ? std::string(name) : macro.parameters[next++].name;
    const bool known =
        std::ranges::count(macro.parameters, key, &Parameter::name) > 0 && !values.contains(key);
    if (!known) return Status::Error(fmt::format("@{} has no (second) {}", call.name, key));
    values[key] = named ? argument.substr(name.size() + 1) : argument;
  }
  for (const Parameter& parameter : macro.parameters) {
    if (values.contains(parameter.name)) continue;
    if (!parameter.has_default) {
      return Status::Error(fmt::format("@{} wants its {}", call.name, parameter.name));
    }
    values[parameter.name] = parameter.value;
  }
  std::vector<std::string> lines;
  for (const std::string& line : macro.lines) {
    auto filled = Fill(line, values);
    if (!filled.ok()) return filled.error();
    lines.push_back(std::move(*filled));
  }
  return lines;
}

StatusOr<std::string> Macros::Expand(std::string text) const {
  for (int i = 0; i < kMaxExpansions; ++i) {
    const size_t at = FindCall(text);
    if (at == std::string::npos) return text;
    const auto call = ParseCall(text, at);
    if (!call.ok()) return call.error();
    const auto lines = Substitute(*call);
    if (!lines.ok()) return lines.error();
    if (macros_.find(call->name)->second.is_steps) {
      return Status::Error(fmt::format("the steps @{} stand alone on a line", call->name));
    }
    text.replace(call->begin, call->end - call->begin, lines->front());
  }
  return Status::Error("these macros never end");
}

bool Macros::IsSteps(std::string_view line) const {
  if (!line.starts_with('@')) return false;
  const auto found = macros_.find(NameAt(line.substr(1)));
  return found != macros_.end() && found->second.is_steps;
}

StatusOr<std::vector<std::string>> Macros::ExpandSteps(std::string_view line) const {
  const auto call = ParseCall(line, 0);
  if (!call.ok()) return call.error();
  if (call->end != line.size()) return Status::Error("behind a call of steps stands nothing");
  return Substitute(*call);
}

}  // namespace signet::conformance
