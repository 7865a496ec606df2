// JsonDocument: a JSON object (RFC 8259) that came from somebody who may mean harm, read as a
// whole. Two readers must never see two things in it, so a member name may stand once in its
// object; and size and depth are bounded. Any thread.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/expected.h"

// Its header is larger than all of ours; who asks for `members()` includes it.
namespace simdjson::dom {
class object;
}

namespace signet::auth {

// A view into a JsonDocument. Read() says false if the member is there and is something else than
// what is asked for, null included; what is not there leaves the value alone. Texts are valid
// UTF-8 and may hold U+0000; they borrow from the document.
class JsonObject {
 public:
  explicit JsonObject(const simdjson::dom::object& object);

  bool Has(std::string_view name) const;
  [[nodiscard]] bool Read(std::string_view name, std::optional<std::string_view>* value) const;
  [[nodiscard]] bool Read(std::string_view name, std::optional<bool>* value) const;
  [[nodiscard]] bool Read(std::string_view name, std::optional<JsonObject>* value) const;
  // An array of texts.
  [[nodiscard]] bool Read(std::string_view name,
                          std::optional<std::vector<std::string_view>>* value) const;
  // For all else.
  simdjson::dom::object members() const;

 private:
  // A simdjson::dom::object, which is a place in its document.
  std::array<const void*, 2> object_;
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
  struct Parser;
  struct DeleteParser {
    void operator()(Parser* parser) const;
  };
  using ParserPtr = std::unique_ptr<Parser, DeleteParser>;

  JsonDocument(ParserPtr parser, JsonObject root) : parser_(std::move(parser)), root_(root) {}

  ParserPtr parser_;
  JsonObject root_;
};

}  // namespace signet::auth
