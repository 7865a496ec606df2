// JsonDocument: a JSON object (RFC 8259) that came from somebody who may mean harm, read as a
// whole. Two readers must never see two things in it, so a member name may stand once in its
// object; and size and depth are bounded. Any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/expected.h"
#include "simdjson.h"

namespace signet::auth {

// A view into a JsonDocument. Read() says false if the member is there and is something else than
// what is asked for, null included; what is not there leaves the value alone. Texts are valid
// UTF-8 and may hold U+0000; they borrow from the document.
class JsonObject {
 public:
  explicit JsonObject(simdjson::dom::object object) : object_(object) {}

  bool Has(std::string_view name) const;
  [[nodiscard]] bool Read(std::string_view name, std::optional<std::string_view>* value) const;
  [[nodiscard]] bool Read(std::string_view name, std::optional<bool>* value) const;
  [[nodiscard]] bool Read(std::string_view name, std::optional<JsonObject>* value) const;
  // An array of texts.
  [[nodiscard]] bool Read(std::string_view name,
                          std::optional<std::vector<std::string_view>>* value) const;
  // For all else.
  simdjson::dom::object members() const { return object_; }

 private:
  simdjson::dom::object object_;
};

// As the end of a sentence: `is no JSON`.
struct JsonFlaw {
  std::string_view what;
};

class JsonDocument {
 public:
  // How deep objects and arrays may stand in each other, the whole included.
  static constexpr size_t kMaxDepth = 16;

  // `text` is copied, and the copies are wiped. Longer than `max_bytes` is a flaw.
  static Expected<JsonDocument, JsonFlaw> Read(std::string_view text, size_t max_bytes);

  JsonObject root() const { return root_; }

 private:
  // Holds what the views look at, which may be a token; wiped with the document.
  struct Parser {
    explicit Parser(size_t bytes) : text_bytes(bytes) {}
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;
    ~Parser();

    simdjson::dom::parser parser;
    const size_t text_bytes;
  };

  JsonDocument(std::unique_ptr<Parser> parser, JsonObject root)
      : parser_(std::move(parser)), root_(root) {}

  std::unique_ptr<Parser> parser_;
  JsonObject root_;
};

}  // namespace signet::auth
