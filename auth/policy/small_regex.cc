#include "auth/policy/small_regex.h"

#include <re2/re2.h>

namespace signet::auth {
namespace {

re2::StringPiece AsPiece(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

std::optional<SmallRegex> SmallRegex::Parse(std::string_view text) {
  if (text.size() > kMaxTextSize) return std::nullopt;
  re2::RE2::Options options(re2::RE2::Latin1);  // One byte is one character.
  options.set_max_mem(kMaxMemory);
  options.set_never_capture(true);
  options.set_log_errors(false);  // It would write what peers say to the standard error.
  auto compiled = std::make_shared<const re2::RE2>(AsPiece(text), options);
  if (!compiled->ok()) return std::nullopt;
  return SmallRegex(std::move(compiled));
}

bool SmallRegex::IsIn(std::string_view text) const {
  return re2::RE2::PartialMatch(AsPiece(text), *compiled_);
}

}  // namespace signet::auth
