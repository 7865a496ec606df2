#include "net/http/response_head.h"

#include <algorithm>
#include <charconv>

#include "curl/curl.h"

namespace signet {
namespace {

// RFC 9111, 1.2.2: what does not fit is this.
constexpr uint64_t kLongestDelta = uint64_t{1} << 31;
// Those of servers are far shorter; what is longer is not worth to be sent with each request.
constexpr size_t kMostETagBytes = 256;
// Longer than any form of a date (RFC 9110, 5.6.7).
constexpr size_t kMostDateBytes = 64;

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

// In each of the three forms that servers may use (RFC 9110, 5.6.7).
std::optional<int64_t> ParseDate(std::string_view text) {
  if (text.size() > kMostDateBytes || text.find('\0') != text.npos) return std::nullopt;
  const time_t date = curl_getdate(std::string(text).c_str(), nullptr);
  return date < 0 ? std::nullopt : std::optional<int64_t>(date);
}

// RFC 9110, 8.8.3, without the bytes beyond ASCII, which none of ours may be sent with.
bool IsETag(std::string_view text) {
  if (text.size() > kMostETagBytes) return false;
  if (text.starts_with("W/")) text.remove_prefix(2);
  return text.size() >= 2 && text.front() == '"' && text.back() == '"' &&
         std::ranges::all_of(text.substr(1, text.size() - 2),
                             [](char c) { return c > ' ' && c < 0x7f && c != '"'; });
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
  } else if (name == "expires") {
    // One that is no date has been (RFC 9111, 5.3).
    const int64_t expires_s = ParseDate(value).value_or(0);
    expires_s_ = std::min(expires_s_.value_or(expires_s), expires_s);
  } else if (name == "date") {
    date_s_ = ParseDate(value);
  } else if (name == "age") {
    age_s_ = std::max(age_s_, ParseDeltaSeconds(value).value_or(0));
  } else if (name == "etag") {
    etag_ = IsETag(value) ? value : "";
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

// RFC 9111, 4.2. How old Date says that it is does not count, as no two clocks need be the same.
std::optional<uint64_t> ResponseHead::fresh_s() const {
  std::optional<uint64_t> lifetime_s = max_age_s_;
  if (!lifetime_s && expires_s_) {
    const bool is_fresh = date_s_ && *expires_s_ > *date_s_;
    lifetime_s =
        is_fresh ? std::min(static_cast<uint64_t>(*expires_s_ - *date_s_), kLongestDelta) : 0;
  }
  if (!lifetime_s) return std::nullopt;
  return *lifetime_s - std::min(*lifetime_s, age_s_);
}

}  // namespace signet
