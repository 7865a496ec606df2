#include "core/config/problem.h"

#include <algorithm>
#include <tuple>

#include "core/base/log.h"
#include "core/base/nearest.h"
#include "fmt/format.h"

namespace signet::config {

bool IsSamePlace(const Origin& a, const Origin& b) { return a.line == b.line && a.file == b.file; }

std::string PlaceOf(const Origin& origin) {
  const std::string file = EscapeForLog(origin.file, 4096);
  return origin.line == 0 ? file : fmt::format("{}:{}", file, origin.line);
}

std::string ToLine(const Problem& problem) {
  std::string where = PlaceOf(problem.origin);
  if (!where.empty()) where += ": ";
  switch (problem.severity) {
    case Severity::kError:
      return where + problem.sentence;
    case Severity::kWaiting:
      return where + "waiting: " + problem.sentence;
    case Severity::kWarning:
      return where + "warning: " + problem.sentence;
  }
  return where + problem.sentence;
}

void Problems::Add(Severity severity, Origin origin, std::string sentence) {
  if (severity == Severity::kError) ++errors_;
  if (all_.size() == kMost) {
    ++left_out_;
    worst_left_out_ = std::min(worst_left_out_, severity);
    return;
  }
  all_.push_back(
      {.severity = severity, .origin = std::move(origin), .sentence = std::move(sentence)});
}

std::vector<Problem> Problems::Take() {
  std::ranges::stable_sort(all_, [](const Problem& a, const Problem& b) {
    return std::tie(a.origin.file, a.origin.line) < std::tie(b.origin.file, b.origin.line);
  });
  if (left_out_ > 0) {
    all_.push_back(
        {.severity = worst_left_out_, .sentence = fmt::format("and {} more problems", left_out_)});
  }
  errors_ = 0;
  left_out_ = 0;
  worst_left_out_ = Severity::kWarning;
  return std::exchange(all_, {});
}

std::string DidYouMean(std::string_view typed, std::span<const std::string_view> names) {
  return fmt::format(" (did you mean {}?)", Nearest(typed, names));
}

}  // namespace signet::config
