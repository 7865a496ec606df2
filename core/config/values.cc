#include "core/config/values.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "core/base/utf8.h"
#include "core/config/ip_network.h"

namespace signet::config {
namespace {

constexpr size_t kMaxNameBytes = 253;
constexpr size_t kMaxLabelBytes = 63;
constexpr size_t kMaxSocketPathBytes = 107;  // sun_path, less its NUL.

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsLetter(char c) { return IsLower(c) || (c >= 'A' && c <= 'Z'); }
bool IsLowerOrDigit(char c) { return IsLower(c) || IsDigit(c); }
bool IsLetterOrDigit(char c) { return IsLetter(c) || IsDigit(c); }

// Labels between dots, none of them empty, of `is_good` characters and inner hyphens.
bool AreLabels(std::string_view text, bool (*is_good)(char)) {
  while (true) {
    const size_t dot = std::min(text.find('.'), text.size());
    const std::string_view label = text.substr(0, dot);
    if (label.empty() || label.size() > kMaxLabelBytes || !is_good(label.front()) ||
        !is_good(label.back()) ||
        !std::ranges::all_of(label, [&](char c) { return is_good(c) || c == '-'; })) {
      return false;
    }
    if (dot == text.size()) return true;
    text.remove_prefix(dot + 1);
  }
}

Status Judge(bool good, const char* otherwise) {
  return good ? Status::Ok() : Status::Error(otherwise);
}

// What follows the scheme of a URL: host, and perhaps :port. Gives what is behind them.
bool SkipAuthority(std::string_view* text) {
  const size_t end = std::min(text->find_first_of("/?#"), text->size());
  std::string_view authority = text->substr(0, end);
  text->remove_prefix(end);
  IpBytes ignored;
  std::string_view port;
  if (authority.starts_with('[')) {
    const size_t close = authority.find(']');
    if (close == authority.npos || !ParseIpAddress(authority.substr(1, close - 1), &ignored)) {
      return false;
    }
    port = authority.substr(close + 1);
  } else {
    const size_t colon = std::min(authority.find(':'), authority.size());
    const std::string_view host = authority.substr(0, colon);
    if (host.size() > kMaxNameBytes || !AreLabels(host, IsLetterOrDigit)) return false;
    port = authority.substr(colon);
  }
  if (port.empty()) return true;
  uint64_t number = 0;
  return port.starts_with(':') && ParseWholeNumber(port.substr(1), &number) && number >= 1 &&
         number <= 65'535;
}

}  // namespace

bool SameInAnyCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

bool ParseWholeNumber(std::string_view text, uint64_t* value) {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size();
}

bool ParseDuration(std::string_view text, uint64_t* seconds) {
  constexpr uint64_t kMost = uint64_t{1} << 40;
  if (text.empty()) return false;
  *seconds = 0;
  while (!text.empty()) {
    const size_t unit = text.find_first_not_of("0123456789");
    uint64_t count = 0;
    if (unit == text.npos || unit == 0) return false;
    const auto [end, error] = std::from_chars(text.data(), text.data() + unit, count);
    const uint64_t weight = text[unit] == 'h' ? 3600 : text[unit] == 'm' ? 60 : 1;
    if (error != std::errc() || (weight == 1 && text[unit] != 's') || count > kMost) return false;
    text.remove_prefix(unit + 1);
    if (text.starts_with('s')) return false;  // Milliseconds.
    *seconds += count * weight;
    if (*seconds > kMost) return false;
  }
  return true;
}

bool ParseFileMode(std::string_view text, uint32_t* mode) {
  if (text.size() == 4 && text.front() == '0') text.remove_prefix(1);
  if (text.size() != 3) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *mode, 8);
  return error == std::errc() && end == text.data() + text.size();
}

Status CheckResourceName(std::string_view text) {
  return Judge(text.size() >= 3 && text.size() <= 63 && text.find('.') == text.npos &&
                   AreLabels(text, IsLowerOrDigit),
               "is not a name: 3 to 63 of a-z, 0-9 and -, with no - at its ends");
}

Status CheckObjectName(std::string_view text) {
  return Judge(text.size() <= kMaxNameBytes && AreLabels(text, IsLowerOrDigit),
               "is not a name: up to 253 of a-z, 0-9, - and ., with no - or . at its ends");
}

Status CheckDataKey(std::string_view text) {
  const bool good = !text.empty() && text.size() <= kMaxNameBytes && text != "." && text != ".." &&
                    std::ranges::all_of(text, [](char c) {
                      return IsLetterOrDigit(c) || c == '-' || c == '_' || c == '.';
                    });
  return Judge(good, "is not a key: up to 253 of A-Z, a-z, 0-9, -, _ and .");
}

Status CheckIpAddress(std::string_view text) {
  IpBytes ignored;
  return Judge(ParseIpAddress(text, &ignored), "is not an IPv4 or IPv6 address");
}

Status CheckNetwork(std::string_view text) {
  const StatusOr<IpNetwork> network = IpNetwork::Parse(text);
  return network.ok() ? Status::Ok() : network.error();
}

Status CheckDnsName(std::string_view text) {
  if (text.starts_with("*.")) text.remove_prefix(2);
  return Judge(text.size() <= kMaxNameBytes && AreLabels(text, IsLetterOrDigit),
               "is not a DNS name");
}

Status CheckHttpsUrl(std::string_view text) {
  constexpr std::string_view kScheme = "https://";
  bool good = text.starts_with(kScheme);
  if (good) {
    text.remove_prefix(kScheme.size());
    good = SkipAuthority(&text) && text.find('#') == text.npos &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
  }
  return Judge(good, "is not an https:// URL");
}

Status CheckOrigin(std::string_view text) {
  const size_t scheme = text.find("://");
  if (scheme == text.npos) return Judge(false, "is not an origin such as https://example.org");
  const bool good = scheme > 0 && std::ranges::all_of(text.substr(0, scheme), [](char c) {
                      return IsLowerOrDigit(c) || c == '+' || c == '-' || c == '.';
                    });
  text.remove_prefix(scheme + 3);
  return Judge(good && SkipAuthority(&text) && text.empty(),
               "is not an origin such as https://example.org");
}

Status CheckAbsolutePath(std::string_view text) {
  return Judge(text.starts_with('/'), "is not an absolute path");
}

Status CheckSocketPath(std::string_view text) {
  return Judge(text.starts_with('/') && text.size() <= kMaxSocketPathBytes,
               "is not an absolute path of at most 107 bytes, as a UNIX socket needs");
}

Status CheckFileMode(std::string_view text) {
  uint32_t ignored = 0;
  return Judge(ParseFileMode(text, &ignored), "is not a file mode such as \"0660\"");
}

Status CheckDiskSize(std::string_view text) {
  if (text.ends_with('i')) text.remove_suffix(1);
  const bool good = text.size() >= 2 &&
                    std::ranges::all_of(text.substr(0, text.size() - 1), IsDigit) &&
                    std::string_view("KMGTPE").find(text.back()) != std::string_view::npos;
  return Judge(good, "is not a size such as 500M: a number and one of K M G T P E");
}

Status CheckDuration(std::string_view text) {
  uint64_t ignored = 0;
  return Judge(ParseDuration(text, &ignored), "is not a duration such as 1h30m");
}

Status CheckMqttText(std::string_view text) {
  return Judge(IsMqttUtf8(text), "is not UTF-8 that MQTT can carry");
}

}  // namespace signet::config
