#include "tests/conformance/vector_file.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <deque>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "core/base/limits.h"
#include "fmt/format.h"

namespace signet::conformance {
namespace {

constexpr std::string_view kNumberPrefix = "MQTT-";
constexpr std::string_view k311Prefix = "3.1.1: ";
constexpr std::string_view kVersionMark = "%v";

// The first word, which is removed from `text` together with the blanks behind it.
std::string_view TakeWord(std::string_view* text) {
  const size_t end = std::min(text->find(' '), text->size());
  const std::string_view word = text->substr(0, end);
  *text = Trimmed(text->substr(end));
  return word;
}

std::optional<uint64_t> ParseNumber(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "5s" or "300ms"
std::optional<std::chrono::milliseconds> ParseTime(std::string_view text) {
  const bool in_milliseconds = text.ends_with("ms");
  if (!text.ends_with('s')) return std::nullopt;
  const auto number = ParseNumber(text.substr(0, text.size() - (in_milliseconds ? 2 : 1)));
  if (!number) return std::nullopt;
  return std::chrono::milliseconds(*number * (in_milliseconds ? 1 : 1000));
}

// Reads the lines of one case, in one version.
class CaseParser {
 public:
  CaseParser(const Macros& macros, Case* into) : macros_(macros), case_(*into) {}

  Status ReadLine(std::string text, int number) {
    line_ = number;
    std::deque<std::string> lines{std::move(text)};
    for (int count = 0; !lines.empty(); ++count) {
      if (count > 1000) return Status::Error("these steps never end");
      const std::string line = std::move(lines.front());
      lines.pop_front();
      if (!macros_.IsSteps(line)) {
        if (Status status = ReadOne(line); !status.ok()) return status;
        continue;
      }
      auto steps = macros_.ExpandSteps(line);
      if (!steps.ok()) return steps.error();
      lines.insert(lines.begin(), steps->begin(), steps->end());
    }
    return Status::Ok();
  }

 private:
  Status ReadOne(std::string_view line) {
    std::string_view rest = line;
    const std::string_view first = TakeWord(&rest);
    if (first == "holds") return ReadHolds(rest);
    if (first == "wait") return ReadWait(rest, line);
    if (first == "differ") return AddPatterns(Step::Kind::kDiffer, rest, line);
    if (first == "limit" || first == "response" || first == "deny") {
      if (!case_.steps.empty()) return Status::Error("after the first step nothing is set up");
      return ReadSetting(first, rest);
    }
    return ReadStep(first, rest, line);
  }

  Status ReadHolds(std::string_view text) {
    const auto cited = ParseCitations(text);
    if (!cited.ok()) return cited.error();
    if (!cited->sentence.empty()) return Status::Error("behind `holds` stand [numbers] alone");
    case_.holds.insert(case_.holds.end(), cited->citations.begin(), cited->citations.end());
    return Status::Ok();
  }

  Status ReadSetting(std::string_view kind, std::string_view text) {
    if (kind == "response") {
      case_.response_information = text;
      return Status::Ok();
    }
    if (kind == "deny") {
      const std::string_view action = TakeWord(&text);
      if (action != "connect" && action != "publish" && action != "subscribe") {
        return Status::Error("denied is connect, publish or subscribe");
      }
      case_.denials.push_back({.action = std::string(action), .name = std::string(text)});
      return Status::Ok();
    }
    const size_t equals = std::min(text.find('='), text.size());
    const std::string_view name = text.substr(0, equals);
    const auto value = ParseNumber(text.substr(std::min(equals + 1, text.size())));
    if (!value) return Status::Error("a limit is NAME=VALUE");
    case_.limits.emplace_back(name, *value);
    Limits scratch;
    return SetLimit(name, *value, &scratch);
  }

  Status ReadWait(std::string_view text, std::string_view line) {
    const auto time = ParseTime(text);
    if (!time) return Status::Error("a time is 5s or 300ms");
    Add(Step::Kind::kWait, line).time = *time;
    return Status::Ok();
  }

  // The bytes of a step: one pattern, or for `differ` one per word.
  Status AddPatterns(Step::Kind kind, std::string_view text, std::string_view line) {
    auto expanded = macros_.Expand(std::string(text));
    if (!expanded.ok()) return expanded.error();
    std::vector<BytePattern> patterns;
    for (std::string_view rest = *expanded; !rest.empty() || patterns.empty();) {
      const std::string_view one =
          kind == Step::Kind::kDiffer ? TakeWord(&rest) : std::exchange(rest, {});
      if (one.empty()) return Status::Error("no bytes are here");
      auto pattern = BytePattern::Parse(one);
      if (!pattern.ok()) return pattern.error();
      patterns.push_back(std::move(*pattern));
    }
    Add(kind, line).patterns = std::move(patterns);
    return Status::Ok();
  }

  Status ReadStep(std::string_view connection, std::string_view text, std::string_view line) {
    const std::string_view what = TakeWord(&text);
    Status status;
    if (what == ">") {
      status = AddPatterns(Step::Kind::kSend, text, line);
    } else if (what == "<" && text == "nothing") {
      Add(Step::Kind::kExpectNothing, line);
    } else if (what == "<") {
      status = AddPatterns(Step::Kind::kExpect, text, line);
    } else if (what == "<any") {
      status = AddPatterns(Step::Kind::kExpectAny, text, line);
    } else if (what == "<maybe") {
      status = AddPatterns(Step::Kind::kExpectMaybe, text, line);
    } else if (what == "opens" || what == "closed" || what == "drop") {
      if (!text.empty()) return Status::Error(fmt::format("`{}` stands alone", what));
      Add(what == "opens"    ? Step::Kind::kOpen
          : what == "closed" ? Step::Kind::kExpectClosed
                             : Step::Kind::kDrop,
          line);
    } else {
      return Status::Error(fmt::format("`{}` is no step", line));
    }
    if (!status.ok()) return status;
    case_.steps.back().connection = connection;
    MergeAny();
    return Status::Ok();
  }

  Step& Add(Step::Kind kind, std::string_view text) {
    Step& step = case_.steps.emplace_back();
    step.kind = kind;
    step.line = line_;
    step.text = text;
    return step;
  }

  // Consecutive `<any` of one connection become one step.
  void MergeAny() {
    auto& steps = case_.steps;
    if (steps.size() < 2 || steps.back().kind != Step::Kind::kExpectAny) return;
    Step& before = steps[steps.size() - 2];
    if (before.kind != Step::Kind::kExpectAny || before.connection != steps.back().connection)
      return;
    before.patterns.push_back(std::move(steps.back().patterns.front()));
    before.text += fmt::format("; {}", steps.back().text);
    steps.pop_back();
  }

  const Macros& macros_;
  Case& case_;
  int line_ = 0;
};

// The lines of a case, its first one included, before %v and macros are replaced.
struct RawCase {
  std::vector<std::pair<int, std::string>> lines;
};

StatusOr<std::vector<RawCase>> SplitIntoCases(std::string_view name, std::string_view text) {
  std::vector<RawCase> cases;
  int number = 0;
  for (const std::string_view raw : Lines(text)) {
    ++number;
    const std::string_view line = Trimmed(WithoutComment(raw));
    if (line.empty()) continue;
    if (line.starts_with("case ")) cases.emplace_back();
    if (cases.empty())
      return Status::Error(fmt::format("{}.txt:{}: no case begins here", name, number));
    cases.back().lines.emplace_back(number, line);
  }
  return cases;
}

std::string ReplaceVersion(std::string text, char version) {
  for (size_t at = text.find(kVersionMark); at != text.npos; at = text.find(kVersionMark, at)) {
    text.replace(at, kVersionMark.size(), 1, version);
  }
  return text;
}

// Whether a line of a case is for one version alone: "5: a < ...".
bool IsForOneVersion(std::string_view line) {
  return line.starts_with("5: ") || line.starts_with("3: ");
}

StatusOr<Case> ParseCase(std::string_view name, const RawCase& raw, char version,
                         const Macros& macros) {
  Case one{.file = std::string(name), .line = raw.lines.front().first, .version = version};
  CaseParser parser(macros, &one);
  for (const auto& [number, text] : raw.lines) {
    std::string line = version != 0 ? ReplaceVersion(text, version) : text;
    if (IsForOneVersion(line)) {
      if (line.front() != version) continue;
      line = Trimmed(std::string_view(line).substr(2));
    }
    Status status;
    if (&text == &raw.lines.front().second) {
      const auto cited = ParseCitations(std::string_view(text).substr(5));
      if (cited.ok()) {
        one.sentence = cited->sentence;
        one.holds = cited->citations;
      } else {
        status = cited.error();
      }
    } else {
      status = parser.ReadLine(line, number);
    }
    if (!status.ok()) {
      return Status::Error(fmt::format("{}.txt:{}: {}", name, number, status.sentence()));
    }
  }
  if (version != 0) {
    std::erase_if(one.holds, [&](const Citation& held) { return held.of_311 != (version == '3'); });
  }
  return one;
}

}  // namespace

StatusOr<Cited> ParseCitations(std::string_view text) {
  Cited cited;
  const size_t first = std::min(text.find('['), text.size());
  cited.sentence = Trimmed(text.substr(0, first));
  for (text.remove_prefix(first); !(text = Trimmed(text)).empty();) {
    const size_t end = text.find(']');
    if (text.front() != '[' || end == text.npos) return Status::Error("a [number] is broken");
    std::string_view inside = text.substr(1, end - 1);
    const bool of_311 = inside.starts_with(k311Prefix);
    if (of_311) inside.remove_prefix(k311Prefix.size());
    while (!inside.empty()) {
      const std::string_view number = TakeWord(&inside);
      if (!number.starts_with(kNumberPrefix)) {
        return Status::Error(fmt::format("`{}` is no number of a statement", number));
      }
      cited.citations.push_back({.of_311 = of_311, .number = std::string(number)});
    }
    text.remove_prefix(end + 1);
  }
  return cited;
}

std::string Case::CamelCaseName() const {
  std::string name;
  bool upper = true;
  for (const char c : sentence) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) == 0) {
      upper = true;
      continue;
    }
    name += upper ? static_cast<char>(std::toupper(byte)) : c;
    upper = false;
  }
  return name + (version == '5' ? "V5" : version == '3' ? "V311" : "");
}

std::chrono::milliseconds Case::waits() const {
  std::chrono::milliseconds sum{};
  for (const Step& step : steps) sum += step.time;
  return sum;
}

StatusOr<std::vector<Case>> ParseVectors(std::string_view name, std::string_view text,
                                         const Macros& macros) {
  const auto raw_cases = SplitIntoCases(name, text);
  if (!raw_cases.ok()) return raw_cases.error();
  std::vector<Case> cases;
  for (const RawCase& raw : *raw_cases) {
    const bool versioned = std::ranges::any_of(raw.lines, [](const auto& line) {
      return line.second.find(kVersionMark) != std::string::npos || IsForOneVersion(line.second);
    });
    const std::string_view versions = versioned ? "53" : std::string_view("\0", 1);
    for (const char version : versions) {
      auto one = ParseCase(name, raw, version, macros);
      if (!one.ok()) return one.error();
      cases.push_back(std::move(*one));
    }
  }
  return cases;
}

StatusOr<std::vector<Case>> ReadVectors(const std::string& folder) {
  const auto read = [](const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return std::move(text).str();
  };
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".txt" && entry.path().stem() != "macros") {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  const auto macros = Macros::Parse(read(std::filesystem::path(folder) / "macros.txt"));
  if (!macros.ok()) return Status::Error(fmt::format("macros.txt:{}", macros.error().sentence()));
  std::vector<Case> all;
  for (const auto& file : files) {
    auto cases = ParseVectors(file.stem().string(), read(file), *macros);
    if (!cases.ok()) return cases.error();
    std::ranges::move(*cases, std::back_inserter(all));
  }
  return all;
}

}  // namespace signet::conformance
