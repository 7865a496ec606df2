#include "net/websocket/http_syntax.h"

#include <algorithm>

namespace signet::websocket {
namespace {

bool IsDigit(char character) { return character >= '0' && character <= '9'; }

bool IsAlphanumeric(char character) {
  return IsDigit(character) || (character >= 'a' && character <= 'z') ||
         (character >= 'A' && character <= 'Z');
}

bool IsHostCharacter(char character) {
  constexpr std::string_view kOthers = "-._~%!$&'()*+;=:[]";
  return IsAlphanumeric(character) || kOthers.find(character) != kOthers.npos;
}

bool IsVisible(char character) { return character > ' ' && character < 0x7F; }

bool IsBlank(char character) { return character == ' ' || character == '\t'; }

// Visible ASCII, blanks, and the bytes above ASCII that old senders put in (obs-text).
bool IsFieldCharacter(char character) {
  return IsVisible(character) || IsBlank(character) || static_cast<unsigned char>(character) > 0x7F;
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, IsTokenCharacter);
}

bool IsVersion(std::string_view text) {
  return text.size() == 8 && text.starts_with("HTTP/") && IsDigit(text[5]) && text[6] == '.' &&
         IsDigit(text[7]);
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

char ToLower(char character) {
  return character >= 'A' && character <= 'Z' ? static_cast<char>(character + ('a' - 'A'))
                                              : character;
}

}  // namespace

bool IsTokenCharacter(char character) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return IsAlphanumeric(character) || kOthers.find(character) != kOthers.npos;
}

std::optional<HttpRequestLine> ParseHttpRequestLine(std::string_view line) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == line.npos || first == last) return std::nullopt;
  const HttpRequestLine parsed{.method = line.substr(0, first),
                               .target = line.substr(first + 1, last - first - 1),
                               .version = line.substr(last + 1)};
  if (!IsToken(parsed.method) || parsed.target.empty() || !IsVersion(parsed.version)) {
    return std::nullopt;
  }
  if (!std::ranges::all_of(parsed.target, IsVisible)) return std::nullopt;
  return parsed;
}

std::optional<HttpField> ParseHttpField(std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == line.npos || !IsToken(line.substr(0, colon))) return std::nullopt;
  const std::string_view value = line.substr(colon + 1);
  if (!std::ranges::all_of(value, IsFieldCharacter)) return std::nullopt;
  return HttpField{.name = line.substr(0, colon), .value = Trim(value)};
}

bool IsHttpHost(std::string_view value) {
  return !value.empty() && std::ranges::all_of(value, IsHostCharacter);
}

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, ToLower, ToLower);
}

bool ListHolds(std::string_view list, std::string_view element,
               bool (*equals)(std::string_view, std::string_view)) {
  while (true) {
    const size_t comma = list.find(',');
    if (equals(Trim(list.substr(0, comma)), element)) return true;
    if (comma == list.npos) return false;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace signet::websocket
