#include "core/config/field_reader.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/config/values.h"
#include "fmt/format.h"
#include "fmt/ranges.h"

// NOLINTBEGIN(misc-no-recursion): as deep as the tables are, and at most kMaxYamlDepth.

namespace signet::config {
namespace {

constexpr std::array<std::string_view, 2> kToggleNames{"Enabled", "Disabled"};

// One field of one object, while its value is read.
struct Slot {
  const Field& field;
  void* object;
  Reading* reading;

  template <typename T>
  T& Place(std::string_view key = {}) const {
    // For a value that is only checked.
    static thread_local T forgotten{};
    return field.place == nullptr ? forgotten : *static_cast<T*>(field.place(object, key));
  }
  bool Fail(const YamlNode& node, std::string_view sentence) const {
    reading->Complain(node.line, sentence);
    return false;
  }
};

// The text of a scalar that is one; nullptr after a problem.
const std::string* TextOf(const YamlNode& node, const Slot& slot) {
  if (!node.is_scalar()) {
    slot.Fail(node, "this must be a text");
    return nullptr;
  }
  if (IsTyped(node)) {
    slot.Fail(node, fmt::format("{} is not a text to YAML; put it in quotes",
                                slot.reading->Quote(node.text)));
    return nullptr;
  }
  return &node.text;
}

// A text that fits the bounds and passes the check of its field.
const std::string* CheckedTextOf(const YamlNode& node, const Slot& slot, Range size) {
  const std::string* text = TextOf(node, slot);
  if (text == nullptr) return nullptr;
  if (text->size() < size.least) {
    slot.Fail(node, "this must not be empty");
    return nullptr;
  }
  if (text->size() > size.most) {
    slot.Fail(node, fmt::format("this has {} bytes, and {} are the most", text->size(), size.most));
    return nullptr;
  }
  if (slot.field.check != nullptr) {
    if (const Status status = slot.field.check(*text); !status.ok()) {
      slot.Fail(node, fmt::format("{} {}", slot.reading->Quote(*text), status.sentence()));
      return nullptr;
    }
  }
  return text;
}

bool ReadNumber(const YamlNode& node, Range range, const Slot& slot, uint64_t* value) {
  if (node.is_scalar() && node.plain && ParseWholeNumber(node.text, value) &&
      *value >= range.least && *value <= range.most) {
    return true;
  }
  const std::string what = node.is_scalar() ? slot.reading->Quote(node.text) : "this";
  const bool quoted = node.is_scalar() && !node.plain && ParseWholeNumber(node.text, value);
  return slot.Fail(node, fmt::format("{} is not a whole number from {} to {}{}", what, range.least,
                                     range.most, quoted ? "; a number has no quotes" : ""));
}

bool ReadDuration(const YamlNode& node, const Slot& slot) {
  const Field& field = slot.field;
  uint64_t seconds = 0;
  if (!node.is_scalar() || !ParseDuration(node.text, &seconds) || seconds < field.least ||
      seconds > field.most) {
    const std::string what = node.is_scalar() ? slot.reading->Quote(node.text) : "this";
    return slot.Fail(
        node, fmt::format("{} is not a duration such as 1h30m or 90s, from {} s to {} s", what,
                          field.least, field.most));
  }
  slot.Place<uint64_t>() = seconds;
  return true;
}

bool ReadChoice(const YamlNode& node, std::span<const std::string_view> names, const Slot& slot,
                size_t* index) {
  if (!node.is_scalar()) {
    return slot.Fail(node, fmt::format("this must be one of {}", fmt::join(names, ", ")));
  }
  const auto found = std::ranges::find_if(
      names, [&](std::string_view name) { return SameInAnyCase(name, node.text); });
  if (found == names.end()) {
    return slot.Fail(node, fmt::format("{} is none of {}{}", slot.reading->Quote(node.text),
                                       fmt::join(names, ", "), DidYouMean(node.text, names)));
  }
  *index = static_cast<size_t>(found - names.begin());
  return true;
}

bool ReadBoolean(const YamlNode& node, const Slot& slot) {
  if (!node.is_scalar() || !node.plain || (node.text != "true" && node.text != "false")) {
    return slot.Fail(node, "this must be true or false");
  }
  slot.Place<bool>() = node.text == "true";
  return true;
}

bool ReadSecret(const YamlNode& node, const Slot& slot, std::string_view key) {
  const bool may_quote = std::exchange(slot.reading->may_quote, false);
  const std::string* text = CheckedTextOf(node, slot, {0, kMaxTextBytes});
  slot.reading->may_quote = may_quote;
  if (text == nullptr) return false;
  StatusOr<SecretBytes> value = ResolveValue(*text, true, *slot.reading);
  if (!value.ok()) return slot.Fail(node, value.error().sentence());
  slot.Place<SecretBytes>(key) = std::move(*value);
  return true;
}

// The origin of a default would be nowhere, so it is set even where the object was there before.
bool ReadNested(const YamlNode& node, const Slot& slot, std::string_view key) {
  if (!node.is_map()) return slot.Fail(node, "this must be a map of fields");
  void* place = slot.field.place == nullptr ? nullptr : slot.field.place(slot.object, key);
  return ReadObject(*slot.field.fields, node, place, slot.reading);
}

// `place` says where the text of a name goes.
template <typename Place>
bool ReadTextMap(const YamlNode& node, const Slot& slot, Place place) {
  if (!node.is_map()) return slot.Fail(node, "this must be a map from names to texts");
  bool good = true;
  for (const YamlNode& item : node.items) {
    const PathStep step(slot.reading, item.key);
    const std::string* text = TextOf(item, slot);
    if (text != nullptr) place(item.key) = *text;
    good = good && text != nullptr;
  }
  return good;
}

bool ReadTextsByName(const YamlNode& node, const Slot& slot) {
  return ReadTextMap(node, slot, [&](const std::string& name) -> std::string& {
    return slot.Place<std::string>(name);
  });
}

bool ReadItemTextMap(const YamlNode& node, const Slot& slot) {
  auto& map = slot.Place<TextByName>();
  return ReadTextMap(node, slot,
                     [&](const std::string& name) -> std::string& { return map[name]; });
}

bool ReadItem(const YamlNode& node, const Slot& slot) {
  switch (slot.field.kind) {
    case FieldKind::kObjects:
      return ReadNested(node, slot, {});
    case FieldKind::kTextMaps:
      return ReadItemTextMap(node, slot);
    case FieldKind::kTexts: {
      const std::string* text = CheckedTextOf(node, slot, {1, kMaxTextBytes});
      if (text != nullptr) slot.Place<std::string>() = *text;
      return text != nullptr;
    }
    case FieldKind::kReferences: {
      const std::string* text = CheckedTextOf(node, slot, {1, kMaxTextBytes});
      if (text == nullptr) return false;
      slot.Place<Reference>() = {.name = *text, .origin = slot.reading->At(node.line)};
      return true;
    }
    case FieldKind::kChoices: {
      size_t index = 0;
      if (!ReadChoice(node, slot.field.names, slot, &index)) return false;
      slot.Place<uint8_t>() = static_cast<uint8_t>(index);
      return true;
    }
    default:
      break;
  }
  return slot.Fail(node, "this must not be a list");
}

bool ReadList(const YamlNode& node, const Slot& slot) {
  if (!node.is_sequence()) return slot.Fail(node, "this must be a list");
  const Field& field = slot.field;
  if (node.items.size() < field.least || node.items.size() > field.most) {
    return slot.Fail(node, fmt::format("this list has {} items, and must have from {} to {}",
                                       node.items.size(), field.least, field.most));
  }
  if (field.clear != nullptr) field.clear(slot.object);
  bool good = true;
  for (size_t i = 0; i < node.items.size(); ++i) {
    const PathStep step(slot.reading, i);
    good = ReadItem(node.items[i], slot) && good;
  }
  return good;
}

bool ReadNamed(const YamlNode& item, const Slot& slot) {
  if (slot.field.kind == FieldKind::kSecretByName) return ReadSecret(item, slot, item.key);
  if (slot.field.kind == FieldKind::kObjectByName) return ReadNested(item, slot, item.key);
  uint64_t value = 0;
  if (!ReadNumber(item, {}, slot, &value)) return false;
  slot.Place<uint64_t>(item.key) = value;
  return true;
}

bool ReadByName(const YamlNode& node, const Slot& slot) {
  if (!node.is_map()) return slot.Fail(node, "this must be a map");
  bool good = true;
  for (const YamlNode& item : node.items) {
    const PathStep step(slot.reading, item.key);
    good = ReadNamed(item, slot) && good;
  }
  return good;
}

bool ReadScalar(const YamlNode& node, const Slot& slot) {
  const Field& field = slot.field;
  switch (field.kind) {
    case FieldKind::kNumber:
      return ReadNumber(node, {field.least, field.most}, slot, &slot.Place<uint64_t>());
    case FieldKind::kDuration:
      return ReadDuration(node, slot);
    case FieldKind::kBoolean:
      return ReadBoolean(node, slot);
    case FieldKind::kSecret:
      return ReadSecret(node, slot, {});
    case FieldKind::kChoice: {
      size_t index = 0;
      if (!ReadChoice(node, field.names, slot, &index)) return false;
      slot.Place<uint8_t>() = static_cast<uint8_t>(index);
      return true;
    }
    case FieldKind::kToggle: {
      size_t index = 0;
      if (!ReadChoice(node, kToggleNames, slot, &index)) return false;
      slot.Place<bool>() = index == 0;
      return true;
    }
    default:
      break;
  }
  const std::string* text = CheckedTextOf(node, slot, {field.least, field.most});
  if (text == nullptr) return false;
  if (field.kind == FieldKind::kReference) {
    slot.Place<Reference>() = {.name = *text, .origin = slot.reading->At(node.line)};
  } else {
    slot.Place<std::string>() = *text;
  }
  return true;
}

bool ReadField(const YamlNode& node, const Slot& slot) {
  switch (slot.field.kind) {
    case FieldKind::kAnything:
      return true;
    case FieldKind::kObject:
      return ReadNested(node, slot, {});
    case FieldKind::kObjects:
    case FieldKind::kTexts:
    case FieldKind::kReferences:
    case FieldKind::kChoices:
    case FieldKind::kTextMaps:
      return ReadList(node, slot);
    case FieldKind::kTextByName:
      return ReadTextsByName(node, slot);
    case FieldKind::kNumberByName:
    case FieldKind::kSecretByName:
    case FieldKind::kObjectByName:
      return ReadByName(node, slot);
    default:
      return ReadScalar(node, slot);
  }
}

// Of those that may be empty it is how they are written when all in them is left out.
bool IsNeverNull(const Field& field) {
  return field.needs_value ||
         (field.kind < FieldKind::kObject && field.kind != FieldKind::kAnything);
}

bool CheckKeys(const FieldTable& table, const YamlNode& node, Reading* reading) {
  bool good = true;
  std::vector<std::string_view> names;
  for (const Field& field : table.fields) names.push_back(field.name);
  for (const YamlNode& item : node.items) {
    if (std::ranges::count(names, item.key) > 0) continue;
    reading->Complain(item.key_line,
                      fmt::format("there is no field {} here{}", reading->Quote(item.key),
                                  DidYouMean(item.key, names)));
    good = false;
  }
  for (const Field& field : table.fields) {
    const YamlNode* value = node.Find(field.name);
    if (!field.required) continue;
    if (value != nullptr && (!value->is_null() || IsNeverNull(field))) continue;
    reading->Complain(node.line, fmt::format("the field {} is missing", field.name));
    good = false;
  }
  return good;
}

}  // namespace

bool ReadObject(const FieldTable& table, const YamlNode& node, void* object, Reading* reading) {
  if (table.origin != nullptr) *table.origin(object) = reading->At(node.line);
  bool good = CheckKeys(table, node, reading);
  for (const YamlNode& item : node.items) {
    const auto field = std::ranges::find(table.fields, std::string_view(item.key), &Field::name);
    if (field == table.fields.end()) continue;
    const PathStep step(reading, field->name, PathStep::Name::kKnown);
    if (item.is_null()) {
      if (!IsNeverNull(*field)) continue;
      reading->Complain(item.key_line, "there is no value; if none is meant, leave the field out");
      good = false;
      continue;
    }
    good = ReadField(item, {.field = *field, .object = object, .reading = reading}) && good;
  }
  if (good && table.check != nullptr) {
    // A check adds its own problems; it is not asked whether it found any.
    table.check(object, node, reading);
  }
  return good;
}

}  // namespace signet::config

// NOLINTEND(misc-no-recursion)
