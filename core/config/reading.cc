#include "core/config/reading.h"

#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "core/base/log.h"
#include "core/config/values.h"
#include "fmt/format.h"

namespace signet::config {
namespace {

// What is written otherwise is no reference, and may be a secret.
bool IsVariableName(std::string_view name) {
  constexpr std::string_view kCharacters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
  return !name.empty() && name.find_first_not_of(kCharacters) == name.npos;
}

}  // namespace

void Reading::Complain(uint32_t line, std::string_view sentence, Severity severity) {
  problems->Add(severity, At(line),
                path.empty() ? std::string(sentence) : fmt::format("{}: {}", path, sentence));
}

std::string Reading::Quote(std::string_view text) const {
  return may_quote ? fmt::format("\"{}\"", EscapeForLog(text, 100)) : "what stands here";
}

PathStep::PathStep(Reading* reading, std::string_view name, Name is)
    : reading_(reading), size_(reading->path.size()) {
  if (size_ > 0) reading->path += '.';
  reading->path += reading->may_quote || is == Name::kKnown ? EscapeForLog(name, 60) : "…";
}

PathStep::PathStep(Reading* reading, size_t index)
    : reading_(reading), size_(reading->path.size()) {
  reading->path += fmt::format("[{}]", index);
}

bool IsTyped(const YamlNode& node) {
  if (!node.is_scalar() || !node.plain || node.text.empty()) return false;
  const std::string_view text = node.text;
  if (SameInAnyCase(text, "true") || SameInAnyCase(text, "false")) return true;
  double number = 0;
  const size_t sign = text.front() == '+' ? 1 : 0;
  const auto [end, error] = std::from_chars(text.data() + sign, text.data() + text.size(), number);
  const bool has_digit = text.find_first_of("0123456789") != text.npos;
  return has_digit && error != std::errc::invalid_argument && end == text.data() + text.size();
}

StatusOr<SecretBytes> ResolveValue(std::string_view text, bool is_line, const Reading& reading) {
  constexpr std::string_view kFile = "file:";
  if (text.starts_with(kFile)) {
    const std::string_view path = text.substr(kFile.size());
    StatusOr<SecretBytes> bytes = reading.reader->ReadFile(path, reading.file);
    if (!bytes.ok()) {
      return Status::Error(
          fmt::format("the file \"{}\" {}", EscapeForLog(path), bytes.error().sentence()));
    }
    if (!is_line || !bytes->text().ends_with('\n')) return bytes;
    std::string_view line = bytes->text();
    line.remove_suffix(line.ends_with("\r\n") ? 2 : 1);
    return SecretBytes(line);
  }
  if (text.starts_with("${") && text.ends_with('}') &&
      IsVariableName(text.substr(2, text.size() - 3))) {
    const std::string_view name = text.substr(2, text.size() - 3);
    std::optional<SecretBytes> value = reading.reader->ReadVariable(name);
    if (!value) {
      return Status::Error(
          fmt::format("there is no environment variable \"{}\"", EscapeForLog(name)));
    }
    return std::move(*value);
  }
  return SecretBytes(text);
}

// NOLINTNEXTLINE(misc-no-recursion): at most kMaxYamlDepth deep.
void CheckDuplicateKeys(const YamlNode& node, Reading* reading) {
  std::map<std::string_view, uint32_t> seen;
  size_t index = 0;
  for (const YamlNode& item : node.items) {
    if (node.is_map()) {
      const auto [first, is_new] = seen.emplace(item.key, item.key_line);
      if (!is_new) {
        reading->Complain(item.key_line,
                          fmt::format("the field {} is given twice, first in line {}",
                                      reading->Quote(item.key), first->second));
      }
      const PathStep step(reading, item.key);
      CheckDuplicateKeys(item, reading);
    } else {
      const PathStep step(reading, index++);
      CheckDuplicateKeys(item, reading);
    }
  }
}

}  // namespace signet::config
