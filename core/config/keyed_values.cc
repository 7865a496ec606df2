#include "core/config/keyed_values.h"

#include "core/base/base64.h"
#include "core/config/field_reader.h"
#include "core/config/values.h"
#include "fmt/format.h"

namespace signet::config {
namespace {

constexpr std::string_view kTlsType = "kubernetes.io/tls";

enum class Form : uint8_t { kText, kBase64 };

StatusOr<SecretBytes> ValueOf(const YamlNode& node, Form form, const Reading& reading) {
  // A line without its colon is a key without a value to yaml-cpp.
  if (node.is_null()) return Status::Error("is missing; an empty one is \"\"");
  if (!node.is_scalar()) return Status::Error("must be a text");
  if (form == Form::kBase64) return DecodeBase64(node.text);
  if (IsTyped(node)) return Status::Error("is not a text to YAML; put it in quotes");
  return ResolveValue(node.text, false, reading);
}

// What cannot be read because of what it refers to is missing; everything else is a mistake.
bool RefersElsewhere(const YamlNode& node, Form form) {
  return form == Form::kText && node.is_scalar() &&
         (node.text.starts_with("file:") || node.text.starts_with("${"));
}

void ReadValues(const YamlNode& document, std::string_view field, Form form, bool overrides,
                KeyedValues* all, Reading* reading) {
  const YamlNode* map = document.Find(field);
  if (map == nullptr || map->is_null()) return;
  const PathStep step(reading, field, PathStep::Name::kKnown);
  if (!map->is_map()) return reading->Complain(map->line, "this must be a map from keys to values");
  for (const YamlNode& item : map->items) {
    const PathStep inner(reading, item.key);
    if (const Status status = CheckDataKey(item.key); !status.ok()) {
      reading->Complain(item.key_line,
                        fmt::format("{} {}", reading->Quote(item.key), status.sentence()));
      continue;
    }
    if (!overrides && all->values.contains(item.key)) {
      reading->Complain(item.key_line, "this key has a value in data already");
      continue;
    }
    KeyedValue value{.origin = reading->At(item.key_line)};
    StatusOr<SecretBytes> bytes = ValueOf(item, form, *reading);
    if (bytes.ok()) {
      value.bytes = std::move(*bytes);
    } else if (RefersElsewhere(item, form)) {
      value.missing = bytes.error().sentence();
    } else {
      reading->Complain(item.line, fmt::format("the value {}", bytes.error().sentence()));
      continue;
    }
    all->values[item.key] = std::move(value);
  }
}

// Read from the node itself.
constexpr Field Own(Field field) {
  field.no_effect = false;
  return field;
}

constexpr Field kSecretRows[] = {
    Own(UnkeptText("type", nullptr, "Opaque",
                   "kubernetes.io/tls promises tls.crt and tls.key, and is held to it")),
    Unkept("immutable", FieldKind::kBoolean, "of a cluster"),
    Own(Anything("data", "values in base64, by their keys")),
    Own(Anything(
        "stringData",
        "values as they are, by their keys, before those of data; file:PATH stands for what is "
        "in a file, ${NAME} for an environment variable")),
};

constexpr Field kConfigMapRows[] = {
    Unkept("immutable", FieldKind::kBoolean, "of a cluster"),
    Own(Anything("data",
                 "texts, by their keys; file:PATH stands for what is in a file, ${NAME} for an "
                 "environment variable")),
    Own(Anything("binaryData", "values in base64, by their keys")),
};

}  // namespace

const FieldTable kSecretFields{.title = "Secret", .fields = kSecretRows};
const FieldTable kConfigMapFields{.title = "ConfigMap", .fields = kConfigMapRows};

void ReadSecretValues(const YamlNode& document, KeyedValues* secret, Reading* reading) {
  ReadValues(document, "data", Form::kBase64, false, secret, reading);
  // As Kubernetes merges the two.
  ReadValues(document, "stringData", Form::kText, true, secret, reading);
  const YamlNode* type = document.Find("type");
  if (type == nullptr || type->text != kTlsType) return;
  for (const std::string_view key : {"tls.crt", "tls.key"}) {
    if (secret->values.contains(key)) continue;
    reading->Complain(document.line,
                      fmt::format("a Secret of type {} needs the key {}", kTlsType, key));
  }
}

void ReadConfigMapValues(const YamlNode& document, KeyedValues* config_map, Reading* reading) {
  ReadValues(document, "data", Form::kText, false, config_map, reading);
  ReadValues(document, "binaryData", Form::kBase64, false, config_map, reading);
}

}  // namespace signet::config
