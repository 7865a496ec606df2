#include "auth/policy/regex_compiler.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace signet::auth {
namespace {

using Bytes = SmallRegex::Bytes;

void AddRange(unsigned char from, unsigned char to, Bytes* set) {
  for (size_t c = from; c <= to; ++c) set->set(c);
}

// What \d, \w and \s stand for; empty for another letter.
Bytes ClassOf(char letter) {
  Bytes set;
  if (letter == 'd' || letter == 'w') AddRange('0', '9', &set);
  if (letter == 'w') {
    AddRange('a', 'z', &set);
    AddRange('A', 'Z', &set);
    set.set('_');
  }
  if (letter == 's') {
    AddRange('\t', '\r', &set);
    set.set(' ');
  }
  return set;
}

bool IsPunctuation(char c) {
  constexpr std::string_view kPunctuation = R"(!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~)";
  return kPunctuation.find(c) != std::string_view::npos;
}

char Take(std::string_view* text) {
  const char c = text->front();
  text->remove_prefix(1);
  return c;
}

struct Count {
  size_t least = 0;
  std::optional<size_t> most = 0;
};

bool TakeNumber(std::string_view* text, size_t* number) {
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), *number);
  if (error != std::errc()) return false;
  text->remove_prefix(static_cast<size_t>(end - text->data()));
  return true;
}

// {m}, {m,} or {m,n}, at the beginning of `text`.
std::optional<Count> TakeCount(std::string_view* text) {
  Count count;
  text->remove_prefix(1);
  if (!TakeNumber(text, &count.least)) return std::nullopt;
  count.most = count.least;
  if (text->starts_with(',')) {
    text->remove_prefix(1);
    size_t most = 0;
    count.most.reset();
    if (TakeNumber(text, &most)) count.most = most;
  }
  if (!text->starts_with('}') || (count.most && *count.most < count.least)) return std::nullopt;
  text->remove_prefix(1);
  return count;
}

bool AppendTimes(std::string_view part, const Count& count, std::string* out) {
  const size_t times = std::max(count.least, count.most.value_or(0));
  if (times > SmallRegex::kMaxExpandedSize) return false;
  if ((times + 1) * (part.size() + 1) + out->size() > SmallRegex::kMaxExpandedSize) return false;
  for (size_t i = 0; i < count.least; ++i) *out += part;
  if (!count.most) {
    *out += part;
    *out += '*';
  } else {
    for (size_t i = count.least; i < *count.most; ++i) {
      *out += part;
      *out += '?';
    }
  }
  if (count.most == 0) *out += "(?:)";
  return true;
}

// Of the atom at the beginning of `text`; a '(' alone is one here.
size_t SizeOfAtom(std::string_view text) {
  if (text.front() == '\\') return std::min<size_t>(2, text.size());
  if (text.front() != '[') return 1;
  size_t at = text.starts_with("[^") ? 2 : 1;
  for (bool is_first = true; at < text.size(); ++at, is_first = false) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == ']' && !is_first) {
      return at + 1;
    }
  }
  return text.size();
}

}  // namespace

std::optional<std::string> RegexCompiler::WriteOut(std::string_view text) {
  std::string out;
  std::vector<size_t> open;         // Where the groups begin that are not closed yet.
  std::optional<size_t> last = {};  // Where the part begins that a {m,n} would repeat.
  while (!text.empty()) {
    if (out.size() > SmallRegex::kMaxExpandedSize) return std::nullopt;
    if (text.front() == '{') {
      if (!last) return std::nullopt;
      const std::optional<Count> count = TakeCount(&text);
      if (!count) return std::nullopt;
      const std::string part = out.substr(*last);
      out.resize(*last);
      if (!AppendTimes(part, *count, &out)) return std::nullopt;
      if (text.starts_with('?')) text.remove_prefix(1);  // Lazy: it matches the same.
      if (text.find_first_of("*+?{") == 0) return std::nullopt;
      last.reset();
      continue;
    }
    const size_t size = text.starts_with("(?:") ? 3 : SizeOfAtom(text);
    const char c = text.front();
    if (c == '(') open.push_back(out.size());
    last = out.size();
    if (c == ')') {
      if (open.empty()) return std::nullopt;
      last = open.back();
      open.pop_back();
    } else if (c == '(' || c == '|' || c == '*' || c == '+' || c == '?' || c == '^' || c == '$') {
      last.reset();
    }
    out += text.substr(0, size);
    text.remove_prefix(size);
  }
  return out;
}

uint32_t RegexCompiler::AddStep(const Step& step) {
  regex_.steps_.push_back(step);
  return static_cast<uint32_t>(regex_.steps_.size() - 1);
}

void RegexCompiler::Lead(const std::vector<Loose>& loose, uint32_t to) {
  for (const Loose& end : loose) {
    Step& step = regex_.steps_[end.step];
    (end.is_other ? step.other : step.next) = to;
  }
}

void RegexCompiler::PushPart(Part part) {
  if (after_part_) operators_.push_back('.');
  parts_.push_back(std::move(part));
  after_part_ = true;
}

// A fork with both ways to the same place.
void RegexCompiler::PushEmpty() {
  const uint32_t fork = AddStep({.kind = Step::Kind::kFork});
  PushPart({.first = fork, .loose = {{fork, false}, {fork, true}}});
}

// What follows each other was kept apart until now, so that a '*' could find its part alone.
bool RegexCompiler::Close() {
  if (!after_part_) PushEmpty();
  while (!operators_.empty() && operators_.back() != '(') {
    const char op = operators_.back();
    operators_.pop_back();
    if (parts_.size() < 2) return false;
    const Part right = std::move(parts_.back());
    parts_.pop_back();
    Part& left = parts_.back();
    if (op == '.') {
      Lead(left.loose, right.first);
      left.loose = right.loose;
    } else {
      left.first = AddStep({.kind = Step::Kind::kFork, .next = left.first, .other = right.first});
      left.loose.insert(left.loose.end(), right.loose.begin(), right.loose.end());
    }
  }
  return true;
}

bool RegexCompiler::ReadGroup(std::string_view* text) {
  if (text->starts_with("(?:")) {
    text->remove_prefix(3);
  } else if (text->starts_with("(?") || text->starts_with("(*")) {
    return false;
  } else {
    text->remove_prefix(1);
  }
  if (after_part_) operators_.push_back('.');
  operators_.push_back('(');
  after_part_ = false;
  return true;
}

bool RegexCompiler::ReadRepeat(std::string_view* text) {
  const char c = Take(text);
  if (!after_part_) return false;
  // Lazy or not, it matches the same; what has yet another one behind it is something else.
  if (text->starts_with('?')) text->remove_prefix(1);
  if (text->starts_with('*') || text->starts_with('+') || text->starts_with('?')) return false;
  Part& part = parts_.back();
  const uint32_t fork = AddStep({.kind = Step::Kind::kFork, .next = part.first});
  if (c == '?') {
    part.first = fork;
    part.loose.push_back({fork, true});
    return true;
  }
  Lead(part.loose, fork);
  if (c == '*') part.first = fork;
  part.loose = {Loose{fork, true}};
  return true;
}

bool RegexCompiler::ReadEscape(std::string_view* text, Bytes* set) {
  if (text->empty()) return false;
  const char c = Take(text);
  if (IsPunctuation(c)) {
    set->set(static_cast<unsigned char>(c));
    return true;
  }
  if (const Bytes named = ClassOf(c); named.any()) {
    *set |= named;
    return true;
  }
  const Bytes opposite = ClassOf(static_cast<char>(c | 0x20));
  *set |= ~opposite;
  return opposite.any();
}

bool RegexCompiler::ReadSetItem(std::string_view* text, Bytes* set) {
  const char from = Take(text);
  if (from == '[' && !text->empty() && (*text)[0] == ':') return false;  // [:alpha:]
  const auto is_range_next = [&] {
    return text->size() >= 2 && (*text)[0] == '-' && (*text)[1] != ']';
  };
  if (from == '\\') return ReadEscape(text, set) && !is_range_next();
  if (!is_range_next()) {
    set->set(static_cast<unsigned char>(from));
    return true;
  }
  text->remove_prefix(1);
  const auto low = static_cast<unsigned char>(from);
  const auto high = static_cast<unsigned char>(Take(text));
  if (high == '\\' || high == '[' || high < low) return false;
  AddRange(low, high, set);
  return true;
}

// Behind a '['.
bool RegexCompiler::ReadSet(std::string_view* text, Bytes* set) {
  const bool is_negative = text->starts_with('^');
  if (is_negative) text->remove_prefix(1);
  for (bool is_first = true; !text->empty(); is_first = false) {
    if (text->front() == ']' && !is_first) {
      text->remove_prefix(1);
      if (is_negative) set->flip();
      return true;
    }
    if (!ReadSetItem(text, set)) return false;
  }
  return false;
}

bool RegexCompiler::ReadAtom(std::string_view* text) {
  const char c = Take(text);
  if (c == '^' || c == '$') {
    const uint32_t step = AddStep({.kind = c == '^' ? Step::Kind::kAtBegin : Step::Kind::kAtEnd});
    PushPart({.first = step, .loose = {{step, false}}});
    return true;
  }
  Bytes set;
  if (c == '.') {
    set.set().reset('\n');
  } else if (c == '[') {
    if (!ReadSet(text, &set)) return false;
  } else if (c == '\\') {
    if (!ReadEscape(text, &set)) return false;
  } else {
    set.set(static_cast<unsigned char>(c));
  }
  regex_.sets_.push_back(set);
  const uint32_t step =
      AddStep({.kind = Step::Kind::kOneOf, .set = static_cast<uint32_t>(regex_.sets_.size() - 1)});
  PushPart({.first = step, .loose = {{step, false}}});
  return true;
}

bool RegexCompiler::ReadNext(std::string_view* text) {
  switch (text->front()) {
    case '(':
      return ReadGroup(text);
    case '|':
      text->remove_prefix(1);
      if (!Close()) return false;
      operators_.push_back('|');
      after_part_ = false;
      return true;
    case ')':
      text->remove_prefix(1);
      if (!Close() || operators_.empty()) return false;
      operators_.pop_back();
      return true;
    case '*':
    case '+':
    case '?':
      return ReadRepeat(text);
    default:
      return ReadAtom(text);
  }
}

std::optional<SmallRegex> RegexCompiler::Compile(std::string_view text) {
  while (!text.empty()) {
    if (!ReadNext(&text)) return std::nullopt;
  }
  if (!Close() || !operators_.empty() || parts_.size() != 1) return std::nullopt;
  Lead(parts_.back().loose, AddStep({.kind = Step::Kind::kMatch}));
  regex_.first_ = parts_.back().first;
  return std::move(regex_);
}

}  // namespace signet::auth
