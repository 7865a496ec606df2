#include "core/config/markdown.h"

#include <limits>

#include "core/config/field.h"
#include "core/config/manifest.h"
#include "fmt/format.h"
#include "fmt/ranges.h"

namespace signet::config {
namespace {

constexpr uint64_t kNoBound = std::numeric_limits<uint64_t>::max();

std::string Between(const Field& field, std::string_view unit) {
  const std::string to = field.most == kNoBound ? "" : fmt::format(" to {}", field.most);
  return fmt::format("{}{}{}", field.least, to, unit);
}

std::string TypeOf(const Field& field) {
  switch (field.kind) {
    case FieldKind::kNumber:
      return "number, " + Between(field, "");
    case FieldKind::kDuration:
      return "duration, " + Between(field, " s");
    case FieldKind::kText:
      return "text";
    case FieldKind::kReference:
      return "name";
    case FieldKind::kSecret:
      return "secret";
    case FieldKind::kChoice:
      return fmt::format("{}", fmt::join(field.names, ", "));
    case FieldKind::kChoices:
      return fmt::format("list of {}", fmt::join(field.names, ", "));
    case FieldKind::kToggle:
      return "Enabled, Disabled";
    case FieldKind::kBoolean:
      return "true, false";
    case FieldKind::kObject:
      return "map";
    case FieldKind::kObjects:
      return "list of maps";
    case FieldKind::kObjectByName:
      return "map from names to maps";
    case FieldKind::kTexts:
      return "list of texts";
    case FieldKind::kReferences:
      return "list of names";
    case FieldKind::kTextByName:
      return "map of texts";
    case FieldKind::kTextMaps:
      return "list of maps of texts";
    case FieldKind::kNumberByName:
      return "map of numbers";
    case FieldKind::kSecretByName:
      return "map of secrets";
    case FieldKind::kAnything:
      return "anything";
  }
  return "";
}

std::string_view StepInto(FieldKind kind) {
  if (kind == FieldKind::kObjects) return "[].";
  return kind == FieldKind::kObjectByName ? ".NAME." : ".";
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tables are.
void AddRows(const FieldTable& table, const std::string& path, std::string* text) {
  for (const Field& field : table.fields) {
    const std::string fallback = field.required           ? "required"
                                 : field.fallback.empty() ? ""
                                                          : fmt::format("`{}`", field.fallback);
    *text += fmt::format("| `{}{}` | {} | {} | {}{} |\n", path, field.name, TypeOf(field), fallback,
                         field.no_effect ? "*No effect:* " : "", field.meaning);
    if (field.fields == nullptr) continue;
    AddRows(*field.fields, fmt::format("{}{}{}", path, field.name, StepInto(field.kind)), text);
  }
}

}  // namespace

std::string ReferenceAsMarkdown() {
  std::string text;
  for (const KindInfo& kind : AllKinds()) {
    if (!text.empty()) text += '\n';
    text += fmt::format(
        "## {}\n\nOf `apiVersion` {}: {}.\n\n| field | value | default | meaning |\n"
        "|---|---|---|---|\n",
        kind.name, fmt::format("`{}`", fmt::join(kind.api_versions, "`, `")), kind.meaning);
    AddRows(*kind.fields, kind.has_spec ? "spec." : "", &text);
  }
  return text;
}

}  // namespace signet::config
