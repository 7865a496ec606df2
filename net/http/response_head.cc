#include "net/http/response_head.h"

#include <algorithm>
#include <charconv>

namespace signet {
namespace {

constexpr uint64_t kLongestDelta = uint64_t{1}
                                   << 31;  // RFC 9111, 1.2.2: what does not fit is this.

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::optional<uint64_t> ParseDeltaSeconds(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
  uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  return parsed.ec == std::errc() ? std::min(value, kLongestDelta) : kLongestDelta;
}

// Takes the first element off a list whose commas count only outside of quotes (RFC 9110, 5.6.1).
std::string_view TakeElement(std::string_view* list) {
  bool quoted = false;
  size_t end = 0;
  for (; end < list->size() && (quoted || (*list)[end] != ','); ++end) {
    if ((*list)[end] == '"') quoted = !quoted;
    if ((*list)[end] == '\\' && quoted) ++end;
  }
  end = std::min(end, list->size());
  const std::string_view element = list->substr(0, end);
  list->remove_prefix(std::min(end + 1, list->size()));
  return Trim(element);
}

std::string_view WithoutQuotes(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

}  // namespace

void ResponseHead::OnLine(std::string_view line) {
  if (complete_) return;
  if (line.starts_with("HTTP/")) return OnStatusLine(line);
  if (line.starts_with(' ') || line.starts_with('\t')) return;  // Goes on with a line we have read.
  line = Trim(line);
  if (line.empty()) {
    complete_ = status_ >= 200;
    return;
  }
  const size_t colon = line.find(':');
  if (colon != line.npos) OnField(Lower(line.substr(0, colon)), Trim(line.substr(colon + 1)));
}

void ResponseHead::OnStatusLine(std::string_view line) {
  *this = {};
  const size_t space = line.find(' ');
  if (space == line.npos) return;
  const std::string_view code = line.substr(space + 1, 3);
  uint16_t status = 0;
  const auto parsed = std::from_chars(code.data(), code.data() + code.size(), status);
  if (parsed.ec == std::errc() && status >= 100) status_ = status;
}

void ResponseHead::OnField(std::string_view name, std::string_view value) {
  if (name == "content-type") {
    content_type_ = Lower(Trim(value.substr(0, value.find(';'))));
  } else if (name == "cache-control") {
    OnCacheControl(value);
  } else if (name == "retry-after") {
    retry_after_s_ = ParseDeltaSeconds(value);
  }
}

// RFC 9111, 5.2.2. Of several lifetimes the shortest counts.
void ResponseHead::OnCacheControl(std::string_view value) {
  while (!value.empty()) {
    const std::string_view element = TakeElement(&value);
    const size_t equals = element.find('=');
    const std::string directive = Lower(Trim(element.substr(0, equals)));
    uint64_t lifetime_s = 0;
    if (directive == "max-age") {
      if (equals != element.npos) {
        const std::string_view argument = WithoutQuotes(Trim(element.substr(equals + 1)));
        lifetime_s = ParseDeltaSeconds(argument).value_or(0);
      }
    } else if (directive != "no-store" && directive != "no-cache") {
      continue;
    }
    max_age_s_ = std::min(max_age_s_.value_or(lifetime_s), lifetime_s);
  }
}

}  // namespace signet
