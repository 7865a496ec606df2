#include "auth/json/json_document.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "core/base/secret_bytes.h"
#include "simdjson.h"

namespace signet::auth {
namespace {

using simdjson::dom::element;

struct Nested {
  element value;
  size_t depth;
};

bool NamesOneTwice(const simdjson::dom::object& object) {
  std::vector<std::string_view> names;
  for (const auto& member : object) names.push_back(member.key);
  std::ranges::sort(names);
  return std::ranges::adjacent_find(names) != names.end();
}

// Visits every object and array, by a list of our own: recursion would be as deep as the text says.
std::optional<JsonFlaw> FindFlaw(const element& whole) {
  std::vector<Nested> open{{.value = whole, .depth = 1}};
  while (!open.empty()) {
    const Nested next = open.back();
    open.pop_back();
    simdjson::dom::object object;
    simdjson::dom::array array;
    const bool is_object = next.value.get(object) == simdjson::SUCCESS;
    if (!is_object && next.value.get(array) != simdjson::SUCCESS) continue;
    if (next.depth > JsonDocument::kMaxDepth) return JsonFlaw{"is nested too deeply"};
    if (!is_object) {
      for (const element value : array) open.push_back({value, next.depth + 1});
      continue;
    }
    if (NamesOneTwice(object)) return JsonFlaw{"has a member twice"};
    for (const auto& member : object) open.push_back({member.value, next.depth + 1});
  }
  return std::nullopt;
}

template <typename T>
bool ReadAs(const simdjson::dom::object& object, std::string_view name, std::optional<T>* value) {
  element member;
  if (object.at_key(name).get(member) != simdjson::SUCCESS) return true;
  T read;
  if (member.get(read) != simdjson::SUCCESS) return false;
  *value = read;
  return true;
}

}  // namespace

JsonObject::JsonObject(const simdjson::dom::object& object)
    : object_(std::bit_cast<decltype(object_)>(object)) {}

simdjson::dom::object JsonObject::members() const {
  return std::bit_cast<simdjson::dom::object>(object_);
}

bool JsonObject::Has(std::string_view name) const {
  return members().at_key(name).error() == simdjson::SUCCESS;
}

bool JsonObject::Read(std::string_view name, std::optional<std::string_view>* value) const {
  return ReadAs(members(), name, value);
}

bool JsonObject::Read(std::string_view name, std::optional<bool>* value) const {
  return ReadAs(members(), name, value);
}

bool JsonObject::Read(std::string_view name, std::optional<JsonObject>* value) const {
  std::optional<simdjson::dom::object> object;
  if (!ReadAs(members(), name, &object)) return false;
  if (object) value->emplace(*object);
  return true;
}

bool JsonObject::Read(std::string_view name,
                      std::optional<std::vector<std::string_view>>* value) const {
  std::optional<simdjson::dom::array> array;
  if (!ReadAs(members(), name, &array)) return false;
  if (!array) return true;
  std::vector<std::string_view> texts;
  for (const element member : *array) {
    std::string_view text;
    if (member.get(text) != simdjson::SUCCESS) return false;
    texts.push_back(text);
  }
  *value = std::move(texts);
  return true;
}

struct JsonDocument::Parser {
  explicit Parser(size_t bytes) : text_bytes(bytes) {}
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  // simdjson has a place for the texts of a document by the size of the whole: so large, and more.
  ~Parser() {
    uint8_t* texts = parser.doc.string_buf.get();
    if (texts != nullptr) WipeMemory(texts, 5 * text_bytes / 3 + simdjson::SIMDJSON_PADDING);
  }

  simdjson::dom::parser parser;
  const size_t text_bytes;
};

void JsonDocument::DeleteParser::operator()(Parser* parser) const { delete parser; }

Expected<JsonDocument, JsonFlaw> JsonDocument::Read(std::string_view text, size_t max_bytes) {
  if (text.size() > max_bytes) return JsonFlaw{"is too long"};
  ParserPtr parser(new Parser(text.size()));
  simdjson::padded_string padded(text);
  element whole;
  const simdjson::error_code error = parser->parser.parse(padded).get(whole);
  WipeMemory(padded.data(), padded.size());
  if (error != simdjson::SUCCESS) return JsonFlaw{"is no JSON"};
  simdjson::dom::object root;
  if (whole.get(root) != simdjson::SUCCESS) return JsonFlaw{"is no JSON object"};
  if (const std::optional<JsonFlaw> flaw = FindFlaw(whole)) return *flaw;
  return JsonDocument(std::move(parser), JsonObject(root));
}

}  // namespace signet::auth
