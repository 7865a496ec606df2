#include "auth/policy/small_regex.h"

#include <string>
#include <utility>

#include "auth/policy/regex_compiler.h"

namespace signet::auth {

class SmallRegex::Front {
 public:
  explicit Front(size_t steps) : is_in_(steps) {}

  // False if it is in already.
  bool Add(uint32_t step) {
    if (is_in_[step]) return false;
    is_in_[step] = true;
    steps_.push_back(step);
    return true;
  }
  void Clear() {
    for (const uint32_t step : steps_) is_in_[step] = false;
    steps_.clear();
    has_match = false;
  }
  const std::vector<uint32_t>& steps() const { return steps_; }

  bool has_match = false;

 private:
  std::vector<uint32_t> steps_;
  std::vector<bool> is_in_;
};

std::optional<SmallRegex> SmallRegex::Parse(std::string_view text) {
  if (text.size() > kMaxTextSize) return std::nullopt;
  const std::optional<std::string> written_out = RegexCompiler::WriteOut(text);
  if (!written_out || written_out->size() > kMaxExpandedSize) return std::nullopt;
  return RegexCompiler().Compile(*written_out);
}

// With all steps that can be reached from there without taking a byte.
void SmallRegex::Enter(uint32_t step, bool at_begin, bool at_end, Front* front) const {
  std::vector<uint32_t> open{step};
  while (!open.empty()) {
    const uint32_t at = open.back();
    open.pop_back();
    if (!front->Add(at)) continue;
    const Step& here = steps_[at];
    switch (here.kind) {
      case Step::Kind::kOneOf:
        break;
      case Step::Kind::kFork:
        open.push_back(here.other);
        open.push_back(here.next);
        break;
      case Step::Kind::kAtBegin:
        if (at_begin) open.push_back(here.next);
        break;
      case Step::Kind::kAtEnd:
        if (at_end) open.push_back(here.next);
        break;
      case Step::Kind::kMatch:
        front->has_match = true;
        break;
    }
  }
}

bool SmallRegex::IsIn(std::string_view text) const {
  Front now(steps_.size());
  Front then(steps_.size());
  for (size_t at = 0;; ++at) {
    // A line feed may stand behind the end, as in Perl's.
    const bool at_end = at == text.size() || (at + 1 == text.size() && text[at] == '\n');
    // `now` is where the bytes so far have led; what takes no byte goes on from there.
    for (const uint32_t step : now.steps()) Enter(step, at == 0, at_end, &then);
    Enter(first_, at == 0, at_end, &then);
    if (then.has_match) return true;
    if (at == text.size()) return false;
    now.Clear();
    const auto byte = static_cast<unsigned char>(text[at]);
    for (const uint32_t step : then.steps()) {
      const Step& here = steps_[step];
      if (here.kind == Step::Kind::kOneOf && sets_[here.set].test(byte)) now.Add(here.next);
    }
    then.Clear();
  }
}

}  // namespace signet::auth
