// Topic Filters and Topic Names one by one: what is valid, what matches, and how a scan over
// ordered names is led. Input: three lines, a filter and two names.
#include "core/base/utf8.h"
#include "core/mqtt/topic_name.h"
#include "core/topic/skip_scan.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/reference.h"
#include "tests/fuzz/target.h"

namespace signet::fuzz::topic_filter_fuzz {
namespace {

void CheckText(std::string_view text) {
  CHECK(HasWildcard(text) == HasWildcardCharacter(text));
  CHECK(IsTopicName(text) == (!text.empty() && !HasWildcardCharacter(text)));
  CHECK(CountLevels(text) == SplitLevels(text).size());
}

// Gives what is matched, without $share; empty if the filter is refused.
std::string_view CheckFilter(std::string_view text) {
  std::string_view share_name;
  std::string_view filter = text;
  bool valid = true;
  if (text.starts_with("$share/")) {
    const size_t name_at = sizeof "$share/" - 1;
    const size_t slash = text.find('/', name_at);
    share_name = text.substr(name_at, slash - name_at);
    filter = slash == std::string_view::npos ? "" : text.substr(slash + 1);
    valid = !share_name.empty() && !HasWildcardCharacter(share_name);
  }
  valid = valid && IsValidFilter(filter);
  const Result<TopicFilterView> parsed = ParseTopicFilter(text);
  CHECK(parsed.ok() == valid);
  if (!valid) return {};
  CHECK(parsed->share_name == share_name && parsed->filter == filter);
  CHECK(parsed->is_shared() == text.starts_with("$share/"));
  return filter;
}

void CheckMatch(std::string_view filter, std::string_view name) {
  const bool matches = FilterMatches(filter, name);
  CHECK(Matches(filter, name) == matches);
  if (matches) CHECK(FirstCandidate(filter) <= name);
  std::string seek;
  if (name < FirstCandidate(filter)) return;  // Judge() is not asked of those.
  const SkipScan judgement = Judge(filter, name, &seek);
  CHECK((judgement == SkipScan::kMatch) == matches);
  if (judgement == SkipScan::kSeek) CHECK(seek > name);
}

// No name that matches is skipped on the way from `name`.
void CheckSkip(std::string_view filter, std::string_view name, std::string_view later) {
  if (name < FirstCandidate(filter) || later <= name || !FilterMatches(filter, later)) return;
  std::string seek;
  const SkipScan judgement = Judge(filter, name, &seek);
  CHECK(judgement != SkipScan::kEnd);
  if (judgement == SkipScan::kSeek) CHECK(seek <= later);
}

}  // namespace

FUZZ_TARGET(topic_filter) {
  Input input(data, size);
  const std::string_view text = input.Line();
  const std::string_view one = input.Line();
  const std::string_view other = input.Line();
  for (const std::string_view each : {text, one, other}) {
    if (!IsMqttUtf8(each)) return 0;
    CheckText(each);
  }
  const std::string_view filter = CheckFilter(text);
  if (filter.empty() || !IsTopicName(one) || !IsTopicName(other)) return 0;
  CheckMatch(filter, one);
  CheckMatch(filter, other);
  CheckSkip(filter, one, other);
  CheckSkip(filter, other, one);
  return 0;
}

}  // namespace signet::fuzz::topic_filter_fuzz
