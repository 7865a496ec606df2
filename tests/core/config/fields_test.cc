// Every field of every table: what it takes, what it refuses, and what holds without it. The
// documents in full/ have each field at least once; here one value after the other is changed.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

#include "core/config/field_reader.h"
#include "core/config/manifest.h"
#include "core/config/values.h"
#include "core/config/yaml_tree.h"
#include "fmt/format.h"
#include "tests/core/config/load.h"

namespace signet::config {
namespace {

using Path = std::vector<size_t>;  // Indexes into `items`, from the root on.

YamlNode& At(YamlNode* root, const Path& path) {
  YamlNode* node = root;
  for (const size_t index : path) node = &node->items.at(index);
  return *node;
}

YamlNode Scalar(std::string text, bool plain) {
  YamlNode node;
  node.kind = YamlNode::Kind::kScalar;
  node.text = std::move(text);
  node.plain = plain;
  return node;
}

YamlNode List(std::vector<YamlNode> items) {
  YamlNode node;
  node.kind = YamlNode::Kind::kSequence;
  node.items = std::move(items);
  return node;
}

// One line for each value, so that a problem's line means something.
void Emit(const YamlNode& node, std::string* text) {
  const auto quoted = [](std::string_view raw) {
    std::string escaped;
    for (const char c : raw) {
      if (c == '"' || c == '\\') escaped += '\\';
      escaped += c;
    }
    return fmt::format("\"{}\"", escaped);
  };
  switch (node.kind) {
    case YamlNode::Kind::kNull:
      *text += "~";
      return;
    case YamlNode::Kind::kScalar:
      *text += node.plain && IsTyped(node) ? node.text : quoted(node.text);
      return;
    case YamlNode::Kind::kSequence:
    case YamlNode::Kind::kMap:
      *text += node.is_map() ? "{" : "[";
      for (const YamlNode& item : node.items) {
        *text += '\n';
        if (node.is_map()) *text += quoted(item.key) + ": ";
        Emit(item, text);
        *text += ',';
      }
      *text += node.is_map() ? "}" : "]";
      return;
  }
}

// What a document says, and what is wrong with it.
struct Read {
  Manifests manifests;
  std::vector<Problem> problems;

  bool Says(std::string_view part) const {
    return std::ranges::any_of(problems, [&](const Problem& problem) {
      return problem.sentence.find(part) != std::string::npos;
    });
  }
  std::string Lines() const {
    std::string lines;
    for (const Problem& problem : problems) lines += ToLine(problem) + '\n';
    return lines;
  }
};

Read ReadTree(const YamlNode& root) {
  Read read;
  std::string text;
  Emit(root, &text);
  ConfigSources sources;
  sources.manifests.push_back({.name = "a.yaml", .text = SecretBytes(text)});
  FakeReader reader;
  reader.variables["CUSTOM_TOKEN"] = "token";
  Problems problems;
  read.manifests = ReadManifests(sources, &reader, &problems);
  read.problems = problems.Take();
  return read;
}

bool Same(const Manifests& a, const Manifests& b) {
  return a.brokers == b.brokers && a.listeners == b.listeners &&
         a.authentications == b.authentications && a.authorizations == b.authorizations;
}

// A field at its place in a document.
struct Occurrence {
  YamlNode root;
  Path path;
  std::string name;  // As problems name it: `spec.ports[0].port`.
  const Field* field;

  YamlNode Changed(YamlNode value) const {
    YamlNode changed = root;
    YamlNode& node = At(&changed, path);
    value.key = node.key;
    value.has_key = true;
    node = std::move(value);
    return changed;
  }
  YamlNode Without() const {
    YamlNode changed = root;
    YamlNode& map = At(&changed, Path(path.begin(), path.end() - 1));
    map.items.erase(map.items.begin() + static_cast<std::ptrdiff_t>(path.back()));
    return changed;
  }
  // Whether the field itself is complained about, or an item of it.
  bool IsRefused(const Read& read) const {
    return std::ranges::any_of(read.problems, [&](const Problem& problem) {
      return problem.sentence.starts_with(name + ": ") ||
             problem.sentence.starts_with(name + "[") || problem.sentence.starts_with(name + ".");
    });
  }
  void ExpectRefused(YamlNode value, std::string_view what) const {
    const Read read = ReadTree(Changed(std::move(value)));
    EXPECT_TRUE(IsRefused(read)) << name << ", " << what << ": " << read.Lines();
  }
  Read ExpectTaken(YamlNode value, std::string_view what) const {
    Read read = ReadTree(Changed(std::move(value)));
    EXPECT_FALSE(IsRefused(read)) << name << ", " << what << ": " << read.Lines();
    return read;
  }
};

void Find(const FieldTable& table, const YamlNode& root, const Path& path, const std::string& name,
          std::vector<Occurrence>* found) {
  YamlNode copy = root;
  const YamlNode& map = At(&copy, path);
  for (size_t i = 0; i < map.items.size(); ++i) {
    const YamlNode& value = map.items[i];
    const auto field = std::ranges::find(table.fields, value.key, &Field::name);
    if (field == table.fields.end()) continue;
    Path inner = path;
    inner.push_back(i);
    const std::string inner_name = fmt::format("{}{}{}", name, name.empty() ? "" : ".", value.key);
    found->push_back({.root = root, .path = inner, .name = inner_name, .field = &*field});
    if (field->fields == nullptr) continue;
    if (field->kind == FieldKind::kObject) {
      Find(*field->fields, root, inner, inner_name, found);
      continue;
    }
    for (size_t j = 0; j < value.items.size(); ++j) {
      Path item = inner;
      item.push_back(j);
      Find(*field->fields, root, item,
           value.is_map() ? fmt::format("{}.{}", inner_name, value.items[j].key)
                          : fmt::format("{}[{}]", inner_name, j),
           found);
    }
  }
}

YamlNode Document(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  Problems problems;
  const std::vector<YamlNode> documents = ParseYaml("a.yaml", text.str(), &problems);
  EXPECT_EQ(documents.size(), 1u) << file;
  return documents.empty() ? YamlNode() : documents.front();
}

// All fields of all documents.
const std::vector<Occurrence>& Occurrences() {
  static const std::vector<Occurrence> all = [] {
    std::vector<Occurrence> found;
    for (const auto& entry : std::filesystem::directory_iterator(SIGNET_FULL_DIR)) {
      const YamlNode root = Document(entry.path());
      const auto kind = std::ranges::find(AllKinds(), root.Find("kind")->text, &KindInfo::name);
      Path path;
      if (kind->has_spec) path.push_back(static_cast<size_t>(root.Find("spec") - &root.items[0]));
      Find(*kind->fields, root, path, kind->has_spec ? "spec" : "", &found);
    }
    return found;
  }();
  return all;
}

// The fields of some kinds.
std::vector<Occurrence> Of(std::initializer_list<FieldKind> kinds) {
  std::vector<Occurrence> some;
  for (const Occurrence& one : Occurrences()) {
    if (std::ranges::count(kinds, one.field->kind) > 0) some.push_back(one);
  }
  EXPECT_FALSE(some.empty());
  return some;
}

void Collect(const FieldTable& table, std::set<const Field*>* all) {
  for (const Field& field : table.fields) {
    all->insert(&field);
    if (field.fields != nullptr) Collect(*field.fields, all);
  }
}

TEST(Fields, TheDocumentsAreGoodAndHaveThemAll) {
  std::set<const Field*> missing;
  for (const KindInfo& kind : AllKinds()) Collect(*kind.fields, &missing);
  EXPECT_GT(missing.size(), 150u);
  for (const Occurrence& one : Occurrences()) {
    missing.erase(one.field);
    const Read read = ReadTree(one.root);
    EXPECT_TRUE(std::ranges::none_of(read.problems, [](const Problem& problem) {
      return problem.severity == Severity::kError;
    })) << read.Lines();
  }
  for (const Field* field : missing) ADD_FAILURE() << "no document has " << field->name;
}

TEST(Fields, HaveAMeaning) {
  for (const Occurrence& one : Occurrences()) {
    EXPECT_FALSE(one.field->meaning.empty()) << one.name;
    EXPECT_FALSE(one.field->meaning.ends_with('.')) << one.name;
    EXPECT_FALSE(one.field->required && !one.field->fallback.empty()) << one.name;
  }
}

TEST(Fields, AreMissedWhereTheyAreRequired) {
  for (const Occurrence& one : Occurrences()) {
    const std::string sentence = fmt::format("the field {} is missing", one.field->name);
    EXPECT_EQ(ReadTree(one.Without()).Says(sentence), one.field->required) << one.name;
  }
}

// What a template makes of an empty variable: it must not open a port to everybody.
TEST(Fields, ThatMeanAValueAreNotWrittenWithoutOne) {
  for (const Occurrence& one : Occurrences()) {
    const bool is_value = one.field->kind < FieldKind::kObject || one.field->needs_value;
    if (is_value) one.ExpectRefused(YamlNode(), "nothing");
  }
  EXPECT_TRUE(std::ranges::any_of(Occurrences(), [](const Occurrence& one) {
    return one.field->name == "tls" && one.field->needs_value;
  }));
}

TEST(Fields, ThatHoldOthersMayBeEmpty) {
  for (const Occurrence& one : Occurrences()) {
    if (one.field->kind < FieldKind::kObject || one.field->needs_value) continue;
    EXPECT_TRUE(
        Same(ReadTree(one.Changed(YamlNode())).manifests, ReadTree(one.Without()).manifests))
        << one.name;
  }
}

TEST(Fields, HaveTheDefaultThatIsDocumented) {
  size_t seen = 0;
  for (const Occurrence& one : Occurrences()) {
    if (one.field->fallback.empty()) continue;
    Problems problems;
    const std::vector<YamlNode> fallback =
        ParseYaml("fallback", std::string(one.field->fallback), &problems);
    ASSERT_EQ(fallback.size(), 1u) << one.name;
    const Read read = one.ExpectTaken(fallback.front(), "its default");
    EXPECT_TRUE(Same(read.manifests, ReadTree(one.Without()).manifests)) << one.name;
    ++seen;
  }
  EXPECT_GT(seen, 40u);
}

TEST(Fields, ThatAreNotKnownAreRefusedWithTheNearest) {
  for (const Occurrence& one : Occurrences()) {
    YamlNode changed = one.root;
    YamlNode& node = At(&changed, one.path);
    node.key += "x";
    const Read read = ReadTree(changed);
    EXPECT_TRUE(read.Says(fmt::format("(did you mean {}?)", one.field->name)))
        << one.name << ": " << read.Lines();
  }
}

TEST(Fields, AreNotGivenTwice) {
  for (const Occurrence& one : Occurrences()) {
    YamlNode changed = one.root;
    YamlNode& map = At(&changed, Path(one.path.begin(), one.path.end() - 1));
    const YamlNode again = map.items[one.path.back()];
    map.items.push_back(again);
    EXPECT_TRUE(ReadTree(changed).Says("is given twice, first in line ")) << one.name;
  }
}

TEST(Fields, OfNumbersTakeTheirRangeAndNothingElse) {
  for (const Occurrence& one : Of({FieldKind::kNumber, FieldKind::kDuration})) {
    const Field& field = *one.field;
    const bool is_duration = field.kind == FieldKind::kDuration;
    const auto number = [&](uint64_t value) {
      return Scalar(fmt::format("{}{}", value, is_duration ? "s" : ""), true);
    };
    const Read least = one.ExpectTaken(number(field.least), "the least");
    const Read most = one.ExpectTaken(number(field.most), "the most");
    EXPECT_EQ(Same(least.manifests, most.manifests), field.place == nullptr) << one.name;
    if (field.least > 0) one.ExpectRefused(number(field.least - 1), "less than the least");
    one.ExpectRefused(number(field.most + 1), "more than the most");
    for (const char* wrong : {"-1", "1.5", "1e3", "0x10", "010", "true", "many", "", "+5", "1_0"}) {
      one.ExpectRefused(Scalar(wrong, true), wrong);
    }
    one.ExpectRefused(Scalar("99999999999999999999999", true), "more than 64 bits");
    one.ExpectRefused(List({}), "a list");
    if (!is_duration) {
      one.ExpectRefused(Scalar(fmt::format("{}", field.least), false), "in quotes");
    }
  }
}

TEST(Fields, OfTextsTakeNoOtherType) {
  for (const Occurrence& one : Of({FieldKind::kText, FieldKind::kReference, FieldKind::kSecret})) {
    for (const char* wrong : {"17", "1.5", "true", "False", "-3", "1e5"}) {
      one.ExpectRefused(Scalar(wrong, true), wrong);
    }
    one.ExpectRefused(List({}), "a list");
    one.ExpectRefused(Scalar(std::string(kMaxTextBytes + 1, 'a'), false), "a very long text");
    if (one.field->kind != FieldKind::kSecret)
      one.ExpectRefused(Scalar("", false), "an empty text");
    if (one.field->check != nullptr && one.field->check != CheckMqttText) {
      one.ExpectRefused(Scalar("+ no such thing +", false), "what its check refuses");
    }
  }
}

TEST(Fields, OfChoicesTakeEachNameInAnyCase) {
  for (const Occurrence& one : Of({FieldKind::kChoice, FieldKind::kToggle})) {
    constexpr std::string_view kToggles[] = {"Enabled", "Disabled"};
    const std::span<const std::string_view> names =
        one.field->kind == FieldKind::kToggle ? std::span<const std::string_view>(kToggles)
                                              : one.field->names;
    std::vector<Manifests> different;
    for (const std::string_view name : names) {
      std::string lower(name);
      std::string upper(name);
      for (char& c : lower) c = static_cast<char>(std::tolower(c));
      for (char& c : upper) c = static_cast<char>(std::toupper(c));
      const Read read = ReadTree(one.Changed(Scalar(std::string(name), true)));
      EXPECT_FALSE(read.Says("is none of")) << one.name << " " << name;
      for (const std::string& spelling : {lower, upper}) {
        EXPECT_TRUE(Same(ReadTree(one.Changed(Scalar(spelling, true))).manifests, read.manifests))
            << one.name << " " << spelling;
      }
      for (const Manifests& other : different) {
        EXPECT_EQ(Same(other, read.manifests), one.field->place == nullptr) << one.name;
      }
      different.push_back(read.manifests);
    }
    for (const char* wrong : {"", "nonsense", "17"}) one.ExpectRefused(Scalar(wrong, false), wrong);
    one.ExpectRefused(List({}), "a list");
    const Read near = ReadTree(one.Changed(Scalar(std::string(names[0]) + "x", true)));
    EXPECT_TRUE(near.Says(fmt::format("(did you mean {}?)", names[0]))) << one.name;
  }
}

TEST(Fields, OfBooleansTakeTrueAndFalse) {
  for (const Occurrence& one : Of({FieldKind::kBoolean})) {
    const Read yes = one.ExpectTaken(Scalar("true", true), "true");
    const Read no = one.ExpectTaken(Scalar("false", true), "false");
    EXPECT_EQ(Same(yes.manifests, no.manifests), one.field->place == nullptr) << one.name;
    for (const char* wrong : {"yes", "1", "True", ""})
      one.ExpectRefused(Scalar(wrong, true), wrong);
    one.ExpectRefused(Scalar("true", false), "in quotes");
  }
}

TEST(Fields, OfMapsAndListsTakeNothingElse) {
  for (const Occurrence& one : Occurrences()) {
    const FieldKind kind = one.field->kind;
    YamlNode map;
    map.kind = YamlNode::Kind::kMap;
    if (kind >= FieldKind::kObject && kind != FieldKind::kAnything) {
      one.ExpectRefused(Scalar("text", true), "a text");
      const bool is_list = kind == FieldKind::kObjects || kind == FieldKind::kTexts ||
                           kind == FieldKind::kReferences || kind == FieldKind::kChoices ||
                           kind == FieldKind::kTextMaps;
      one.ExpectRefused(is_list ? map : List({}), "the other one");
      if (is_list) one.ExpectRefused(List({Scalar("17", true), map}), "items of a wrong type");
    } else if (kind != FieldKind::kAnything) {
      one.ExpectRefused(map, "a map");
    }
  }
}

TEST(Fields, OfListsTakeSoManyItemsAndNoMore) {
  for (const Occurrence& one : Of({FieldKind::kObjects, FieldKind::kTexts, FieldKind::kChoices})) {
    YamlNode copy = one.root;
    const YamlNode& list = At(&copy, one.path);
    ASSERT_FALSE(list.items.empty()) << one.name;
    if (one.field->least > 0) one.ExpectRefused(List({}), "no item");
    if (one.field->most > 1000) continue;
    const size_t most = one.field->most;
    const auto sized = [&](size_t size) {
      return List(std::vector<YamlNode>(size, list.items.front()));
    };
    EXPECT_FALSE(ReadTree(one.Changed(sized(most))).Says("this list has")) << one.name;
    EXPECT_TRUE(ReadTree(one.Changed(sized(most + 1))).Says("this list has")) << one.name;
  }
}

TEST(Fields, NameTheLineOfWhatIsWrong) {
  for (const Occurrence& one : Of({FieldKind::kNumber})) {
    const YamlNode changed = one.Changed(Scalar("wrong", true));
    std::string text;
    Emit(changed, &text);
    const size_t at = text.find("\"wrong\"");
    const auto line =
        1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    const Read read = ReadTree(changed);
    ASSERT_EQ(read.problems.empty(), false) << one.name;
    EXPECT_TRUE(std::ranges::any_of(read.problems,
                                    [&](const Problem& problem) {
                                      return problem.sentence.starts_with(one.name + ": ") &&
                                             problem.origin.line == line;
                                    }))
        << one.name << ": " << read.Lines();
  }
}

}  // namespace
}  // namespace signet::config
