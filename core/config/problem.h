// What is wrong with a configuration, and where: `file:line: sentence`. Sentences are printable,
// one line, and never hold the value of a secret.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signet::config {

// Where something was written. It is not part of what was written: two places always compare equal,
// so that a configuration that has only moved within its files is the same configuration.
struct Origin {
  std::string file;
  uint32_t line = 0;  // From 1; 0 where a file has no lines, or nothing was written.

  friend bool operator==(const Origin&, const Origin&) { return true; }
};

bool IsSamePlace(const Origin& a, const Origin& b);

// `file:line`, or `file`.
std::string PlaceOf(const Origin& origin);

// The worst first.
enum class Severity : uint8_t {
  kError,    // The configuration as a whole is refused.
  kWaiting,  // A port is not opened until this is mended; the others are.
  kWarning,  // Taken as it is, but hardly what was meant.
};

struct Problem {
  Severity severity = Severity::kError;
  Origin origin;
  std::string sentence;

  friend bool operator==(const Problem&, const Problem&) = default;
};

// `file:line: sentence`; `waiting: ` or `warning: ` stands before the sentence of those.
std::string ToLine(const Problem& problem);

// Collects up to kMost problems and counts the rest.
class Problems {
 public:
  static constexpr size_t kMost = 1000;

  void Add(Severity severity, Origin origin, std::string sentence);
  void Error(Origin origin, std::string sentence) {
    Add(Severity::kError, std::move(origin), std::move(sentence));
  }

  bool has_errors() const { return errors_ > 0; }
  // In the order of files and lines; the last one says how many more there are, and is as severe as
  // the worst of them.
  std::vector<Problem> Take();

 private:
  std::vector<Problem> all_;
  size_t errors_ = 0;
  size_t left_out_ = 0;
  Severity worst_left_out_ = Severity::kWarning;
};

// ` (did you mean …?)`, with the nearest of `names`, which are not empty.
std::string DidYouMean(std::string_view typed, std::span<const std::string_view> names);

}  // namespace signet::config
