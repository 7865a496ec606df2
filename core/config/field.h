// Field tables: for each object of a manifest its fields, each with name, type, range, default,
// meaning, and where its value goes. FieldReader reads by them, docs/CONFIG.md is printed from
// them, and the tests go through them: a new field is one row.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/base/secret_bytes.h"
#include "core/base/status.h"
#include "core/config/problem.h"

namespace signet::config {

// The name of something else, and where it was written.
struct Reference {
  std::string name;
  Origin origin;

  bool empty() const { return name.empty(); }
  friend bool operator==(const Reference&, const Reference&) = default;
};

using TextByName = std::map<std::string, std::string, std::less<>>;
using SecretByName = std::map<std::string, SecretBytes, std::less<>>;
using NumberByName = std::map<std::string, uint64_t, std::less<>>;

enum class FieldKind : uint8_t {
  kNumber,        // A whole number from `least` to `most`.
  kText,          // A text of `least` to `most` bytes that `check` accepts.
  kReference,     // The same, and its origin is kept.
  kChoice,        // One of `names`, in any case; the index is the value.
  kToggle,        // Enabled or Disabled, in any case.
  kBoolean,       // true or false.
  kDuration,      // As Go writes it (1h30m, 90s), from `least` to `most` seconds.
  kSecret,        // A text, or file:PATH or ${NAME} for where it comes from; wiped, never shown.
  kObject,        // A map with the fields of `fields`.
  kObjects,       // A list of those, of `least` to `most` items.
  kObjectByName,  // A map from a name to those.
  kTexts,         // A list of `least` to `most` texts that `check` accepts.
  kReferences,    // The same, and their origins are kept.
  kChoices,       // A list of `least` to `most` choices.
  kTextByName,    // A map from a name to a text.
  kTextMaps,      // A list of those.
  kNumberByName,  // A map from a name to a number.
  kSecretByName,  // A map from a name to a secret.
  kAnything,      // Not looked at.
};

struct FieldTable;

struct Field {
  std::string_view name;
  // The memory for the value within the object that the table is for; makes room in optionals, and
  // adds an item to lists and maps. Absent: the value is checked and forgotten.
  void* (*place)(void* object, std::string_view key) = nullptr;
  // Empties a list that has a default, before its first item is placed.
  void (*clear)(void* object) = nullptr;
  uint64_t least = 0;
  uint64_t most = 0;
  std::span<const std::string_view> names = {};
  Status (*check)(std::string_view text) = nullptr;
  const FieldTable* fields = nullptr;
  // What holds when it is not given, in words of YAML; may be empty.
  std::string_view fallback = {};
  std::string_view meaning = {};
  FieldKind kind = FieldKind::kAnything;
  bool required = false;
  // Written without a value it is not as if it were not there: that would take away what protects.
  bool needs_value = false;
  // Accepted, and checked as said, but nothing in this broker depends on it.
  bool no_effect = false;
};

struct Reading;
struct YamlNode;

// The fields of one type of object.
struct FieldTable {
  std::string_view title;  // As the reference names it.
  std::span<const Field> fields;
  // Where the object keeps its own origin, if it does.
  Origin* (*origin)(void* object) = nullptr;
  // What fields have to do with each other; called after they have been read without a problem.
  void (*check)(const void* object, const YamlNode& node, Reading* reading) = nullptr;
};

struct Range {
  uint64_t least = 0;
  uint64_t most = std::numeric_limits<uint64_t>::max();
};

using TextCheck = Status (*)(std::string_view);

namespace internal {

template <typename Member>
struct MemberOf;
template <typename Owner, typename Value>
struct MemberOf<Value Owner::*> {
  using Object = Owner;
  using Type = Value;
};
template <auto kMember>
using ObjectOf = typename MemberOf<decltype(kMember)>::Object;
template <auto kMember>
using TypeOf = typename MemberOf<decltype(kMember)>::Type;

template <typename T>
struct Inner {
  using Type = T;
};
template <typename T>
struct Inner<std::optional<T>> {
  using Type = T;
};
template <typename T>
struct Inner<std::vector<T>> {
  using Type = T;
};
template <typename T>
struct Inner<std::map<std::string, T, std::less<>>> {
  using Type = T;
};
// What a value is written as: T for T, std::optional<T>, and an item of a list or map of T.
template <auto kMember>
using ValueOf = typename Inner<TypeOf<kMember>>::Type;

template <auto kMember>
void* Place(void* object, std::string_view key) {
  using Type = TypeOf<kMember>;
  using Value = ValueOf<kMember>;
  Type& member = static_cast<ObjectOf<kMember>*>(object)->*kMember;
  if constexpr (std::is_same_v<Type, std::optional<Value>>) {
    return &member.emplace();
  } else if constexpr (std::is_same_v<Type, std::vector<Value>>) {
    return &member.emplace_back();
  } else if constexpr (std::is_same_v<Type, std::map<std::string, Value, std::less<>>>) {
    return &member[std::string(key)];
  } else {
    return &member;
  }
}

// One that a choice can be written to as a byte.
template <typename T>
constexpr bool kIsByteEnum = [] {
  if constexpr (std::is_enum_v<T>) return std::is_same_v<std::underlying_type_t<T>, uint8_t>;
  return false;
}();

}  // namespace internal

// Makers of rows: each checks that the member can hold what the row reads.

template <auto kMember>
constexpr Field Number(std::string_view name, Range range, std::string_view fallback,
                       std::string_view meaning) {
  static_assert(std::is_same_v<internal::ValueOf<kMember>, uint64_t>);
  return {.name = name,
          .place = internal::Place<kMember>,
          .least = range.least,
          .most = range.most,
          .fallback = fallback,
          .meaning = meaning,
          .kind = FieldKind::kNumber};
}

template <auto kMember>
constexpr Field Duration(std::string_view name, Range seconds, std::string_view fallback,
                         std::string_view meaning) {
  Field field = Number<kMember>(name, seconds, fallback, meaning);
  field.kind = FieldKind::kDuration;
  return field;
}

inline constexpr uint64_t kMaxTextBytes = 4096;
// Of lists that may be long.
inline constexpr uint64_t kMaxItems = 100'000;

template <auto kMember>
constexpr Field Text(std::string_view name, TextCheck check, std::string_view fallback,
                     std::string_view meaning) {
  using Value = internal::TypeOf<kMember>;
  static_assert(std::is_same_v<Value, std::string> || std::is_same_v<Value, Reference> ||
                std::is_same_v<Value, SecretBytes>);
  return {.name = name,
          .place = internal::Place<kMember>,
          .least = 1,
          .most = kMaxTextBytes,
          .check = check,
          .fallback = fallback,
          .meaning = meaning,
          .kind = std::is_same_v<Value, std::string> ? FieldKind::kText
                  : std::is_same_v<Value, Reference> ? FieldKind::kReference
                                                     : FieldKind::kSecret};
}

template <auto kMember>
constexpr Field Texts(std::string_view name, Range count, TextCheck check,
                      std::string_view meaning) {
  using Value = internal::ValueOf<kMember>;
  static_assert(std::is_same_v<Value, std::string> || std::is_same_v<Value, Reference>);
  return {.name = name,
          .place = internal::Place<kMember>,
          .least = count.least,
          .most = count.most,
          .check = check,
          .meaning = meaning,
          .kind = std::is_same_v<Value, std::string> ? FieldKind::kTexts : FieldKind::kReferences};
}

// With a default, which the first text that is given replaces.
template <auto kMember>
constexpr Field TextsOr(std::string_view name, Range count, TextCheck check,
                        std::string_view fallback, std::string_view meaning) {
  Field field = Texts<kMember>(name, count, check, meaning);
  field.clear = [](void* object) {
    (static_cast<internal::ObjectOf<kMember>*>(object)->*kMember).clear();
  };
  field.fallback = fallback;
  return field;
}

template <auto kMember>
constexpr Field Choice(std::string_view name, std::span<const std::string_view> names,
                       std::string_view fallback, std::string_view meaning) {
  static_assert(internal::kIsByteEnum<internal::ValueOf<kMember>>);
  return {.name = name,
          .place = internal::Place<kMember>,
          .names = names,
          .fallback = fallback,
          .meaning = meaning,
          .kind = FieldKind::kChoice};
}

template <auto kMember>
constexpr Field Choices(std::string_view name, Range count, std::span<const std::string_view> names,
                        std::string_view fallback, std::string_view meaning) {
  Field field = Choice<kMember>(name, names, fallback, meaning);
  field.kind = FieldKind::kChoices;
  field.clear = [](void* object) {
    (static_cast<internal::ObjectOf<kMember>*>(object)->*kMember).clear();
  };
  field.least = count.least;
  field.most = count.most;
  return field;
}

template <auto kMember>
constexpr Field Toggle(std::string_view name, std::string_view fallback, std::string_view meaning) {
  static_assert(std::is_same_v<internal::ValueOf<kMember>, bool>);
  return {.name = name,
          .place = internal::Place<kMember>,
          .fallback = fallback,
          .meaning = meaning,
          .kind = FieldKind::kToggle};
}

template <auto kMember>
constexpr Field Boolean(std::string_view name, std::string_view fallback,
                        std::string_view meaning) {
  Field field = Toggle<kMember>(name, fallback, meaning);
  field.kind = FieldKind::kBoolean;
  return field;
}

template <auto kMember>
constexpr Field Object(std::string_view name, const FieldTable& fields, std::string_view meaning) {
  return {.name = name,
          .place = internal::Place<kMember>,
          .fields = &fields,
          .meaning = meaning,
          .kind = FieldKind::kObject};
}

template <auto kMember>
constexpr Field Objects(std::string_view name, Range count, const FieldTable& fields,
                        std::string_view meaning) {
  return {.name = name,
          .place = internal::Place<kMember>,
          .least = count.least,
          .most = count.most,
          .fields = &fields,
          .meaning = meaning,
          .kind = FieldKind::kObjects};
}

template <auto kMember>
constexpr Field ObjectByName(std::string_view name, const FieldTable& fields,
                             std::string_view meaning) {
  Field field = Object<kMember>(name, fields, meaning);
  field.kind = FieldKind::kObjectByName;
  return field;
}

// A map or a list of maps, told apart by the member's type.
template <auto kMember>
constexpr Field Map(std::string_view name, std::string_view meaning) {
  using Type = internal::TypeOf<kMember>;
  static_assert(std::is_same_v<Type, TextByName> || std::is_same_v<Type, SecretByName> ||
                std::is_same_v<Type, NumberByName> ||
                std::is_same_v<Type, std::vector<TextByName>>);
  return {.name = name,
          .place = internal::Place<kMember>,
          .most = kMaxItems,
          .meaning = meaning,
          .kind = std::is_same_v<Type, TextByName>     ? FieldKind::kTextByName
                  : std::is_same_v<Type, SecretByName> ? FieldKind::kSecretByName
                  : std::is_same_v<Type, NumberByName> ? FieldKind::kNumberByName
                                                       : FieldKind::kTextMaps};
}

// Makers of rows whose values are checked and forgotten.

constexpr Field Unkept(std::string_view name, FieldKind kind, std::string_view meaning) {
  return {.name = name, .meaning = meaning, .kind = kind, .no_effect = true};
}
constexpr Field UnkeptNumber(std::string_view name, Range range, std::string_view fallback,
                             std::string_view meaning) {
  Field field = Unkept(name, FieldKind::kNumber, meaning);
  field.least = range.least;
  field.most = range.most;
  field.fallback = fallback;
  return field;
}
constexpr Field UnkeptText(std::string_view name, TextCheck check, std::string_view fallback,
                           std::string_view meaning) {
  Field field = UnkeptNumber(name, {1, kMaxTextBytes}, fallback, meaning);
  field.kind = FieldKind::kText;
  field.check = check;
  return field;
}
constexpr Field UnkeptChoice(std::string_view name, std::span<const std::string_view> names,
                             std::string_view fallback, std::string_view meaning) {
  Field field = Unkept(name, FieldKind::kChoice, meaning);
  field.names = names;
  field.fallback = fallback;
  return field;
}
constexpr Field UnkeptToggle(std::string_view name, std::string_view fallback,
                             std::string_view meaning) {
  Field field = Unkept(name, FieldKind::kToggle, meaning);
  field.fallback = fallback;
  return field;
}
constexpr Field UnkeptObject(std::string_view name, const FieldTable& fields,
                             std::string_view meaning) {
  Field field = Unkept(name, FieldKind::kObject, meaning);
  field.fields = &fields;
  return field;
}
constexpr Field UnkeptObjects(std::string_view name, Range count, const FieldTable& fields,
                              std::string_view meaning) {
  Field field = UnkeptNumber(name, count, {}, meaning);
  field.kind = FieldKind::kObjects;
  field.fields = &fields;
  return field;
}
constexpr Field UnkeptTexts(std::string_view name, Range count, TextCheck check,
                            std::string_view meaning) {
  Field field = UnkeptNumber(name, count, {}, meaning);
  field.kind = FieldKind::kTexts;
  field.check = check;
  return field;
}

constexpr Field Anything(std::string_view name, std::string_view meaning) {
  return {.name = name, .meaning = meaning, .kind = FieldKind::kAnything, .no_effect = true};
}

constexpr Field Required(Field field) {
  field.required = true;
  return field;
}

constexpr Field NeedsValue(Field field) {
  field.needs_value = true;
  return field;
}

constexpr Field NoEffect(Field field) {
  field.no_effect = true;
  return field;
}

template <auto kMember>
Origin* OriginIn(void* object) {
  return &(static_cast<internal::ObjectOf<kMember>*>(object)->*kMember);
}

}  // namespace signet::config
