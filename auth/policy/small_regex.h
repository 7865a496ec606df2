// SmallRegex: the regular expressions that stand in tokens, searched for in names of clients. RE2's
// syntax, which is Perl's without look-around and back-references; $ is the very end. Texts are
// bytes. The time is at most the product of both sizes, whatever a name is.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace re2 {
class RE2;
}

namespace signet::auth {

// Copies share what was compiled. Any thread.
class SmallRegex {
 public:
  static constexpr size_t kMaxTextSize = 256;
  // Of what it is compiled to, with all its {m,n} written out.
  static constexpr int kMaxMemory = 32 * 1024;

  // Nothing if it is longer than that, no regular expression, or would take more memory.
  static std::optional<SmallRegex> Parse(std::string_view text);

  // Whether it matches some part of `text`.
  bool IsIn(std::string_view text) const;

 private:
  explicit SmallRegex(std::shared_ptr<const re2::RE2> compiled) : compiled_(std::move(compiled)) {}

  std::shared_ptr<const re2::RE2> compiled_;
};

}  // namespace signet::auth
